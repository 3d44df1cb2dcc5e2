"""How gunicorn serves: threads, because a package streams in from slow lines; no read is ever buffered whole.

gunicorn rather than a faster server because it hands over header bytes as they came: the national SDK signs raw UTF-8
(vxp-protocol.md 2.5; ``docs/adr/0001``).
"""

from __future__ import annotations

import ctypes
import gc
import select
import socket
import struct
from contextlib import suppress
from typing import Any

from django.conf import settings
from gunicorn.app.base import BaseApplication
from gunicorn.http import get_parser
from gunicorn.workers.gthread import ThreadWorker

from lienthong.config.pacing import PacedUnreader
from lienthong.gateways.vxp_api.unknown import unreadable_over_the_wire
from lienthong.monitoring import http_metrics

_SOCKET_READ = 256 * 1024
_HEADER_SIZE = 1024 * 1024  # thousands of receivers stand in one header, twice
_GARBAGE_THRESHOLD = 20_000
_MALLOC = {-1: 4 * 1024**2, -3: 4 * 1024**2, -8: 4}  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX
_REQUESTS_IN_A_ROW = 64
_NEXT_REQUEST_MS = 10


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker: larger reads than its 8 KiB, no thread held for ever by a client that went silent,
    and JSON where gunicorn would answer HTML, which the national SDK takes for an empty list."""

    def handle(self, conn: Any) -> Any:
        # A socket option, as gunicorn makes the socket blocking again before it reads the headers.
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", settings.HEADER_SECONDS, 0))
        if conn.parser is None:  # gunicorn makes one only then, once the first byte is here
            conn.parser = get_parser(self.cfg, conn.sock, conn.client)
            conn.parser.unreader = PacedUnreader(conn.sock)
        # Handing a connection back to the poller between two requests costs more than a small request itself, so a
        # client that goes on at once is served right here; others get their turn after some requests.
        for _ in range(_REQUESTS_IN_A_ROW):
            conn.parser.unreader.expect_headers()
            keep = super().handle(conn)
            if keep is not True or not self.alive or not _goes_on(conn):
                break
        return keep

    def handle_request(self, req: Any, conn: Any) -> Any:
        req.unreader.mxchunk = _SOCKET_READ
        req.unreader.expect_body()
        conn.sock.settimeout(settings.SLOW_BODY_SECONDS)
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        self.log.warning("unreadable request from %s: %s", addr, exc)
        with suppress(OSError):
            client.sendall(unreadable_over_the_wire())


def _goes_on(conn: Any) -> bool:
    """Whether the next request is here, or comes before a thread that waits for it would be missed elsewhere."""
    if conn.parser.unreader.buf.tell():
        return True
    poll = select.poll()
    poll.register(conn.sock, select.POLLIN)
    return bool(poll.poll(_NEXT_REQUEST_MS))


class Server(BaseApplication):  # type: ignore[misc]
    """The web role: ``settings.WEB_PROCESSES`` processes of ``settings.WEB_THREADS`` threads."""

    def __init__(self, bind: str) -> None:
        self._bind = bind
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": self._bind,
            "worker_class": Worker,
            "workers": settings.WEB_PROCESSES,
            "threads": settings.WEB_THREADS,
            "worker_connections": 2000,
            "keepalive": 30,  # the SDK leaves its connections open (vxp-protocol.md, section 1): idle ones are closed
            "timeout": 120,
            "graceful_timeout": 30,
            "limit_request_field_size": _HEADER_SIZE,
            "limit_request_fields": 100,
            "proc_name": "lienthong-web",
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        http_metrics.use_folder(self._bind.rpartition(":")[2])
        self.cfg.set("child_exit", _forget)
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        from lienthong.config.wsgi import application  # noqa: PLC0415 - loaded in the worker, after the fork

        # A package makes thousands of objects and no cycles: look for those less often, and never in what is loaded.
        gc.freeze()
        gc.set_threshold(_GARBAGE_THRESHOLD, 20, 20)
        _keep_freed_memory()
        return application


def _forget(_server: Any, worker: Any) -> None:
    http_metrics.forget_process(worker.pid)


def _keep_freed_memory() -> None:
    """Let glibc keep a few megabytes for the next package. By default it gives the buffers of each one back to the
    kernel and takes fresh, zeroed pages again, which costs a third of all processor time at 1 MB."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
    if mallopt is not None:
        for parameter, value in _MALLOC.items():
            mallopt(parameter, value)

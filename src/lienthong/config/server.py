"""How gunicorn serves: threads, because a package streams in from slow lines; no read is ever buffered whole.

gunicorn rather than a faster server because it hands over header bytes as they came: the national SDK signs raw UTF-8
(vxp-protocol.md 2.5; ``docs/adr/0001``).
"""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from typing import Any

from django.conf import settings
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from lienthong.gateways.vxp_api.unknown import unreadable_over_the_wire

_SOCKET_READ = 256 * 1024
_HEADER_SIZE = 1024 * 1024  # thousands of receivers stand in one header, twice
_HEADER_PATIENCE = struct.pack("ll", 30, 0)  # seconds, for a client that stops in the middle of its headers


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker: larger reads than its 8 KiB, no thread held for ever by a client that went silent,
    and JSON where gunicorn would answer HTML, which the national SDK takes for an empty list."""

    def handle(self, conn: Any) -> Any:
        # A socket option, as gunicorn makes the socket blocking again before it reads the headers.
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _HEADER_PATIENCE)
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        req.unreader.mxchunk = _SOCKET_READ
        conn.sock.settimeout(settings.SLOW_BODY_SECONDS)
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        self.log.warning("unreadable request from %s: %s", addr, exc)
        with suppress(OSError):
            client.sendall(unreadable_over_the_wire())


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
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        from lienthong.config.wsgi import application  # noqa: PLC0415 - loaded in the worker, after the fork

        return application

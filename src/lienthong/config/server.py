"""How gunicorn serves: threads, because a package streams in from slow lines; no read is ever buffered whole.

gunicorn rather than a faster server because it hands over header bytes as they came: the national SDK signs raw UTF-8
(vxp-protocol.md 2.5; ``docs/adr/0002``).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

_SOCKET_READ = 256 * 1024


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker, reading bodies from the socket in larger pieces than its 8 KiB."""

    def handle_request(self, req: Any, conn: Any) -> Any:
        req.unreader.mxchunk = _SOCKET_READ
        return super().handle_request(req, conn)


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
            "limit_request_field_size": 0,  # thousands of receivers stand in one header, twice
            "limit_request_fields": 200,
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

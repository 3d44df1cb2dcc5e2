"""Where the axis posts packages of the one agency that has a webhook."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from edxml102.errors import EdxmlError
from lienthong.cli.demo import packages

_LARGEST = 64 * 1024 * 1024
_SECONDS = 30  # for a sender that goes silent
_FULL = "Hộp thư của phường đầy, không nhận thêm văn bản nào (mẫu)"


class Mailbox:
    """Keeps each delivery once; refuses the documents named in ``turned_away`` for good, with a reason."""

    def __init__(self) -> None:
        self.arrived: queue.Queue[bytes] = queue.Queue(maxsize=1000)
        self.turned_away: set[str] = set()
        self._known: set[str] = set()
        self._lock = threading.Lock()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/nhan"

    @contextmanager
    def listening(self) -> Iterator[Mailbox]:
        handler = type("Handler", (_Handler,), {"mailbox": self})
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            server.daemon_threads = True
            self.port = server.server_address[1]
            threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True).start()
            try:
                yield self
            finally:
                server.shutdown()

    def take(self, delivery: str, body: bytes) -> tuple[int, dict[str, str]]:
        """The answer to one post."""
        with suppress(ValueError, EdxmlError):
            if packages.read_document(body).header.document_id in self.turned_away:
                return 422, {"reason": _FULL}
        with self._lock:
            is_new = delivery not in self._known
            self._known.add(delivery)
        if is_new:
            with suppress(ValueError, EdxmlError):
                packages.read_document(body)  # status reports are only kept
                self.arrived.put_nowait(body)
        return 200 if is_new else 409, {"delivery": delivery, "id": f"VB-{len(self._known)}"}


class _Handler(BaseHTTPRequestHandler):
    mailbox: Mailbox
    protocol_version = "HTTP/1.1"
    timeout = _SECONDS

    def do_POST(self) -> None:
        self.close_connection = True
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST:
            return self._answer(413, {})
        body = self.rfile.read(length)
        if len(body) < length:
            return None  # the sender broke off: nobody keeps half a package
        return self._answer(*self.mailbox.take(self.headers.get("X-Lienthong-Delivery", ""), body))

    def _answer(self, status: int, fields: dict[str, str]) -> None:
        body = json.dumps(fields, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet: the page tells what happened."""

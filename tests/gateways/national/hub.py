"""A neighbouring axis that answers what a test tells it to, over real HTTP."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OK = {"status": "OK", "ErrorCode": "0", "ErrorDesc": "Thanh cong"}


@dataclass(frozen=True)
class Raw:
    """An answer as bytes; ``None`` drops the connection."""

    body: bytes | None
    status: int = 200


NONSENSE = [
    Raw(b"<html><body>502 Bad Gateway</body></html>", 502),
    Raw(b"<html>Sign in to the guest network</html>"),
    Raw(b""),
    Raw(b"null"),
    Raw(b"[]"),
    Raw(b'{"status":"OK","ErrorCode":"0","ErrorDesc":"Thanh cong"'),
    Raw(b'{"status":"OK","ErrorCode":"0","ErrorDesc":"Thanh cong"}'),
    Raw(b'{"status":"OK","ErrorCode":"0","ErrorDesc":"Thanh cong","data":null}'),
    Raw(b'{"status":"OK","errorCode":"0","ErrorDesc":"Thanh cong","data":[]}'),
    Raw(b'{"status":"FAIL","ErrorCode":"20","ErrorDesc":"Loi he thong"}', 500),
    Raw(b"\xff\xfe\x00\x01" * 100),
    Raw(None),
]


@dataclass
class FakeHub:
    """Packages wait in it under ids. ``wrong[call]`` is answered first, one after the other; then it answers well."""

    waiting: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # id: kind, package
    told: list[tuple[str, str, str]] = field(default_factory=list)  # id, status, description
    calls: list[str] = field(default_factory=list)
    sent: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    wrong: dict[str, list[Raw]] = field(default_factory=dict)
    units: list[dict[str, Any]] = field(default_factory=list)
    sent_rows: list[dict[str, Any]] = field(default_factory=list)
    receipt: dict[str, Any] = field(default_factory=lambda: {"DocId": "5c6f00000000000000000001"})
    trace: list[list[str]] = field(default_factory=list)
    url: str = ""

    def offer(self, doc_id: str, package: bytes, *, kind: str = "edoc") -> None:
        self.waiting[doc_id] = (kind, package)

    def answer(self, call: str, parameters: dict[str, str], body: bytes) -> Raw:
        self.calls.append(call)
        if self.wrong.get(call):
            return self.wrong[call].pop(0)
        act: Callable[[dict[str, str], bytes], dict[str, Any]] = getattr(self, f"_{call}")
        return Raw(json.dumps({**OK, **act(parameters, body)}).encode())

    def _getReceivedEdocList(self, parameters: dict[str, str], _body: bytes) -> dict[str, Any]:
        kind = parameters["messagetype"]
        return {"data": [{"docId": one, "from": "G99"} for one, (of, _) in self.waiting.items() if of == kind]}

    def _getEdoc(self, parameters: dict[str, str], _body: bytes) -> dict[str, Any]:
        data = base64.b64encode(self.waiting[parameters["docId"]][1]).decode()
        return {"data": data, **({"trace": self.trace} if self.trace else {})}

    def _updateStatus(self, parameters: dict[str, str], _body: bytes) -> dict[str, Any]:
        self.told.append((parameters["docId"], parameters["status"], parameters.get("description", "")))
        self.waiting.pop(parameters["docId"])
        return {}

    def _sendEdoc(self, parameters: dict[str, str], body: bytes) -> dict[str, Any]:
        self.sent.append(parameters)
        self.bodies.append(body.removesuffix(b"\r\n"))
        return self.receipt

    def _getSentEdocList(self, parameters: dict[str, str], _body: bytes) -> dict[str, Any]:
        return {"data": [row for row in self.sent_rows if row["messageType"] == parameters["messagetype"]]}

    def _countReceiveEdoc(self, _parameters: dict[str, str], _body: bytes) -> dict[str, Any]:
        return {"count": len(self.waiting)}

    def _getSynchronizeUnit(self, _parameters: dict[str, str], _body: bytes) -> dict[str, Any]:
        return {"data": self.units}

    def _getAgenciesList(self, _parameters: dict[str, str], _body: bytes) -> dict[str, Any]:
        return {"data": [{**unit, "oldCode": unit.get("oldCode")} for unit in self.units]}

    def _getAgenciesListQD20(self, parameters: dict[str, str], _body: bytes) -> dict[str, Any]:
        return {"data": [unit for unit in self.units if str(unit.get("level")) == parameters["level"]]}


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    hub = FakeHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = json.loads(self.headers["XroadVnpt-sign-header"])
        parameters = {name.removeprefix("XroadVnpt-"): value for name, value in signed.items()}
        answer = self.hub.answer(self.path.removeprefix("/"), parameters, body)
        if answer.body is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""

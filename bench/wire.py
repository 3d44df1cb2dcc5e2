"""A lean client of the national interface over a raw socket: what a load generator can afford.

It signs as the SDK does, keeps its connection and sends bodies as they are, without copying them.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lienthong.common import vxp

_RECEIVE = 256 * 1024
_LINE_END = b"\r\n"
_TIMESTAMP = "15032024T080000+0000"  # the SDK makes one when it starts and never another
Buffer = bytes | bytearray | memoryview


@dataclass(frozen=True, slots=True)
class Account:
    """A system that connects, and the agency it sends for."""

    system_id: str
    secret: str
    code: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``fields`` are those of the JSON object."""

    status: int
    body: bytes

    @property
    def fields(self) -> dict[str, Any]:
        found = json.loads(self.body)
        if not isinstance(found, dict):
            raise TypeError("not a JSON object")
        return found

    @property
    def accepted(self) -> bool:
        """``ErrorCode`` 0, told without parsing the rest."""
        return self.status == 200 and b'"ErrorCode":"0"' in self.body[:80]


class Client:
    """One keep-alive connection of one system; every call may raise ``OSError`` and is safe to repeat."""

    def __init__(self, port: int, account: Account, *, timeout: float = 60) -> None:
        self.account = account
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = b""

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- calls

    def send(self, package: Buffer, sha256: bytes, *, kind: str = "edoc") -> Answer:
        self._write([self._send_head(len(package), sha256, kind), package, _LINE_END])
        return self._answer()

    def send_pieces(self, pieces: Iterable[Buffer], length: int, sha256: bytes) -> Answer:
        """sendEdoc of a package that comes in pieces."""
        self._write([self._send_head(length, sha256, "edoc")])
        for piece in pieces:
            self._write([piece])
        self._write([_LINE_END])
        return self._answer()

    def _send_head(self, length: int, sha256: bytes, kind: str) -> bytes:
        parameters = {"servicetype": "eDoc", "messagetype": kind, "from": self.account.code}
        parameters["hash-file"] = vxp.unpadded_hex(sha256)
        return self.head("sendEdoc", parameters, length + len(_LINE_END))

    def waiting(self, kind: str = "edoc") -> list[dict[str, str]]:
        answer = self.list(kind)
        if not answer.accepted:
            raise ValueError(f"getReceivedEdocList: {answer.status} {answer.body[:500]!r}")
        rows: list[dict[str, str]] = answer.fields["data"]
        return rows

    def list(self, kind: str = "edoc") -> Answer:
        return self._call("getReceivedEdocList", {"servicetype": "eDoc", "messagetype": kind})

    def get(self, doc_id: str) -> Answer:
        """getEdoc; its ``data`` is base64."""
        return self._call("getEdoc", {"docId": doc_id, "filePath": ""}, b"{}")

    def download(self, doc_id: str) -> Answer:
        """downloadEdoc: the package itself."""
        self._write([self.head("downloadEdoc", {"docId": doc_id, "filePath": ""}, None, method="GET")])
        return self._answer()

    def stream(self, call: str, doc_id: str) -> tuple[int, Iterator[bytes]]:
        """getEdoc or downloadEdoc: HTTP status, then the body in pieces as they arrive."""
        method, body = ("GET", b"") if call == "downloadEdoc" else ("POST", b"{}")
        self._write([self.head(call, {"docId": doc_id, "filePath": ""}, len(body), method=method), body])
        status, length = self._read_head()
        return status, self._pieces(length)

    def confirm(self, doc_id: str, status: str = "done") -> Answer:
        return self._call("updateStatus", {"docid": doc_id, "status": status}, b"{}")

    # -- HTTP

    def head(self, call: str, parameters: dict[str, str], length: int | None, *, method: str = "POST") -> bytes:
        """Request line and headers."""
        content_type = "application/octet-stream" if call == "sendEdoc" else "application/json"
        own = {"systemid": self.account.system_id, "timestamp": _TIMESTAMP, "Content-Type": content_type}
        headers = vxp.request_headers(self.account.secret, {**own, **parameters})
        lines = [f"{method} /vxp/{call} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in headers]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        return "\r\n".join([*lines, "", ""]).encode()

    def _call(self, name: str, parameters: dict[str, str], body: bytes = b"") -> Answer:
        self._write([self.head(name, parameters, len(body)), body])
        return self._answer()

    def _write(self, pieces: Sequence[Buffer]) -> None:
        left = [memoryview(piece) for piece in pieces]
        while left:
            sent = self._socket.sendmsg(left)
            while left and sent >= len(left[0]):
                sent -= len(left.pop(0))
            if left:
                left[0] = left[0][sent:]

    def _answer(self) -> Answer:
        status, length = self._read_head()
        return Answer(status, b"".join(self._pieces(length)))

    def _read_head(self) -> tuple[int, int]:
        data = self._left
        while b"\r\n\r\n" not in data:
            data += self._receive()
        head, _, self._left = data.partition(b"\r\n\r\n")
        status_line, *lines = head.split(b"\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        return int(status_line.split(b" ", 2)[1]), int(headers[b"content-length"])

    def _pieces(self, length: int) -> Iterator[bytes]:
        held, self._left = self._left[:length], self._left[length:]
        if held:
            yield held
        left = length - len(held)
        while left:
            piece = self._receive(left)
            left -= len(piece)
            yield piece

    def _receive(self, most: int = _RECEIVE) -> bytes:
        data = self._socket.recv(min(most, _RECEIVE))
        if not data:
            raise ConnectionResetError("the server closed the connection")
        return data

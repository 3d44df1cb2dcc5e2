"""Requests byte for byte as the specification describes the SDK's, over a bare socket. Signing is written anew here, so
that a mistake in the product's own signing cannot hide in its tests."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

STAMP = "22112026T080910+0123"  # hours or years old: nothing may look at its age


@dataclass(frozen=True)
class Caller:
    """A system of the cast and its secret."""

    system_id: str
    secret: str


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["ErrorCode"])


def unpadded(data: bytes) -> str:
    return "".join(format(byte, "x") for byte in hashlib.sha256(data).digest())


def signed_headers(
    caller: Caller,
    parameters: Mapping[str, str],
    *,
    lines: Mapping[str, str] | None = None,
    signature: str | None = None,
) -> list[bytes]:
    """Header lines of one request. ``lines`` are the plain ones where they differ from the signed JSON."""
    values = {"systemid": caller.system_id, **parameters}
    values.setdefault("timestamp", STAMP)
    values.setdefault("Content-Type", "application/json")
    text = json.dumps(
        {f"XroadVnpt-{name}": value for name, value in values.items()}, ensure_ascii=False, separators=(",", ":")
    ).encode()
    digest = signature or hmac.new(caller.secret.encode(), text, hashlib.sha256).hexdigest()
    plain = values if lines is None else lines
    return [
        f"Content-Type: {values['Content-Type']}".encode(),
        *(f"XroadVnpt-{name}: {value}".encode() for name, value in plain.items()),
        f"XroadVnpt-sign-header-key: {';'.join(values)}".encode(),
        b"XroadVnpt-sign-header: " + text,
        f"XroadVnpt-hash-header: {digest}".encode(),
        b"User-Agent: JAVASDKAgent/1.0.0 XRoad/VPCP",
        b"XroadVnpt-version: 3.0.201608",
    ]


def request(
    path: str, headers: list[bytes], body: bytes = b"", *, method: str = "POST", more: tuple[bytes, ...] = ()
) -> bytes:
    length = [] if method == "GET" else [f"Content-Length: {len(body)}".encode()]
    head = [
        f"{method} {path} HTTP/1.1".encode(),
        *headers,
        b"Host: 127.0.0.1",
        b"Connection: Keep-Alive",
        *length,
        *more,
    ]
    return b"\r\n".join([*head, b"", body])


class Line:
    """One connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._received = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._received.close()
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def finish(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    def read(self) -> Answer:
        status = int(self._received.readline().split()[1])
        headers = dict(self._header_lines())
        if status == 100:
            return Answer(status, headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            return Answer(status, headers, b"".join(self._http_chunks()))
        return Answer(status, headers, self._received.read(int(headers["content-length"])))

    def ask(self, data: bytes) -> Answer:
        self.send(data)
        return self.read()

    def _header_lines(self) -> list[tuple[str, str]]:
        found = []
        while (line := self._received.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            found.append((name.lower(), value.strip()))
        return found

    def _http_chunks(self) -> list[bytes]:
        chunks = []
        while size := int(self._received.readline(), 16):
            chunks.append(self._received.read(size))
            self._received.readline()
        self._received.readline()
        return chunks


@dataclass(frozen=True)
class Axis:
    """The running axis and its cast: a clerk's system at one department, a receiver's at another, an outsider's."""

    port: int
    clerk: Caller
    receiver: Caller
    outsider: Caller
    locked: Caller

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/vxp"

    def ask(
        self,
        caller: Caller,
        call: str,
        parameters: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        method: str = "POST",
        slash: str = "/",
        **trickery: Any,
    ) -> Answer:
        headers = signed_headers(caller, parameters or {}, **trickery)
        with Line(self.port) as line:
            return line.ask(request(f"/vxp{slash}{call}", headers, body, method=method))

    def send(self, caller: Caller, file: bytes, *, sender: str = "H99.01", slash: str = "/", **more: str) -> Answer:
        """sendEdoc as the SDK does it: the file's raw bytes and CR LF."""
        parameters = {"servicetype": "eDoc", "messagetype": "edoc", "hash-file": unpadded(file), "from": sender, **more}
        parameters["Content-Type"] = "application/octet-stream"
        return self.ask(caller, "sendEdoc", parameters, file + b"\r\n", slash=slash)

    def waiting(self, caller: Caller, kind: str = "edoc", **stale: str) -> list[dict[str, Any]]:
        answer = self.ask(caller, "getReceivedEdocList", {"servicetype": "eDoc", "messagetype": kind, **stale})
        assert answer.code == "0"
        rows: list[dict[str, Any]] = answer.json["data"]
        return rows

    def delivered(self, file: bytes) -> str:
        """Send the clerk's package and answer the docId under which the receiver sees it."""
        before = {row["docId"] for row in self.waiting(self.receiver)}
        assert self.send(self.clerk, file).code == "0"
        (new,) = {row["docId"] for row in self.waiting(self.receiver)} - before
        return str(new)

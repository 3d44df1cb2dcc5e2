"""A client of the national interface, as the SDK is one on the wire, with its weaknesses left out (section 12).

Imitated: header names, signature, agent, unpadded hash, appended CR LF, empty and ``{}`` bodies. Better: a fresh time
stamp for every request, only the parameters a call defines, timeouts, and no answer mistaken for an empty list.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import io
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, Self, TypeVar
from urllib.parse import urlsplit

from edxml102.model import PackageKind
from lienthong.common import clock, vxp
from lienthong.gateways.national.answers import (
    Agency,
    Fetched,
    Received,
    Sending,
    Sent,
    Unit,
    VxpError,
    parse,
    rows,
    unreadable,
)
from lienthong.gateways.national.splitting import DataSplitter

CHUNK = 256 * 1024
_ANSWER_LIMIT = 256 * 1024 * 1024
_LEAST_RATE = 4096  # bytes a second
_LINE_END = b"\r\n"
_NO_BODY, _EMPTY_OBJECT = b"", b"{}"

Row = TypeVar("Row")
Package = bytes | Path


class VxpClient:
    """Every call of the interface for one system. May be shared by threads: each has a connection of its own.

    :raises VxpError: from every call
    """

    def __init__(self, endpoint: str, system_id: str, secret: str, *, timeout: float = 60) -> None:
        parts = urlsplit(endpoint)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"not an endpoint: {endpoint!r}")
        self._host, self._port = parts.hostname, parts.port
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._path = parts.path.rstrip("/")
        self._system_id, self._secret = system_id, secret
        self._timeout = timeout
        self._own = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()
            self._own.connection = None

    # --- Agencies -------------------------------------------------------------------------------------------------

    def get_agencies_list(self) -> list[Agency]:
        return self._list("getAgenciesList", {}, Agency.of)

    def get_agencies_list_qd20(self, *, level: int | None = None) -> list[Agency]:
        return self._list("getAgenciesListQD20", {} if level is None else {"level": str(level)}, Agency.of)

    def get_synchronize_unit(self) -> list[Unit]:
        return self._list("getSynchronizeUnit", {}, Unit.of)

    def register_agency(self, agency: Mapping[str, str]) -> None:
        """:param agency: ``id``, ``pcode``, ``code``, ``name``, ``mail``, ``mobile``, ``fax``"""
        self._fields("registerAgency", {}, json.dumps(dict(agency), ensure_ascii=False).encode())

    def delete_agency(self, code: str) -> None:
        self._fields("deleteAgency", {"AgencyCode": code}, _EMPTY_OBJECT)

    # --- Documents and status reports -----------------------------------------------------------------------------

    def send_edoc(
        self,
        package: Package,
        *,
        sender: str,
        kind: PackageKind = PackageKind.DOCUMENT,
        to: Iterable[str] = (),
        trace: str = "",
    ) -> Sending:
        """Send a package from memory or from a file, which is read twice: for its hash, and to send it.

        :param trace: hops told besides a signed package; our own axis reads it, others ignore what they do not know, as
            the SDK's parameters of earlier calls stay on (vxp-protocol.md 2.5)
        """
        receivers = list(to)
        parameters = {
            "servicetype": "eDoc",
            "messagetype": kind.value,
            "hash-file": vxp.unpadded_hex(_digest(package)),
            "from": sender,
            **({"to": json.dumps(receivers, separators=(",", ":"))} if receivers else {}),
            **({"trace": trace} if trace else {}),
        }
        with _opened(package) as (file, size):
            body = _Upload(file, size + len(_LINE_END))
            return Sending.of(self._fields("sendEdoc", parameters, body, "application/octet-stream"))

    def get_received_edoc_list(self, kind: PackageKind = PackageKind.DOCUMENT) -> list[Received]:
        return self._list("getReceivedEdocList", _kind(kind), Received.of)

    def get_edoc(self, doc_id: str) -> bytes:
        """A package in memory; ``get_edoc_to`` is for large ones."""
        buffer = io.BytesIO()
        self.get_edoc_to(doc_id, buffer)
        return buffer.getvalue()

    def get_edoc_to(self, doc_id: str, file: IO[bytes]) -> Fetched:
        """Write a package to ``file`` while it arrives. What was written counts only if this returns."""
        target = _Target(file)
        splitter = DataSplitter(target.write)
        with self._exchange("POST", "getEdoc", {"docId": doc_id}, _EMPTY_OBJECT) as response:
            try:
                for chunk in _chunks(response, self._timeout):
                    splitter.feed(chunk)
                outline = splitter.finish()
            except ValueError as error:
                raise VxpError("", str(error), http_status=response.status) from error
            fields = parse(outline, response.status)
        return target.fetched(fields.get("trace"))

    def download_edoc(self, doc_id: str) -> bytes:
        """The package's raw bytes; on failure the axis has no words, only an empty body."""
        buffer = io.BytesIO()
        self.download_edoc_to(doc_id, buffer)
        return buffer.getvalue()

    def download_edoc_to(self, doc_id: str, file: IO[bytes]) -> Fetched:
        target = _Target(file)
        with self._exchange("GET", "downloadEdoc", {"docId": doc_id}, _NO_BODY) as response:
            if response.status != 200:
                code, _, name = (response.headers["X-Error-Code"] or "").partition(" ")
                raise VxpError(code, name or "the package was not given", http_status=response.status)
            for chunk in _chunks(response, self._timeout):
                target.write(chunk)
        if not target.size:
            raise VxpError("", "the package was not given", http_status=response.status)
        return target.fetched()

    def update_status(self, doc_id: str, status: str, *, description: str = "") -> None:
        """:param status: ``done``, ``fail`` or ``processing``"""
        reason = {"description": description} if description else {}
        self._fields("updateStatus", {"docId": doc_id, "status": status, **reason}, _EMPTY_OBJECT)

    def get_sent_edoc_list(self, kind: PackageKind = PackageKind.DOCUMENT, *, doc_id: str = "") -> list[Sent]:
        chosen = {"docId": doc_id} if doc_id else {}
        return self._list("getSentEdocList", {**_kind(kind), **chosen}, Sent.of)

    def count_receive_edoc(self) -> int:
        return self._count("countReceiveEdoc")

    def count_receive_status(self) -> int:
        return self._count("countReceiveStatus")

    # --- The wire ---------------------------------------------------------------------------------------------------

    def _list(self, call: str, parameters: Mapping[str, str], read: Callable[[Mapping[str, Any]], Row]) -> list[Row]:
        with self._exchange("POST", call, parameters, _NO_BODY) as response:
            fields = parse(_whole(response, self._timeout), response.status)
            return [read(row) for row in rows(fields, response.status)]

    def _count(self, call: str) -> int:
        count = self._fields(call, {}, _EMPTY_OBJECT).get("count")
        try:
            return int(str(count))
        except ValueError:
            raise VxpError("", f"not a count: {count!r}") from None

    def _fields(
        self, call: str, parameters: Mapping[str, str], body: bytes | _Upload, content_type: str = "application/json"
    ) -> dict[str, Any]:
        with self._exchange("POST", call, parameters, body, content_type) as response:
            return parse(_whole(response, self._timeout), response.status)

    @contextmanager
    def _exchange(
        self,
        method: str,
        call: str,
        parameters: Mapping[str, str],
        body: bytes | _Upload,
        content_type: str = "application/json",
    ) -> Iterator[http.client.HTTPResponse]:
        """One request and its answer; an answer that was not read to its end closes the connection."""
        signed = {"systemid": self._system_id, **parameters}
        signed |= {"timestamp": vxp.timestamp(clock.in_vietnam(clock.now())), "Content-Type": content_type}
        response: http.client.HTTPResponse | None = None
        try:
            response = self._request(method, call, vxp.request_headers(self._secret, signed), body)
            yield response
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise VxpError("", f"{type(error).__name__}: {error}", temporary=True) from error
        finally:
            if response is not None and not response.isclosed():
                self.close()

    def _request(
        self, method: str, call: str, headers: list[tuple[str, str]], body: bytes | _Upload
    ) -> http.client.HTTPResponse:
        """An idle connection may have been closed by the axis in the meantime: then the request goes out once more.
        All calls of the interface may be repeated."""
        reused = getattr(self._own, "connection", None) is not None
        try:
            return self._request_once(method, call, headers, body)
        except (ConnectionError, http.client.BadStatusLine):
            self.close()
            if not reused:
                raise
        return self._request_once(method, call, headers, body)

    def _request_once(
        self, method: str, call: str, headers: list[tuple[str, str]], body: bytes | _Upload
    ) -> http.client.HTTPResponse:
        connection = self._connection()
        connection.putrequest(method, f"{self._path}/{call}", skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value.encode())
        if method == "POST":
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        # An axis that refuses early may close its side while we still write: its answer is there to be read.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for piece in body if isinstance(body, _Upload) else filter(None, [body]):
                connection.send(piece)
        return connection.getresponse()

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._new_connection()
            self._own.connection = connection
        return connection

    def _new_connection(self) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
        return http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout, context=self._tls)


class _Upload:
    """A file and the CR LF that the SDK appends; may be sent again from its start."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._file.read(CHUNK):
            yield piece
        yield _LINE_END


class _Target:
    """Where a package goes, counted and hashed on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)

    def fetched(self, trace: object = None) -> Fetched:
        return Fetched(self.size, self._hash.digest(), trace)


def _kind(kind: PackageKind) -> dict[str, str]:
    return {"servicetype": "eDoc", "messagetype": kind.value}


def _digest(package: Package) -> bytes:
    with _opened(package) as (file, _):
        return hashlib.file_digest(file, "sha256").digest()  # type: ignore[arg-type]


@contextmanager
def _opened(package: Package) -> Iterator[tuple[BinaryIO, int]]:
    if isinstance(package, bytes):
        yield io.BytesIO(package), len(package)
    else:
        with package.open("rb") as file:
            yield file, package.stat().st_size


def _chunks(response: http.client.HTTPResponse, patience: float) -> Iterator[bytes]:
    """The answer as it comes, which must be soon: one that trickles would hold its thread for ever.

    :param patience: seconds
    """
    begin, size = time.monotonic(), 0
    while chunk := response.read1(CHUNK):
        size += len(chunk)
        if time.monotonic() - begin > patience + size / _LEAST_RATE:
            raise TimeoutError(f"only {size} bytes after {patience:g} s")
        yield chunk
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    response.read()  # nothing any more, but the connection may be used again


def _whole(response: http.client.HTTPResponse, patience: float) -> bytes:
    raw = bytearray()
    for chunk in _chunks(response, patience):
        raw += chunk
        if len(raw) > _ANSWER_LIMIT:
            raise unreadable(bytes(raw[:100]), response.status)
    return bytes(raw)

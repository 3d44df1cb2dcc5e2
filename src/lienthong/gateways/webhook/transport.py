"""One HTTP request to an address somebody else gave: bounded in time and size, and only to hosts that are allowed.

The host is looked up here and connected to by the very address that was checked, so a name that changes its mind
between check and connection gains nothing. Redirects are not followed, proxies of the environment not used.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore

from lienthong.gateways.webhook.addresses import may_connect

_CONNECT_SECONDS = 10.0
_LONGEST_ANSWER = 64 * 1024


class ForbiddenAddressError(Exception):
    """The name leads to a host that packages must not go to."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came back; ``headers`` by lower-case name, ``body`` cut at 64 KiB."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Patience:
    """No single step of a request may last longer than ``silence``, nor anything beyond ``end`` (monotonic time)."""

    end: float
    silence: float

    def left(self) -> float:
        return min(self.silence, self.end - time.monotonic())


def post(
    url: str, *, headers: Mapping[str, str], content: bytes | Iterator[bytes], timeout: float, silence: float
) -> RawAnswer:
    """Post once and read the answer.

    :param timeout: seconds for everything
    :param silence: seconds without progress
    :raises httpcore.TimeoutException: it took too long
    :raises httpcore.NetworkError: no connection, or it broke
    :raises httpcore.ProtocolError: the answer is not HTTP
    :raises ForbiddenAddressError:
    """
    backend = _GuardedBackend(Patience(time.monotonic() + timeout, silence))
    sent = {**headers, "Connection": "close"}
    with (
        httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend) as pool,
        pool.stream("POST", url, headers=list(sent.items()), content=content) as response,
    ):
        found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        return RawAnswer(response.status, found, _read_some(response.iter_stream()))


def _read_some(stream: Iterable[bytes]) -> bytes:
    body = b""
    for piece in stream:
        body += piece
        if len(body) >= _LONGEST_ANSWER:
            break
    return body[:_LONGEST_ANSWER]


@cache
def _tls() -> ssl.SSLContext:
    """Trusts what this machine trusts (``SSL_CERT_FILE`` adds authorities)."""
    return ssl.create_default_context()


class _GuardedBackend(httpcore.SyncBackend):
    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host}: no address")
        for address in _allowed(host, port):
            seconds = max(0.001, min(_CONNECT_SECONDS, self._patience.left()))
            try:
                stream = super().connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _PatientStream(stream, self._patience)
        raise failure


def _allowed(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    allowed = [address for address in addresses if may_connect(ipaddress.ip_address(address))]
    if addresses and not allowed:
        raise ForbiddenAddressError(f"{host} ({addresses[0]})")
    return allowed


class _PatientStream(httpcore.NetworkStream):
    """A stream whose every step ends in time, whatever timeout the caller names."""

    def __init__(self, stream: httpcore.NetworkStream, patience: Patience) -> None:
        self._stream = stream
        self._patience = patience
        self._heard = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if (left := self._patience.left()) <= 0:
            raise httpcore.ReadTimeout
        found = self._stream.read(max_bytes, left)
        if not found and not self._heard:
            raise httpcore.ReadError("closed without an answer")
        self._heard = True
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if (left := self._patience.left()) <= 0:
            raise httpcore.WriteTimeout
        plain = self._stream.get_extra_info("socket")
        try:
            plain.settimeout(left)
            plain.sendall(buffer)  # one timeout for all of it, however slowly it is taken
        except TimeoutError as error:
            raise httpcore.WriteTimeout from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = max(0.001, min(_CONNECT_SECONDS, self._patience.left()))
        return _PatientStream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._patience)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

"""The two interfaces through which programs of agencies speak to an axis, as the torture test needs them."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from edxml102.model import PackageKind
from lienthong.client.errors import AxisError, ProblemError
from lienthong.client.retrying import IMPATIENT
from lienthong.client.synchronous import Client
from lienthong.gateways.national.answers import VxpError
from lienthong.gateways.national.client import VxpClient

_TIMEOUT = 20.0  # seconds
_HASTE = 0.03  # of a program that does not wait for its answer
_IN_PARTS_FROM = 40_000  # bytes


class Unreachable(Exception):  # noqa: N818 - read in sentences
    """No answer, or one that says: later."""


class Refused(Exception):  # noqa: N818 - read in sentences
    """The axis said no for good."""


class Door(Protocol):
    def send(self, raw: bytes, kind: PackageKind, *, hasty: bool) -> str: ...
    def waiting(self, kind: PackageKind) -> list[str]: ...
    def fetch(self, delivery: str) -> bytes: ...
    def confirm(self, delivery: str) -> None: ...


class VxpDoor:
    """The national interface."""

    def __init__(self, url: str, account: dict[str, str]) -> None:
        given = (f"{url}/vxp", account["system_id"], account["secret"])
        self._code = account["code"]
        self._client, self._hasty = VxpClient(*given, timeout=_TIMEOUT), VxpClient(*given, timeout=_HASTE)

    def send(self, raw: bytes, kind: PackageKind, *, hasty: bool) -> str:
        client = self._hasty if hasty else self._client
        with _vxp():
            return client.send_edoc(raw, sender=self._code, kind=kind).doc_id

    def waiting(self, kind: PackageKind) -> list[str]:
        with _vxp():
            return [row.doc_id for row in self._client.get_received_edoc_list(kind)]

    def fetch(self, delivery: str) -> bytes:
        with _vxp():
            return self._client.get_edoc(delivery)

    def confirm(self, delivery: str) -> None:
        with _vxp():
            self._client.update_status(delivery, "done")


@contextmanager
def _vxp() -> Iterator[None]:
    try:
        yield
    except VxpError as error:
        if error.temporary or not error.code:
            raise Unreachable(str(error)) from error
        raise Refused(str(error)) from error


class RestDoor:
    """Our own interface."""

    def __init__(self, url: str, account: dict[str, str]) -> None:
        self._client = Client(url, account["token"], timeout=_TIMEOUT, patience=IMPATIENT)
        self._hasty = Client(url, account["token"], timeout=_HASTE, patience=IMPATIENT)
        self._keys: dict[bytes, str] = {}  # one Idempotency-Key for the same bytes, as the guide asks for

    def send(self, raw: bytes, kind: PackageKind, *, hasty: bool) -> str:
        client = self._hasty if hasty else self._client
        key = self._keys.setdefault(raw, str(uuid.uuid4()))
        with _rest():
            receipt: Any
            if kind is PackageKind.DOCUMENT:
                receipt = client.send_package(raw, key=key, resumable_from=_IN_PARTS_FROM)
            else:
                receipt = client.report_package(raw, key=key)
            return str(receipt.id)

    def waiting(self, kind: PackageKind) -> list[str]:
        name = "document" if kind is PackageKind.DOCUMENT else "status"
        with _rest():
            return [str(one.id) for one in self._client.deliveries(kind=name)]

    def fetch(self, delivery: str) -> bytes:
        file = io.BytesIO()
        with _rest():
            self._client.fetch_package(delivery, file)
        return file.getvalue()

    def confirm(self, delivery: str) -> None:
        with _rest():
            self._client.confirm(delivery)


@contextmanager
def _rest() -> Iterator[None]:
    try:
        yield
    except ProblemError as error:
        if error.temporary:
            raise Unreachable(str(error)) from error
        raise Refused(f"{error.status} {error.code} {error}") from error
    except AxisError as error:
        raise Unreachable(str(error)) from error

"""Every call of the interface as a value: what is asked, and how its answer is read. No I/O."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote
from uuid import UUID

from lienthong.client.bodies import Body, Source, Text
from lienthong.client.decoding import decode
from lienthong.client.models import (
    Agency,
    AgencyHit,
    AxisFacts,
    Delivery,
    DeliveryDetail,
    Page,
    PeriodCount,
    Receipt,
    SentDocument,
    Upload,
)

T = TypeVar("T")
EDXML = "application/edxml+xml"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names in lower case. ``content`` is empty where the bytes went into a file."""

    status: int
    headers: Mapping[str, str]
    content: bytes = b""


class Sink(Protocol):
    """Takes a download: told of the answer's head first, then given its bytes as they come."""

    def start(self, head: Answer) -> None: ...
    def write(self, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request. A good answer's bytes go into ``sink`` where there is one."""

    method: str
    path: str
    read: Callable[[Answer], T]
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body | None = None
    sink: Sink | None = None


def _as(shape: type[T], *, within: str = "") -> Callable[[Answer], T]:
    def read(answer: Answer) -> T:
        value = json.loads(answer.content)
        return decode(shape, value[within] if within else value)

    return read


def _given(**params: Any) -> dict[str, str]:
    return {name: str(value) for name, value in params.items() if value is not None}


def axis() -> Call[AxisFacts]:
    return Call("GET", "/axis", _as(AxisFacts))


def send(body: Body, key: str) -> Call[Receipt]:
    return Call("POST", "/documents", _as(Receipt), headers={"Idempotency-Key": key}, body=body)


def documents(cursor: str | None, limit: int) -> Call[Page[SentDocument]]:
    return Call("GET", "/documents", _as(Page[SentDocument]), params=_given(cursor=cursor, limit=limit))


def document(identifier: UUID | str) -> Call[SentDocument]:
    return Call("GET", f"/documents/{identifier}", _as(SentDocument))


def deliveries(kind: str | None, cursor: str | None, limit: int) -> Call[Page[Delivery]]:
    params = _given(kind=kind, cursor=cursor, limit=limit)
    return Call("GET", "/deliveries", _as(Page[Delivery]), params=params)


def delivery(identifier: UUID | str) -> Call[DeliveryDetail]:
    return Call("GET", f"/deliveries/{identifier}", _as(DeliveryDetail))


def confirm(identifier: UUID | str, outcome: str, reason: str) -> Call[DeliveryDetail]:
    body = Text({"outcome": outcome, "reason": reason})
    return Call("POST", f"/deliveries/{identifier}/confirmation", _as(DeliveryDetail), body=body)


def report(fields: Mapping[str, Any], key: str) -> Call[Receipt]:
    given = {name: str(value) for name, value in fields.items() if value not in (None, "")}
    return Call("POST", "/statuses", _as(Receipt), headers={"Idempotency-Key": key}, body=Text(given))


def report_package(body: Body, key: str) -> Call[Receipt]:
    return Call("POST", "/statuses", _as(Receipt), headers={"Idempotency-Key": key}, body=body)


def agencies(text: str, limit: int) -> Call[list[AgencyHit]]:
    params = _given(q=text, limit=limit)
    return Call("GET", "/directory/agencies", _as(list[AgencyHit], within="items"), params=params)


def agency(code: str, on_date: date | None) -> Call[Agency]:
    return Call("GET", f"/directory/agencies/{quote(code)}", _as(Agency), params=_given(on_date=on_date))


def statistics(first: date | None, last: date | None, period: str) -> Call[list[PeriodCount]]:
    params = _given(first=first, last=last, period=period)
    return Call("GET", "/statistics", _as(list[PeriodCount], within="items"), params=params)


def create_upload(length: int, sha256: str) -> Call[Upload]:
    return Call("POST", "/uploads", _as(Upload), body=Text({"length": length, "sha256": sha256}))


def upload(identifier: UUID) -> Call[Upload]:
    return Call("GET", f"/uploads/{identifier}", _as(Upload))


def append(identifier: UUID, part: Source) -> Call[Upload]:
    return Call("PATCH", f"/uploads/{identifier}", _as(Upload), headers={"Upload-Offset": str(part.begin)}, body=part)


def submit_upload(identifier: UUID) -> Call[Receipt]:
    return Call("POST", f"/uploads/{identifier}/submit", _as(Receipt))


def download(path: str, sink: Sink, *, begin: int = 0, etag: str = "") -> Call[Answer]:
    resume = {"Range": f"bytes={begin}-", "If-Range": etag} if begin else {}
    return Call("GET", path, lambda answer: answer, headers=resume, sink=sink)

"""The client for programs on an event loop. The same calls and flows; reading a file for an upload goes to a thread."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Self, TypeVar
from uuid import UUID

import anyio
import anyio.to_thread
import httpx

from lienthong.client import calls, flows
from lienthong.client.bodies import Form, Source
from lienthong.client.calls import Answer, Call
from lienthong.client.errors import ConnectionFailed, problem_error
from lienthong.client.events import PATH, SILENCE, EventReader
from lienthong.client.flows import Course, Flow, Pause
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
)
from lienthong.client.retrying import Patience
from lienthong.client.wire import RESUMABLE_FROM, TIMEOUT, head_of, is_download, options, request_headers

T = TypeVar("T")


class AsyncClient:
    """The axis as one system's key opens it. May be shared by tasks of one event loop.

    :raises AxisError: from every call
    """

    def __init__(  # noqa: PLR0913 - what a caller may choose
        self,
        url: str,
        key: str,
        *,
        timeout: float = TIMEOUT,
        patience: Patience | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._http = httpx.AsyncClient(**options(url, key, timeout), transport=transport)
        self._url = url
        self._patience = patience or Patience()
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    # --- Sending --------------------------------------------------------------------------------------------------

    async def send_package(
        self, package: bytes | Path, *, key: str | None = None, resumable_from: int = RESUMABLE_FROM
    ) -> Receipt:
        """Send a ready edXML document package; a large one in parts.

        :param key: the ``Idempotency-Key``, where the caller itself may send again; by default one for this call
        """
        return await self._run(flows.send(package, key=key, resumable_from=resumable_from, patience=self._patience))

    async def send_document(
        self, metadata: Mapping[str, Any], files: Sequence[tuple[str, bytes | Path]], *, key: str | None = None
    ) -> Receipt:
        """Let the axis build the package of a new document from metadata and ``(name, content)`` files."""
        return await self._run(flows.send_form(Form(metadata, files), key=key, patience=self._patience))

    async def documents_page(self, *, cursor: str | None = None, limit: int = 50) -> Page[SentDocument]:
        """What was sent, newest first."""
        return await self._ask(calls.documents(cursor, limit))

    async def document(self, identifier: UUID | str) -> SentDocument:
        """One sent document, recipient by recipient."""
        return await self._ask(calls.document(identifier))

    # --- Receiving ------------------------------------------------------------------------------------------------

    async def deliveries_page(
        self, *, kind: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[Delivery]:
        """What waits, urgent first; ``kind`` is document or status."""
        return await self._ask(calls.deliveries(kind, cursor, limit))

    async def deliveries(self, *, kind: str | None = None) -> AsyncIterator[Delivery]:
        """Everything that waits, page by page."""
        cursor: str | None = None
        while True:
            page = await self.deliveries_page(kind=kind, cursor=cursor)
            for delivery in page.items:
                yield delivery
            cursor = page.next_cursor
            if cursor is None:
                return

    async def events(self, *, url: str | None = None) -> AsyncIterator[list[str]]:
        """Wait for arrivals: yields the kinds of what may be new, at once after connecting and whenever something
        comes. It says only *that*; list then. Ends with ``ConnectionFailed`` when the line breaks: connect again.

        :param url: where the live role answers, by default behind the same address
        """
        reader = EventReader()
        target = (url or self._url).rstrip("/") + PATH
        try:
            async with self._http.stream("GET", target, timeout=httpx.Timeout(SILENCE)) as response:
                if response.status_code >= 400:
                    retry_after = response.headers.get("Retry-After")
                    raise problem_error(response.status_code, await response.aread(), retry_after=retry_after)
                async for line in response.aiter_lines():
                    if kinds := reader.feed(line):
                        yield kinds
        except httpx.HTTPError as error:
            raise ConnectionFailed(f"{type(error).__name__}: {error}") from error

    async def delivery(self, identifier: UUID | str) -> DeliveryDetail:
        """One delivery with its attachments."""
        return await self._ask(calls.delivery(identifier))

    async def fetch_package(self, identifier: UUID | str, file: BinaryIO, *, kind: str = "deliveries") -> str:
        """Write a package to ``file`` (seekable); answers its SHA-256, which was checked. ``kind``: or documents."""
        return await self._run(flows.fetch_package(kind, identifier, file, self._patience))

    async def fetch_attachment(self, identifier: UUID | str, number: int, file: BinaryIO) -> str:
        """Write one attachment, decoded, to ``file``."""
        return await self._run(flows.fetch_attachment(identifier, number, file, self._patience))

    async def fetch_evidence(self, identifier: UUID | str, file: BinaryIO) -> str:
        """Write the evidence bundle (ASiC-E) of a sent document or a delivery to ``file``: ``lienthong verify``."""
        return await self._run(flows.fetch_evidence(identifier, file, self._patience))

    async def confirm(self, identifier: UUID | str, *, outcome: str = "done", reason: str = "") -> DeliveryDetail:
        """Say what became of a fetched package: done, fail or processing."""
        return await self._ask(calls.confirm(identifier, outcome, reason))

    async def report(self, code: str, *, key: str | None = None, **fields: Any) -> Receipt:
        """Report a status: ``delivery_id``, or ``sent_id`` and ``recipient``; ``description``, ``staff`` …"""
        return await self._ask(calls.report({"code": code, **fields}, key or flows.new_key()))

    async def report_package(self, package: bytes | Path, *, key: str | None = None) -> Receipt:
        """Send a ready edXML status package."""
        return await self._ask(calls.report_package(Source(package), key or flows.new_key()))

    # --- Looking up -----------------------------------------------------------------------------------------------

    async def axis(self) -> AxisFacts:
        """Whose key this is and what the axis takes; the cheapest way to try a key."""
        return await self._ask(calls.axis())

    async def agencies(self, text: str, *, limit: int = 50) -> list[AgencyHit]:
        """Agencies by code, name or abbreviation."""
        return await self._ask(calls.agencies(text, limit))

    async def agency(self, code: str, *, on_date: date | None = None) -> Agency:
        """What a code stands for, and whether a document would reach it."""
        return await self._ask(calls.agency(code, on_date))

    async def statistics(
        self, *, first: date | None = None, last: date | None = None, period: str = "day"
    ) -> list[PeriodCount]:
        """Counts per day or month."""
        return await self._ask(calls.statistics(first, last, period))

    # --- Carrying out ---------------------------------------------------------------------------------------------

    async def _ask(self, call: Call[T]) -> T:
        return await self._run(flows.ask(call, self._patience))

    async def _run(self, flow: Flow[T]) -> T:
        course = Course(flow)
        while (step := course.step) is not None:
            if isinstance(step, Pause):
                await self._sleep(step.seconds)
                course.resume(None)
                continue
            try:
                answer = await self._exchange(step)
            except httpx.HTTPError as error:
                course.fail(ConnectionFailed(f"{type(error).__name__}: {error}"))
            else:
                course.resume(answer)
        return course.result

    async def _exchange(self, call: Call[Any]) -> Answer:
        content = _read_in_thread(call.body.pieces()) if call.body else None
        async with self._http.stream(
            call.method, call.path, params=call.params, headers=request_headers(call), content=content
        ) as response:
            head = head_of(response)
            if call.sink is None or not is_download(call, head):
                return replace(head, content=await response.aread())
            call.sink.start(head)
            async for piece in response.aiter_bytes():
                call.sink.write(piece)
            return head


async def _read_in_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (piece := await anyio.to_thread.run_sync(next, pieces, None)) is not None:
        yield piece

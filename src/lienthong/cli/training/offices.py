"""Agencies that answer: each a program of its own that speaks to the axis as partners do.

What they do follows from a seed and from the orders of the drama (``Orders``), never from the clock's hour.
"""

from __future__ import annotations

import io
import queue
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from edxml102.codes import BusinessType, StatusCode
from edxml102.model import DocumentPackage, PackageKind
from lienthong.cli.demo import packages
from lienthong.cli.demo.actors import Actor, code_of
from lienthong.client import Client
from lienthong.common import clock

_ASKS = {BusinessType.RECALL.code, BusinessType.UPDATE.code}
_REFUSES_ONE_IN = 15
_WHY = "Không đúng thẩm quyền giải quyết (mẫu)"
_MOST_PLANNED = 500  # answers an office has still to give; beyond that it only receives


@dataclass
class Orders:
    """What incidents and exercises ask of the offices. ``quiet`` and ``quiet_for_exercise``: systems that do nothing;
    ``refusing``: agencies that refuse; ``left_alone``: documents that nobody refuses by chance."""

    quiet: set[str] = field(default_factory=set)
    quiet_for_exercise: set[str] = field(default_factory=set)
    refusing: set[str] = field(default_factory=set)
    left_alone: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Answer:
    """A report that an agency will give at ``due`` (seconds, monotonic)."""

    due: float
    who: Actor
    document: DocumentPackage
    code: StatusCode
    description: str = ""


class Office:
    """The software of one agency, or of a district with its communes, on the national SDK's interface."""

    def __init__(self, served: Iterable[Actor], seed: int) -> None:
        self.served = {actor.agency.code: actor for actor in served}
        self.lead = next(iter(self.served.values()))
        self._chance = random.Random(f"{seed}/{self.lead.system_id}")  # noqa: S311 - chance that can be repeated
        self._planned: list[Answer] = []

    @property
    def system_id(self) -> str:
        return self.lead.system_id

    def work(self, orders: Orders, *, now: float | None = None) -> None:
        """Take what waits, and give the answers that are due at ``now`` (seconds, monotonic)."""
        now = time.monotonic() if now is None else now
        if self.system_id in orders.quiet | orders.quiet_for_exercise:
            return
        for document in self._arrivals():
            self._plan(document, orders, now)
        due = [one for one in self._planned if one.due <= now]
        self._planned = [one for one in self._planned if one.due > now]
        for one in due:
            one.who.report(one.document, one.code, one.description)

    def _arrivals(self) -> Iterator[DocumentPackage]:
        client = self.lead.client
        for row in client.get_received_edoc_list():
            document = packages.read_document(client.get_edoc(row.doc_id))
            client.update_status(row.doc_id, "done")
            yield document
        for row in client.get_received_edoc_list(PackageKind.STATUS):
            client.update_status(row.doc_id, "done")

    def _plan(self, document: DocumentPackage, orders: Orders, now: float) -> None:
        if len(self._planned) < _MOST_PLANNED:
            addressed = {code_of(organ.organ_id) for organ in document.header.to}
            for code in sorted(addressed & self.served.keys()):
                self._planned += self._answers(self.served[code], document, orders, now)

    def _answers(self, who: Actor, document: DocumentPackage, orders: Orders, now: float) -> Iterator[Answer]:
        if document.trace.bussiness and document.trace.bussiness.document_type in _ASKS:
            yield Answer(now + self._chance.uniform(3, 8), who, document, StatusCode.AGREED, "Đồng ý (mẫu)")
            return
        yield Answer(now, who, document, StatusCode.ARRIVED)
        later = now + self._chance.uniform(3, 10)
        by_chance = self._chance.randrange(_REFUSES_ONE_IN) == 0
        if who.agency.code in orders.refusing or (by_chance and _may_be_refused(document, orders)):
            yield Answer(later, who, document, StatusCode.REFUSED, _WHY)
        else:
            yield Answer(later, who, document, StatusCode.ACCEPTED, f"Số đến {who.next_entry()}/{clock.today().year}")

    def close(self) -> None:
        self.lead.close()


def _may_be_refused(document: DocumentPackage, orders: Orders) -> bool:
    return document.header.document_id not in orders.left_alone


class PushedOffice(Office):
    """Its packages are posted to it (``mailbox``); it reports over the SDK's interface."""

    def __init__(self, served: Iterable[Actor], seed: int, mailbox: queue.Queue[bytes]) -> None:
        super().__init__(served, seed)
        self._mailbox = mailbox

    def _arrivals(self) -> Iterator[DocumentPackage]:
        while not self._mailbox.empty():
            yield packages.read_document(self._mailbox.get_nowait())


class RestOffice(Office):
    """It fetches over our own REST interface, with the client library."""

    def __init__(self, served: Iterable[Actor], seed: int, rest: Client) -> None:
        super().__init__(served, seed)
        self.rest = rest

    def _arrivals(self) -> Iterator[DocumentPackage]:
        for row in list(self.rest.deliveries(kind="document")):
            file = io.BytesIO()
            self.rest.fetch_package(row.id, file)
            self.rest.confirm(row.id)
            yield packages.read_document(file.getvalue())
        for row in list(self.rest.deliveries(kind="status")):
            self.rest.confirm(row.id)

    def close(self) -> None:
        super().close()
        self.rest.close()

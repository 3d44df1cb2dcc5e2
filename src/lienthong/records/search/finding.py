"""Search in the documents of one agency: numbers first, then the words as written, then without diacritics; newest
first in each. Pages go on where the last one ended, so a late page costs no more than the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, Q, QuerySet

from lienthong.accounts.actors import Actor
from lienthong.common import clock
from lienthong.common.ids import first_id_at
from lienthong.records.access import readable_incoming
from lienthong.records.models import Direction, IncomingDocument, SearchEntry
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.records.outgoing.selectors import may_see, visible
from lienthong.records.search.words import Asked, agency_mark, read_query, tsquery


class _Lexemes(SearchQuery):
    """A query that PostgreSQL takes as it is: its parser would take marks and codes apart."""

    def __init__(self, query: str) -> None:
        super().__init__(query)
        self.query = query

    def as_sql(self, *_: Any, **__: Any) -> tuple[str, list[str]]:  # type: ignore[override]
        return "%s::tsquery", [self.query]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What narrows a search; dates are days of arrival, both included."""

    from_agency: str = ""
    since: date | None = None
    until: date | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: which way of finding, and the last document of it."""

    way: int
    id: UUID

    def __str__(self) -> str:
        return f"{self.way}.{self.id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """A place out of an address; ``None`` when it is none."""
        way, _, identifier = text.partition(".")
        try:
            return cls(int(way), UUID(identifier))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found: it came in, or it went out."""

    incoming: IncomingDocument | None = None
    outgoing: OutgoingDocument | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page. ``next``: where the following one begins, if there is one."""

    hits: list[Hit]
    next: Place | None

    @property
    def documents(self) -> list[IncomingDocument]:
        """Those that came in."""
        return [hit.incoming for hit in self.hits if hit.incoming]


def find_documents(
    actor: Actor, text: str, *, filters: Filters | None = None, after: Place | None = None, limit: int = 30
) -> Found:
    """The documents, incoming and outgoing, that hold all words of ``text`` and that the actor may see. Who issued it
    and where it stands are asked of incoming ones only, so with those filters only they are found."""
    asked = read_query(text)
    if actor.agency_id is None or asked.is_empty:
        return Found([], None)
    places: list[Place] = []
    for way, entries in _ways(actor, asked, filters or Filters()):
        if after is not None and way < after.way:
            continue
        if after is not None and way == after.way:
            entries = entries.filter(id__lt=after.id)  # noqa: PLW2901 - the rest of this way
        ids = entries.order_by("-id").values_list("id", flat=True)[: limit + 1 - len(places)]
        places += [Place(way, one) for one in ids]
        if len(places) > limit:
            break
    shown = places[:limit]
    return Found(_in_order(shown), shown[-1] if len(places) > limit else None)


def _in_order(places: list[Place]) -> list[Hit]:
    ids = [place.id for place in places]
    incoming = IncomingDocument.objects.in_bulk(ids)
    outgoing = OutgoingDocument.objects.in_bulk([one for one in ids if one not in incoming])
    return [Hit(incoming.get(one), outgoing.get(one)) for one in ids]


def _ways(actor: Actor, asked: Asked, filters: Filters) -> Iterator[tuple[int, QuerySet[SearchEntry]]]:
    """Each way of finding, without what an earlier one finds."""
    entries = _allowed(actor, filters)
    marks = [agency_mark(actor.agency_id or 0)]
    before = Q(pk=None)
    for way, found in enumerate(_conditions(asked, marks)):
        yield way, entries.filter(found).exclude(before) if way else entries.filter(found)
        before |= found


def _conditions(asked: Asked, marks: list[str]) -> Iterator[Q]:
    if asked.code:
        whole = Q(code_folded__startswith=asked.code)
        if asked.code[-1].isdigit():  # 1312 means 1312/…, before 13120/…
            whole &= Q(code_folded__regex=f"^{asked.code}([^0-9]|$)")
        yield whole
    if asked.accented:
        yield Q(words=_Lexemes(tsquery(asked.accented, marks)))
    yield Q(words=_Lexemes(tsquery(asked.folded, marks)))
    if asked.code:
        yield Q(code_folded__startswith=asked.code)


def _allowed(actor: Actor, filters: Filters) -> QuerySet[SearchEntry]:
    """Only the agency's own, as far as the actor may see each; what else narrows is asked of the documents."""
    entries = SearchEntry.objects.filter(agency=actor.agency_id)
    if filters.since:
        entries = entries.filter(id__gte=first_id_at(_start(filters.since)))
    if filters.until:
        entries = entries.filter(id__lt=first_id_at(_start(filters.until + timedelta(days=1))))
    asked: dict[str, Any] = {}
    if filters.from_agency:
        asked["from_code"] = filters.from_agency
    if filters.state:
        asked["state"] = filters.state
    theirs = readable_incoming(actor).filter(pk=OuterRef("pk"), **asked)
    wanted = Q(Exists(theirs), direction=Direction.INCOMING)
    if not asked and may_see(actor):
        wanted |= Q(Exists(visible(actor).filter(pk=OuterRef("pk"))), direction=Direction.OUTGOING)
    return entries.filter(wanted)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), clock.VIETNAM)

"""What somebody must do now, in order of harm (ux.md): not opened though express, failed, due, waiting for a decision.

Other areas add their own with ``SOURCES`` (documents that go out, assignments).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from django.conf import settings
from django.db.models import Q, QuerySet

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct, may_on_documents
from lienthong.accounts.roles import Role
from lienthong.common import clock
from lienthong.common.working_days import working_days
from lienthong.records.access import readable_incoming
from lienthong.records.clocks import pressing_of
from lienthong.records.deadlines import ClockState, Deadline
from lienthong.records.inbox import MOST_COUNTED
from lienthong.records.incoming_states import IncomingState
from lienthong.records.models import Direction, IncomingDocument, ReportState
from lienthong.records.outgoing import selectors as outgoing
from lienthong.records.outgoing.models import OutgoingDocument

_SHOWN = 5
_LOOKED_AT = 200  # documents whose clocks are asked; of more than that the list itself tells


class Harm(IntEnum):
    """The order of the page: what harms most stands first."""

    EXPRESS_UNOPENED = 1
    FAILED = 2
    LATE = 3
    DUE_TODAY = 4
    DECIDE = 5
    WAITING = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLine:
    """One document in a duty, the one or the other; ``deadline`` where a clock runs."""

    document: IncomingDocument | None = None
    outgoing: OutgoingDocument | None = None
    deadline: Deadline | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One thing to do: what, how many, the first of them. ``tab`` of the list of ``direction`` shows all."""

    harm: Harm
    title: str
    count: int
    tone: str
    icon: str
    lines: tuple[DutyLine, ...] = ()
    tab: str = ""
    direction: Direction = Direction.INCOMING


SOURCES: list[Callable[[Actor], Iterator[Duty]]] = []
"""Duties of other areas: each is called with the actor and may use one or two bounded queries."""


def duties_of(actor: Actor) -> list[Duty]:
    """Everything the actor has to do, the most harmful first; nothing that is empty."""
    found = [*_incoming(actor), *_outgoing(actor), *(duty for source in SOURCES for duty in source(actor))]
    return sorted((duty for duty in found if duty.count), key=lambda duty: duty.harm)


def _incoming(actor: Actor) -> Iterator[Duty]:
    if actor.agency_id is None:
        return
    now = clock.now()
    documents = readable_incoming(actor)
    express = documents.filter(state=IncomingState.ARRIVED, priority__gte=3, opened_at=None)
    yield _duty(Harm.EXPRESS_UNOPENED, "văn bản hỏa tốc chưa mở", express, "red", "flag", "khan")
    if may_on_documents(actor, DocumentAct.REGISTER, agency_id=actor.agency_id):
        yield from _of_clerk(documents, now)
    if actor.has(Role.LEADER):
        decide = documents.filter(state=IncomingState.REGISTERED)
        yield _duty(Harm.DECIDE, "văn bản chờ phân công", decide, "blue", "user-check", "dang-xu-ly")
        given_out = documents.filter(ended_at=None, handling_due__lt=clock.today())
        yield _duty(Harm.LATE, "văn bản đã giao, quá hạn xử lý", given_out, "red", "clock-exclamation", "dang-xu-ly")
    mine = Q(endorsements__officers=actor.user_id, endorsements__undone_at=None)
    given = documents.filter(mine, state__in=[IncomingState.ASSIGNED, IncomingState.IN_PROGRESS])
    yield from _by_clock(given, now, "văn bản được giao", "dang-xu-ly", rest=Harm.DECIDE)


def _outgoing(actor: Actor) -> Iterator[Duty]:
    """What failed is pinned for whoever follows the document; what has a number is sent the same day, at the latest on
    the next working day (NĐ 30/2020 Điều 18 khoản 1)."""
    if actor.agency_id is None or not outgoing.may_see(actor):
        return
    failed = outgoing.pinned(actor, limit=MOST_COUNTED + 1)
    title = "văn bản đi chưa đến được nơi nhận"
    yield _duty_out(Harm.FAILED, title, [line.document for line in failed], "red", "circle-x", "can-xu-ly")
    if may_on_documents(actor, DocumentAct.SEND, agency_id=actor.agency_id):
        unsent = list(outgoing.numbered_unsent(actor)[: MOST_COUNTED + 1])
        calendar, now = working_days(settings.WORKING_DAYS), clock.now()
        late = [one for one in unsent if calendar.end_of(one.numbered_at or now, 1) < now]
        today = [one for one in unsent if one not in late]
        yield _duty_out(Harm.LATE, "văn bản đã cấp số, quá hạn gửi", late, "red", "clock-exclamation", "chua-gui")
        yield _duty_out(Harm.DUE_TODAY, "văn bản đã cấp số, chưa gửi", today, "orange", "send", "chua-gui")


def _duty_out(  # noqa: PLR0913, PLR0917 - one part of the line each
    harm: Harm, title: str, found: list[OutgoingDocument], tone: str, icon: str, tab: str
) -> Duty:
    lines = tuple(DutyLine(outgoing=one) for one in found[:_SHOWN])
    way = Direction.OUTGOING
    return Duty(harm=harm, title=title, count=len(found), tone=tone, icon=icon, lines=lines, tab=tab, direction=way)


def _of_clerk(documents: QuerySet[IncomingDocument], now: datetime) -> Iterator[Duty]:
    refused = documents.filter(reports__state=ReportState.REFUSED).distinct()
    yield _duty(Harm.FAILED, "báo cáo trạng thái mà trục không nhận", refused, "red", "circle-x", "tat-ca")
    asked = documents.exclude(asked="")
    yield from _by_clock(asked, now, "yêu cầu của bên gửi chờ trả lời", "yeu-cau", rest=Harm.DECIDE)
    waiting = documents.filter(state=IncomingState.ARRIVED).exclude(business_type__in=["1", "2"])
    yield from _by_clock(waiting, now, "văn bản chờ tiếp nhận", "cho-tiep-nhan", rest=Harm.WAITING)


def _duty(  # noqa: PLR0913, PLR0917 - one part of the line each
    harm: Harm, title: str, found: QuerySet[IncomingDocument], tone: str, icon: str, tab: str
) -> Duty:
    rows = list(found.order_by("-priority", "id")[: MOST_COUNTED + 1].values_list("pk", flat=True))
    first = IncomingDocument.objects.in_bulk(rows[:_SHOWN])
    lines = tuple(DutyLine(document=first[pk]) for pk in rows[:_SHOWN])
    return Duty(harm=harm, title=title, count=len(rows), tone=tone, icon=icon, lines=lines, tab=tab)


def _priority(line: DutyLine) -> int:
    return line.document.priority if line.document else 0


def _by_clock(found: QuerySet[IncomingDocument], now: datetime, title: str, tab: str, *, rest: Harm) -> Iterator[Duty]:
    """The late, those of today, and the others, each as a duty of its own."""
    groups: dict[ClockState, list[DutyLine]] = {state: [] for state in ClockState}
    rows = list(found.order_by("id")[:_LOOKED_AT])
    for document in rows:
        due = pressing_of(document, now)
        groups[due.state(now) if due else ClockState.RUNNING].append(DutyLine(document=document, deadline=due))
    late, today, others = (groups[state] for state in (ClockState.LATE, ClockState.TODAY, ClockState.RUNNING))
    for harm, lines, said, tone, icon in (
        (Harm.LATE, late, f"{title}, đã quá hạn", "red", "clock-exclamation"),
        (Harm.DUE_TODAY, today, f"{title}, hạn hôm nay", "orange", "calendar-due"),
        (rest, others, title, "blue", "inbox"),
    ):
        ordered = sorted(lines, key=lambda line: (-_priority(line), line.deadline.due_at if line.deadline else now))
        yield Duty(
            harm=harm, title=said, count=len(lines), tone=tone, icon=icon, lines=tuple(ordered[:_SHOWN]), tab=tab
        )

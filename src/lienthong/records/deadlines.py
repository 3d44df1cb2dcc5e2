"""The clocks that the law sets on an incoming document, and those its people set themselves. Pure.

Limits come from the rule set of the day the document was signed (legal.md section 10) and count working days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from lienthong.common import clock
from lienthong.common.working_days import WorkingDays
from lienthong.exchange.rule_sets import Duty, RuleSet
from lienthong.exchange.states import Ask


class ClockState(Enum):
    """How a deadline stands: word and colour by meaning (ux.md)."""

    RUNNING = ("running", "Còn hạn", "neutral")
    TODAY = ("today", "Hạn hôm nay", "orange")
    LATE = ("late", "Quá hạn", "red")
    MET = ("met", "Đúng hạn", "green")
    MET_LATE = ("met_late", "Làm muộn", "purple")

    def __init__(self, key: str, label: str, tone: str) -> None:
        self.key = key
        self.label = label
        self.tone = tone


class DeadlineKind(Enum):
    """What is due, in order of the life of a document."""

    RECEIPT = ("receipt", "Báo đã nhận")
    REGISTRATION = ("registration", "Tiếp nhận, vào sổ")
    SUBMISSION = ("submission", "Trình, phân công")
    ANSWER = ("answer", "Trả lời yêu cầu của bên gửi")
    HANDLING = ("handling", "Xử lý xong")
    REPLY = ("reply", "Trả lời văn bản")

    def __init__(self, key: str, label: str) -> None:
        self.key = key
        self.label = label


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One duty: until when (exclusive), since when it is done, and what says so."""

    kind: DeadlineKind
    due_at: datetime
    met_at: datetime | None = None
    source: str = ""

    @property
    def due_day(self) -> date:
        """The last day on which it is in time."""
        return clock.in_vietnam(self.due_at - timedelta(microseconds=1)).date()

    @property
    def is_to_the_minute(self) -> bool:
        """Urgent ones end at a minute, all others with a day."""
        return clock.in_vietnam(self.due_at).time() != time()

    def state(self, now: datetime) -> ClockState:
        if self.met_at is not None:
            return ClockState.MET if self.met_at < self.due_at else ClockState.MET_LATE
        if now >= self.due_at:
            return ClockState.LATE
        return ClockState.TODAY if self.due_day <= clock.in_vietnam(now).date() else ClockState.RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTimes:
    """When what happened to a document. ``closed_at``: refused, cancelled, replaced or finished; nothing runs after
    it. ``told_at``: when the issuer was told that it is here (01)."""

    arrived_at: datetime
    urgent: bool = False
    is_paper: bool = False
    told_at: datetime | None = None
    registered_at: datetime | None = None
    assigned_at: datetime | None = None
    asked: Ask | None = None
    asked_at: datetime | None = None
    handling_due: date | None = None
    reply_due: date | None = None
    closed_at: datetime | None = None


_ANSWERS = {Ask.RECALL: Duty.RECALL, Ask.UPDATE: Duty.UPDATE, Ask.TAKE_BACK: Duty.TAKE_BACK}


def deadlines(times: DocumentTimes, rules: RuleSet, days: WorkingDays, signed_on: date | None) -> list[Deadline]:
    """Everything that is or was due, in order of the document's life."""
    return list(_deadlines(_Limits(times, rules, days, signed_on)))


def pressing(found: list[Deadline], now: datetime) -> Deadline | None:
    """The one to show in a list: the next that is still open, the earliest first."""
    still = [one for one in found if one.met_at is None]
    return min(still, key=lambda one: one.due_at, default=None)


@dataclass(frozen=True, slots=True)
class _Limits:
    times: DocumentTimes
    rules: RuleSet
    days: WorkingDays
    signed_on: date | None

    def of(self, kind: DeadlineKind, duty: Duty, since: datetime, met_at: datetime | None) -> Iterator[Deadline]:
        """The deadline of a duty, if the rules of the day know it."""
        rule = self.rules.deadline(duty, self.signed_on)
        if rule is None:
            return
        source = rule.source.cited
        due = self.days.end_of(since, rule.working_days)
        if self.times.urgent and rule.urgent_minutes is not None:
            due, source = since + timedelta(minutes=rule.urgent_minutes), f"{source}; “ngay” lấy mức giả định"
        yield Deadline(kind=kind, due_at=due, met_at=met_at, source=source)


def _deadlines(limits: _Limits) -> Iterator[Deadline]:
    times = limits.times
    if not times.is_paper:
        yield from limits.of(DeadlineKind.RECEIPT, Duty.RECEIPT, times.arrived_at, times.told_at)
        accepted = times.registered_at or times.closed_at
        yield from limits.of(DeadlineKind.REGISTRATION, Duty.REGISTRATION, times.arrived_at, accepted)
    if times.registered_at is not None:
        submitted = times.assigned_at or times.closed_at
        yield from limits.of(DeadlineKind.SUBMISSION, Duty.SUBMISSION, times.registered_at, submitted)
    if times.asked is not None and times.asked_at is not None and times.asked in _ANSWERS:
        yield from limits.of(DeadlineKind.ANSWER, _ANSWERS[times.asked], times.asked_at, None)
    for kind, day in ((DeadlineKind.HANDLING, times.handling_due), (DeadlineKind.REPLY, times.reply_due)):
        if day is not None:
            yield Deadline(kind=kind, due_at=_end_of(day), met_at=times.closed_at, source="")


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), clock.VIETNAM)

"""Deadlines as a table: moments in Vietnam, limits from the baseline rule set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from lienthong.common.clock import VIETNAM
from lienthong.common.working_days import WorkingDays
from lienthong.exchange import rule_sets
from lienthong.exchange.states import Ask
from lienthong.records.deadlines import ClockState, DeadlineKind, DocumentTimes, deadlines, pressing

K, C = DeadlineKind, ClockState


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """March 2026: the 6th is a Friday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=VIETNAM)


FRIDAY = DocumentTimes(arrived_at=at(6, 16))
SIGNED = date(2026, 3, 5)


def found(times: DocumentTimes) -> dict[DeadlineKind, object]:
    return {one.kind: one for one in deadlines(times, rule_sets.rule_set(SIGNED), WorkingDays(), SIGNED)}


@pytest.mark.parametrize(
    ("kind", "times", "due_day"),
    [
        (K.RECEIPT, FRIDAY, date(2026, 3, 6)),
        (K.REGISTRATION, FRIDAY, date(2026, 3, 9)),
        (K.SUBMISSION, replace(FRIDAY, registered_at=at(6, 17)), date(2026, 3, 9)),
        (K.ANSWER, replace(FRIDAY, asked=Ask.RECALL, asked_at=at(9)), date(2026, 3, 10)),
        (K.HANDLING, replace(FRIDAY, handling_due=date(2026, 3, 20)), date(2026, 3, 20)),
        (K.REPLY, replace(FRIDAY, reply_due=date(2026, 3, 21)), date(2026, 3, 21)),
    ],
)
def test_what_is_due_when(kind: DeadlineKind, times: DocumentTimes, due_day: date) -> None:
    assert found(times)[kind].due_day == due_day  # type: ignore[attr-defined]


def test_urgent_ones_are_due_at_once() -> None:
    one = found(replace(FRIDAY, urgent=True))[K.REGISTRATION]
    assert one.due_at == at(6, 16, 30)  # type: ignore[attr-defined]
    assert one.is_to_the_minute  # type: ignore[attr-defined]
    assert "giả định" in one.source  # type: ignore[attr-defined]


def test_paper_is_neither_reported_nor_awaited() -> None:
    assert set(found(replace(FRIDAY, is_paper=True, registered_at=at(6, 16)))) == {K.SUBMISSION}


@pytest.mark.parametrize(
    ("registered", "now", "state"),
    [
        (None, at(6, 17), C.RUNNING),
        (None, at(9, 8), C.TODAY),
        (None, at(10, 0), C.LATE),
        (at(9, 23, 59), at(20), C.MET),
        (at(10, 0), at(20), C.MET_LATE),
    ],
)
def test_how_a_clock_stands(registered: datetime | None, now: datetime, state: ClockState) -> None:
    one = found(replace(FRIDAY, registered_at=registered))[K.REGISTRATION]
    assert one.state(now) is state  # type: ignore[attr-defined]


def test_the_most_pressing_is_the_next_that_is_open() -> None:
    times = replace(FRIDAY, told_at=at(6, 16), handling_due=date(2026, 3, 20))
    listed = deadlines(times, rule_sets.rule_set(SIGNED), WorkingDays(), SIGNED)
    shown = pressing(listed, at(6, 17))
    assert shown is not None
    assert shown.kind is K.REGISTRATION


def test_the_law_is_cited() -> None:
    assert found(FRIDAY)[K.REGISTRATION].source == "điểm c khoản 2 Điều 4 Nghị định 30/2020/NĐ-CP"  # type: ignore[attr-defined]

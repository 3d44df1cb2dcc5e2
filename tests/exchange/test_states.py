"""The folds as tables (specification 5.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.exchange import rule_sets
from lienthong.exchange.retry import PULL_RETRY
from lienthong.exchange.states import Ask, Event, RecipientState, Standing, fold, is_resent

START = datetime(2024, 3, 15, 8, 0, tzinfo=UTC)
S = RecipientState
MOVES = rule_sets.load().on(START.date()).moves


def events(*codes: str) -> list[Event]:
    """``recall:1`` asks; ``15→1`` answers that ask by name."""
    return [_event(code, position) for position, code in enumerate(codes)]


def _event(text: str, position: int) -> Event:
    at = START + timedelta(minutes=position)
    code, _, named = text.partition("→")
    kind, _, number = code.partition(":")
    if kind in {ask.value for ask in Ask}:
        return Event(at, position, ask=Ask(kind), ask_id=int(number or 1))
    return Event(at, position, code, ask_id=int(named) if named else None)


def folded(*codes: str, **details: Ask) -> Standing:
    return fold(events(*codes), MOVES, **details)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("codes", "state"),
    [
        ((), S.SENT),
        (("01",), S.ARRIVED),
        (("02",), S.REJECTED),
        (("01", "02"), S.REJECTED),
        (("01", "03", "04", "05", "06"), S.DONE),
        (("01", "03", "05"), S.IN_PROGRESS),
        (("03", "06"), S.DONE),
        (("03", "01"), S.ACCEPTED),
        (("06", "03"), S.DONE),
        (("03", "02"), S.ACCEPTED),
        (("02", "03"), S.REJECTED),
        (("103", "01"), S.ARRIVED),
        (("01", "13"), S.TAKEBACK_ASKED),
        (("13", "15"), S.TAKEN_BACK),
        (("01", "13", "16"), S.ARRIVED),
        (("01", "13", "03", "16"), S.ACCEPTED),
        (("03", "13"), S.ACCEPTED),
        (("01", "15"), S.ARRIVED),
        (("01", "13", "16", "13", "15"), S.TAKEN_BACK),
        (("06", "recall"), S.RECALL_ASKED),
        (("06", "recall", "03"), S.RECALLED),
        (("06", "recall", "15"), S.RECALLED),
        (("06", "recall", "02"), S.DONE),
        (("05", "recall", "16"), S.IN_PROGRESS),
        (("03", "update", "15"), S.ACCEPTED),
        (("03", "update"), S.UPDATE_ASKED),
        (("03", "recall", "03", "06"), S.RECALLED),
        (("recall", "15"), S.RECALLED),
        (("02", "recall", "15"), S.REJECTED),
        (("03", "recall", "05", "16"), S.IN_PROGRESS),
        (("01", "update", "02"), S.REJECTED),
        (("01", "update", "03", "16"), S.ACCEPTED),
        (("03", "replace"), S.ACCEPTED),
        (("03", "replace:1", "05"), S.IN_PROGRESS),
        (("03", "replace:1", "03→1"), S.REPLACED),
        (("03", "replace:1", "05→1"), S.REPLACED),
        (("03", "replace:1", "02→1"), S.ACCEPTED),
        (("01", "replace:1", "03"), S.ACCEPTED),
        (("03", "replace:1", "03"), S.REPLACED),
        (("03", "update:1", "recall:2"), S.RECALL_ASKED),
        (("03", "update:1", "recall:2", "16"), S.UPDATE_ASKED),
        (("03", "update:1", "recall:2", "15→1"), S.RECALL_ASKED),
        (("03", "recall:1", "update:2"), S.UPDATE_ASKED),
        (("03", "recall:1", "update:2", "15→2", "15"), S.RECALLED),
        (("03", "recall:1", "15→7"), S.RECALL_ASKED),
        (("13", "recall:1", "15→1"), S.RECALLED),
        (("13", "02"), S.REJECTED),
    ],
)
def test_reports_fold_to_the_state_of_the_law(codes: tuple[str, ...], state: RecipientState) -> None:
    assert folded(*codes).state is state


@pytest.mark.parametrize(
    ("own", "codes", "state"),
    [
        (Ask.RECALL, ("01",), S.ARRIVED),
        (Ask.RECALL, ("01", "03"), S.AGREED),
        (Ask.RECALL, ("01", "16"), S.DECLINED),
        (Ask.RECALL, ("01", "02"), S.DECLINED),
        (Ask.UPDATE, ("01", "03"), S.ACCEPTED),
        (Ask.UPDATE, ("01", "03", "15"), S.AGREED),
        (Ask.UPDATE, ("02",), S.REJECTED),
        (Ask.UPDATE, ("13", "15"), S.TAKEN_BACK),
        (Ask.REPLACE, ("01", "03", "05"), S.IN_PROGRESS),
    ],
)
def test_a_document_that_asks_has_a_life_of_its_own(own: Ask, codes: tuple[str, ...], state: RecipientState) -> None:
    assert folded(*codes, own=own).state is state


@given(st.permutations(events("01", "03", "04", "05", "06")))
def test_the_order_of_arrival_does_not_matter(shuffled: list[Event]) -> None:
    assert fold(shuffled, MOVES).state is S.DONE


@given(st.lists(st.sampled_from(["01", "03", "04", "05", "06", "xx"]), max_size=12))
def test_progress_never_goes_backwards(codes: list[str]) -> None:
    ranks = [folded(*codes[:length]).state.rank for length in range(len(codes) + 1)]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("stamp", "later", "resent"), [("", 0, True), ("", 1, False), ("09:00", 0, True), ("09:00", 5, True)]
)
def test_a_report_is_known_by_its_time_or_its_own_stamp(stamp: str, later: int, resent: bool) -> None:
    first = Event(START, 0, "03", stamp=stamp)
    again = Event(START + timedelta(minutes=later), 1, "03", stamp=stamp)
    assert is_resent(first, again) is resent
    assert not is_resent(first, Event(START, 1, "06", stamp=stamp))


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 5), (3, 30), (4, 120), (5, None)])
def test_a_failing_recipient_gets_a_finite_budget(attempts: int, minutes: int | None) -> None:
    pause = PULL_RETRY.pause(attempts)
    assert pause == (None if minutes is None else timedelta(minutes=minutes))

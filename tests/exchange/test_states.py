"""The folds as tables (specification 5.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.exchange.retry import PULL_RETRY
from lienthong.exchange.states import Ask, Event, RecipientState, fold, is_repeat

START = datetime(2024, 3, 15, 8, 0, tzinfo=UTC)
S = RecipientState


def events(*codes: str) -> list[Event]:
    return [_event(code, position) for position, code in enumerate(codes)]


def _event(code: str, position: int) -> Event:
    at = START + timedelta(minutes=position)
    asks = {"recall": Ask.RECALL, "update": Ask.UPDATE, "replace": Ask.REPLACE}
    return Event(at, position, ask=asks[code]) if code in asks else Event(at, position, code)


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
        (("03", "replace"), S.REPLACED),
        (("03", "recall", "03", "06"), S.RECALLED),
    ],
)
def test_reports_fold_to_the_state_of_the_law(codes: tuple[str, ...], state: RecipientState) -> None:
    assert fold(events(*codes)).state is state


@given(st.permutations(events("01", "03", "04", "05", "06")))
def test_the_order_of_arrival_does_not_matter(shuffled: list[Event]) -> None:
    assert fold(shuffled).state is S.DONE


@given(st.lists(st.sampled_from(["01", "03", "04", "05", "06", "xx"]), max_size=12))
def test_progress_never_goes_backwards(codes: list[str]) -> None:
    ranks = [fold(events(*codes[:length])).state.rank for length in range(len(codes) + 1)]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("codes", "repeated"),
    [
        (("01", "01"), True),
        (("01", "03", "01"), True),
        (("01", "03"), False),
        (("01", "13", "16", "13"), False),
        (("01", "13", "13"), True),
        (("03", "recall", "03"), False),
        (("103", "103"), True),
    ],
)
def test_a_repeat_says_nothing_new(codes: tuple[str, ...], repeated: bool) -> None:
    *earlier, last = events(*codes)
    assert is_repeat(earlier, last) is repeated


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 5), (3, 30), (4, 120), (5, None)])
def test_a_failing_recipient_gets_a_finite_budget(attempts: int, minutes: int | None) -> None:
    pause = PULL_RETRY.pause(attempts)
    assert pause == (None if minutes is None else timedelta(minutes=minutes))

"""The circuit breaker: closed, open, half open, as a table and for any order of events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lienthong.exchange.breaker import FAILURES_TO_OPEN, REST, Breaker, Circuit

NOON = datetime(2024, 3, 15, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def failing(times: int, breaker: Breaker | None = None) -> Breaker:
    breaker = breaker or Breaker()
    for _ in range(times):
        breaker = breaker.failed(NOON)
    return breaker


def test_it_opens_at_the_fifth_failure_in_a_row() -> None:
    assert FAILURES_TO_OPEN == 5
    assert failing(4).circuit(NOON) is Circuit.CLOSED
    assert failing(5).circuit(NOON) is Circuit.OPEN
    assert failing(4, failing(4).succeeded()).admits(NOON)


def test_it_rests_for_a_minute_and_then_lets_one_try() -> None:
    opened = failing(5)
    assert not opened.admits(NOON + REST - SECOND)
    assert opened.circuit(NOON + REST) is Circuit.HALF_OPEN
    assert opened.admits(NOON + REST)
    trying = opened.admitted(NOON + REST, trial=30 * SECOND)
    assert not trying.admits(NOON + REST + 29 * SECOND)
    assert trying.admits(NOON + REST + 30 * SECOND)  # the one who tried is dead


def test_the_trial_decides() -> None:
    later = NOON + REST
    trying = failing(5).admitted(later, trial=30 * SECOND)
    assert trying.succeeded() == Breaker()
    assert trying.failed(later).open_until == later + REST
    assert not trying.failed(later).admits(later + REST - SECOND)
    assert trying.failed(later).admits(later + REST)


def test_failures_that_were_under_way_when_it_opened_do_not_prolong_the_rest() -> None:
    assert failing(9).open_until == NOON + REST


def test_a_system_that_asks_for_a_pause_gets_it_at_once() -> None:
    asked = Breaker().failed(NOON, asked=90 * SECOND)
    assert asked.circuit(NOON + 89 * SECOND) is Circuit.OPEN
    assert asked.admits(NOON + 90 * SECOND)
    assert failing(5).failed(NOON, asked=SECOND).open_until == NOON + REST


def test_closed_it_admits_any_number() -> None:
    assert Breaker().admitted(NOON, trial=SECOND) == Breaker()


EVENTS = st.lists(st.tuples(st.sampled_from(["ask", "fail", "succeed"]), st.integers(0, 90)), max_size=60)


@given(EVENTS)
def test_while_open_nothing_goes_and_never_for_longer_than_the_rest(events: list[tuple[str, int]]) -> None:
    breaker, now, last_failure = Breaker(), NOON, NOON
    for event, seconds in events:
        now += seconds * SECOND
        if event == "ask" and breaker.admits(now):
            breaker = breaker.admitted(now, trial=30 * SECOND)
        elif event == "fail":
            breaker, last_failure = breaker.failed(now), now
        elif event == "succeed":
            breaker = breaker.succeeded()
            assert breaker.admits(now)
        assert breaker.circuit(now) is not Circuit.OPEN or not breaker.admits(now)
        assert breaker.circuit(last_failure + REST) is not Circuit.OPEN

"""Urgent packages go first and ordinary ones still go, whatever arrives: the choices of threads, simulated."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lienthong.exchange.dispatching.lanes import URGENT_IN_A_ROW, Turn

ARRIVALS = st.lists(st.lists(st.integers(0, 4), max_size=5), min_size=1, max_size=80)


def take(turn: Turn, waiting: list[int]) -> tuple[Turn, int | None]:
    """As ``claim_next`` does: the first wish that something fits, the most urgent of what fits."""
    for ranks in turn.wishes():
        fitting = [rank for rank in waiting if ranks.lowest <= rank <= ranks.highest]
        if fitting:
            waiting.remove(max(fitting))
            return turn.after(max(fitting)), max(fitting)
    return turn, None


@given(ARRIVALS)
def test_no_ordinary_package_waits_for_more_than_a_handful_of_urgent_ones(arrivals: list[list[int]]) -> None:
    turn, waiting, passed_over = Turn(), list[int](), 0
    for arrived in arrivals:
        waiting += arrived
        ordinary_waits = 0 in waiting
        turn, taken = take(turn, waiting)
        passed_over = passed_over + 1 if ordinary_waits and taken != 0 else 0
        assert passed_over <= URGENT_IN_A_ROW


@given(ARRIVALS)
def test_a_thread_never_rests_while_something_waits_for_it(arrivals: list[list[int]]) -> None:
    for start in (Turn(), Turn(reserved=True)):
        turn, waiting = start, list[int]()
        for arrived in arrivals:
            waiting += arrived
            before = list(waiting)
            turn, taken = take(turn, waiting)
            assert (taken is None) == (not any(before) if turn.reserved else not before)


@given(ARRIVALS)
def test_a_reserved_thread_takes_the_most_urgent_and_no_ordinary_one(arrivals: list[list[int]]) -> None:
    turn, waiting = Turn(reserved=True), list[int]()
    for arrived in arrivals:
        waiting += arrived
        most = max(waiting, default=0)
        turn, taken = take(turn, waiting)
        assert taken == (most or None)


def test_urgent_packages_go_first_until_it_is_an_ordinary_ones_turn() -> None:
    turn, waiting, order = Turn(), [0, 0, 1, 1, 1, 3, 2, 1], list[int | None]()
    for _ in range(8):
        turn, taken = take(turn, waiting)
        order.append(taken)
    assert order == [3, 2, 1, 1, 0, 1, 1, 0]

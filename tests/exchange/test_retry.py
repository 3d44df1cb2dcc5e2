"""The retry policy as a table, and what must hold for every one of its answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.exchange.retry import BUDGETS, PULL_RETRY, RetryPolicy, push_policy

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
RANKS = st.integers(0, 4)
AGES = st.timedeltas(timedelta(0), timedelta(days=10))
CHANCES = st.floats(0, 1)
NO_LUCK = 0.5  # neither shorter nor longer


@pytest.mark.parametrize(
    ("rank", "attempts", "age", "pause"),
    [
        (0, 1, 0 * SECOND, 2 * SECOND),
        (0, 2, 3 * SECOND, 5 * SECOND),
        (0, 3, 9 * SECOND, 15 * SECOND),
        (0, 6, 2 * MINUTE, 2 * MINUTE),
        (0, 10, HOUR, 30 * MINUTE),
        (0, 99, 48 * HOUR, 30 * MINUTE),
        (0, 150, 71 * HOUR + 50 * MINUTE, 10 * MINUTE),  # the last attempt is at the end of the budget
        (0, 151, 72 * HOUR, None),
        (1, 6, HOUR, 2 * MINUTE),
        (1, 60, 2 * HOUR, None),
        (2, 60, 59 * MINUTE + 30 * SECOND, 30 * SECOND),
        (2, 60, HOUR, None),
        (3, 1, 0 * SECOND, 2 * SECOND),
        (3, 40, 10 * MINUTE, 30 * SECOND),
        (3, 60, 30 * MINUTE, None),
        (4, 60, 30 * MINUTE, None),
    ],
)
def test_first_seconds_then_minutes_until_the_budget_of_the_urgency_is_spent(
    rank: int, attempts: int, age: timedelta, pause: timedelta | None
) -> None:
    assert push_policy(rank).decide(attempts, age=age, chance=NO_LUCK) == pause


@pytest.mark.parametrize(
    ("asked", "pause"),
    [(None, 2 * SECOND), (1 * SECOND, 2 * SECOND), (90 * SECOND, 90 * SECOND), (timedelta(days=9), HOUR)],
)
def test_a_recipient_may_ask_for_more_time_within_reason(asked: timedelta | None, pause: timedelta) -> None:
    assert push_policy(0).decide(1, age=timedelta(0), chance=NO_LUCK, asked=asked) == pause


def test_a_recipient_cannot_ask_for_more_than_the_budget() -> None:
    assert push_policy(3).decide(1, age=29 * MINUTE, chance=NO_LUCK, asked=HOUR) == MINUTE


def test_systems_that_pull_are_offered_a_failed_package_four_times_more() -> None:
    assert [PULL_RETRY.pause(attempts) for attempts in range(1, 6)] == [
        MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, None
    ]  # fmt: skip


@given(RANKS, st.integers(1, 10_000), AGES, CHANCES)
def test_every_pause_is_within_jitter_and_budget(rank: int, attempts: int, age: timedelta, chance: float) -> None:
    policy = push_policy(rank)
    pause = policy.decide(attempts, age=age, chance=chance)
    assert policy.budget is not None
    assert (pause is None) == (age >= policy.budget)
    if pause is not None:
        nominal = policy.pause(attempts)
        assert nominal is not None
        assert SECOND <= pause <= max(nominal * (1 + policy.jitter), SECOND)
        assert pause <= max(policy.budget - age, SECOND)


@given(RANKS, st.lists(CHANCES, min_size=10, max_size=10))
def test_every_delivery_is_given_up_in_the_end_and_tried_at_the_end_of_its_budget(
    rank: int, chances: list[float]
) -> None:
    policy, age, attempts = push_policy(rank), timedelta(0), 1
    assert policy.budget is not None
    while (pause := policy.decide(attempts, age=age, chance=chances[attempts % 10])) is not None:
        age += pause
        attempts += 1
        assert attempts < 1000
    assert policy.budget <= age <= policy.budget + SECOND
    assert attempts >= 10


@given(st.integers(1, 50), CHANCES, CHANCES)
def test_more_luck_never_means_a_shorter_pause(attempts: int, one: float, other: float) -> None:
    policy = RetryPolicy((10 * SECOND, MINUTE), jitter=0.5, budget=HOUR)
    low, high = sorted((one, other))
    shorter = policy.decide(attempts, age=timedelta(0), chance=low)
    longer = policy.decide(attempts, age=timedelta(0), chance=high)
    assert shorter is not None
    assert longer is not None
    assert shorter <= longer


def test_the_more_urgent_the_sooner_its_sender_knows() -> None:
    budgets = [budget for _, budget in sorted(BUDGETS)]
    assert budgets == sorted(budgets, reverse=True)
    assert budgets[0] >= timedelta(days=2) + HOUR  # a weekend
    assert budgets[-1] <= 30 * MINUTE  # the alarm of legal.md section 10

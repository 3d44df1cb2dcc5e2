"""When to try again: a value, decided without looking at a clock, a database or a random generator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

_SHORTEST = timedelta(seconds=1)
_LONGEST_ASKED = timedelta(hours=1)  # what a recipient may ask for with Retry-After; more is taken for a mistake


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Pauses between attempts. Without a ``budget`` it is spent after the last pause; with one the last pause repeats
    until a delivery has been tried for so long. ``jitter`` is the share by which a pause may be shorter or longer, so
    that deliveries that failed together do not come back together."""

    pauses: tuple[timedelta, ...]
    budget: timedelta | None = None
    jitter: float = 0.0

    def pause(self, attempts: int) -> timedelta | None:
        """The pause after ``attempts`` failures (from 1), or ``None``: give up."""
        if self.budget is None and attempts > len(self.pauses):
            return None
        return self.pauses[min(attempts, len(self.pauses)) - 1]

    def decide(
        self, attempts: int, *, age: timedelta, chance: float, asked: timedelta | None = None
    ) -> timedelta | None:
        """The pause after ``attempts`` failures, or ``None``: give up. The last attempt is at the end of the budget.

        :param age: for how long the delivery has been tried, without the system's maintenance
        :param chance: a random number from 0 to 1
        :param asked: what the recipient asked to wait at least
        """
        pause = self.pause(attempts)
        if pause is None or (self.budget is not None and age >= self.budget):
            return None
        pause = max(pause * (1 + self.jitter * (2 * chance - 1)), min(asked or _SHORTEST, _LONGEST_ASKED))
        left = pause if self.budget is None else self.budget - age
        return max(min(pause, left), _SHORTEST)


def _seconds(*lengths: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=length) for length in lengths)


PULL_RETRY = RetryPolicy(tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120)))
"""After a recipient system said ``fail``: the package is offered again, four times, then given up and shown as such."""

_QUICK = _seconds(2, 5, 15, 30, 60, 120)  # one restart of the recipient's server is over by then
_BY_RANK = {
    0: RetryPolicy(_QUICK + _seconds(300, 600, 1200, 1800), timedelta(hours=72), jitter=0.2),
    1: RetryPolicy(_QUICK, timedelta(hours=2), jitter=0.2),
    2: RetryPolicy(_QUICK[:5], timedelta(hours=1), jitter=0.2),
    3: RetryPolicy(_QUICK[:4], timedelta(minutes=30), jitter=0.2),
}


def push_policy(rank: int) -> RetryPolicy:
    """The policy for packages of an urgency (``Priority.rank``) that the axis itself carries (``docs/adr/0040``).

    No law gives the axis a number; the sender's own limits do (legal.md section 10). Urgent documents must go out at
    once, so their sender is to know soon that another way is needed. Ordinary ones may leave until the next working
    day: the budget spans a weekend.
    """
    return _BY_RANK[min(max(rank, 0), max(_BY_RANK))]


BUDGETS = tuple((rank, policy.budget) for rank, policy in _BY_RANK.items() if policy.budget is not None)
"""``(rank, budget)`` of every urgency; higher ranks have the budget of the highest here."""

"""When to try again: a value, decided without looking at a clock or a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Pauses between attempts; after the last one the budget is spent."""

    pauses: tuple[timedelta, ...]

    def pause(self, attempts: int) -> timedelta | None:
        """The pause after ``attempts`` failures (from 1), or ``None``: give up."""
        return self.pauses[attempts - 1] if attempts <= len(self.pauses) else None


PULL_RETRY = RetryPolicy(tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120)))
"""After a recipient system said ``fail``: the package is offered again, four times, then given up and shown as such."""

"""How long to wait until the next poll: a value, decided without looking at a clock. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Round(Enum):
    """How a poll went."""

    BUSY = "busy"  # something was taken
    IDLE = "idle"  # nothing waited
    FAILED = "failed"  # no proper answer, or our own side could not take what waits


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: at once again after work, from ``least`` slowly to ``most`` while nothing comes, doubling to ten times
    ``most`` (at least a minute) while the other side is away."""

    least: float
    most: float

    def pause(self, last: float, went: Round) -> float:
        """The next pause, given the last one."""
        if went is Round.BUSY:
            return 0.0
        if went is Round.FAILED:
            return min(max(self.least, last * 2), max(60.0, self.most * 10))
        return min(max(self.least, last * 1.5), self.most)

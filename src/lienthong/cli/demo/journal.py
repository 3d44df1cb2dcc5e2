"""What happened, when and how often. Shared by clients that act at the same time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lienthong.common import clock


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline."""

    at: datetime
    who: str
    what: str


class Journal:
    """A timeline and counters."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moments: list[Moment] = []
        self._counts: Counter[str] = Counter()

    def note(self, who: str, what: str) -> None:
        with self._lock:
            self._moments.append(Moment(clock.now(), who, what))

    def take_over(self, moments: Iterable[Moment]) -> None:
        """Moments of another stage, in their place in time."""
        with self._lock:
            self._moments = sorted([*self._moments, *moments], key=lambda moment: moment.at)

    def count(self, what: str, number: int = 1) -> None:
        with self._lock:
            self._counts[what] += number

    @property
    def moments(self) -> list[Moment]:
        with self._lock:
            return sorted(self._moments, key=lambda moment: moment.at)

    @property
    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(sorted(self._counts.items()))

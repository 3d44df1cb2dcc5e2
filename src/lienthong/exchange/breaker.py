"""A circuit breaker as a value: who keeps failing is left alone for a while, then tried with one delivery. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

FAILURES_TO_OPEN = 5
REST = timedelta(minutes=1)


class Circuit(Enum):
    """Whether deliveries go to a system."""

    CLOSED = ("closed", "Đang thông")
    OPEN = ("open", "Tạm ngắt vì lỗi liên tiếp")
    HALF_OPEN = ("half_open", "Đang thử lại bằng một gói tin")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """``failures`` in a row; open until ``open_until``; then half open: one trial at a time, which must come back by
    ``trial_until`` (its worker may have died) before there is another."""

    failures: int = 0
    open_until: datetime | None = None
    trial_until: datetime | None = None

    def circuit(self, now: datetime) -> Circuit:
        if self.open_until is None:
            return Circuit.CLOSED
        return Circuit.OPEN if now < self.open_until else Circuit.HALF_OPEN

    def admits(self, now: datetime) -> bool:
        """Whether one more delivery may go now."""
        circuit = self.circuit(now)
        if circuit is Circuit.HALF_OPEN:
            return self.trial_until is None or self.trial_until <= now
        return circuit is Circuit.CLOSED

    def admitted(self, now: datetime, *, trial: timedelta) -> Breaker:
        """After one was let go; while half open it is the trial."""
        return replace(self, trial_until=now + trial) if self.circuit(now) is Circuit.HALF_OPEN else self

    def succeeded(self) -> Breaker:
        """After the system answered, with yes or no: it is there."""
        return Breaker()

    def failed(self, now: datetime, *, asked: timedelta | None = None) -> Breaker:
        """After the system did not answer as it should. ``asked``: it said itself for how long to leave it alone."""
        failures = self.failures + 1
        circuit = self.circuit(now)
        if asked is not None:
            until = max(now + asked, self.open_until or now)
            return Breaker(failures=failures, open_until=until)
        if circuit is Circuit.OPEN:  # one that was under way when it opened: no reason to wait longer
            return replace(self, failures=failures)
        if circuit is Circuit.HALF_OPEN or failures >= FAILURES_TO_OPEN:
            return Breaker(failures=failures, open_until=now + REST)
        return replace(self, failures=failures)

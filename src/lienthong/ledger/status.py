"""How the ledger stands now, for operators, for health checks, and for the door of the axis."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.ledger import selectors, timestamps
from lienthong.ledger.timestamps import Coverage

_CACHE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Status:
    """Sizes, the queue, and the time-stamps. ``exceeded``: acts are without a time-stamp for longer than allowed."""

    size: int
    head_at: datetime | None
    waiting: int
    waiting_since: datetime | None
    coverage: Coverage
    exceeded: bool
    refusing: bool


def status() -> Status:
    """The present standing."""
    head, coverage, now = selectors.latest_head(), timestamps.coverage(), clock.now()
    exceeded = coverage.is_exceeded(now)
    waiting, since = _waiting()
    return Status(
        size=head.size if head else 0,
        head_at=head.created_at if head else None,
        waiting=waiting,
        waiting_since=since,
        coverage=coverage,
        exceeded=exceeded,
        refusing=exceeded and settings.TSA_REFUSE,
    )


def _waiting() -> tuple[int, datetime | None]:
    with connection.wrap_database_errors:
        cursor = hot_cursor()
        cursor.execute("SELECT count(*), min(e.at) FROM ledger_waiting w JOIN ledger_event e ON e.id = w.event_id")
        row = cursor.fetchone()
    return (int(row[0]), row[1]) if row else (0, None)


class _Gate:
    """The answer to "may the axis accept?", asked of the database at most every few seconds per process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._closed = False

    def is_closed(self) -> bool:
        if not (settings.TSA_REFUSE and settings.TSA_URL):
            return False
        with self._lock:
            if time.monotonic() >= self._until:
                self._closed = timestamps.coverage().is_exceeded(clock.now())
                self._until = time.monotonic() + _CACHE_SECONDS
            return self._closed

    def forget(self) -> None:
        self._until = 0.0


gate = _Gate()

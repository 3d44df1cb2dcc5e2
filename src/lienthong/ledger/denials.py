"""Events of denied access, few enough that nobody can fill the ledger by knocking."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from django.db import connection, transaction

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor, Subject, new_event
from lienthong.ledger.kinds import EventKind

_WINDOW = 60.0  # seconds in which the same denial leaves one event
_MOST_KEYS = 1024
_MOST_EVENTS = 120  # per window and process, whatever the callers make up
_LONGEST = 64


class DenialLimiter:
    """Decides which denials are written down; the next one written tells how many were not. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[str, str, str], list[float]] = OrderedDict()  # [last written, unwritten since]
        self._window = 0.0
        self._written = 0

    def admit(self, key: tuple[str, str, str], now: float) -> int | None:
        """How many like it went unwritten since the last; ``None`` when this one goes unwritten too."""
        with self._lock:
            if now - self._window >= _WINDOW:
                self._window, self._written = now, 0
            entry = self._seen.get(key)
            if (entry is not None and now - entry[0] < _WINDOW) or self._written >= _MOST_EVENTS:
                if entry is not None:
                    entry[1] += 1
                return None
            self._written += 1
            missed = int(entry[1]) if entry else 0
            self._seen[key] = [now, 0]
            self._seen.move_to_end(key)
            while len(self._seen) > _MOST_KEYS:
                self._seen.popitem(last=False)
            return missed


_limiter = DenialLimiter()


def record_denial(*, system: str, remote: str, code: str) -> None:
    """Note that a caller was turned away, and why."""
    system = "".join(sign for sign in system if sign.isprintable())[:_LONGEST]
    missed = _limiter.admit((system, remote, code), time.monotonic())
    if missed is None:
        return
    event = new_event(
        EventKind.ACCESS_DENIED,
        at=clock.now(),
        actor=Actor(remote=remote),
        subject=Subject("system", system),
        data={"code": code, "unwritten": missed},
    )
    with transaction.atomic(), connection.wrap_database_errors:
        append_events(hot_cursor(), [event])

"""Events of credentials being used: the first use of a day from an address, so that the hot path pays a look into a set
(docs/adr/0083)."""

from __future__ import annotations

import logging
import threading
from datetime import date, datetime, time

from django.db import DatabaseError, InterfaceError, connection, transaction

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor, Subject, new_event
from lienthong.ledger.kinds import EventKind

_log = logging.getLogger(__name__)
_MOST = 20_000
_KNOWN = """
SELECT 1 FROM ledger_event
 WHERE subject_type = 'credential' AND subject_id = %s AND kind = %s AND remote = %s AND at >= %s LIMIT 1
"""


class _Seen:
    """What this process knows to be written down today. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day = date.min
        self._keys: set[tuple[str, str]] = set()

    def has(self, key: tuple[str, str], day: date) -> bool:
        return day == self._day and key in self._keys

    def add(self, key: tuple[str, str], day: date) -> None:
        with self._lock:
            if day != self._day or len(self._keys) >= _MOST:
                self._keys, self._day = set(), day
            self._keys.add(key)


class UseRecorder:
    """Notes uses, and remembers for its process which are noted."""

    def __init__(self) -> None:
        self._seen = _Seen()

    def record(self, *, credential: str, system: str, remote: str, day: date) -> None:
        """As ``record_use``, on a day."""
        key = (credential, remote)
        if self._seen.has(key, day):
            return
        try:
            with transaction.atomic(), connection.wrap_database_errors:
                _append_once(credential, system, remote, day)
        except (DatabaseError, InterfaceError) as error:
            _log.error("a use of %s left no event: %s", credential, error)
            return
        self._seen.add(key, day)


_recorder = UseRecorder()


def record_use(*, credential: str, system: str, remote: str) -> None:
    """Note that a credential opened the door; once a day and address, over all processes.

    :param credential: its kind and number, never the secret: ``secret:12``, ``api_key:7``

    A ledger that cannot be written does not turn the caller away: the next request tries again.
    """
    _recorder.record(credential=credential, system=system, remote=remote, day=clock.today())


def _append_once(credential: str, system: str, remote: str, day: date) -> None:
    cursor = hot_cursor()
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"use {credential} {remote}"])
    start = datetime.combine(day, time(), tzinfo=clock.VIETNAM)
    kind = EventKind.CREDENTIAL_USED
    if cursor.execute(_KNOWN, [credential, kind.value, remote, start]).fetchone() is None:
        event = new_event(
            kind, at=clock.now(), actor=Actor(system=system, remote=remote), subject=Subject("credential", credential)
        )
        append_events(cursor, [event])

"""The breaker of a system, as all workers share it: a row, locked while somebody claims or finishes."""

from __future__ import annotations

from datetime import datetime

from lienthong.common.sql import hot_cursor
from lienthong.exchange.breaker import Breaker


def lock_breaker(system_pk: int) -> Breaker:
    """The breaker of a system; until the transaction ends nobody else claims or finishes for that system."""
    cursor = hot_cursor()
    cursor.execute(
        "INSERT INTO exchange_channel (system_id, failures, last_error) VALUES (%s, 0, '') ON CONFLICT DO NOTHING",
        [system_pk],
    )
    row = cursor.execute(
        "SELECT failures, open_until, trial_until FROM exchange_channel WHERE system_id = %s FOR UPDATE", [system_pk]
    ).fetchone()
    return Breaker(failures=row[0], open_until=row[1], trial_until=row[2]) if row else Breaker()


def store_breaker(system_pk: int, breaker: Breaker, *, error: str) -> None:
    """Write a breaker back, with the system's last failure."""
    hot_cursor().execute(
        "UPDATE exchange_channel SET failures = %s, open_until = %s, trial_until = %s, last_error = %s"
        " WHERE system_id = %s",
        [breaker.failures, breaker.open_until, breaker.trial_until, error, system_pk],
    )


def note_use(system_pk: int, breaker: Breaker, now: datetime) -> None:
    """A delivery is on its way: systems take turns by when they were last used."""
    hot_cursor().execute(
        "UPDATE exchange_channel SET trial_until = %s, used_at = %s WHERE system_id = %s",
        [breaker.trial_until, now, system_pk],
    )

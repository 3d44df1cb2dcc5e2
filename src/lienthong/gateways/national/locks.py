"""One worker at a time per upstream and purpose, on whatever machine: a lock that dies with the process holding it.

It has a connection of its own, as those of the pool pass from hand to hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum

import psycopg

from lienthong.common.sql import conninfo


class Purpose(Enum):
    """What is held alone; the values are the first halves of advisory locks."""

    INWARD = 0x11EA
    SYNC = 0x11EB


@contextmanager
def held_alone(purpose: Purpose, upstream_pk: int) -> Iterator[bool]:
    """Whether we hold it; another process that does goes on undisturbed."""
    lock = [purpose.value, upstream_pk]
    with psycopg.connect(conninfo(), autocommit=True) as own:
        row = own.execute("SELECT pg_try_advisory_lock(%s, %s)", lock).fetchone()
        try:
            yield bool(row and row[0])
        finally:
            with suppress(psycopg.Error):  # the database is gone, and the lock with it
                # The server ends a closed session a moment later: who comes next must not find it held still.
                own.execute("SELECT pg_advisory_unlock_all()")

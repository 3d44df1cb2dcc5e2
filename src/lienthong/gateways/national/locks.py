"""One worker at a time per upstream and purpose, on whatever machine: a lock that dies with the process holding it.

It has a connection of its own, as those of the pool pass from hand to hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

import psycopg
from django.db import connection


class Purpose(Enum):
    """What is held alone; the values are the first halves of advisory locks."""

    INWARD = 0x11EA
    SYNC = 0x11EB


@contextmanager
def held_alone(purpose: Purpose, upstream_pk: int) -> Iterator[bool]:
    """Whether we hold it; another process that does goes on undisturbed."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    with psycopg.connect(**parameters, autocommit=True) as own:
        row = own.execute("SELECT pg_try_advisory_lock(%s, %s)", [purpose.value, upstream_pk]).fetchone()
        yield bool(row and row[0])

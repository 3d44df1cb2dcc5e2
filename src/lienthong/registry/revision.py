"""The revision of the directory: caches of resolutions live as long as it stays the same.

Numbers come from a sequence and not from counting up, so a number taken by a transaction that was rolled back never
names another content later.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_WRITE_LOCK = 0x11E8


@contextmanager
def changing() -> Iterator[None]:
    """One transaction that is alone in writing to the registry, so that what it checked still holds when it commits."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITE_LOCK])
        yield


def advance() -> None:
    """Give the directory a new revision; becomes visible with the transaction that calls it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_revision (id, revision) VALUES (1, nextval('registry_revision_numbers'))"
            " ON CONFLICT (id) DO UPDATE SET revision = EXCLUDED.revision"
        )


def current() -> int:
    """The present revision; 0 before the first change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE((SELECT revision FROM registry_revision), 0)")
        row = cursor.fetchone()
    return int(row[0]) if row else 0

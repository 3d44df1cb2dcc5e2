"""How many statements go to the database, counted on the wire: the hot path does not pass through Django's cursors."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def exactly(expected: int) -> Iterator[None]:
    """Fail unless the block sends this many statements on this thread's connection."""
    connection.ensure_connection()
    with tempfile.TemporaryFile("w+") as log:
        connection.connection.pgconn.trace(log.fileno())
        try:
            yield
        finally:
            connection.connection.pgconn.untrace()
        log.seek(0)
        text = log.read()  # lines of moment, F(rontend) or B(ackend), size, kind, …
    sent = re.findall(r"^\S+ \S+\tF\t\d+\t(?:Execute|Query)\t.*", text, re.MULTILINE)
    assert len(sent) == expected, sent

"""Public identifiers: safe as file names, ordered by time, never reused."""

from __future__ import annotations

import os
import time
import uuid
from datetime import datetime


def new_id() -> uuid.UUID:
    """A version 7 UUID (RFC 9562): milliseconds, then the fraction of the millisecond in 12 bits (section 6.2,
    method 3), so that ids made one after another sort in that order; the rest is random."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8)) >> 2
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random)


def first_id_at(moment: datetime) -> uuid.UUID:
    """The smallest id that can be made at ``moment``: a range of times as a range of ids, for tables without an index
    on time. Before 1970, which no id can tell, it is the smallest of all."""
    milliseconds = max(0, int(moment.timestamp() * 1000))
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | 0b10 << 62)

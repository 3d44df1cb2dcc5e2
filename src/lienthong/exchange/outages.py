"""What outside failures mean to a client: the same words whichever gateway it speaks to."""

from __future__ import annotations

import errno

import psycopg
from django.db import InterfaceError, OperationalError

from lienthong.exchange.refusals import Reason, Refusal

_DISK_FAILS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})
DATABASE_AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
"""What is raised when the database does not answer."""


def outage_of(error: Exception) -> Refusal | None:
    """The temporary refusal that stands for a lost database or a disk that takes nothing; ``None``: neither."""
    if isinstance(error, DATABASE_AWAY):
        return Refusal(Reason.DATABASE_UNAVAILABLE)
    if isinstance(error, OSError) and error.errno in _DISK_FAILS:
        return Refusal(Reason.STORAGE_UNAVAILABLE, error.strerror or "")
    return None

"""Taking a new signing key into use, with the event that tells of it."""

from __future__ import annotations

from django.db import connection, transaction

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.ledger import keys
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor, Subject, new_event
from lienthong.ledger.kinds import EventKind
from lienthong.ledger.notes import VerifyKey


def rotate_key(*, user: str) -> VerifyKey:
    """Sign with a new key from now on. The event stands in the log before the new key signs the first checkpoint.

    :raises LedgerError: ``ledger.key.*``
    """
    old = keys.signing_key().public
    new = keys.rotate()
    event = new_event(
        EventKind.KEY_ROTATED,
        at=clock.now(),
        actor=Actor(user=user),
        subject=Subject("key", new.id.hex()),
        data={"old": str(old), "new": str(new)},
    )
    with transaction.atomic(), connection.wrap_database_errors:
        append_events(hot_cursor(), [event])
    return new

"""Changes about people as events of the ledger, inside the transaction that makes them."""

from __future__ import annotations

from django.db import connection

from lienthong.accounts.models import User
from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.ledger.actors import current_actor
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Subject, new_event
from lienthong.ledger.kinds import EventKind


def note_person(kind: EventKind, person: User, /, **data: str | int) -> None:
    """Something changed about a person; ``data`` is what it is now."""
    subject = Subject("person", person.username)
    told = {"pk": person.pk, "name": person.full_name, **data}
    event = new_event(kind, at=clock.now(), actor=current_actor(), subject=subject, data=told)
    with connection.wrap_database_errors:
        append_events(hot_cursor(), [event])

"""What was done to an outgoing document: a line of its history, and an event of the ledger where it must be proven."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from lienthong.accounts.actors import Actor
from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor as LedgerActor
from lienthong.ledger.events import Subject, new_event
from lienthong.ledger.kinds import EventKind
from lienthong.records.outgoing.models import OutgoingDocument, OutgoingEntry
from lienthong.records.outgoing.states import OutgoingAct


def note(document: OutgoingDocument, act: OutgoingAct, *, who: str, detail: str = "") -> None:
    """A line of the history."""
    OutgoingEntry.objects.create(document=document, act=act.value, at=clock.now(), who=who, detail=detail)


def prove(document: OutgoingDocument, kind: EventKind, *, actor: Actor, data: Mapping[str, Any] | None = None) -> None:
    """An event of the ledger, inside the caller's transaction."""
    facts = {"code": document.code, "document_id": document.document_id, **(data or {})}
    story = str(document.exchange_id) if document.exchange_id else ""
    subject = Subject("outgoing", str(document.pk), story)
    event = new_event(kind, at=clock.now(), actor=ledger_actor(actor), subject=subject, data=facts)
    with connection.wrap_database_errors:
        append_events(hot_cursor(), [event])


def ledger_actor(actor: Actor) -> LedgerActor:
    """How the ledger names a person of the workplace."""
    return LedgerActor(agency=actor.agency_code, remote=actor.remote, user=actor.signature)

"""Acts about single deliveries as events of the ledger: handed over or not, and what people do about those given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor, Event, Subject, new_event
from lienthong.ledger.kinds import EventKind
from lienthong.registry.models import SystemKind

Cursor = psycopg.Cursor[tuple[Any, ...]]
_AXIS = Actor()
_LONGEST_TEXT = 1000

# The story an event belongs to is that of the document: a status report's own, when it passed through this axis.
_FACTS: LiteralString = """
    SELECT d.id, COALESCE(p.document_id, c.document_id), p.id, p.kind, p.sha256, d.to_code, s.system_id, s.kind,
           d.attempts, d.cause, d.last_error, d.remote_id
      FROM exchange_delivery d
      JOIN exchange_package p ON p.id = d.package_id
      JOIN registry_system s ON s.id = d.system_id
      LEFT JOIN exchange_report r ON r.package_id = p.id
      LEFT JOIN exchange_recipient c ON c.id = r.recipient_id
     WHERE d.id = ANY(%s) ORDER BY d.id
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """A delivery as its row says now."""

    id: UUID
    document: UUID | None
    package: UUID
    kind: str
    sha256: bytes
    to_code: str
    system_id: str
    system_kind: str
    attempts: int
    cause: str
    error: str
    remote_id: str

    @property
    def subject(self) -> Subject:
        return Subject("delivery", str(self.id), str(self.document or ""))


def read_facts(cursor: Cursor, deliveries: Sequence[UUID]) -> list[Facts]:
    """What events about these deliveries tell."""
    cursor.execute(_FACTS, [list(deliveries)])
    return [
        Facts(row[0], row[1], row[2], row[3], bytes(row[4]), row[5], row[6], row[7], row[8], row[9], row[10], row[11])
        for row in cursor
    ]


def handover(  # noqa: PLR0913 - one field each
    *, delivery: UUID, document: UUID | None, actor: Actor, sha256: bytes, failed: bool, reason: str, at: datetime
) -> Event:
    """A recipient system's word for a delivery it fetched: it has the bytes, or could not take them."""
    return new_event(
        EventKind.CONTENT_HANDOVER_FAILURE if failed else EventKind.CONTENT_HANDOVER,
        at=at,
        actor=actor,
        subject=Subject("delivery", str(delivery), str(document or "")),
        sha256=sha256,
        data={"reason": reason[:_LONGEST_TEXT]} if reason else {},
    )


def note_carried(cursor: Cursor, deliveries: Sequence[UUID], *, at: datetime) -> None:
    """The systems that the axis carries these to have confirmed them."""
    append_events(cursor, [_carried(one, at) for one in _own(read_facts(cursor, deliveries))])


def _carried(one: Facts, at: datetime) -> Event:
    return new_event(
        EventKind.CONTENT_HANDOVER,
        at=at,
        actor=Actor(one.system_id, one.to_code),
        subject=one.subject,
        sha256=one.sha256,
        data={"remote_id": one.remote_id} if one.remote_id else {},
    )


def note_given_up(cursor: Cursor, deliveries: Sequence[UUID], *, at: datetime) -> None:
    """The axis has stopped trying to carry these. One failed try among several is no act: the last one is."""
    append_events(cursor, [_given_up(one, at) for one in _own(read_facts(cursor, deliveries))])


def _given_up(one: Facts, at: datetime) -> Event:
    return new_event(
        EventKind.CONTENT_HANDOVER_FAILURE,
        at=at,
        actor=_AXIS,
        subject=one.subject,
        sha256=one.sha256,
        data={
            "to": [one.to_code],
            "system": one.system_id,
            "code": one.cause,
            "reason": one.error[:_LONGEST_TEXT],
            "attempts": one.attempts,
        },
    )


def _own(facts: Sequence[Facts]) -> list[Facts]:
    """Handing on to another axis is a relay, which the national link tells of in its own events."""
    return [one for one in facts if one.system_kind != SystemKind.UPSTREAM.value]


def note_action(  # noqa: PLR0913 - one field each
    cursor: Cursor,
    kind: EventKind,
    delivery: UUID,
    *,
    actor: Actor,
    reason: str,
    at: datetime,
    to_delivery: UUID | None = None,
    consigned: bool = False,
) -> None:
    """What somebody did about a delivery that was given up; ``consigned``: ``to_delivery`` stands ready since then."""
    facts = {one.id: one for one in read_facts(cursor, [delivery, *([to_delivery] if to_delivery else [])])}
    one, other = facts[delivery], facts.get(to_delivery) if to_delivery else None
    data = {"reason": reason} | ({"to": [other.to_code], "to_delivery": str(other.id)} if other else {})
    events = [new_event(kind, at=at, actor=actor, subject=one.subject, sha256=one.sha256, data=data)]
    append_events(cursor, [*events, *([_consigned(other, at)] if other and consigned else [])])


def _consigned(one: Facts, at: datetime) -> Event:
    return new_event(
        EventKind.CONTENT_CONSIGNMENT,
        at=at,
        actor=_AXIS,
        subject=one.subject,
        sha256=one.sha256,
        data={"to": [one.to_code], "package": str(one.package), "kind": one.kind},
    )

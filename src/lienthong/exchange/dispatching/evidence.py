"""What the end of a delivery that the axis carries itself leaves in the ledger. Called inside the caller's transaction.

A failure that is tried again is no end and leaves nothing (ADR 0054).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lienthong.common.sql import hot_cursor
from lienthong.exchange.connectors import Delivered, NotDelivered
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor, Event, Subject, new_event
from lienthong.ledger.kinds import EventKind
from lienthong.registry.models import SystemKind

_LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class _Ends:
    """What each end of a delivery is called (ETSI EN 319 522-2, clause 6)."""

    taken: EventKind
    refused: EventKind
    not_reached: EventKind


_RELAYED = _Ends(EventKind.RELAY_ACCEPTANCE, EventKind.RELAY_REJECTION, EventKind.RELAY_FAILURE)
_CONSIGNED = _Ends(
    EventKind.CONTENT_HANDOVER, EventKind.CONTENT_CONSIGNMENT_FAILURE, EventKind.CONTENT_CONSIGNMENT_FAILURE
)


def kind_of_end(system_kind: str, answer: Delivered | NotDelivered) -> EventKind:
    """What the last answer makes of a delivery. Pure."""
    ends = _RELAYED if system_kind == SystemKind.UPSTREAM.value else _CONSIGNED
    if isinstance(answer, Delivered):
        return ends.taken
    return ends.refused if answer.permanent and not answer.ours else ends.not_reached


def record_ends(ends: Mapping[UUID, Delivered | NotDelivered], at: datetime) -> None:
    """Append the event of every delivery that has come to an end."""
    if ends:
        cursor = hot_cursor()
        rows = cursor.execute(_CARRIED, [list(ends)]).fetchall()
        append_events(cursor, [_event(row, ends[row[0]], at) for row in rows])


# The story an event belongs to is that of the document: a status report's own, when it passed through this axis.
_CARRIED = """
SELECT d.id, s.kind, s.system_id, d.to_code, p.id, d.kind, p.sha256,
       COALESCE(p.document_id, (SELECT c.document_id FROM exchange_report r
                                  JOIN exchange_recipient c ON c.id = r.recipient_id
                                 WHERE r.package_id = p.id LIMIT 1)),
       ARRAY(SELECT a.code FROM exchange_recipient a WHERE a.delivery_id = d.id ORDER BY a.id)
  FROM exchange_delivery d
  JOIN registry_system s ON s.id = d.system_id
  JOIN exchange_package p ON p.id = d.package_id
 WHERE d.id = ANY(%s)
"""


def _event(row: Sequence[Any], answer: Delivered | NotDelivered, at: datetime) -> Event:
    delivery, system_kind, system_id, to_code, package, kind, sha256, document, codes = row
    by_them = isinstance(answer, Delivered) or (answer.permanent and not answer.ours)
    agency = "" if system_kind == SystemKind.UPSTREAM.value else to_code
    return new_event(
        kind_of_end(system_kind, answer),
        at=at,
        actor=Actor(system_id, agency) if by_them else Actor(),
        subject=Subject("delivery", str(delivery), str(document or "")),
        sha256=bytes(sha256),
        data={"to": codes or [to_code], "package": str(package), "kind": kind, "system": system_id, **_told(answer)},
    )


def _told(answer: Delivered | NotDelivered) -> dict[str, str]:
    if isinstance(answer, Delivered):
        named = {"remote_id": answer.remote_id} if answer.remote_id else {}
        return {**named, **answer.proof}
    return {"code": answer.cause, "reason": answer.detail[:_LONGEST_REASON]}

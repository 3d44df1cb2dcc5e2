"""What the end of handing a package on to another axis leaves in the ledger (ADR 0054). Called inside the caller's
transaction. A failure that is tried again is no end and leaves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from lienthong.common.sql import hot_cursor
from lienthong.exchange.connectors import Delivered, NotDelivered
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor, Event, Subject, new_event
from lienthong.ledger.kinds import EventKind

_LONGEST_REASON = 1000


def kind_of_end(answer: Delivered | NotDelivered) -> EventKind:
    """What the last answer makes of a relay (ETSI EN 319 522-2, clause 6). Pure."""
    if isinstance(answer, Delivered):
        return EventKind.RELAY_ACCEPTANCE
    return EventKind.RELAY_REJECTION if answer.permanent and not answer.ours else EventKind.RELAY_FAILURE


def record_relays(ends: Mapping[UUID, Delivered | NotDelivered], at: datetime) -> None:
    """Append the event of every delivery to another axis among those that have come to an end."""
    if ends:
        cursor = hot_cursor()
        rows = cursor.execute(_RELAYS, [list(ends)]).fetchall()
        append_events(cursor, [_event(row, ends[row[0]], at) for row in rows])


# The story an event belongs to is that of the document: a status report's own, when it passed through this axis.
_RELAYS = """
SELECT d.id, s.system_id, d.to_code, p.id, d.kind, p.sha256,
       COALESCE(p.document_id, (SELECT c.document_id FROM exchange_report r
                                  JOIN exchange_recipient c ON c.id = r.recipient_id
                                 WHERE r.package_id = p.id LIMIT 1)),
       ARRAY(SELECT a.code FROM exchange_recipient a WHERE a.delivery_id = d.id ORDER BY a.id)
  FROM exchange_delivery d
  JOIN registry_system s ON s.id = d.system_id AND s.kind = 'upstream'
  JOIN exchange_package p ON p.id = d.package_id
 WHERE d.id = ANY(%s) ORDER BY d.id
"""


def _event(row: Sequence[Any], answer: Delivered | NotDelivered, at: datetime) -> Event:
    delivery, system_id, to_code, package, kind, sha256, document, codes = row
    end = kind_of_end(answer)
    return new_event(
        end,
        at=at,
        actor=Actor() if end is EventKind.RELAY_FAILURE else Actor(system_id),
        subject=Subject("delivery", str(delivery), str(document or "")),
        sha256=bytes(sha256),
        data={"to": codes or [to_code], "package": str(package), "kind": kind, "system": system_id, **_told(answer)},
    )


def _told(answer: Delivered | NotDelivered) -> dict[str, str]:
    if isinstance(answer, Delivered):
        named = {"remote_id": answer.remote_id} if answer.remote_id else {}
        return {**named, **answer.proof}
    return {"code": answer.cause, "reason": answer.detail[:_LONGEST_REASON]}

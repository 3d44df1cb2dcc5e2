"""Reads for senders: what became of what they sent, recipient by recipient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.exchange.history import AskRecord, Metadata, asks_of, current
from lienthong.exchange.routing import Outcome
from lienthong.exchange.states import ActionKind, DeliveryState, RecipientState
from lienthong.registry.resolution import SystemAccess


@dataclass(frozen=True, slots=True)
class SentRow:
    """One recipient of something the system sent: transport (``send_*``) and business (``receive_*``) state.

    ``receive_status`` is the code last reported (01, 03 …), ``""`` before the first report.
    """

    sender_doc_id: str
    receiver_doc_id: str
    from_code: str
    to_code: str
    title: str
    notation: str
    sent_at: datetime
    received_at: datetime | None
    send_status: str
    send_status_desc: str
    receive_status: str
    receive_status_desc: str


def list_sent(system: SystemAccess, kind: PackageKind, *, doc_id: str, limit: int) -> list[SentRow]:
    """What the system sent, newest first, one row per recipient. ``doc_id`` narrows the list when it names something
    the system sent; anything else may be left over from an earlier call (vxp-protocol.md 2.5) and is ignored."""
    with connection.wrap_database_errors:
        chosen = _own(system, doc_id)
        read = _sent_documents if kind is PackageKind.DOCUMENT else _sent_reports
        return read(system, chosen, limit)


def _own(system: SystemAccess, doc_id: str) -> UUID | None:
    try:
        identifier = UUID(doc_id)
    except ValueError:
        return None
    found = hot_cursor().execute(
        "SELECT 1 FROM exchange_package WHERE id = %s AND system_id = %s", [identifier, system.pk]
    )
    return identifier if found.fetchone() else None


# What people last did about the delivery, and the maintenance that keeps it waiting.
_NOTES = """
LEFT JOIN LATERAL (
     SELECT action, actor, reason, at FROM exchange_delivery_action
      WHERE delivery_id = v.id ORDER BY id DESC LIMIT 1) note ON TRUE
LEFT JOIN LATERAL (
     SELECT ends_at, reason FROM exchange_maintenance
      WHERE system_id = v.system_id AND starts_at <= %(now)s AND ends_at > %(now)s
      LIMIT 1) closed ON v.state IN ('waiting', 'failed')
"""


def _sent_documents(system: SystemAccess, chosen: UUID | None, limit: int) -> list[SentRow]:
    rows = hot_cursor().execute(
        f"""
        SELECT d.id, v.id, d.from_code, r.code, d.received_at, v.delivered_at, v.state, v.last_error, r.outcome,
               r.reason, r.state, r.status_code, r.status_description, r.id, d.number, d.notation,
               d.promulgation_date, d.subject, d.type_name, d.priority,
               note.action, note.actor, note.reason, note.at, closed.ends_at, closed.reason
          FROM exchange_document d
          JOIN exchange_recipient r ON r.document_id = d.id
          LEFT JOIN exchange_delivery v ON v.id = r.delivery_id
          {_NOTES}
         WHERE d.system_id = %(system)s AND (%(chosen)s::uuid IS NULL OR d.id = %(chosen)s)
         ORDER BY d.received_at DESC, d.id, r.id LIMIT %(limit)s
        """,  # noqa: S608 - constants
        {"system": system.pk, "chosen": chosen, "limit": limit, "now": clock.now()},
    )
    found = rows.fetchall()
    asks = asks_of([row[13] for row in found])
    return [_document_row(row[:13], asks.get(row[13], []), Metadata(*row[14:20]), _notes(*row[20:])) for row in found]


def _document_row(row: tuple[Any, ...], asks: list[AskRecord], original: Metadata, notes: str) -> SentRow:
    document, delivery, from_code, code, sent, delivered, transport, error = row[:8]
    outcome, reason, state, status_code, description = row[8:]
    status, status_desc = _transport(transport, error, Outcome(outcome), reason, notes)
    shown = current(asks, original)
    return SentRow(
        sender_doc_id=str(document),
        receiver_doc_id=str(delivery or ""),
        from_code=from_code,
        to_code=code,
        title=shown.subject,
        notation=shown.code,
        sent_at=sent,
        received_at=delivered,
        send_status=status,
        send_status_desc=status_desc,
        receive_status=status_code,
        receive_status_desc=_business(RecipientState(state), description, asks),
    )


_SEND_STATUS = {
    DeliveryState.WAITING: "initial",
    DeliveryState.LEASED: "processing",
    DeliveryState.DELIVERED: "done",
    DeliveryState.REDIRECTED: "done",
    DeliveryState.HELD: "processing",
}


_TO_DO = "Cần xử lý: gửi lại, chuyển hướng hoặc báo giấy."


def _transport(state: str | None, error: str, outcome: Outcome, reason: str, notes: str) -> tuple[str, str]:
    """In the words of ``updateStatus``: initial, processing, done, fail."""
    if state is None or outcome is Outcome.FAILED_BEYOND:
        return "fail", reason
    known = DeliveryState(state)
    text = _sentence(f"{known.label}: {error}") if error else known.label
    if known is DeliveryState.GIVEN_UP:
        notes = _TO_DO
    told = " ".join(filter(None, [_sentence(text) if notes else text, notes]))
    return _SEND_STATUS.get(known, "fail"), f"{reason}. {told}" if outcome is Outcome.REDIRECTED else told


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _notes(*row: Any) -> str:
    """What a sender is to know besides the state, from the columns of ``_NOTES``."""
    action, actor, reason, at, closed_until, closed_for = row
    told = []
    if action is not None:
        told.append(f"{ActionKind(action).label} lúc {clock.in_vietnam(at):%H:%M %d/%m/%Y} ({actor}): {reason}.")
    if closed_until is not None:
        told.append(f"Nơi nhận đang bảo trì đến {clock.in_vietnam(closed_until):%H:%M %d/%m/%Y} ({closed_for}).")
    return " ".join(told)


def _business(state: RecipientState, description: str, asks: list[AskRecord]) -> str:
    """The standing, then what was asked and answered on the way to it."""
    standing = f"{state.label}: {description}" if description else state.label
    if not asks:
        return standing
    return f"{standing.rstrip('.')}. {'; '.join(ask.text for ask in asks)}."


def _sent_reports(system: SystemAccess, chosen: UUID | None, limit: int) -> list[SentRow]:
    rows = hot_cursor().execute(
        f"""
        SELECT p.id, v.id, v.from_code, v.to_code, r.description, r.document_id, p.received_at, v.delivered_at,
               v.state, v.last_error, r.code, note.action, note.actor, note.reason, note.at, closed.ends_at,
               closed.reason
          FROM exchange_package p
          JOIN exchange_report r ON r.package_id = p.id
          JOIN exchange_delivery v ON v.package_id = p.id
          {_NOTES}
         WHERE p.system_id = %(system)s AND (%(chosen)s::uuid IS NULL OR p.id = %(chosen)s)
         ORDER BY p.id DESC LIMIT %(limit)s
        """,  # noqa: S608 - constants
        {"system": system.pk, "chosen": chosen, "limit": limit, "now": clock.now()},
    )
    return [_report_row(*row) for row in rows]


def _report_row(*row: Any) -> SentRow:
    package, delivery, from_code, to_code, description, document_id, sent, delivered, state, error, code = row[:11]
    status, status_desc = _transport(state, error, Outcome.ACCEPTED, "", _notes(*row[11:]))
    return SentRow(
        sender_doc_id=str(package),
        receiver_doc_id=str(delivery),
        from_code=from_code,
        to_code=to_code,
        title=description,
        notation=document_id,
        sent_at=sent,
        received_at=delivered,
        send_status=status,
        send_status_desc=status_desc,
        receive_status=code,
        receive_status_desc="",
    )

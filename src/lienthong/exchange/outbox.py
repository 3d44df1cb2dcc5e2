"""What a system sent, page by page and one by one, with every recipient's transport and business state.

Every query is bound to the asking system (design section 9, rule 2).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from lienthong.common.sql import hot_cursor
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.routing import Outcome
from lienthong.exchange.states import DeliveryState, RecipientState
from lienthong.registry.resolution import SystemAccess


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended."""

    received_at: datetime
    document: UUID


@dataclass(frozen=True, slots=True)
class SentRecipient:
    """One addressee. ``transport`` is ``None`` when no delivery could be made; ``reason`` then says why."""

    code: str
    name: str
    outcome: Outcome
    reason: str
    transport: DeliveryState | None
    delivered_at: datetime | None
    attempts: int
    last_error: str
    state: RecipientState
    status_code: str
    status_at: datetime | None
    status_description: str


@dataclass(frozen=True, slots=True)
class SentDocument:
    """A document with the first receipt's time and hash."""

    id: UUID
    document_id: str
    business_type: str
    from_code: str
    from_name: str
    number: str
    notation: str
    promulgation_date: date | None
    subject: str
    type_name: str
    priority: int
    received_at: datetime
    sha256: bytes
    recipients: list[SentRecipient]


@dataclass(frozen=True, slots=True)
class ReceivedReport:
    """A status report about a sent document; ``moved``: it changed the recipient's state."""

    recipient: str
    code: str
    description: str
    event_time: datetime
    arrived_at: datetime
    moved: bool


@dataclass(frozen=True, slots=True)
class SentDetail:
    """A sent document with all reports about it, and its attachments as stored."""

    document: SentDocument
    reports: list[ReceivedReport]
    attachments: list[dict[str, Any]]


_COLUMNS = """
    d.id, d.document_id, d.business_type, d.from_code, d.from_name, d.number, d.notation, d.promulgation_date,
    d.subject, d.type_name, d.priority, d.received_at, d.sha256
"""


def page_sent(system: SystemAccess, *, after: Position | None, limit: int) -> list[SentDocument]:
    """What the system sent, newest first, from behind ``after`` on."""
    with connection.wrap_database_errors:
        cursor = hot_cursor()
        rows = cursor.execute(
            f"""
            SELECT {_COLUMNS} FROM exchange_document d
             WHERE d.system_id = %(system)s
               AND (%(at)s::timestamptz IS NULL OR d.received_at < %(at)s
                    OR (d.received_at = %(at)s AND d.id < %(after)s))
             ORDER BY d.received_at DESC, d.id DESC LIMIT %(limit)s
            """,  # noqa: S608 - constants
            {
                "system": system.pk,
                "at": after.received_at if after else None,
                "after": after.document if after else None,
                "limit": limit,
            },
        ).fetchall()
        recipients = _recipients(cursor, [row[0] for row in rows])
    return [_document(row, recipients[row[0]]) for row in rows]


def sent_detail(system: SystemAccess, document: UUID) -> SentDetail:
    """One document the system sent.

    :raises Refusal: PACKAGE_UNKNOWN
    """
    with connection.wrap_database_errors:
        cursor = hot_cursor()
        row = cursor.execute(
            f"SELECT {_COLUMNS}, p.attachments"  # noqa: S608 - constants
            " FROM exchange_document d JOIN exchange_package p ON p.id = d.id"
            " WHERE d.id = %s AND d.system_id = %s",
            [document, system.pk],
        ).fetchone()
        if row is None:
            raise Refusal(Reason.PACKAGE_UNKNOWN, f"{document}.")
        recipients = _recipients(cursor, [document])[document]
        reports = _reports(cursor, document)
    return SentDetail(_document(row[:-1], recipients), reports, json.loads(row[-1]))


def _document(row: tuple[Any, ...], recipients: list[SentRecipient]) -> SentDocument:
    facts: list[Any] = [*row[:-1], bytes(row[-1]), recipients]
    return SentDocument(*facts)


def _recipients(cursor: psycopg.Cursor[tuple[Any, ...]], documents: Iterable[UUID]) -> dict[UUID, list[SentRecipient]]:
    found: dict[UUID, list[SentRecipient]] = defaultdict(list)
    cursor.execute(
        """
        SELECT r.document_id, r.code, r.name, r.outcome, r.reason, v.state, v.delivered_at, COALESCE(v.attempts, 0),
               COALESCE(v.last_error, ''), r.state, r.status_code, r.status_at, r.status_description
          FROM exchange_recipient r LEFT JOIN exchange_delivery v ON v.id = r.delivery_id
         WHERE r.document_id = ANY(%s) ORDER BY r.id
        """,
        [list(documents)],
    )
    for document, *rest in cursor:
        found[document].append(_recipient(rest))
    return found


def _recipient(row: list[Any]) -> SentRecipient:
    code, name, outcome, reason, transport, delivered_at, attempts, error, state, *status = row
    return SentRecipient(
        code,
        name,
        Outcome(outcome),
        reason,
        DeliveryState(transport) if transport else None,
        delivered_at,
        attempts,
        error,
        RecipientState(state),
        *status,
    )


def _reports(cursor: psycopg.Cursor[tuple[Any, ...]], document: UUID) -> list[ReceivedReport]:
    cursor.execute(
        """
        SELECT c.code, r.code, r.description, r.event_time, r.arrived_at, r.moved
          FROM exchange_report r JOIN exchange_recipient c ON c.id = r.recipient_id
         WHERE c.document_id = %s ORDER BY r.id
        """,
        [document],
    )
    return [ReceivedReport(*row) for row in cursor]

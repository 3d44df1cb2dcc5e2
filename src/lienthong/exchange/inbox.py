"""What arrived for a system, page by page and one by one, with what the package says of itself.

Reading a list or a detail changes nothing; fetching and confirming are in ``deliveries``. Every query is bound to the
asking system (design section 9, rule 2).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.states import DeliveryState
from lienthong.registry.resolution import SystemAccess


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: urgency, then id."""

    rank: int
    delivery: UUID


@dataclass(frozen=True, slots=True)
class Arrival:
    """One package for one system. ``document_*``, ``number`` … describe a document; ``status_*`` a status report.

    ``document_id`` is in both cases the identifier of the document that is meant. ``is_leased``: some reader of the
    system is fetching it.
    """

    id: UUID
    kind: PackageKind
    state: DeliveryState
    is_leased: bool
    rank: int
    from_code: str
    to_code: str
    created_at: datetime
    delivered_at: datetime | None
    attempts: int
    last_error: str
    size: int
    sha256: bytes
    document_id: str
    business_type: str
    from_name: str
    number: str
    notation: str
    promulgation_date: date | None
    subject: str
    type_name: str
    status_code: str
    status_description: str


@dataclass(frozen=True, slots=True)
class ArrivalDetail:
    """An arrival with its attachments and findings as stored, and the addressees that the system serves."""

    arrival: Arrival
    attachments: list[dict[str, Any]]
    findings: list[list[str]]
    addressees: list[tuple[str, str]]


_COLUMNS = """
    v.id, v.kind, v.state, v.lease_until, v.rank, v.from_code, v.to_code, v.created_at, v.delivered_at, v.attempts,
    v.last_error, p.length, p.sha256, COALESCE(d.document_id, r.document_id, ''), COALESCE(d.business_type, ''),
    COALESCE(d.from_name, ''), COALESCE(d.number, ''), COALESCE(d.notation, ''), d.promulgation_date,
    COALESCE(d.subject, ''), COALESCE(d.type_name, ''), COALESCE(r.code, ''), COALESCE(r.description, '')
"""
_TABLES = """
    exchange_delivery v
    JOIN exchange_package p ON p.id = v.package_id
    LEFT JOIN exchange_document d ON d.id = p.document_id
    LEFT JOIN exchange_report r ON r.package_id = p.id
"""


def page_waiting(
    system: SystemAccess, kind: PackageKind | None, *, after: Position | None, limit: int
) -> list[Arrival]:
    """What waits for the system, urgent first, then in order of arrival, from behind ``after`` on.

    Something more urgent that arrives meanwhile is not in later pages; it is first when the list is taken again.
    """
    now = clock.now()
    parameters = {
        "system": system.pk,
        "kinds": [kind.value] if kind else [one.value for one in PackageKind],
        "now": now,
        "rank": after.rank if after else None,
        "after": after.delivery if after else None,
        "limit": limit,
    }
    with connection.wrap_database_errors:
        rows = hot_cursor().execute(
            f"""
            SELECT {_COLUMNS} FROM {_TABLES}
             WHERE v.system_id = %(system)s AND v.kind = ANY(%(kinds)s)
               AND v.state IN ('waiting', 'leased', 'failed') AND (v.state <> 'failed' OR v.available_at <= %(now)s)
               AND (%(rank)s::int IS NULL OR v.rank < %(rank)s OR (v.rank = %(rank)s AND v.id > %(after)s))
             ORDER BY v.rank DESC, v.id LIMIT %(limit)s
            """,  # noqa: S608 - constants
            parameters,
        )
        return [_arrival(row, now) for row in rows]


def arrival_detail(system: SystemAccess, delivery: UUID) -> ArrivalDetail:
    """One arrival, whatever became of it; one that went another way is no longer the system's.

    :raises Refusal: PACKAGE_UNKNOWN
    """
    parameters = {"system": system.pk, "delivery": delivery}
    with connection.wrap_database_errors:
        cursor = hot_cursor()
        row = cursor.execute(
            f"SELECT {_COLUMNS}, p.attachments, p.findings FROM {_TABLES}"  # noqa: S608 - constants
            " WHERE v.id = %(delivery)s AND v.system_id = %(system)s"
            " AND v.state NOT IN ('redirected', 'on_paper', 'held', 'blocked')",
            parameters,
        ).fetchone()
        if row is None:
            raise Refusal(Reason.PACKAGE_UNKNOWN, f"{delivery}.")
        addressees = cursor.execute(
            "SELECT code, name FROM exchange_recipient WHERE delivery_id = %s ORDER BY id", [delivery]
        ).fetchall()
    return ArrivalDetail(
        arrival=_arrival(row[:-2], clock.now()),
        attachments=json.loads(row[-2]),  # Django's connection leaves JSON as text
        findings=json.loads(row[-1]),
        addressees=[(code, name) for code, name in addressees],
    )


def _arrival(row: tuple[Any, ...], now: datetime) -> Arrival:
    identifier, kind, state, lease_until, *rest = row
    delivery_state = DeliveryState(state)
    leased = delivery_state is DeliveryState.LEASED and lease_until is not None and lease_until > now
    rest[8] = bytes(rest[8])
    return Arrival(identifier, PackageKind(kind), delivery_state, leased, *rest)

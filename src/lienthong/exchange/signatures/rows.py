"""Rows of signature checks, set-based. Called inside the caller's transaction; nothing here decides anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from lienthong.common.sql import insert_rows
from lienthong.exchange.segments import Address
from lienthong.exchange.signatures.reports import Exhibit, PackageReport, PartReport

Cursor = psycopg.Cursor[tuple[Any, ...]]

_PACKAGE = {
    "package_id": "uuid", "result": "text", "due_at": "timestamptz", "attempts": "smallint", "rounds": "smallint",
    "checked_at": "timestamptz",
}  # fmt: skip
_CHECK = {
    "package_id": "uuid", "round": "smallint", "part": "text", "attachment": "smallint", "name": "text",
    "sha256": "bytea", "result": "text", "findings": "jsonb", "signatures": "jsonb", "used": "jsonb",
    "checked_at": "timestamptz",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """A package this worker checks now: ``attempts`` counts this one, ``rounds`` those that ended."""

    package_id: UUID
    address: Address
    received_at: datetime
    attempts: int
    rounds: int
    document_id: UUID | None = None


def insert_due(cursor: Cursor, packages: Sequence[tuple[UUID, datetime]]) -> None:
    """Accepted packages that wait to be checked, since the given moments."""
    insert_rows(cursor, "signatures_package", _PACKAGE, [(one, "", due, 0, 0, None) for one, due in packages])


def insert_checked(cursor: Cursor, reports: Sequence[tuple[UUID, PackageReport, datetime | None]]) -> None:
    """Packages that were checked at the door, with the moment of the next check, if any."""
    insert_rows(
        cursor,
        "signatures_package",
        _PACKAGE,
        [(one, report.result.value, due, 0, 1, report.checked_at) for one, report, due in reports],
    )
    for one, report, _ in reports:
        insert_round(cursor, one, report, number=1)


def insert_round(cursor: Cursor, package: UUID, report: PackageReport, *, number: int) -> None:
    """What one round said, part by part, and the evidence it rests on."""
    insert_rows(
        cursor, "signatures_check", _CHECK, [_check_row(package, number, report, part) for part in report.parts]
    )
    _insert_evidence(cursor, [exhibit for part in report.parts for exhibit in part.exhibits], report.checked_at)


def _check_row(package: UUID, number: int, report: PackageReport, part: PartReport) -> tuple[Any, ...]:
    return (
        package, number, part.part.value, part.index, part.name, part.sha256, part.result.value,
        _json(part.findings_json()), _json([one.as_json() for one in part.signatures]), _json(report.used_json(part)),
        report.checked_at,
    )  # fmt: skip


def _insert_evidence(cursor: Cursor, exhibits: Sequence[Exhibit], seen_at: datetime) -> None:
    # Always in the same order, so that two workers that keep the same certificates never wait for each other in a ring.
    unique = sorted({one.sha256: one for one in exhibits}.items())
    if unique:
        cursor.execute(
            "INSERT INTO signatures_evidence (sha256, kind, der, first_seen_at)"
            " SELECT sha256, kind, der, %s FROM unnest(%s::bytea[], %s::text[], %s::bytea[]) AS q(sha256, kind, der)"
            " ON CONFLICT (sha256) DO NOTHING",
            [
                seen_at,
                [digest for digest, _ in unique],
                [one.kind.value for _, one in unique],
                [one.der for _, one in unique],
            ],
        )


def claim_due(cursor: Cursor, *, now: datetime, lease: timedelta, limit: int, begun: bool = False) -> list[Claim]:
    """Take up to ``limit`` packages that are due; other workers leave them alone until the lease ends.

    :param begun: those whose check was begun and not finished, instead of those not begun
    """
    cursor.execute(
        """
        WITH due AS (
            SELECT package_id FROM signatures_package
             WHERE due_at <= %(now)s AND (attempts > 0) = %(begun)s
             ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        ), taken AS (
            UPDATE signatures_package s SET due_at = %(until)s, attempts = s.attempts + 1
              FROM due WHERE s.package_id = due.package_id
            RETURNING s.package_id, s.attempts, s.rounds
        )
        SELECT t.package_id, p.segment, p."offset", p.length, p.sha256, p.received_at, t.attempts, t.rounds,
               p.document_id
          FROM taken t JOIN exchange_package p ON p.id = t.package_id ORDER BY p.received_at
        """,
        {"now": now, "until": now + lease, "limit": limit, "begun": begun},
    )
    return [
        Claim(row[0], Address(row[1], row[2], row[3], bytes(row[4])), row[5], row[6], row[7], row[8])
        for row in cursor.fetchall()
    ]


def last_outcome(cursor: Cursor, package: UUID) -> tuple[int, dict[tuple[str, int | None], tuple[str, list[str]]]]:
    """The number of the last round kept (0: none) and, by part, its result and the ids of its findings."""
    cursor.execute(
        "SELECT round, part, attachment, result, findings FROM signatures_check WHERE package_id = %(package)s"
        " AND round = (SELECT max(round) FROM signatures_check WHERE package_id = %(package)s)",
        {"package": package},
    )
    rows = cursor.fetchall()
    outcome = {(row[1], row[2]): (row[3], [found["id"] for found in json.loads(row[4])]) for row in rows}
    return (rows[0][0] if rows else 0), outcome


def finish(cursor: Cursor, claim: Claim, report: PackageReport, *, due_at: datetime | None) -> bool:
    """Note the end of a round. ``False`` when another worker took the package over after this one's lease."""
    cursor.execute(
        "UPDATE signatures_package SET result = %s, due_at = %s, attempts = 0, rounds = rounds + 1, checked_at = %s"
        " WHERE package_id = %s AND attempts = %s AND rounds = %s",
        [report.result.value, due_at, report.checked_at, claim.package_id, claim.attempts, claim.rounds],
    )
    return cursor.rowcount == 1


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)

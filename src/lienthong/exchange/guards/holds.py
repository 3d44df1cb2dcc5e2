"""Packages that are kept from their recipients until something about them is known (docs/adr/0082).

A held delivery is in no list and opens for nobody. It is released, and then waits like any other, or blocked: then its
sender reads why, and may send the corrected document under the same identifier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from django.db import connection, transaction

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.exchange import store, wakeups
from lienthong.exchange.guards.alerts import raise_alert
from lienthong.exchange.guards.kinds import AlertKind, Level
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor, Subject, new_event
from lienthong.ledger.kinds import EventKind

Cursor = psycopg.Cursor[tuple[Any, ...]]

FOR_SIGNATURE = ""  # what the batch insert of the hot path leaves in the column ``cause``
FOR_SECRECY = "guard.secrecy"
AWAITS_SIGNATURE = "Chờ trục kiểm tra chữ ký số."
_AXIS = Actor()


@dataclass(frozen=True, slots=True)
class Held:
    """A package that is kept from its recipients, and why. No word of its content."""

    package_id: UUID
    document_id: UUID | None
    system_id: str
    cause: str
    reason: str
    recipients: list[str]
    since: datetime
    from_code: str = ""
    number: str = ""
    sha256: bytes = b""

    @property
    def is_suspected(self) -> bool:
        """A person must decide; what only waits for its signatures goes on by itself."""
        return self.cause == FOR_SECRECY


_LIST = """
SELECT v.package_id, p.document_id, s.system_id, v.cause, min(v.last_error), array_agg(v.to_code ORDER BY v.id),
       min(v.updated_at), v.from_code, COALESCE(concat_ws('/', NULLIF(d.number, ''), NULLIF(d.notation, '')), ''),
       p.sha256
  FROM exchange_delivery v
  JOIN exchange_package p ON p.id = v.package_id
  JOIN registry_system s ON s.id = p.system_id
  LEFT JOIN exchange_document d ON d.id = p.document_id
 WHERE v.state = %(state)s
 GROUP BY v.package_id, p.document_id, s.system_id, v.cause, v.from_code, d.number, d.notation, p.sha256
"""
_HELD = _LIST.replace("%(state)s", "'held'") + " ORDER BY min(v.updated_at) LIMIT %(most)s"
_BLOCKED = _LIST.replace("%(state)s", "'blocked'") + " ORDER BY min(v.updated_at) DESC LIMIT %(most)s"


def list_held(*, limit: int | None = None) -> list[Held]:
    """What is held, oldest first."""
    return _listed(_HELD, limit)


def list_blocked(*, limit: int | None = None) -> list[Held]:
    """What was kept out for good, newest first; ``since`` is when."""
    return _listed(_BLOCKED, limit)


def _listed(query: LiteralString, limit: int | None) -> list[Held]:
    with connection.wrap_database_errors:
        rows = hot_cursor().execute(query, {"most": limit}).fetchall()
    return [Held(*(*row[:-1], bytes(row[-1]))) for row in rows]


def count_suspected() -> int:
    """Packages that wait for a person's decision."""
    with connection.wrap_database_errors:
        row = (
            hot_cursor()
            .execute(
                "SELECT count(DISTINCT package_id) FROM exchange_delivery WHERE state = 'held' AND cause = %s",
                [FOR_SECRECY],
            )
            .fetchone()
        )
    return int(row[0]) if row else 0


def held_for(cursor: Cursor, package: UUID) -> str | None:
    """Why a package is held (``FOR_…``); ``None`` when it is not."""
    row = cursor.execute(
        "SELECT max(cause), count(*) FROM exchange_delivery WHERE package_id = %s AND state = 'held'", [package]
    ).fetchone()
    return str(row[0]) if row and row[1] else None


def release_held(*, package_id: UUID, actor: str, reason: str) -> None:
    """Let a package through that a person has looked at.

    :raises Refusal: NOT_HELD, REASON_MISSING
    """
    told = _checked(reason)
    with transaction.atomic(), connection.wrap_database_errors:
        _moved(release(hot_cursor(), package_id, actor=Actor(user=actor), reason=told), package_id)


def block_held(*, package_id: UUID, actor: str, reason: str) -> None:
    """Keep a package out for good; its sender reads the reason.

    :raises Refusal: NOT_HELD, REASON_MISSING
    """
    told = _checked(reason)
    with transaction.atomic(), connection.wrap_database_errors:
        _moved(block(hot_cursor(), package_id, reason=told, actor=Actor(user=actor)), package_id)


def _checked(reason: str) -> str:
    told = " ".join(reason.split())[:500]
    if not told:
        raise Refusal(Reason.REASON_MISSING)
    return told


def _moved(count: int, package: UUID) -> None:
    if not count:
        raise Refusal(Reason.NOT_HELD, f"{package}.")


def release(cursor: Cursor, package: UUID, *, actor: Actor = _AXIS, reason: str = "") -> int:
    """Let the held deliveries of a package wait for their systems; answers how many there were."""
    rows = _move(cursor, package, "waiting", "")
    if rows:
        append_events(cursor, _events(EventKind.CONTENT_CONSIGNMENT, rows, package, actor, reason))
        store.wake_workers(cursor, {(package, row[1]): row[0] for row in rows})
        wakeups.notify(cursor, [(row[1], row[3]) for row in rows])
    return len(rows)


def block(cursor: Cursor, package: UUID, *, reason: str, actor: Actor = _AXIS) -> int:
    """Keep the held deliveries of a package out for good; answers how many there were."""
    rows = _move(cursor, package, "blocked", reason)
    if rows:
        append_events(cursor, _events(EventKind.CONTENT_CONSIGNMENT_FAILURE, rows, package, actor, reason))
        _tell_sender(cursor, package, [row[0] for row in rows], reason)
        raise_alert(
            kind=AlertKind.PACKAGE_BLOCKED,
            level=Level.WARNING,
            subject=f"Gói tin {package} bị chặn sau khi đã nhận.",
            detail=reason,
            dedupe_key=f"package_blocked {package}",
        )
    return len(rows)


def quarantine(cursor: Cursor, package: UUID, *, reason: str) -> tuple[int, list[str]]:
    """Hold what nobody has taken yet, for the security officer to decide; answers how many deliveries that were, and
    the codes of those who have the package already."""
    now = clock.now()
    cursor.execute(
        "UPDATE exchange_delivery SET state = 'held', cause = %s, last_error = %s, lease_until = NULL,"
        " lease_token = NULL, updated_at = %s"
        " WHERE package_id = %s AND state IN ('waiting', 'leased', 'failed', 'given_up', 'held')",
        [FOR_SECRECY, reason, now, package],
    )
    held = cursor.rowcount
    rows = cursor.execute(
        "SELECT to_code FROM exchange_delivery WHERE package_id = %s AND state = 'delivered' ORDER BY id", [package]
    ).fetchall()
    return held, [row[0] for row in rows]


def _move(cursor: Cursor, package: UUID, state: str, reason: str) -> list[tuple[Any, ...]]:
    """The deliveries that were held, as ``(id, system, code, kind, document, sha256)``."""
    now = clock.now()
    return cursor.execute(
        """
        UPDATE exchange_delivery v
           SET state = %s, last_error = %s, cause = '', updated_at = %s, available_at = %s, tried_since = %s
          FROM exchange_package p
         WHERE v.package_id = %s AND v.state = 'held' AND p.id = v.package_id
        RETURNING v.id, v.system_id, v.to_code, v.kind, p.document_id, p.sha256
        """,
        [state, reason, now, now, now, package],
    ).fetchall()


def _events(kind: EventKind, rows: Sequence[tuple[Any, ...]], package: UUID, actor: Actor, reason: str) -> list[Any]:
    data = {"reason": reason} if reason else {}
    return [
        new_event(
            kind,
            at=clock.now(),
            actor=actor,
            subject=Subject("delivery", str(row[0]), str(row[4] or "")),
            sha256=bytes(row[5]),
            data={"to": [row[2]], "package": str(package), "kind": row[3], **data},
        )
        for row in rows
    ]


def _tell_sender(cursor: Cursor, package: UUID, deliveries: list[UUID], reason: str) -> None:
    """The addressees were not reached; and when none was, the identifier is free for the corrected document."""
    cursor.execute(
        "UPDATE exchange_recipient SET state = 'not_sent', reason = %s WHERE delivery_id = ANY(%s)",
        [reason, deliveries],
    )
    cursor.execute(
        """
        UPDATE exchange_document d SET document_id = d.document_id || '#' || d.id
          FROM exchange_package p
         WHERE p.id = %s AND d.id = p.document_id
           AND NOT EXISTS (SELECT FROM exchange_package o JOIN exchange_delivery v ON v.package_id = o.id
                            WHERE o.document_id = d.id AND v.state <> 'blocked')
        """,
        [package],
    )

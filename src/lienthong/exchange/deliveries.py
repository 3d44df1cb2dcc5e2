"""What recipient systems do: list what waits, fetch it, confirm it. Transport only; business status comes by reports.

Every query is bound to the asking system: that is the one policy by which no agency reads another's packages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, LiteralString
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.common.failpoints import hit
from lienthong.common.sql import hot_cursor
from lienthong.exchange.delivery_acts import handover
from lienthong.exchange.guards.models import Erasure
from lienthong.exchange.intake import segments
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.retry import PULL_RETRY
from lienthong.exchange.segments import Address, SegmentError
from lienthong.exchange.states import DeliveryState, RecipientState
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor
from lienthong.registry.resolution import SystemAccess

_CANCELLED = [state.value for state in RecipientState if state.cancelled]
_IN_MEMORY = 1024 * 1024  # packages up to this size are verified before their first byte leaves


class Confirmation(Enum):
    """What a recipient system says of a package it fetched (``updateStatus``)."""

    DONE = "done"
    FAIL = "fail"
    PROCESSING = "processing"


@dataclass(frozen=True, slots=True)
class WaitingDelivery:
    """One line of the list of arrivals. ``to_code`` is the first addressee that the system serves."""

    doc_id: str
    kind: PackageKind
    created_at: datetime
    updated_at: datetime
    from_code: str
    to_code: str
    status: str
    status_desc: str


def unreadable(address: Address, error: Exception) -> Refusal:
    """Why stored bytes cannot be given out: erased by order, or damaged."""
    row = Erasure.objects.filter(package__segment=address.segment, package__offset=address.offset).first()
    return Refusal(Reason.PACKAGE_ERASED, f"Xóa {row.told}.") if row else Refusal(Reason.PACKAGE_DAMAGED, str(error))


@dataclass(frozen=True, slots=True)
class StoredPackage:
    """A package on its way to a reader; ``size`` in bytes."""

    address: Address

    @property
    def size(self) -> int:
        return self.address.length

    @property
    def sha256(self) -> bytes:
        return self.address.sha256

    def chunks(self, size: int) -> Iterator[bytes]:
        """The bytes in pieces of ``size``; never completes on damaged bytes.

        :raises Refusal: PACKAGE_DAMAGED
        """
        try:
            yield from segments().chunks(self.address, size=size)
        except SegmentError as error:
            raise unreadable(self.address, error) from error

    def part(self, start: int, stop: int, size: int) -> Iterator[bytes]:
        """The bytes from ``start`` to before ``stop`` in pieces of ``size``. Nobody can check the hash of a part: who
        puts parts together compares it at the end.

        :raises Refusal: PACKAGE_DAMAGED
        """
        try:
            yield from segments().part(self.address, start, stop, size=size)
        except SegmentError as error:
            raise unreadable(self.address, error) from error


# A lease that ran out and a failure whose pause is over are waiting again; nobody has to write that down.
_OPEN = """
    system_id = %s AND kind = %s AND state IN ('waiting', 'leased', 'failed')
    AND (state <> 'failed' OR available_at <= %s)
"""


def list_waiting(system: SystemAccess, kind: PackageKind, *, limit: int) -> list[WaitingDelivery]:
    """What waits for the system, urgent first, then in order of arrival. Taking the list changes nothing."""
    now = clock.now()
    with connection.wrap_database_errors:
        rows = hot_cursor().execute(
            f"SELECT id, created_at, updated_at, from_code, to_code, state, lease_until, last_error"  # noqa: S608
            f" FROM exchange_delivery WHERE {_OPEN} ORDER BY rank DESC, id LIMIT %s",
            [system.pk, kind.value, now, limit],
        )
        return [
            WaitingDelivery(str(row[0]), kind, row[1], row[2], row[3], row[4], _status(row[5], row[6], now), row[7])
            for row in rows
        ]


def _status(state: str, lease_until: datetime | None, now: datetime) -> str:
    if state == DeliveryState.LEASED.value and lease_until and lease_until > now:
        return "processing"
    return "fail" if state == DeliveryState.FAILED.value else "initial"


def count_waiting(system: SystemAccess, kind: PackageKind) -> int:
    """How many packages of the kind wait for the system."""
    with connection.wrap_database_errors:
        row = (
            hot_cursor()
            .execute(
                f"SELECT count(*) FROM exchange_delivery WHERE {_OPEN}",  # noqa: S608
                [system.pk, kind.value, clock.now()],
            )
            .fetchone()
        )
        return int(row[0]) if row else 0


def open_package(system: SystemAccess, doc_id: str) -> StoredPackage:
    """Open a package delivered to the system, or one it sent itself. An open delivery is leased to the reader: other
    readers see it as being fetched until it is confirmed or the lease runs out.

    What was recalled or taken back at every agency of the delivery is not given to them any more.

    :raises Refusal: PACKAGE_UNKNOWN, PACKAGE_DAMAGED, CANCELLED
    """
    identifier = _identifier(doc_id)
    with connection.wrap_database_errors:
        row = _lease(system, identifier) or _sent_by(system, identifier)
    if row is None:
        raise Refusal(Reason.PACKAGE_UNKNOWN, f"docId {doc_id}.")
    if row[4]:
        raise Refusal(Reason.CANCELLED, f"docId {doc_id}.")
    package = StoredPackage(Address(row[0], row[1], row[2], bytes(row[3])))
    if package.size <= _IN_MEMORY:
        for _ in package.chunks(_IN_MEMORY):
            pass
    return package


def delivered_package(system: SystemAccess, doc_id: str) -> StoredPackage:
    """The package of a delivery to the system, for which it holds a lease already or needs none. One that went another
    way is no longer the system's, and what was recalled or taken back is not given to it any more.

    :raises Refusal: PACKAGE_UNKNOWN, CANCELLED
    """
    with connection.wrap_database_errors:
        row = (
            hot_cursor()
            .execute(
                'SELECT p.segment, p."offset", p.length, p.sha256,'
                " (SELECT bool_and(r.state = ANY(%s)) FROM exchange_recipient r WHERE r.delivery_id = d.id)"
                " FROM exchange_delivery d JOIN exchange_package p ON p.id = d.package_id"
                " WHERE d.id = %s AND d.system_id = %s"
                " AND d.state NOT IN ('redirected', 'on_paper', 'held', 'blocked')",
                [_CANCELLED, _identifier(doc_id), system.pk],
            )
            .fetchone()
        )
    if row is None:
        raise Refusal(Reason.PACKAGE_UNKNOWN, f"docId {doc_id}.")
    if row[4]:
        raise Refusal(Reason.CANCELLED, f"docId {doc_id}.")
    return StoredPackage(Address(row[0], row[1], row[2], bytes(row[3])))


def _identifier(doc_id: str) -> UUID:
    try:
        return UUID(doc_id)
    except ValueError:
        raise Refusal(Reason.PACKAGE_UNKNOWN, f"docId {doc_id[:64]!r}.") from None


def _lease(system: SystemAccess, delivery: UUID) -> tuple[Any, ...] | None:
    now = clock.now()
    return (
        hot_cursor()
        .execute(
            """
        UPDATE exchange_delivery d
           SET state = CASE WHEN d.state IN ('waiting', 'failed') THEN 'leased' ELSE d.state END,
               lease_until = CASE WHEN d.state IN ('waiting', 'leased', 'failed') THEN %s ELSE d.lease_until END,
               updated_at = CASE WHEN d.state IN ('waiting', 'leased', 'failed') THEN %s ELSE d.updated_at END
          FROM exchange_package p
         WHERE d.id = %s AND d.system_id = %s AND d.state NOT IN ('held', 'blocked') AND p.id = d.package_id
     RETURNING p.segment, p."offset", p.length, p.sha256,
               (SELECT bool_and(r.state = ANY(%s)) FROM exchange_recipient r WHERE r.delivery_id = d.id)
        """,
            [now + timedelta(seconds=settings.LEASE_SECONDS), now, delivery, system.pk, _CANCELLED],
        )
        .fetchone()
    )


def _sent_by(system: SystemAccess, package: UUID) -> tuple[Any, ...] | None:
    return (
        hot_cursor()
        .execute(
            'SELECT segment, "offset", length, sha256, FALSE FROM exchange_package WHERE id = %s AND system_id = %s',
            [package, system.pk],
        )
        .fetchone()
    )


# The story an event belongs to is that of the document: a status report's own, when it passed through this axis.
_CONFIRMED: LiteralString = """
    SELECT d.state, d.attempts, d.to_code, p.sha256, COALESCE(p.document_id, c.document_id)
      FROM exchange_delivery d
      JOIN exchange_package p ON p.id = d.package_id
      LEFT JOIN exchange_report r ON r.package_id = p.id
      LEFT JOIN exchange_recipient c ON c.id = r.recipient_id
     WHERE d.id = %s AND d.system_id = %s AND d.state NOT IN ('held', 'blocked') FOR UPDATE OF d
"""


def confirm(system: SystemAccess, doc_id: str, *, outcome: Confirmation, reason: str) -> None:
    """Take a recipient system's word for what it did with a delivery. Repeats and late words change nothing: what is
    delivered stays delivered.

    :raises Refusal: PACKAGE_UNKNOWN
    """
    identifier = _identifier(doc_id)
    with transaction.atomic(), connection.wrap_database_errors:
        cursor = hot_cursor()
        row = cursor.execute(_CONFIRMED, [identifier, system.pk]).fetchone()
        if row is None:
            raise Refusal(Reason.PACKAGE_UNKNOWN, f"docId {doc_id}.")
        hit("delivery.before_confirm")
        if DeliveryState(row[0]).is_open:
            _write_confirmation(identifier, outcome=outcome, attempts=row[1], reason=reason)
            if outcome is not Confirmation.PROCESSING:
                event = handover(
                    delivery=identifier,
                    document=row[4],
                    actor=Actor(system.system_id, row[2]),
                    sha256=bytes(row[3]),
                    failed=outcome is Confirmation.FAIL,
                    reason=reason,
                    at=clock.now(),
                )
                append_events(cursor, [event])
    hit("delivery.after_confirm")


def _write_confirmation(delivery: UUID, *, outcome: Confirmation, attempts: int, reason: str) -> None:
    now = clock.now()
    change = _change(outcome, attempts, now)
    hot_cursor().execute(
        """
        UPDATE exchange_delivery
           SET state = %s, attempts = %s, available_at = %s, lease_until = %s, delivered_at = %s, last_error = %s,
               updated_at = %s
         WHERE id = %s
        """,
        [change.state.value, change.attempts, change.available_at, change.lease_until, change.delivered_at,
         reason[:1000], now, delivery],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Change:
    state: DeliveryState
    attempts: int
    available_at: datetime
    lease_until: datetime | None = None
    delivered_at: datetime | None = None


def _change(outcome: Confirmation, attempts: int, now: datetime) -> _Change:
    if outcome is Confirmation.DONE:
        return _Change(DeliveryState.DELIVERED, attempts, now, delivered_at=now)
    if outcome is Confirmation.PROCESSING:
        lease = now + timedelta(seconds=settings.LEASE_SECONDS)
        return _Change(DeliveryState.LEASED, attempts, now, lease_until=lease)
    pause = PULL_RETRY.pause(attempts + 1)
    if pause is None:
        return _Change(DeliveryState.GIVEN_UP, attempts + 1, now)
    return _Change(DeliveryState.FAILED, attempts + 1, now + pause)

"""A thin stand-in for the delivery engine: claims what waits for upstreams, one at a time, and calls the connector.

It will be replaced by ``exchange/dispatching``, which knows budgets, reserved workers and circuit
breakers. What it writes is what the engine writes: LEASED while it tries, then DELIVERED, FAILED with a pause, or
GIVEN_UP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.exchange.connectors import Connector, Delivered, NotDelivered, Outgoing
from lienthong.exchange.deliveries import StoredPackage
from lienthong.exchange.segments import Address
from lienthong.gateways.national.models import Upstream
from lienthong.gateways.national.pace import Round

_LONGEST_PAUSE, _SHORTEST_LEASE = 600.0, 5.0

_CLAIM = """
UPDATE exchange_delivery v
   SET state = 'leased', lease_until = %(until)s, updated_at = %(now)s
  FROM exchange_package p
  LEFT JOIN exchange_document d ON d.id = p.document_id
 WHERE p.id = v.package_id AND v.id = (
       SELECT w.id FROM exchange_delivery w
        WHERE w.system_id = %(system)s AND w.state IN ('waiting', 'leased', 'failed')
          AND (w.state = 'leased' AND w.lease_until < %(now)s OR w.state <> 'leased' AND w.available_at <= %(now)s)
        ORDER BY w.rank DESC, w.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING v.id, p.id, v.kind, v.rank, v.from_code, v.to_code, COALESCE(d.document_id, ''), v.attempts, v.created_at,
          p.segment, p."offset", p.length, p.sha256
"""
_ADDRESSEES = "SELECT code FROM exchange_recipient WHERE delivery_id = %s ORDER BY id"


@dataclass(frozen=True, slots=True)
class _Result:
    state: str
    attempts: int
    available_at: datetime
    delivered_at: datetime | None
    error: str


def send_waiting(upstream: Upstream, connector: Connector, *, most: int = 100) -> Round:
    """Send what waits for the upstream now, urgent first; stops where it is away."""
    sent = 0
    for _ in range(most):
        outgoing = _claim(upstream)
        if outgoing is None:
            break
        answer = connector.deliver(outgoing, timeout=upstream.timeout_seconds)
        _write(outgoing, _result(outgoing, answer, clock.now()))
        if isinstance(answer, NotDelivered) and not answer.permanent:
            return Round.FAILED
        sent += 1
    return Round.BUSY if sent else Round.IDLE


def _claim(upstream: Upstream) -> Outgoing | None:
    now = clock.now()
    lease = max(_SHORTEST_LEASE, 2 * upstream.timeout_seconds)  # one that runs out too soon costs a resend, no more
    with connection.wrap_database_errors:
        cursor = hot_cursor()
        row = cursor.execute(
            _CLAIM, {"until": now + timedelta(seconds=lease), "now": now, "system": upstream.pk}
        ).fetchone()
        codes = cursor.execute(_ADDRESSEES, [row[0]]).fetchall() if row else []
    return _outgoing(row, [code for (code,) in codes], upstream) if row else None


def _outgoing(row: tuple[Any, ...], codes: Sequence[str], upstream: Upstream) -> Outgoing:
    delivery, package, kind, rank, from_code, to_code, document_id, attempts, created_at, *address = row
    segment, offset, length, sha256 = address
    return Outgoing(
        delivery_id=str(delivery),
        package_id=str(package),
        kind=PackageKind(kind),
        rank=rank,
        from_code=from_code,
        to_codes=tuple(codes) or (to_code,),
        document_id=document_id,
        attempt=attempts + 1,
        created_at=created_at,
        system_pk=upstream.pk,
        system_id=upstream.system.system_id,
        package=StoredPackage(Address(segment, offset, length, bytes(sha256))),
    )


def _result(outgoing: Outgoing, answer: Delivered | NotDelivered, now: datetime) -> _Result:
    if isinstance(answer, Delivered):
        return _Result("delivered", outgoing.attempt, now, now, "")
    error = f"{answer.detail} [{answer.cause}]"
    if answer.permanent:
        return _Result("given_up", outgoing.attempt, now, None, error)
    pause = answer.retry_after or min(2.0 ** min(outgoing.attempt - 1, 10), _LONGEST_PAUSE)
    return _Result("failed", outgoing.attempt, now + timedelta(seconds=pause), None, error)


def _write(outgoing: Outgoing, result: _Result) -> None:
    with connection.wrap_database_errors:
        hot_cursor().execute(
            "UPDATE exchange_delivery SET state = %s, attempts = least(%s, 32000), available_at = %s,"
            " lease_until = NULL, delivered_at = %s, last_error = %s, updated_at = %s"
            " WHERE id = %s AND state = 'leased'",
            [result.state, result.attempts, result.available_at, result.delivered_at, result.error[:1000], clock.now(),
             UUID(outgoing.delivery_id)],
        )  # fmt: skip

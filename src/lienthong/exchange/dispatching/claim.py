"""Take the next delivery: choose a system, then, alone in choosing for it, one delivery, and lease it.

The lease carries a token. Whoever finishes must still hold it, so a worker that was too slow or thought dead changes
nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.exchange.connectors import Outgoing
from lienthong.exchange.deliveries import StoredPackage
from lienthong.exchange.dispatching.channels import lock_breaker, note_use
from lienthong.exchange.dispatching.lanes import URGENT, Ranks
from lienthong.exchange.segments import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A leased delivery. ``tried_since`` is when its budget began to run, ``paused`` what maintenance took of it."""

    id: UUID
    token: UUID
    system_kind: str
    tried_since: datetime
    paused: timedelta
    outgoing: Outgoing

    def age(self, now: datetime) -> timedelta:
        """For how long it has been tried."""
        return now - self.tried_since - self.paused


# A lease that ran out is due again: its worker is dead or too slow.
_DUE = """
    state IN ('waiting', 'leased', 'failed') AND rank BETWEEN %(lowest)s AND %(highest)s
    AND CASE state WHEN 'leased' THEN lease_until <= %(now)s ELSE available_at <= %(now)s END
"""
# A question must not overtake what it is about: a recall the document it recalls, a take-back (13) the document itself,
# on their way to the same system. It would be taken for one about a document that nobody there knows.
_IN_ORDER = """
    NOT EXISTS (
        SELECT FROM exchange_recipient own
          JOIN exchange_ask a ON a.asking_id = own.id
          JOIN exchange_recipient asked ON asked.id = a.recipient_id
          JOIN exchange_delivery before ON before.id = asked.delivery_id AND before.system_id = d.system_id
         WHERE own.delivery_id = d.id AND before.id <> d.id AND before.state IN ('waiting', 'leased', 'failed'))
    AND NOT EXISTS (
        SELECT FROM exchange_report r
          JOIN exchange_recipient asked ON asked.id = r.recipient_id
          JOIN exchange_delivery before ON before.id = asked.delivery_id AND before.system_id = d.system_id
         WHERE r.package_id = d.package_id AND before.state IN ('waiting', 'leased', 'failed'))
"""
# Two index scans, one per kind of package, are cheaper than sorting a long backlog.
_FIRST = f"""
    SELECT best.id, best.rank
      FROM (VALUES ('edoc'), ('status')) AS k(kind)
     CROSS JOIN LATERAL (
           SELECT d.id, d.rank FROM exchange_delivery d
            WHERE d.system_id = {{system}} AND d.kind = k.kind AND {_DUE} AND {_IN_ORDER}
            ORDER BY d.rank DESC, d.id LIMIT {{limit}}) best
"""  # noqa: S608 - constants
_SYSTEMS = f"""
SELECT s.id
  FROM registry_system s
  LEFT JOIN exchange_channel c ON c.system_id = s.id
 CROSS JOIN LATERAL ({_FIRST.format(system="s.id", limit=1)} ORDER BY rank DESC LIMIT 1) best
 WHERE s.kind = ANY(%(kinds)s) AND s.state = 'active'
   AND (c.open_until IS NULL OR c.open_until <= %(now)s) AND (c.trial_until IS NULL OR c.trial_until <= %(now)s)
   AND NOT EXISTS (SELECT FROM exchange_maintenance m
                    WHERE m.system_id = s.id AND m.starts_at <= %(now)s AND m.ends_at > %(now)s)
 ORDER BY best.rank DESC, c.used_at NULLS FIRST, s.id
"""  # noqa: S608 - constants
_PICK = f"""
SELECT d.id FROM exchange_delivery d
 WHERE d.id IN (SELECT id FROM ({_FIRST.format(system="%(system)s", limit=8)}) first) AND {_DUE}
 ORDER BY d.rank DESC, d.id LIMIT 1 FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - constants
PAUSED = """
COALESCE((SELECT sum(LEAST(m.ends_at, %(now)s) - GREATEST(m.starts_at, COALESCE(d.tried_since, d.created_at)))
            FROM exchange_maintenance m
           WHERE m.system_id = d.system_id AND m.starts_at < %(now)s
             AND m.ends_at > COALESCE(d.tried_since, d.created_at)), '0'::interval)
"""
"""How much of a delivery's time ``d`` its system was under maintenance."""
_DETAILS = f"""
SELECT d.package_id, d.kind, d.rank, d.from_code, d.to_code, d.attempts, d.created_at, s.id, s.system_id, s.kind,
       p.segment, p."offset", p.length, p.sha256, COALESCE(o.document_id, r.document_id, ''),
       ARRAY(SELECT a.code FROM exchange_recipient a WHERE a.delivery_id = d.id ORDER BY a.id),
       COALESCE(d.tried_since, d.created_at), {PAUSED}
  FROM exchange_delivery d
  JOIN registry_system s ON s.id = d.system_id
  JOIN exchange_package p ON p.id = d.package_id
  LEFT JOIN exchange_document o ON o.id = p.document_id
  LEFT JOIN exchange_report r ON r.package_id = p.id
 WHERE d.id = %(id)s
"""  # noqa: S608 - constants


def claim_next(kinds: Sequence[str], ranks: Ranks) -> Claim | None:
    """Lease the delivery that is next among these urgencies for systems of these kinds; ``None``: nothing is due.

    A system gets no more than ``settings.SYSTEM_CONCURRENCY`` at a time and one urgent package besides, none while its
    breaker is open or it is under maintenance or locked. Systems take turns.
    """
    now = clock.now()
    given = {"kinds": list(kinds), "now": now, "lowest": ranks.lowest, "highest": ranks.highest}
    with connection.wrap_database_errors:
        for system in _systems(given):
            with transaction.atomic():
                claim = _claim_for(system, given | {"system": system}, now)
            if claim is not None:
                return claim
    return None


def _systems(given: dict[str, Any]) -> Iterable[int]:
    return [row[0] for row in hot_cursor().execute(_SYSTEMS, given).fetchall()]


def _claim_for(system: int, given: dict[str, Any], now: datetime) -> Claim | None:
    breaker = lock_breaker(system)
    taken = _under_way(system, now) - settings.SYSTEM_CONCURRENCY
    if not breaker.admits(now) or taken > 0:
        return None
    if taken == 0:  # one place more for urgent packages: slow ordinary ones must not stand in their way
        given = given | {"lowest": max(given["lowest"], URGENT.lowest)}
    row = hot_cursor().execute(_PICK, given).fetchone()
    if row is None:
        return None
    lease = timedelta(seconds=settings.WORKER_LEASE_SECONDS)
    note_use(system, breaker.admitted(now, trial=lease), now)
    return _details(row[0], _lease(row[0], now, lease), now)


def _under_way(system: int, now: datetime) -> int:
    row = (
        hot_cursor()
        .execute(
            "SELECT count(*) FROM exchange_delivery"
            " WHERE system_id = %s AND lease_token IS NOT NULL AND state = 'leased' AND lease_until > %s",
            [system, now],
        )
        .fetchone()
    )
    return int(row[0]) if row else 0


def _lease(delivery: UUID, now: datetime, lease: timedelta) -> UUID:
    token = uuid4()
    hot_cursor().execute(
        # An attempt whose worker never came back was one, too.
        "UPDATE exchange_delivery SET attempts = attempts + (state = 'leased')::int, state = 'leased',"
        " lease_until = %s, lease_token = %s, updated_at = %s WHERE id = %s",
        [now + lease, token, now, delivery],
    )
    return token


def _details(delivery: UUID, token: UUID, now: datetime) -> Claim:
    row = hot_cursor().execute(_DETAILS, {"id": delivery, "now": now}).fetchone()
    if row is None:
        raise RuntimeError(f"delivery {delivery} has no package")
    package, kind, rank, from_code, to_code, attempts, created_at, system_pk, system_id, system_kind, *rest = row
    segment, offset, length, sha256, document_id, codes, tried_since, paused = rest
    outgoing = Outgoing(
        delivery_id=str(delivery),
        package_id=str(package),
        kind=PackageKind(kind),
        rank=rank,
        from_code=from_code,
        to_codes=tuple(codes) or (to_code,),
        document_id=document_id,
        attempt=attempts + 1,
        created_at=created_at,
        system_pk=system_pk,
        system_id=system_id,
        package=StoredPackage(Address(segment, offset, length, bytes(sha256))),
    )
    return Claim(
        id=delivery,
        token=token,
        system_kind=system_kind,
        tried_since=tried_since,
        paused=paused,
        outgoing=outgoing,
    )

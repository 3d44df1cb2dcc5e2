"""What follows from a connector's answer. Only who still holds the lease writes it down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.exchange.breaker import Breaker
from lienthong.exchange.connectors import Delivered, NotDelivered
from lienthong.exchange.delivery_acts import note_carried, note_given_up
from lienthong.exchange.dispatching.channels import lock_breaker, store_breaker
from lienthong.exchange.dispatching.claim import PAUSED, Claim
from lienthong.exchange.hubs.relaying import record_relays
from lienthong.exchange.retry import BUDGETS, RetryPolicy, push_policy
from lienthong.exchange.states import DeliveryState

Answer = Delivered | NotDelivered
_LONGEST_TEXT = 1000
_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a delivery stands after an attempt."""

    state: DeliveryState
    failures: int = 0
    pause: timedelta = timedelta(0)
    cause: str = ""
    error: str = ""
    remote_id: str = ""


def decide(answer: Answer, *, attempt: int, age: timedelta, policy: RetryPolicy, chance: float) -> Change:
    """What an answer to the ``attempt``-th try means. Pure."""
    if isinstance(answer, Delivered):
        return Change(state=DeliveryState.DELIVERED, remote_id=answer.remote_id)
    pause = None
    if not answer.permanent:
        asked = timedelta(seconds=answer.retry_after) if answer.retry_after is not None else None
        pause = policy.decide(attempt, age=age, chance=chance, asked=asked)
    spent = "" if answer.permanent or pause is not None else f" Đã thử {attempt} lần trong hết thời hạn cho phép."
    return Change(
        state=DeliveryState.GIVEN_UP if pause is None else DeliveryState.FAILED,
        failures=1,
        pause=pause or timedelta(0),
        cause=answer.cause,
        error=(answer.detail[: _LONGEST_TEXT - len(spent)] + spent),
    )


def finish(claim: Claim, answer: Answer, *, chance: Callable[[], float]) -> bool:
    """Write down how an attempt went; answers whether the lease was still held. If not, nothing changes."""
    now, outgoing = clock.now(), claim.outgoing
    policy = push_policy(outgoing.rank)
    change = decide(answer, attempt=outgoing.attempt, age=claim.age(now), policy=policy, chance=chance())
    with transaction.atomic(), connection.wrap_database_errors:
        breaker = lock_breaker(outgoing.system_pk)
        held = _write(claim, change, now)
        if held:
            _note(claim, change, now)
            error = "" if isinstance(answer, Delivered) else answer.detail
            store_breaker(outgoing.system_pk, _judged(breaker, answer, now), error=error)
            if change.state is not DeliveryState.FAILED:
                record_relays({claim.id: answer}, now)
    return held


def _note(claim: Claim, change: Change, now: datetime) -> None:
    if change.state is DeliveryState.DELIVERED:
        note_carried(hot_cursor(), [claim.id], at=now)
    elif change.state is DeliveryState.GIVEN_UP:
        note_given_up(hot_cursor(), [claim.id], at=now)


def _judged(breaker: Breaker, answer: Answer, now: datetime) -> Breaker:
    """A system that refuses is there; one that cannot say yes or no is not."""
    if isinstance(answer, Delivered) or answer.permanent:
        return breaker.succeeded()
    asked = None if answer.retry_after is None else timedelta(seconds=min(answer.retry_after, 3600))
    return breaker.failed(now, asked=asked)


def _write(claim: Claim, change: Change, now: datetime) -> bool:
    delivered_at = now if change.state is DeliveryState.DELIVERED else None
    cursor = hot_cursor().execute(
        """
        UPDATE exchange_delivery
           SET state = %s, attempts = attempts + %s, available_at = %s, lease_until = NULL, lease_token = NULL,
               delivered_at = %s, last_error = %s, cause = %s, remote_id = %s, updated_at = %s
         WHERE id = %s AND lease_token = %s AND state = 'leased'
        """,
        [change.state.value, change.failures, now + change.pause, delivered_at, change.error, change.cause,
         change.remote_id[:_LONGEST_TEXT], now, claim.id, claim.token],
    )  # fmt: skip
    return cursor.rowcount == 1


_OVERDUE = f"""
WITH overdue AS (
     SELECT d.id, c.last_error
       FROM exchange_delivery d
       JOIN exchange_channel c ON c.system_id = d.system_id AND c.open_until > %(now)s
       JOIN unnest(%(ranks)s::int[], %(budgets)s::interval[]) AS b(rank, budget) ON b.rank = LEAST(d.rank, %(highest)s)
      WHERE d.state IN ('waiting', 'failed')
        AND %(now)s - COALESCE(d.tried_since, d.created_at) - {PAUSED} >= b.budget
      ORDER BY d.id LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED)
UPDATE exchange_delivery d
   SET state = 'given_up', cause = 'delivery.budget_spent', updated_at = %(now)s,
       last_error = 'Hệ thống nơi nhận không liên lạc được trong hết thời hạn cho phép. ' || o.last_error
  FROM overdue o WHERE d.id = o.id RETURNING d.id, d.cause, d.last_error
"""  # noqa: S608 - constants


def give_up_overdue() -> int:
    """Give up what an open breaker keeps from being tried although its budget is spent: the sender is to know. While
    it is open the system has just failed, so deliveries never suffer for workers that were not running."""
    total = 0
    while given_up := _give_up_batch():
        total += given_up
    return total


def _give_up_batch() -> int:
    ranks, budgets = zip(*BUDGETS, strict=True)
    now = clock.now()
    given = {"now": now, "ranks": list(ranks), "budgets": list(budgets), "highest": max(ranks), "limit": _BATCH}
    with transaction.atomic(), connection.wrap_database_errors:
        cursor = hot_cursor()
        rows = cursor.execute(_OVERDUE, given).fetchall()
        if rows:
            note_given_up(cursor, [row[0] for row in rows], at=now)
            record_relays({row[0]: NotDelivered(permanent=False, cause=row[1], detail=row[2]) for row in rows}, now)
    return len(rows)

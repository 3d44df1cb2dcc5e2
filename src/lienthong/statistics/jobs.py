"""The job that keeps the figures: facts of what changed, then the sums of the days they belong to.

What changed is read from the ledger, whose events name the document; from signature checks; and from deliveries that
were still open. Every step may run again: facts and sums are written anew, never added to.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction

from lienthong.common import clock
from lienthong.common.sql import release_connection
from lienthong.registry.models import ReformRun
from lienthong.statistics import facts, rollup
from lienthong.statistics.models import Progress

_log = logging.getLogger(__name__)
_LOCK = 0x57A7  # two workers must not keep the figures together
_BATCH = 2000  # documents
# Numbers are given before their transactions end: what is younger may still miss somebody older.
MARGIN = timedelta(minutes=10)


def update() -> int:
    """Bring the figures up to now; answers how many documents were looked at again. Nothing when another does it."""
    looked = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not (cursor.fetchone() or (False,))[0]:
                return looked
            count, finished = _step(clock.now())
        looked += count
        if finished:
            return looked


def recompute(*, first: date, last: date) -> int:
    """Make facts and sums of these days anew from the exchange; answers how many documents they have."""
    looked, day = 0, first
    while day <= last:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            progress = Progress.objects.filter(pk=1).first()
            if progress is None or day >= progress.live_from:
                return looked
            looked += _make(list(_documents_of(day, day + timedelta(days=1))), progress.live_from, {day})
        day += timedelta(days=1)
    return looked


def run(stopping: threading.Event) -> None:
    """Keep the figures until ``stopping`` is set; a database that goes away is waited for."""
    while not stopping.is_set():
        try:
            update()
        except (DatabaseError, InterfaceError) as error:
            _log.error("the figures were not brought up to date: %s", error)
            connection.close()
        release_connection()
        stopping.wait(settings.STATISTICS_SECONDS)


def _step(now: datetime) -> tuple[int, bool]:
    """One closed day, or all that changed in days closed before."""
    progress = Progress.objects.filter(pk=1).first() or _begin(now)
    late = facts.store_rejections(after=progress.event_id, until=_newest("ledger_event", "at", now + 2 * MARGIN))
    closing = clock.in_vietnam(now - MARGIN).date()
    if progress.live_from < closing:
        day = progress.live_from
        progress.live_from = day + timedelta(days=1)
        count = _make(list(_documents_of(day, progress.live_from)), progress.live_from, {day})
        progress.done_at = now
        progress.save()
        return count, False
    count = _follow(progress, now, {day for day in late if day < progress.live_from})
    progress.done_at = now
    progress.save()
    return count, True


def _begin(now: datetime) -> Progress:
    """The first time: all refusals so far, and every day since the first document is still to be closed."""
    until, newest = _newest("ledger_event", "at", now), ReformRun.objects.order_by("-pk").first()
    facts.store_rejections(after=0, until=until)
    return Progress(
        pk=1,
        live_from=_first_day(now),
        event_id=until,
        check_id=_newest("signatures_check", "checked_at", now),
        reform_id=newest.pk if newest else 0,
    )


def _follow(progress: Progress, now: datetime, days: set[date]) -> int:
    until, checks = _newest("ledger_event", "at", now), _newest("signatures_check", "checked_at", now)
    count = _make(list(_changed(progress)), progress.live_from, days)
    newest = ReformRun.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if newest > progress.reform_id:
        count += _follow_reforms(progress)
    progress.event_id, progress.check_id, progress.reform_id = max(until, progress.event_id), checks, newest
    return count


def _follow_reforms(progress: Progress) -> int:
    """A plan may take effect on a day that is long closed: the places of that time are others now."""
    first = ReformRun.objects.filter(pk__gt=progress.reform_id).order_by("effective_on")[0].effective_on
    count, day = 0, max(first, _first_fact() or first)
    while day < progress.live_from:
        count += _make(list(_documents_of(day, day + timedelta(days=1))), progress.live_from, {day})
        day += timedelta(days=1)
    return count


def _make(documents: list[UUID], live_from: date, days: set[date]) -> int:
    for start in range(0, len(documents), _BATCH):
        days |= facts.store(documents[start : start + _BATCH], live_from=live_from)
    rollup.sum_days(days)
    return len(documents)


# --- What is to be looked at ----------------------------------------------------------------------------------------

_CHANGED = """
WITH told AS (
    SELECT DISTINCT e.document::uuid AS id FROM ledger_event e
     WHERE e.id > %(event)s AND e.document ~ '^[0-9a-f-]{36}$'
    UNION
    SELECT p.document_id FROM signatures_check k JOIN exchange_package p ON p.id = k.package_id
     WHERE k.id > %(check)s AND p.document_id IS NOT NULL
    UNION
    SELECT f.document FROM statistics_copy f
      JOIN exchange_recipient r ON r.id = f.recipient LEFT JOIN exchange_delivery v ON v.id = r.delivery_id
     WHERE f.carried IN ('open', 'given_up')
       AND f.carried <> CASE WHEN v.state IN ('waiting', 'leased', 'failed', 'held') THEN 'open' ELSE v.state END
)
SELECT id FROM told WHERE id < %(live)s
 UNION
SELECT o.document_id FROM told JOIN exchange_recipient r ON r.document_id = told.id
  JOIN exchange_ask a ON a.recipient_id = r.id JOIN exchange_recipient o ON o.id = a.asking_id
 WHERE o.document_id < %(live)s
 UNION
SELECT o.document_id FROM told JOIN exchange_recipient r ON r.document_id = told.id
  JOIN exchange_ask a ON a.asking_id = r.id JOIN exchange_recipient o ON o.id = a.recipient_id
 WHERE o.document_id < %(live)s
"""


def _changed(progress: Progress) -> Iterator[UUID]:
    """Documents of closed days that something happened to, and those that ask something of them or are asked about:
    an answer moves both."""
    live = facts.live_parameters(progress.live_from + timedelta(days=1))["live_id"]
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"event": progress.event_id, "check": progress.check_id, "live": live})
        yield from (document for (document,) in cursor.fetchall())


def _documents_of(first: date, until: date) -> Iterator[UUID]:
    """All documents that may be of these days, and more rather than fewer: ``facts`` finds the exact day."""
    bounds = [facts.live_parameters(first)["live_id"], facts.live_parameters(until + timedelta(days=1))["live_id"]]
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT d.id FROM exchange_document d WHERE d.id >= %s AND d.id < %s"
            f" AND {facts.LOCAL_DAY} >= %s AND {facts.LOCAL_DAY} < %s",
            [*bounds, first, until],
        )
        while rows := cursor.fetchmany(5000):
            yield from (document for (document,) in rows)


def _newest(table: str, column: str, now: datetime) -> int:
    """The newest number that is old enough for all before it to be there."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {table} WHERE {column} < %s ORDER BY id DESC LIMIT 1",
            [now - MARGIN],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _first_day(now: datetime) -> date:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {facts.LOCAL_DAY} FROM exchange_document d ORDER BY d.id LIMIT 1")
        row = cursor.fetchone()
    day: date = row[0] if row else clock.in_vietnam(now - MARGIN).date()
    return min(day, clock.in_vietnam(now - MARGIN).date())


def _first_fact() -> date | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(day) FROM statistics_document")
        row = cursor.fetchone()
    return row[0] if row else None

"""Samples: one row a minute, for charts and for counters that many processes share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import connection

from lienthong.common import clock
from lienthong.ledger.kinds import EventKind
from lienthong.monitoring import queues
from lienthong.monitoring.models import Sample

KEPT = timedelta(days=400)
# Numbers of events are given before their transactions end: what is younger may still miss somebody older.
_MARGIN = timedelta(seconds=20)
_COUNTED = {
    "documents": (EventKind.SUBMISSION_ACCEPTANCE,),
    "reports": (EventKind.STATUS_REPORTED,),
    "rejected": (EventKind.SUBMISSION_REJECTION,),
    "delivered": (EventKind.CONTENT_HANDOVER, EventKind.RELAY_ACCEPTANCE),
    "failures": (EventKind.CONTENT_HANDOVER_FAILURE, EventKind.CONTENT_CONSIGNMENT_FAILURE, EventKind.RELAY_FAILURE,
                 EventKind.RELAY_REJECTION),
}  # fmt: skip
_COUNTERS = tuple(_COUNTED)


def take_sample() -> Sample:
    """Add the sample of this moment; forgets what is older than ``KEPT``."""
    now, last = clock.now(), latest()
    until, counts = _count(last.event_id if last else None, now)
    whole, _ = queues.queues(now)
    sample = Sample(
        at=now,
        event_id=until,
        waiting=whole.waiting,
        waiting_p95=whole.p95,
        waiting_oldest=whole.oldest,
        given_up=sum(queues.given_up().values()),
        **{name: (getattr(last, name) if last else 0) + counts.get(name, 0) for name in _COUNTERS},
    )
    sample.save(force_insert=True)
    Sample.objects.filter(at__lt=now - KEPT).delete()
    return sample


def latest() -> Sample | None:
    return Sample.objects.order_by("-at").first()


def _count(after: int | None, now: datetime) -> tuple[int, dict[str, int]]:
    """The newest event that is old enough, and how many of each kind came since ``after``; at first none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_event WHERE at < %s ORDER BY id DESC LIMIT 1", [now - _MARGIN])
        row = cursor.fetchone()
        until = max(int(row[0]) if row else 0, after or 0)
        if after is None:
            return until, {}
        cursor.execute(
            "SELECT kind, count(*) FROM ledger_event WHERE id > %s AND id <= %s GROUP BY kind", [after, until]
        )
        kinds = dict(cursor.fetchall())
    counts = {name: sum(kinds.get(kind.value, 0) for kind in wanted) for name, wanted in _COUNTED.items()}
    return until, counts


@dataclass(frozen=True, slots=True)
class Moment:
    """One point of the charts: what happened per minute up to ``at``, and how the queue stood then."""

    at: datetime
    accepted: float
    delivered: float
    errors: float
    waiting: int
    waiting_p95: float


def series(since: timedelta, *, points: int = 180) -> list[Moment]:
    """The charts of a time up to now, at most ``points`` of them."""
    now = clock.now()
    step = max(60.0, since.total_seconds() / points)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT DISTINCT ON (floor(extract(epoch FROM at) / %s)) at, {", ".join(_COUNTERS)}, waiting, waiting_p95
              FROM monitoring_sample WHERE at >= %s
             ORDER BY floor(extract(epoch FROM at) / %s), at DESC
            """,  # noqa: S608 - our own column names
            [step, now - since, step],
        )
        rows = cursor.fetchall()
    return [_moment(one, following) for one, following in pairwise(rows)]


def _moment(before: Sequence[float], row: Sequence[float]) -> Moment:
    minutes = max((row[0] - before[0]).total_seconds() / 60, 1 / 60)  # type: ignore[attr-defined]
    documents, reports, rejected, delivered, failures = (
        max(0, new - old) / minutes for new, old in zip(row[1:6], before[1:6], strict=True)
    )
    return Moment(
        at=row[0],  # type: ignore[arg-type]
        accepted=documents + reports,
        delivered=delivered,
        errors=rejected + failures,
        waiting=int(row[6]),
        waiting_p95=row[7],
    )

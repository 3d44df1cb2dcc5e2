"""What waits, where, and for how long: reads over the small index of open deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from lienthong.common import clock


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for all systems, or for one. Ages in seconds since the axis accepted it."""

    waiting: int = 0
    p95: float = 0.0
    oldest: float = 0.0
    failed: int = 0
    urgent: int = 0


# A system that is being maintained waits on purpose: it is not counted as slow.
_BY_SYSTEM = """
SELECT d.system_id, count(*), percentile_disc(0.95) WITHIN GROUP (ORDER BY a.age), max(a.age),
       count(*) FILTER (WHERE d.state = 'failed'), count(*) FILTER (WHERE d.rank > 0)
  FROM exchange_delivery d
 CROSS JOIN LATERAL (SELECT GREATEST(0, extract(epoch FROM %(now)s - d.created_at)) AS age) a
 WHERE d.state IN ('waiting', 'leased', 'failed') GROUP BY GROUPING SETS ((d.system_id), ())
"""


def queues(now: datetime | None = None) -> tuple[Queue, dict[int, Queue]]:
    """The whole queue, and that of each system by its key."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_SYSTEM, {"now": now or clock.now()})
        found = {
            row[0]: Queue(row[1], float(row[2] or 0), float(row[3] or 0), row[4], row[5]) for row in cursor.fetchall()
        }
    return found.pop(None, Queue()), found


def given_up() -> dict[int, int]:
    """How many deliveries wait for a person, by system."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_id, count(*) FROM exchange_delivery WHERE state = 'given_up' GROUP BY 1")
        return dict(cursor.fetchall())

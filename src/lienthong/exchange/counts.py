"""How much passed for one system, by day or month in Vietnam."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any

from django.db import connection

from lienthong.common import clock
from lienthong.common.ids import first_id_at
from lienthong.common.sql import hot_cursor
from lienthong.registry.resolution import SystemAccess


class Period(Enum):
    """What one row covers."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """Counts of one period, named by its first day. ``confirmed`` and ``given_up`` are of what arrived in it."""

    period: date
    documents_sent: int
    reports_sent: int
    documents_arrived: int
    reports_arrived: int
    confirmed: int
    given_up: int


# Ids are ordered by time, so a range of ids stands for a range of times and no index on time is needed. An id is made
# some moments after the time of receipt; the exact time decides.
_COUNT = """
WITH sent AS (
    SELECT kind, received_at AS at FROM exchange_package
     WHERE system_id = %(system)s AND id >= %(first)s AND id < %(last)s
), arrived AS (
    SELECT kind, state, created_at AS at FROM exchange_delivery
     WHERE system_id = %(system)s AND id >= %(first)s AND id < %(last)s
), happened AS (
    SELECT at, (kind = 'edoc')::int AS a, (kind = 'status')::int AS b, 0 AS c, 0 AS d, 0 AS e, 0 AS f FROM sent
    UNION ALL
    SELECT at, 0, 0, (kind = 'edoc')::int, (kind = 'status')::int, (state = 'delivered')::int,
           (state = 'given_up')::int FROM arrived
)
SELECT date_trunc(%(period)s, at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, sum(a), sum(b), sum(c), sum(d), sum(e), sum(f)
  FROM happened WHERE at >= %(start)s AND at < %(stop)s GROUP BY 1 ORDER BY 1
"""
_LATE = timedelta(minutes=10)


def count_periods(system: SystemAccess, *, first: date, last: date, period: Period) -> list[PeriodCount]:
    """One row per period in which something passed; ``last`` is the last day counted."""
    start, stop = _midnight(first), _midnight(last + timedelta(days=1))
    parameters: dict[str, Any] = {
        "system": system.pk,
        "period": period.value,
        "start": start,
        "stop": stop,
        "first": first_id_at(start),
        "last": first_id_at(stop + _LATE),
    }
    with connection.wrap_database_errors:
        return [PeriodCount(*row) for row in hot_cursor().execute(_COUNT, parameters)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.VIETNAM)

"""Daily and monthly sums of the facts. Making a day again gives the same rows, whatever changed since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from lienthong.statistics.measures import STORED, Measure


def grouped(measure: Measure, relation: str) -> str:
    """The counts of a measure over facts, per day, agency, level and parent."""
    side = measure.side.value
    return (
        f"SELECT f.day, '{measure.value}' AS measure, f.{side}_id AS agency_id, f.{side}_level AS level,"
        f" f.{side}_parent_id AS parent_id, ({measure.key})::text AS key, count(*) AS count"
        f" FROM {relation} f WHERE ({measure.where}) GROUP BY 1, 3, 4, 5, 6"
    )


_OF_DAYS = " UNION ALL ".join(
    grouped(measure, f"(SELECT * FROM statistics_{measure.source.value} WHERE day = ANY(%(days)s))")
    for measure in STORED
)
# A fact without an agency (a code nobody has) counts for its level only.
_FILL = f"""
WITH counted AS MATERIALIZED ({_OF_DAYS})
INSERT INTO statistics_count (month, start, measure, agency_id, level, parent_id, key, count)
SELECT FALSE, day, measure, agency_id, level, COALESCE(parent_id, 0), key, count FROM counted
 WHERE agency_id IS NOT NULL
 UNION ALL
SELECT FALSE, day, measure, 0, level, 0, key, sum(count) FROM counted GROUP BY day, measure, level, key
"""
_MONTH = """
INSERT INTO statistics_count (month, start, measure, agency_id, level, parent_id, key, count)
SELECT TRUE, %(first)s, measure, agency_id, level, parent_id, key, sum(count)
  FROM statistics_count
 WHERE NOT month AND start >= %(first)s AND start < (%(first)s::date + interval '1 month')
 GROUP BY measure, agency_id, level, parent_id, key
"""


def sum_days(days: Iterable[date]) -> None:
    """Make the sums of these days, and of their months, anew. The caller holds the transaction and the lock."""
    wanted = sorted(set(days))
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM statistics_count WHERE NOT month AND start = ANY(%s)", [wanted])
        cursor.execute(_FILL, {"days": wanted})
        for first in sorted({day.replace(day=1) for day in wanted}):
            cursor.execute("DELETE FROM statistics_count WHERE month AND start = %s", [first])
            cursor.execute(_MONTH, {"first": first})

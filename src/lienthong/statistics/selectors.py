"""Reads: the figures of a scope in a period. The list behind each of them is in ``listing``.

A figure is the sum of closed days, read from ``Count``, and of the days since, counted from the exchange itself. The
list behind it is made of the same measure over the same facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from lienthong.common import clock
from lienthong.statistics import facts
from lienthong.statistics.lateness import late_sql
from lienthong.statistics.measures import Measure, Scope, Side, Source
from lienthong.statistics.models import Progress
from lienthong.statistics.percentiles import Spread, spread
from lienthong.statistics.periods import Period, whole_months
from lienthong.statistics.rollup import grouped

Counts = Mapping[Measure, Mapping[str, int]]
_MEASURES = {measure.value: measure for measure in Measure}


@dataclass(frozen=True, slots=True)
class Figures:
    """All counts of a scope in a period. ``as_of``: when closed days were last brought up to date."""

    counts: Counts
    as_of: datetime | None = None

    def total(self, measure: Measure) -> int:
        return sum(self.counts.get(measure, {}).values())

    def of(self, measure: Measure, key: str) -> int:
        return self.counts.get(measure, {}).get(key, 0)

    def parts(self, measure: Measure) -> list[tuple[str, int]]:
        """Keys and counts, the most frequent first."""
        return sorted(self.counts.get(measure, {}).items(), key=lambda part: (-part[1], part[0]))

    def spread(self, measure: Measure) -> Spread:
        return spread({int(key): count for key, count in self.counts.get(measure, {}).items()})

    def share(self, measure: Measure, whole: Measure) -> float | None:
        """From 0 to 1; ``None`` where there is nothing to divide by."""
        total = self.total(whole)
        return self.total(measure) / total if total else None


@dataclass(frozen=True, slots=True)
class AgencyFigures:
    """One line of the table of agencies: its figures, and the level and parent it had on the last of its days."""

    agency_id: int
    figures: Figures
    levels: frozenset[str] = field(default_factory=frozenset)


def figures(
    scope: Scope, period: Period, *, at: datetime | None = None, only: Iterable[Measure] | None = None
) -> Figures:
    """The figures of a scope in a period.

    :param at: the moment at which being late is judged; now
    """
    progress = Progress.objects.filter(pk=1).first()
    wanted = tuple(only) if only is not None else tuple(Measure)
    found: dict[Measure, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for measure, key, count in _rows(scope, period, wanted, progress, at or clock.now()):
        found[_MEASURES[measure]][key] += count
    return Figures({measure: dict(keys) for measure, keys in found.items()}, progress.done_at if progress else None)


def by_agency(
    scope: Scope, period: Period, *, only: Iterable[Measure], at: datetime | None = None
) -> list[AgencyFigures]:
    """Figures of every agency of the scope in which anything happened."""
    progress = Progress.objects.filter(pk=1).first()
    found: dict[int, dict[Measure, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    levels: dict[int, set[str]] = defaultdict(set)
    rows = _rows(scope, period, tuple(only), progress, at or clock.now(), each=True)
    for measure, key, count, agency, level in rows:
        found[agency][_MEASURES[measure]][key] += count
        levels[agency].add(level)
    as_of = progress.done_at if progress else None
    return [
        AgencyFigures(agency, Figures({m: dict(k) for m, k in counts.items()}, as_of), frozenset(levels[agency]))
        for agency, counts in found.items()
    ]


def by_day(scope: Scope, period: Period, *, only: Iterable[Measure]) -> dict[date, dict[Measure, int]]:
    """Totals per day, for charts; measures that depend on the present moment are left out."""
    progress = Progress.objects.filter(pk=1).first()
    wanted = tuple(measure for measure in only if not measure.timed)
    found: dict[date, dict[Measure, int]] = defaultdict(lambda: defaultdict(int))
    for measure, _key, count, day in _rows(scope, period, wanted, progress, clock.now(), daily=True):
        found[day][_MEASURES[measure]] += count
    return {day: dict(counts) for day, counts in sorted(found.items())}


# --- Counting -------------------------------------------------------------------------------------------------------


def _rows(  # noqa: PLR0913 - what to count, and in what detail
    scope: Scope,
    period: Period,
    wanted: Sequence[Measure],
    progress: Progress | None,
    at: datetime,
    *,
    each: bool = False,
    daily: bool = False,
) -> list[tuple[Any, ...]]:
    stored = [measure for measure in wanted if not measure.timed]
    rows: list[tuple[Any, ...]] = []
    if progress is not None and stored:
        rows += _stored_rows(scope, period, stored, progress.live_from, each=each, daily=daily)
    counted = wanted if _has_live_days(period, progress) else [measure for measure in wanted if measure.timed]
    for source in Source:
        of_source = [measure for measure in counted if measure.source is source]
        if of_source:
            rows += _live_rows(Facts(scope, period, source, progress, at), of_source, each=each, daily=daily)
    return rows


def _has_live_days(period: Period, progress: Progress | None) -> bool:
    return progress is None or period.last >= progress.live_from


def _stored_rows(  # noqa: PLR0913
    scope: Scope, period: Period, wanted: Sequence[Measure], live_from: date, *, each: bool, daily: bool
) -> list[tuple[Any, ...]]:
    extra = ", agency_id, level" if each else ", start" if daily else ""
    rows: list[tuple[Any, ...]] = []
    last = min(period.last, live_from - timedelta(days=1))
    spans = [(False, period.first, last + timedelta(days=1))] if daily else list(whole_months(period.first, last))
    for month, start, stop in spans:
        where, parameters = _of_scope(scope, each=each)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT measure, key, sum(count)::bigint{extra} FROM statistics_count"
                f" WHERE month = %(month)s AND start >= %(start)s AND start < %(stop)s AND measure = ANY(%(measures)s)"
                f" AND {where} GROUP BY measure, key{extra}",
                {**parameters, "month": month, "start": start, "stop": stop, "measures": [m.value for m in wanted]},
            )
            rows += cursor.fetchall()
    return rows


def _of_scope(scope: Scope, *, each: bool) -> tuple[str, dict[str, Any]]:
    """Which sums to read: an agency's own, those of each agency, or those of levels."""
    parameters: dict[str, Any] = {}
    parts = []
    if scope.agency_id is not None:
        parts.append("agency_id = %(agency)s")
        parameters["agency"] = scope.agency_id
    elif each or scope.parent_id is not None:
        parts.append("agency_id > 0")
    else:
        parts.append("agency_id = 0")
    if scope.level is not None:
        parts.append("level = %(level)s")
        parameters["level"] = scope.level
    if scope.parent_id is not None:
        parts.append("parent_id = %(parent)s")
        parameters["parent"] = scope.parent_id
    return " AND ".join(parts), parameters


def _live_rows(found: Facts, measures: Sequence[Measure], *, each: bool, daily: bool) -> list[tuple[Any, ...]]:
    """All measures of one source in one statement, which looks at the exchange once."""
    extra = ", agency_id, level" if each else ", day" if daily else ""
    agency = "agency_id IS NOT NULL" if each else "TRUE"
    counts = " UNION ALL ".join(grouped(m, found.of(m, closed_days=m.timed)) for m in measures)
    with connection.cursor() as cursor:
        cursor.execute(
            found.complete(
                f"SELECT measure, key, sum(count)::bigint{extra} FROM ({counts}) g"
                f" WHERE {agency} GROUP BY measure, key{extra}"
            ),
            found.parameters,
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


# --- Facts of a scope and period ------------------------------------------------------------------------------------

_LIVE_REJECTIONS = """
SELECT x.event_id, x.day, x.at, x.sender_id, x.sender_level, x.sender_parent_id, x.sender_code, x.system, x.code
  FROM statistics_rejection x WHERE x.day >= %(live_from)s
 UNION ALL
SELECT e.id, (e.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, e.at, i.agency_id, COALESCE(p.level, 'other'), p.parent_id,
       e.agency, e.system, COALESCE(e.data->>'code', '')
  FROM ledger_event e
  LEFT JOIN registry_agencyidentifier i ON i.code = e.agency
  LEFT JOIN registry_agencyplacement p ON p.agency_id = i.agency_id
        AND p.valid_from <= (e.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
        AND (p.valid_to IS NULL OR p.valid_to > (e.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
 WHERE e.id > %(event)s AND e.kind = 'SubmissionRejection'
   AND (e.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date >= %(live_from)s
   AND NOT EXISTS (SELECT FROM statistics_rejection s WHERE s.event_id = e.id)
"""
_LIVE = {
    Source.DOCUMENT: facts.documents_sql(facts.SINCE),
    Source.COPY: facts.copies_sql(facts.SINCE),
    Source.REJECTION: _LIVE_REJECTIONS,
}


class Facts:
    """The facts of one source in a scope and period, as SQL: those of the days since the last closed one come from the
    exchange itself (``live``), once for all that a statement counts."""

    def __init__(self, scope: Scope, period: Period, source: Source, progress: Progress | None, at: datetime) -> None:
        self._scope, self._source = scope, source
        self._live_from = progress.live_from if progress else date(2000, 1, 1)
        self._late, self.parameters = late_sql(at)
        self.parameters |= facts.live_parameters(self._live_from)
        self.parameters |= {"first": period.first, "last": period.last, "event": progress.event_id if progress else 0}
        for name, value in (("id", scope.agency_id), ("level", scope.level), ("parent_id", scope.parent_id)):
            self.parameters[f"scope_{name}"] = value
        self._columns = ", ".join(_columns(source))
        self._is_live = _has_live_days(period, progress)
        self._has_closed = period.first < self._live_from

    def of(self, measure: Measure, *, closed_days: bool) -> str:
        """The facts that a measure looks at; ``closed_days``: not only the live ones."""
        return f"({' UNION ALL '.join(self.parts(measure, closed_days=closed_days))})"

    def parts(self, measure: Measure, *, closed_days: bool) -> list[str]:
        """The same, each part by itself."""
        where = self._within(measure.side)
        # The small index of what is waited for is used only when the query says so.
        where += " AND wanted <> ''" if measure.timed else ""
        parts = [f"SELECT {self._columns} FROM live WHERE {where}"]
        if closed_days and self._has_closed:
            table = f"statistics_{self._source.value}"
            parts.append(f"SELECT {self._columns} FROM {table} WHERE day < %(live_from)s AND {where}")
        return parts

    def complete(self, statement: str) -> str:
        """The whole statement."""
        sides = [Side.SENDER, Side.RECEIVER] if self._source is Source.COPY else [Side.SENDER]
        either = " OR ".join(f"({self._within(side)})" for side in sides) if self._is_live else "FALSE"
        live = f"SELECT {self._columns} FROM ({_LIVE[self._source]}) l WHERE {either}"
        return f"WITH live AS MATERIALIZED ({live}) {statement}".replace("{late}", self._late)

    def _within(self, side: Side) -> str:
        parts = ["day >= %(first)s AND day <= %(last)s"]
        for name, value in (
            ("id", self._scope.agency_id), ("level", self._scope.level), ("parent_id", self._scope.parent_id)
        ):  # fmt: skip
            if value is not None:
                parts.append(f"{side.value}_{name} = %(scope_{name})s")
        return " AND ".join(parts)


def _columns(source: Source) -> list[str]:
    from lienthong.statistics.models import CopyFact, DocumentFact, RejectionFact  # noqa: PLC0415

    model = {Source.DOCUMENT: DocumentFact, Source.COPY: CopyFact, Source.REJECTION: RejectionFact}[source]
    return [f.column for f in model._meta.concrete_fields]

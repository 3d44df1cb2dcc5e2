"""Reads: the figures of a scope in a period, and the list behind each of them.

A figure is the sum of closed days, read from ``Count``, and of the days since, counted from the exchange itself. The
list behind it is made of the same measure over the same facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from lienthong.common import clock
from lienthong.statistics import facts
from lienthong.statistics.lateness import late_sql
from lienthong.statistics.measures import Measure, Scope, Source
from lienthong.statistics.models import Progress
from lienthong.statistics.percentiles import Spread, spread
from lienthong.statistics.periods import Period, whole_months
from lienthong.statistics.rollup import grouped

Counts = Mapping[Measure, Mapping[str, int]]


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
        found[Measure(measure)][key] += count
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
        found[agency][Measure(measure)][key] += count
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
        found[day][Measure(measure)] += count
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
    live = [m for m in wanted if m.timed] + (stored if _has_live_days(period, progress) else [])
    for measure in live:
        rows += _live_rows(scope, period, measure, progress, at, each=each, daily=daily)
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
                f"SELECT measure, key, sum(count)::bigint{extra} FROM statistics_count"  # noqa: S608 - constants
                f" WHERE month = %(month)s AND start >= %(start)s AND start < %(stop)s AND measure = ANY(%(measures)s)"
                f" AND {where} GROUP BY measure, key{extra}",
                {**parameters, "month": month, "start": start, "stop": stop, "measures": [m.value for m in wanted]},
            )
            rows += cursor.fetchall()
    return rows


def _of_scope(scope: Scope, *, each: bool) -> tuple[str, dict[str, object]]:
    """Which sums to read: an agency's own, those of each agency, or those of levels."""
    parameters: dict[str, object] = {}
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


def _live_rows(  # noqa: PLR0913
    scope: Scope, period: Period, measure: Measure, progress: Progress | None, at: datetime, *, each: bool, daily: bool
) -> list[tuple[Any, ...]]:
    relation, parameters = _relation(scope, period, measure, progress, at, live_only=not measure.timed)
    extra = ", agency_id, level" if each else ", day" if daily else ""
    agency = "agency_id IS NOT NULL" if each else "TRUE"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT measure, key, sum(count)::bigint{extra} FROM ({grouped(measure, relation)}) g"  # noqa: S608
            f" WHERE {agency} GROUP BY measure, key{extra}".replace("{late}", str(parameters.pop("late"))),
            parameters,
        )
        return cursor.fetchall()


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


def _relation(  # noqa: PLR0913
    scope: Scope, period: Period, measure: Measure, progress: Progress | None, at: datetime, *, live_only: bool
) -> tuple[str, dict[str, Any]]:
    """The facts of a scope and period as a table expression, and its parameters with the condition ``late``."""
    late, parameters = late_sql(at)
    live_from = progress.live_from if progress else date(2000, 1, 1)
    parameters |= facts.live_parameters(live_from)
    parameters |= {"first": period.first, "last": period.last, "event": progress.event_id if progress else 0}
    where = _facts_of(scope, measure, parameters)
    columns = ", ".join(_columns(measure.source))
    # What is not waited for is never late: the small index of those that are is used only when the query says so.
    open_only = " AND wanted <> ''" if measure.timed else ""
    parts = []
    if _has_live_days(period, progress):
        parts.append(f"SELECT {columns} FROM ({_LIVE[measure.source]}) l WHERE {where}{open_only}")
    if not live_only and period.first < live_from:
        parts.append(
            f"SELECT {columns} FROM statistics_{measure.source.value}"
            f" WHERE day < %(live_from)s AND {where}{open_only}"
        )
    relation = " UNION ALL ".join(parts) or f"SELECT {columns} FROM statistics_{measure.source.value} WHERE FALSE"
    return f"({relation})", {**parameters, "late": late}


def _facts_of(scope: Scope, measure: Measure, parameters: dict[str, Any]) -> str:
    side, parts = measure.side.value, ["day >= %(first)s AND day <= %(last)s"]
    for column, value in (("id", scope.agency_id), ("level", scope.level), ("parent_id", scope.parent_id)):
        if value is not None:
            parts.append(f"{side}_{column} = %({column})s")
            parameters[column] = value
    return " AND ".join(parts)


def _columns(source: Source) -> list[str]:
    from lienthong.statistics.models import CopyFact, DocumentFact, RejectionFact  # noqa: PLC0415

    model = {Source.DOCUMENT: DocumentFact, Source.COPY: CopyFact, Source.REJECTION: RejectionFact}[source]
    return [f.column for f in model._meta.concrete_fields]


# --- The list behind a figure ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One document, copy or refused package behind a figure. ``cursor`` continues a list after this line. ``subject``
    is for readers of the agency only (``web`` decides)."""

    cursor: str
    document: UUID | None
    at: datetime
    code: str
    subject: str
    from_id: int | None
    from_name: str
    to_id: int | None = None
    to_name: str = ""
    state: str = ""
    detail: str = ""
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and the cursor of the next ones (``""``: no more)."""

    lines: list[Line]
    following: str = ""


def count_lines(scope: Scope, period: Period, measure: Measure, *, key: str | None = None) -> int:
    """The figure itself, as ``figures`` says it."""
    found = figures(scope, period, only=[measure])
    return found.total(measure) if key is None else found.of(measure, key)


def list_lines(  # noqa: PLR0913
    scope: Scope,
    period: Period,
    measure: Measure,
    *,
    key: str | None = None,
    after: str = "",
    limit: int = 50,
    at: datetime | None = None,
) -> Page:
    """Exactly what a figure counts, newest first, a page at a time."""
    progress = Progress.objects.filter(pk=1).first()
    relation, parameters = _relation(scope, period, measure, progress, at or clock.now(), live_only=False)
    late = str(parameters.pop("late"))
    where = [f"({measure.where})"]
    if key is not None:
        where.append(f"({measure.key})::text = %(key)s")
        parameters["key"] = key
    order = _ORDERS[measure.source]
    if after:
        where.append(order.after)
        parameters |= order.parse(after)
    statement = _LISTS[measure.source].format(relation=relation, where=" AND ".join(where)).replace("{late}", late)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**parameters, "limit": limit + 1})
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    lines = [_line(measure, row) for row in rows[:limit]]
    return Page(lines, lines[-1].cursor if len(rows) > limit else "")


@dataclass(frozen=True, slots=True)
class _Order:
    """How lists of a source go on after a line."""

    after: str
    kinds: tuple[type, ...]

    def parse(self, text: str) -> dict[str, Any]:
        """A cursor that is none begins at the end: it lists nothing."""
        try:
            values = [kind(part) for kind, part in zip(self.kinds, text.split("."), strict=True)]
        except ValueError:
            values = [kind(int=0) if kind is UUID else 0 for kind in self.kinds]
        return {f"after{number}": value for number, value in enumerate(values)}


_ORDERS = {
    Source.DOCUMENT: _Order("f.document < %(after0)s", (UUID,)),
    Source.COPY: _Order("(f.document, f.recipient) < (%(after0)s, %(after1)s)", (UUID, UUID)),
    Source.REJECTION: _Order("f.event_id < %(after0)s", (int,)),
}
_NUMBER = "CASE WHEN d.notation = '' THEN d.number ELSE d.number || '/' || d.notation END AS code"
_LISTS = {
    Source.DOCUMENT: (
        "SELECT f.*, d.received_at AS at, " + _NUMBER + ", d.subject, d.from_name"
        " FROM (SELECT f.* FROM {relation} f WHERE {where} ORDER BY f.document DESC LIMIT %(limit)s) f"
        " JOIN exchange_document d ON d.id = f.document ORDER BY f.document DESC"
    ),
    Source.COPY: (
        "SELECT f.*, d.received_at AS at, " + _NUMBER + ", d.subject, d.from_name, r.name AS to_name, r.reason,"
        " r.status_description, v.last_error"
        " FROM (SELECT f.* FROM {relation} f WHERE {where} ORDER BY f.document DESC, f.recipient DESC"
        " LIMIT %(limit)s) f"
        " JOIN exchange_document d ON d.id = f.document JOIN exchange_recipient r ON r.id = f.recipient"
        " LEFT JOIN exchange_delivery v ON v.id = r.delivery_id ORDER BY f.document DESC, f.recipient DESC"
    ),
    Source.REJECTION: "SELECT f.* FROM {relation} f WHERE {where} ORDER BY f.event_id DESC LIMIT %(limit)s",
}
_STEPS = {
    Measure.CARRIED: "transport", Measure.SEND_01: "step_01", Measure.RECEIVED_01: "step_01",
    Measure.FROM_01_TO_03: "step_03", Measure.RECEIVED_03: "step_03", Measure.FROM_03_TO_06: "step_06",
    Measure.RECEIVED_06: "step_06", Measure.SIGN_SEND: "sign_days",
}  # fmt: skip


def _line(measure: Measure, row: dict[str, Any]) -> Line:
    if measure.source is Source.REJECTION:
        return Line(
            cursor=str(row["event_id"]), document=None, at=row["at"], code="", subject="", from_id=row["sender_id"],
            from_name=row["sender_code"] or row["system"], detail=row["code"],
        )  # fmt: skip
    shared: dict[str, Any] = {
        "document": row["document"], "at": row["at"], "code": row["code"], "subject": row["subject"],
        "from_id": row["sender_id"], "from_name": row["from_name"],
        "seconds": row.get(_STEPS[measure]) if measure in _STEPS else None,
    }  # fmt: skip
    if measure.source is Source.DOCUMENT:
        return Line(cursor=str(row["document"]), **shared)
    return Line(
        cursor=f"{row['document']}.{row['recipient']}",
        to_id=row["receiver_id"],
        to_name=row["to_name"],
        state=row["state"],
        detail=row["refusal"] or row["reason"] or (row["last_error"] if row["cause"] else "") or "",
        **shared,
    )



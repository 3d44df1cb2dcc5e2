"""The list behind a figure: exactly the documents, copies or refused packages that it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from lienthong.common import clock
from lienthong.common.ids import first_id_at
from lienthong.statistics.measures import Measure, Scope, Source
from lienthong.statistics.models import Progress
from lienthong.statistics.periods import Period
from lienthong.statistics.selectors import Facts, figures

_DAY, _LATE = timedelta(days=1), timedelta(minutes=10)


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
    found = Facts(scope, period, measure.source, progress, at or clock.now())
    parameters = found.parameters | _id_range(period)
    order = _ORDERS[measure.source]
    where = [f"({measure.where})", order.within]
    if key is not None:
        where.append(f"({measure.key})::text = %(key)s")
        parameters["key"] = key
    if after:
        where.append(order.after)
        parameters |= order.parse(after)
    # Every part stops by itself at the limit, so that its index is walked and nothing is sorted.
    parts = " UNION ALL ".join(
        f"(SELECT f.* FROM ({part}) f WHERE {' AND '.join(where)} ORDER BY {order.by} LIMIT %(limit)s)"
        for part in found.parts(measure, closed_days=True)
    )
    statement = found.complete(_LISTS[measure.source].format(relation=f"({parts})", order=order.by))
    with connection.cursor() as cursor:
        cursor.execute(statement, {**parameters, "limit": limit + 1})
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    lines = [_line(measure, row) for row in rows[:limit]]
    return Page(lines, lines[-1].cursor if len(rows) > limit else "")


def _id_range(period: Period) -> dict[str, Any]:
    """Ids are ordered by time; one is made some moments after the time of receipt, which decides."""
    begin, end = (datetime.combine(day, time(), clock.VIETNAM) for day in (period.first, period.last + _DAY))
    return {"oldest": first_id_at(begin), "newest": first_id_at(end + _LATE)}


@dataclass(frozen=True, slots=True)
class _Order:
    """How lists of a source go on after a line."""

    by: str
    after: str
    kinds: tuple[type, ...]
    within: str

    def parse(self, text: str) -> dict[str, Any]:
        """A cursor that is none begins at the end: it lists nothing."""
        try:
            values = [kind(part) for kind, part in zip(self.kinds, text.split("."), strict=True)]
        except ValueError:
            values = [kind(int=0) if kind is UUID else 0 for kind in self.kinds]
        return {f"after{number}": value for number, value in enumerate(values)}


_WITHIN = "f.document >= %(oldest)s AND f.document < %(newest)s"
_ORDERS = {
    Source.DOCUMENT: _Order("f.document DESC", "f.document < %(after0)s", (UUID,), _WITHIN),
    Source.COPY: _Order(
        "f.document DESC, f.recipient DESC",
        "(f.document, f.recipient) < (%(after0)s, %(after1)s)",
        (UUID, UUID),
        _WITHIN,
    ),
    Source.REJECTION: _Order("f.event_id DESC", "f.event_id < %(after0)s", (int,), "TRUE"),
}
_NUMBER = "CASE WHEN d.notation = '' THEN d.number ELSE d.number || '/' || d.notation END AS code"
_LISTS = {
    Source.DOCUMENT: (
        "SELECT f.*, d.received_at AS at, " + _NUMBER + ", d.subject, d.from_name"
        " FROM (SELECT f.* FROM {relation} f ORDER BY {order} LIMIT %(limit)s) f"
        " JOIN exchange_document d ON d.id = f.document ORDER BY f.document DESC"
    ),
    Source.COPY: (
        "SELECT f.*, d.received_at AS at, " + _NUMBER + ", d.subject, d.from_name, r.name AS to_name, r.reason,"
        " r.status_description, v.last_error"
        " FROM (SELECT f.* FROM {relation} f ORDER BY {order} LIMIT %(limit)s) f"
        " JOIN exchange_document d ON d.id = f.document JOIN exchange_recipient r ON r.id = f.recipient"
        " LEFT JOIN exchange_delivery v ON v.id = r.delivery_id ORDER BY f.document DESC, f.recipient DESC"
    ),
    Source.REJECTION: "SELECT f.* FROM {relation} f ORDER BY {order} LIMIT %(limit)s",
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

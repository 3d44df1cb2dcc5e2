"""Whom a reform reaches: the agencies it touches and the systems that carry their documents, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lienthong.registry import directory, revision
from lienthong.registry.models import MandateScope, System
from lienthong.registry.reform.changes import Change, Created, MandateChanged
from lienthong.registry.resolution import Outcome, Resolution


@dataclass(frozen=True, slots=True)
class Reached:
    """An agency and the systems that get what is addressed to it: on the day of the plan without it, and with it. For a
    closed one, ``system_after`` is the successor's."""

    agency_id: int
    code: str
    name: str
    system_before: str | None
    system_after: str | None
    successor: str | None


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that may be meant so, or not."""

    path: str
    message: str


def look(changes: Sequence[Change], day: date, before: Sequence[Reached] | None = None) -> list[Reached]:
    """The agencies as they stand now; ``before`` is an earlier look, whose systems are kept as those of before."""
    codes = list(dict.fromkeys(change.agency for change in changes))
    found = directory.resolve_many(codes, day, revision=revision.current())
    systems = dict(System.objects.values_list("pk", "system_id"))
    earlier = None if before is None else {reached.agency_id: reached.system_before for reached in before}
    rows: dict[int, Reached] = {}
    for code in codes:
        resolution = found[code]
        if resolution.agency_id is not None:
            row = _reached(resolution, systems, earlier)
            rows.setdefault(row.agency_id, row)
    return list(rows.values())


def _reached(found: Resolution, systems: Mapping[int, str], earlier: Mapping[int, str | None] | None) -> Reached:
    closed = found.outcome is Outcome.CLOSED
    pk = found.successor_system_pk if closed else found.system_pk
    now = None if pk is None else systems[pk]
    agency = found.agency_id or 0
    return Reached(
        agency_id=agency,
        code=found.code,
        name=found.name or "",
        system_before=now if earlier is None else earlier.get(agency),
        system_after=now,
        successor=found.successor_code if closed else None,
    )


def warn(changes: Sequence[Change], reached: Sequence[Reached], day: date) -> list[Warned]:
    """What an operator should look at before applying."""
    return [*_unconnected(reached, changes, day), *_half_mandates(changes, reached)]


def _unconnected(reached: Sequence[Reached], changes: Sequence[Change], day: date) -> Iterator[Warned]:
    paths = {change.agency: change.path for change in changes}
    created = {change.agency for change in changes if isinstance(change, Created)}
    for row in reached:
        lost = row.system_before is not None and row.system_after is None
        if not lost and not (row.code in created and row.system_after is None):
            continue
        if row.successor is not None:
            message = f"Cơ quan kế thừa {row.successor} của {row.code} chưa có hệ thống nhận văn bản."
        else:
            message = f"Từ ngày {day:%d/%m/%Y} không có hệ thống nào nhận văn bản cho {row.code}."
        yield Warned(paths.get(row.code, ""), message)


def _half_mandates(changes: Sequence[Change], reached: Sequence[Reached]) -> Iterator[Warned]:
    """Reports on what a mandatary sends go to the mandator: without a system they have nowhere to go."""
    connected = {row.code: row.system_after is not None for row in reached}
    for change in changes:
        sends = isinstance(change, MandateChanged) and change.after and change.after.scope == MandateScope.SEND
        if sends and not connected.get(change.agency, False):
            told = f"{change.agency} chưa có hệ thống nhận nên báo trạng thái không về được; nên chọn scope: both."
            yield Warned(change.path, told)

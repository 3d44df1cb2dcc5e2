"""The small city of these tests and helpers to reform it. Every agency is invented ("mẫu")."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import yaml

from lienthong.registry import directory, revision
from lienthong.registry.models import Agency, AgencyIdentifier
from lienthong.registry.reform import Fault, PlanRefused, Reform, apply_plan, rehearse
from lienthong.registry.resolution import Outcome
from tests import factories

D = date(2025, 7, 1)
BEFORE, AFTER, LATER = D - timedelta(days=1), D + timedelta(days=1), date(2026, 3, 2)
DAYS = (date(2019, 1, 1), date(2024, 6, 1), BEFORE, D, AFTER, LATER)

_AGENCIES = (
    ("H99", "000.00.00.H99", "UBND Thành phố Mẫu", "city", None),
    ("H99.01", "000.00.01.H99", "Sở Y tế (mẫu)", "city", "H99"),
    ("H99.30", "000.00.30.H99", "UBND quận Hoa Phượng (mẫu)", "district", "H99"),
    ("H99.30.11", "000.11.30.H99", "UBND phường Bằng Lăng (mẫu)", "commune", "H99.30"),
    ("H99.30.12", "000.12.30.H99", "UBND phường Ngọc Lan (mẫu)", "commune", "H99.30"),
    ("H99.32", "000.00.32.H99", "UBND huyện Đồng Lúa (mẫu)", "district", "H99"),
    ("H99.32.11", "000.11.32.H99", "UBND xã Lúa Vàng (mẫu)", "commune", "H99.32"),
    ("H99.32.12", "000.12.32.H99", "UBND xã Ruộng Mới (mẫu)", "commune", "H99.32"),
    ("H98", "000.00.00.H98", "UBND Thành phố Láng Giềng (mẫu)", "city", None),
    ("H98.11", "000.00.11.H98", "UBND xã Đá Trắng (mẫu)", "commune", "H98"),
)

PLAN = """
name: Sắp xếp thành phố mẫu
date: 2025-07-01
basis: Nghị quyết mẫu
steps:
  - serve: {system: HUB.H99, agency: H99, include_subordinates: true}
  - merge:
      agencies: [H99.30.11, H99.30.12]
      create: {code: H99.41, old_code: 000.00.41.H99, name: UBND phường Hoa Phượng (mẫu), level: phường, parent: H99}
      on_closed: redirect
  - merge: {agencies: [H99.32.12], into: H99.32.11, name: UBND xã Đồng Lúa (mẫu), mandates: transfer}
  - move: {agencies: [H99.32.11, H98.11], level: xã, parent: H99}
  - recode: {agency: H98.11, codes: [H99.61, 000.00.61.H99], on_closed: redirect}
  - close: {agencies: [H99.30, H99.32], successor: H99}
  - close: {agency: H98, successor: H99, on_closed: redirect}
  - transfer: {system: HUB.H99.30, from: H99.30, to: H99.41}
  - mandate: {agency: H99.32.11, by: H99.41, scope: both, until: 2026-01-01}
"""


def build_town() -> dict[str, Agency]:
    """Agencies by code; the city, the first district and its first commune have systems."""
    made: dict[str, Agency] = {}
    for code, old_code, name, level, parent in _AGENCIES:
        above = made[parent] if parent else None
        made[code] = factories.make_agency(code, name, level=level, parent=above, old_code=old_code)
    factories.make_system(made["H99"], system_id="HUB.H99")
    factories.make_system(made["H99.30"], system_id="HUB.H99.30", include_subordinates=True)
    factories.make_system(made["H99.30.11"], system_id="HUB.H99.30.11")
    factories.make_system(made["H98"], system_id="HUB.H98", include_subordinates=True)
    return made


def plan(*steps: dict[str, object], day: date | str = D, **more: object) -> bytes:
    """A plan of these steps as YAML."""
    document = {"name": "Phương án mẫu", "date": str(day), **more, "steps": list(steps)}
    return yaml.safe_dump(document, allow_unicode=True).encode()


def go(source: bytes | str) -> Reform:
    """Apply a plan."""
    return apply_plan(source if isinstance(source, bytes) else source.encode(), operator="Nguyễn Vận Hành (mẫu)")


def faults_of(source: bytes | str) -> list[Fault]:
    """The faults of a plan, which nothing was done of; the same in a rehearsal and in earnest."""
    text = source if isinstance(source, bytes) else source.encode()
    found: list[list[Fault]] = []
    for attempt in (rehearse, lambda raw: apply_plan(raw, operator="Nguyễn Vận Hành (mẫu)")):
        before = revision.current()
        try:
            attempt(text)
        except PlanRefused as refused:
            found.append(list(refused.faults))
        else:
            found.append([])
        assert revision.current() == before
    assert found[0] == found[1]
    return found[0]


def kinds(faults: Iterable[Fault]) -> list[tuple[str, str]]:
    return [(fault.path, fault.code.removeprefix("registry.reform.")) for fault in faults]


Answer = tuple[object, ...]


def answers(days: Iterable[date] = DAYS, codes: Iterable[str] | None = None) -> dict[tuple[str, date], Answer]:
    """All that senders can notice of every code on every day. Successors by agency: which of its codes is named first
    may depend on the order of rows."""
    asked = list(codes) if codes is not None else list(AgencyIdentifier.objects.values_list("code", flat=True))
    now = revision.current()
    return {
        (code, day): (
            found.outcome,
            found.agency_id,
            found.name,
            found.level,
            found.closed_on,
            found.on_closed,
            found.system_pk,
            found.successor_id,
            found.successor_code,
            found.successor_system_pk,
        )
        for day in days
        for code, found in directory.resolve_many(asked, day, revision=now).items()
    }


def outcome(code: str, day: date) -> tuple[Outcome, str | None, str | None]:
    """State, successor and what happens to what is sent there."""
    found = directory.resolve(code, day)
    return found.outcome, found.successor_code, found.on_closed

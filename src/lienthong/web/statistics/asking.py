"""What a page of figures was asked: period, agency and level, from its address and back into one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import NotAllowedError, may_read_statistics
from lienthong.common import clock
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Level
from lienthong.registry.selectors import agency_by_code
from lienthong.statistics import periods
from lienthong.statistics.measures import Scope
from lienthong.statistics.periods import Period, PeriodError


@dataclass(frozen=True, slots=True)
class Asked:
    """``agency`` is the code as it was typed; ``fixed``: the reader has only their own agency to ask about. ``problem``
    says what of it could not be understood, so that nothing is answered in silence to another question."""

    period: Period
    scope: Scope
    agency: str = ""
    fixed: bool = False
    problem: str = ""

    def query(self, **changes: object) -> str:
        """The address of the same question, with changes; ``None`` leaves something out."""
        told: dict[str, object] = {"ky": self.period.name, "cap": self.scope.level, "co-quan": self.agency}
        return "?" + urlencode({name: value for name, value in (told | changes).items() if value})


def understand(data: QueryDict, actor: Actor) -> Asked:
    """:raises NotAllowedError: figures that the actor may not read"""
    period, problem = _period(data.get("ky", ""))
    if actor.agency_id is not None:
        scope, asked = Scope(agency_id=actor.agency_id), ""
    else:
        scope, asked, wrong = _scope(data)
        problem = problem or wrong
    if not may_read_statistics(actor, agency_id=scope.agency_id):
        raise NotAllowedError("Bạn không có quyền xem số liệu này. Liên hệ quản trị của cơ quan nếu cần quyền này.")
    return Asked(period, scope, asked, actor.agency_id is not None, problem)


def _period(name: str) -> tuple[Period, str]:
    present = periods.month_of(clock.today())
    if not name:
        return present, ""
    try:
        return periods.parse(name), ""
    except PeriodError as error:
        return present, f"{error} Đang hiện {present.label.lower()}."


def _scope(data: QueryDict) -> tuple[Scope, str, str]:
    level = data.get("cap", "")
    known = level if level in Level.values else None
    code = data.get("co-quan", "").strip()
    if not code:
        return Scope(level=known), "", ""
    try:
        return Scope(agency_id=agency_by_code(code).pk, level=known), code, ""
    except RegistryError as error:
        return Scope(level=known), "", f"{error.message} Đang hiện số liệu chung."


def choices(chosen: Period, today: date | None = None) -> list[tuple[str, list[Period]]]:
    """Periods to choose from: twelve months, six quarters, three years; and the chosen one if it is none of them."""
    day = today or clock.today()
    groups = []
    for label, count, of in (
        ("Tháng", 12, periods.month_of),
        ("Quý", 6, periods.quarter_of),
        ("Năm", 3, periods.year_of),
    ):
        found, at = [], of(day)
        for _ in range(count):
            found.append(at)
            at = at.previous
        groups.append((label, found))
    if all(chosen.name != one.name for _, found in groups for one in found):
        groups.insert(0, ("Đang xem", [chosen]))
    return groups

"""The tree of agencies on a day, and one agency with its history."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lienthong.accounts.policies import AxisAct, may_on_axis, may_read_statistics
from lienthong.common import clock
from lienthong.registry import branches
from lienthong.registry.details import AgencyDetail, agency_detail
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Level, MandateScope, OnClosed, Scheme
from lienthong.registry.selectors import search_agencies
from lienthong.statistics import periods, selectors
from lienthong.statistics.measures import Measure, Scope
from lienthong.web.agencies.ribbon import ribbon
from lienthong.web.pages import PageRequest, page

_FOUND = 100


@require_safe
@page()
def tree(request: PageRequest) -> HttpResponse:
    """Below the top, or below one agency; or what a search finds. On any day."""
    day, wrong = _day(request.GET.get("ngay", ""))
    text, above = request.GET.get("q", "").strip(), request.GET.get("tren", "").strip()
    told: dict[str, Any] = {
        "day": day, "wrong": wrong, "text": text, "above": above, "is_today": day == clock.today(),
        "may_reform": may_on_axis(request.actor, AxisAct.REFORM),
        "may_manage": may_on_axis(request.actor, AxisAct.REGISTRY),
    }  # fmt: skip
    if text:
        hits = search_agencies(text, on_date=day, limit=_FOUND, include_closed=True)
        told["hits"] = [(hit, _level(hit.level)) for hit in hits]
    else:
        told["path"] = branches.path_to(above, day) if above else []
        told["branches"] = [(row, _level(row.level)) for row in branches.children_of(above, day)]
    return render(request, "agencies/tree.html", told)


def _day(text: str) -> tuple[date, str]:
    if not text:
        return clock.today(), ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return clock.today(), f"{text[:20]!r} không phải một ngày; đang hiện danh bạ hôm nay."


def _level(value: str) -> str:
    return Level(value).label if value in Level.values else value


@require_safe
@page()
def agency(request: PageRequest, code: str) -> HttpResponse:
    """Everything about one agency: codes old and new, place over time, who carries its documents, its traffic."""
    try:
        detail = agency_detail(code, on_date=clock.today())
    except RegistryError:
        raise Http404("no such agency") from None
    today = clock.today()
    told = {
        "detail": detail,
        "name": detail.names[-1].name if detail.names else detail.code,
        "codes": [(one, Scheme(one.scheme).label, OnClosed(one.on_closed).label if one.on_closed else "")
                  for one in detail.codes],
        "placements": [(one, Level(one.level).label) for one in detail.placements],
        "mandates": [(one, MandateScope(one.scope).label) for one in detail.mandates],
        "ribbon": ribbon(detail.placements, today),
        "successor": _successor(detail, today),
        "today": today,
        "traffic": _traffic(request, detail),
    }  # fmt: skip
    return render(request, "agencies/agency.html", told)


def _successor(detail: AgencyDetail, today: date) -> dict[str, Any] | None:
    """Where a closed agency went, and since when."""
    if any(one.valid_to is None or one.valid_to > today for one in detail.codes):
        return None
    last = max(detail.codes, key=lambda one: one.valid_to or today, default=None)
    if last is None or last.valid_to is None:
        return None
    heir = agency_detail(last.successor, on_date=today) if last.successor else None
    name = heir.names[-1].name if heir and heir.names else ""
    return {"since": last.valid_to, "code": last.successor, "name": name}


def _traffic(request: PageRequest, detail: AgencyDetail) -> list[tuple[str, int]] | None:
    """This month, for who may read it."""
    if not may_read_statistics(request.actor, agency_id=detail.id):
        return None
    wanted = (Measure.SENT, Measure.RECEIVED, Measure.RECEIVED_REFUSED, Measure.RECEIVED_UNANSWERED)
    found = selectors.figures(Scope(agency_id=detail.id), periods.month_of(clock.today()), only=wanted)
    return [(measure.label, found.total(measure)) for measure in wanted]

"""Reform plans: tried first, with everybody whom they reach; then applied; and taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from lienthong.accounts.policies import AxisAct
from lienthong.accounts.selectors import people_by_agency
from lienthong.common import clock
from lienthong.exchange.affected import open_deliveries_by_agency
from lienthong.registry.errors import RegistryError
from lienthong.registry.reform import PlanRefused, Reform, apply_plan, counter_plan, rehearse
from lienthong.registry.reform.changes import tell
from lienthong.registry.reform.runs import find_run, list_runs
from lienthong.web.pages import PageRequest, axis, page

_LARGEST = 2 * 1024 * 1024


@require_safe
@page(axis(AxisAct.REGISTRY))
def reforms(request: PageRequest) -> HttpResponse:
    """What was applied, and where a plan is put in."""
    return render(request, "agencies/reforms.html", _told(request, source=""))


def _told(request: PageRequest, **more: Any) -> dict[str, Any]:
    from lienthong.accounts.policies import may_on_axis  # noqa: PLC0415 - beside its use

    return {"runs": list_runs(), "may_apply": may_on_axis(request.actor, AxisAct.REFORM), **more}


@require_POST
@page(axis(AxisAct.REGISTRY))
def preview(request: PageRequest) -> HttpResponse:
    """Rehearse a plan: nothing is written."""
    file = request.FILES.get("tep")
    if file is not None and (file.size or 0) <= _LARGEST:
        source = file.read()
    else:
        source = request.POST.get("phuong-an", "").replace("\r\n", "\n").encode()
    return _rehearsed(request, source)


def _rehearsed(request: PageRequest, source: bytes) -> HttpResponse:
    text = source.decode("utf-8", "replace")
    if not source.strip():
        told = _told(request, source="", wrong="Chưa có phương án: chọn tệp YAML hoặc dán nội dung vào ô.")
        return render(request, "agencies/reforms.html", told, status=422)
    try:
        reform = rehearse(source)
    except PlanRefused as error:
        told = _told(request, source=text, faults=error.faults, wrong=error.message)
        return render(request, "agencies/reforms.html", told, status=422)
    return render(request, "agencies/reforms.html", _told(request, source=text, **_shown(reform)))


def _shown(reform: Reform) -> dict[str, Any]:
    agencies = [row.agency_id for row in reform.reached]
    waiting, people = open_deliveries_by_agency(agencies), people_by_agency(agencies, clock.today())
    return {
        "reform": reform,
        "changes": [(change.path, tell(change)) for change in reform.changes],
        "reached": [(row, waiting.get(row.agency_id, 0), people.get(row.agency_id, 0)) for row in reform.reached],
        "warnings": reform.warnings,
    }


@require_POST
@page(axis(AxisAct.REFORM))
def apply(request: PageRequest) -> HttpResponse:
    """Apply the plan that was looked at, all of it or nothing. Again changes nothing."""
    source = request.POST.get("phuong-an", "").replace("\r\n", "\n").encode()
    try:
        reform = apply_plan(source, operator=request.actor.signature)
    except PlanRefused:
        return _rehearsed(request, source)
    if reform.was_applied:
        messages.info(request, "Phương án này đã được thực hiện trước đó; không có gì thay đổi.")
    else:
        messages.success(request, f"Đã thực hiện “{reform.plan.name}”: {len(reform.changes)} thay đổi.")
    return redirect("reforms")


@require_POST
@page(axis(AxisAct.REFORM))
def undo(request: PageRequest, number: int) -> HttpResponse:
    """The plan that takes a run back, put in as if somebody had written it: looked at before it is applied."""
    try:
        source = counter_plan(find_run(number)).encode()
    except RegistryError as error:
        messages.error(request, f"{error.message} {error.next_step}")
        return redirect("reforms")
    return _rehearsed(request, source)

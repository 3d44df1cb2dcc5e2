"""Systems that connect: how they are doing, their secrets, maintenance, lock, test of the connection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lienthong.accounts.policies import AxisAct, may_on_axis
from lienthong.common import clock
from lienthong.exchange.maintenance import current_maintenance, end_maintenance, set_maintenance
from lienthong.monitoring.self_test import test_connection
from lienthong.monitoring.systems import Standing, in_words, system_healths
from lienthong.registry import services
from lienthong.registry.details import api_key_details, system_detail
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import System, SystemKind, SystemState
from lienthong.registry.selectors import system_by_id
from lienthong.web.axis.forms import MaintenanceForm, NewSystemForm, ReasonForm, RotateForm
from lienthong.web.pages import PageRequest, axis, page

TONES = {"late": "red", "due": "orange", "under-way": "blue", "done": "green"}


@require_safe
@page(axis(AxisAct.WATCH))
def systems(request: PageRequest) -> HttpResponse:
    """All systems, those in trouble first."""
    found, only = system_healths(), request.GET.get("tinh-trang", "")
    tabs = [{"label": "Tất cả", "url": "?", "count": len(found), "current": not only}]
    for standing in Standing:
        count = sum(one.standing is standing for one in found)
        if count:
            tabs.append({"label": standing.label, "url": f"?tinh-trang={standing.value}", "count": count,
                         "tone": TONES[standing.tone] if standing.tone in ("late", "due") else "",
                         "current": only == standing.value})  # fmt: skip
    rows = [
        {"one": one, "tone": TONES[one.standing.tone], "oldest": in_words(one.queue.oldest)}
        for one in found
        if not only or one.standing.value == only
    ]
    told = {"rows": rows, "tabs": tabs, "may_manage": may_on_axis(request.actor, AxisAct.CREDENTIALS)}
    return render(request, "axis/systems.html", told)


@require_safe
@page(axis(AxisAct.WATCH))
def system(request: PageRequest, system_id: str) -> HttpResponse:
    """One system."""
    return render(request, "axis/system.html", _told(request, system_id))


def _told(request: PageRequest, system_id: str, **forms_: forms.Form) -> dict[str, Any]:
    try:
        detail = system_detail(system_id)
    except RegistryError:
        raise Http404("no such system") from None
    health = next(one for one in system_healths() if one.system_id == detail.system_id)
    return {
        "detail": detail,
        "health": health,
        "tone": TONES[health.standing.tone],
        "oldest": in_words(health.queue.oldest),
        "kind": SystemKind(detail.kind).label,
        "locked": detail.state == SystemState.LOCKED,
        "keys": api_key_details(detail.system_id),
        "maintenance": current_maintenance(System.objects.get(pk=health.pk)),
        "may_manage": may_on_axis(request.actor, AxisAct.REGISTRY),
        "may_credentials": may_on_axis(request.actor, AxisAct.CREDENTIALS),
        "rotate_form": forms_.get("rotate", RotateForm()),
        "lock_form": forms_.get("lock", ReasonForm(prefix="lock")),
        "maintenance_form": forms_.get("maintenance", MaintenanceForm(prefix="maintenance")),
        "open": next(iter(forms_), ""),
        "today": clock.today(),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page(axis(AxisAct.CREDENTIALS))
def add(request: PageRequest) -> HttpResponse:
    """Another system; its secret is shown in this answer and never again."""
    form = NewSystemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.add_system(
                agencies=data["agencies"], valid_from=clock.today(), system_id=data["system_id"] or None,
                name=data["name"], kind=data["kind"], include_subordinates=data["below"],
            )  # fmt: skip
            return render(request, "axis/secret.html", {"system_id": made.system.system_id, "secret": made.secret})
        except RegistryError as error:
            form.add_error(None, f"{error.message} {error.next_step}")
    return render(request, "axis/add.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@page(axis(AxisAct.REGISTRY))
def test(request: PageRequest, system_id: str) -> HttpResponse:
    """Try the connection now."""
    try:
        steps = test_connection(system_id)
    except RegistryError:
        raise Http404("no such system") from None
    return render(request, "axis/_test.html", {"steps": steps, "at": clock.now()})


@never_cache
@require_POST
@page(axis(AxisAct.CREDENTIALS))
def rotate(request: PageRequest, system_id: str) -> HttpResponse:
    """Another secret, shown in this answer and never again."""
    found, form = _find(system_id), RotateForm(request.POST)
    if not form.is_valid():
        return render(request, "axis/system.html", _told(request, system_id, rotate=form), status=422)
    overlap = timedelta(hours=int(form.cleaned_data["overlap"]))
    made = services.rotate_secret(system=found, overlap=overlap, label=form.cleaned_data["label"])
    until = clock.now() + overlap
    return render(
        request, "axis/secret.html", {"system_id": found.system_id, "secret": made.secret, "old_until": until}
    )


@require_POST
@page(axis(AxisAct.CREDENTIALS))
def revoke(request: PageRequest, system_id: str) -> HttpResponse:
    """End one secret at once."""
    found, number = _find(system_id), request.POST.get("khoa", "")
    if not number.isdecimal():
        messages.error(request, "Chưa chọn khóa cần thu hồi.")
        return redirect("system", found.system_id)
    return _done(request, found, "Đã thu hồi khóa; hệ thống không dùng được khóa đó nữa.",
                 lambda: services.revoke_credentials(system=found, credential_id=int(number)))  # fmt: skip


@require_POST
@page(axis(AxisAct.REGISTRY))
def lock(request: PageRequest, system_id: str) -> HttpResponse:
    """Keep a system out, or let it in again."""
    found = _find(system_id)
    if request.POST.get("mo") == "1":
        return _done(request, found, "Đã mở khóa hệ thống.", lambda: services.unlock_system(system=found))
    form = ReasonForm(request.POST, prefix="lock")
    if not form.is_valid():
        return render(request, "axis/system.html", _told(request, system_id, lock=form), status=422)
    return _done(request, found, "Đã khóa: hệ thống bị từ chối từ lời gọi kế tiếp.",
                 lambda: services.lock_system(system=found, reason=form.cleaned_data["reason"]))  # fmt: skip


@require_POST
@page(axis(AxisAct.REGISTRY))
def maintain(request: PageRequest, system_id: str) -> HttpResponse:
    """Let what is for a system wait, or go on now."""
    found = _find(system_id)
    if request.POST.get("ket-thuc") == "1":
        return _done(request, found, "Đã kết thúc bảo trì; gói tin lại được chuyển.",
                     lambda: end_maintenance(system=found))  # fmt: skip
    form = MaintenanceForm(request.POST, prefix="maintenance")
    if not form.is_valid():
        return render(request, "axis/system.html", _told(request, system_id, maintenance=form), status=422)
    return _done(
        request, found, "Đã đặt bảo trì; gói tin chờ mà không hết hạn thử.",
        lambda: set_maintenance(system=found, until=form.until, reason=form.cleaned_data["reason"],
                                actor=request.actor.signature),
    )  # fmt: skip


def _find(system_id: str) -> System:
    try:
        return system_by_id(system_id)
    except RegistryError:
        raise Http404("no such system") from None


def _done(request: PageRequest, found: System, text: str, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
        messages.success(request, text)
    except RegistryError as error:
        messages.error(request, f"{error.message} {error.next_step}")
    return redirect("system", found.system_id)

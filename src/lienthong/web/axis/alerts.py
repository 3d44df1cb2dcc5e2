"""Conditions that hold and alerts that somebody must see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from lienthong.accounts.policies import AxisAct, may_on_axis
from lienthong.common import clock
from lienthong.exchange.guards.alerts import acknowledge_alert, open_alerts
from lienthong.exchange.refusals import Refusal
from lienthong.monitoring import conditions
from lienthong.monitoring.conditions import ConditionError, open_conditions, past_conditions, rule_of
from lienthong.monitoring.models import Condition
from lienthong.monitoring.rules import Level
from lienthong.web.pages import PageRequest, axis, page

_TONES = {"critical": "red", "warning": "orange", "notice": "blue"}
MUTES = {"1": "1 giờ", "8": "8 giờ", "24": "1 ngày", "168": "7 ngày"}


def shown_condition(row: Condition) -> dict[str, Any]:
    """A condition in words, with where to look and the section of the runbook."""
    rule = rule_of(row)
    level = Level(row.level) if row.level in Level._value2member_map_ else Level.WARNING
    return {
        "row": row, "title": rule.label if rule else row.rule, "level": level.label, "tone": _TONES[level.value],
        "section": rule.section if rule else "",
        "is_system": row.rule in ("stuck", "system_down", "system_slow", "link_down"),
    }  # fmt: skip


@require_safe
@page(axis(AxisAct.WATCH))
def alerts(request: PageRequest) -> HttpResponse:
    """All of them: open, silenced, past."""
    told = {
        "open": [shown_condition(row) for row in open_conditions(muted=False)],
        "muted": [shown_condition(row) for row in open_conditions(muted=True)],
        "past": [shown_condition(row) for row in past_conditions(limit=30)],
        "alerts": open_alerts(),
        "mutes": MUTES.items(),
        "may_repair": may_on_axis(request.actor, AxisAct.REPAIR),
    }
    return render(request, "axis/alerts.html", told)


@require_POST
@page(axis(AxisAct.REPAIR))
def mute(request: PageRequest, condition: int) -> HttpResponse:
    """Be quiet about one for a time."""
    hours = request.POST.get("gio", "")
    until = clock.now() + timedelta(hours=int(hours) if hours in MUTES else 8)
    try:
        conditions.mute(condition_id=condition, until=until, actor=request.actor.signature)
        messages.success(request, f"Đã tắt nhắc đến {clock.in_vietnam(until):%H:%M %d/%m}.")
    except ConditionError as error:
        messages.error(request, str(error))
    return redirect("alerts")


@require_POST
@page(axis(AxisAct.REPAIR))
def unmute(request: PageRequest, condition: int) -> HttpResponse:
    """Be heard again."""
    conditions.unmute(condition_id=condition)
    messages.success(request, "Cảnh báo này lại được nhắc.")
    return redirect("alerts")


@require_POST
@page(axis(AxisAct.REPAIR))
def acknowledge(request: PageRequest, alert: int) -> HttpResponse:
    """Somebody saw it."""
    try:
        acknowledge_alert(alert_id=alert, actor=request.actor.signature, note=request.POST.get("ghi-chu", ""))
        messages.success(request, "Đã ghi nhận bạn đã xem cảnh báo.")
    except Refusal as error:
        messages.error(request, f"{error.reason.sentence} {error.reason.next_step}")
    return redirect("alerts")

"""Packages kept from their recipients: why, and a person's decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from lienthong.accounts.policies import AxisAct, may_on_axis
from lienthong.exchange.guards.holds import Held, block_held, list_blocked, list_held, release_held
from lienthong.exchange.refusals import Refusal
from lienthong.web.pages import PageRequest, axis, page

_MOST = 100
_BLOCKED_SHOWN = 30


@require_safe
@page(axis(AxisAct.WATCH))
def held(request: PageRequest) -> HttpResponse:
    """What waits for a decision, what waits for its signatures, what was blocked. Never what a document is about."""
    found = list_held(limit=_MOST + 1)
    told = {
        "suspected": [_shown(one) for one in found[:_MOST] if one.is_suspected],
        "checking": [_shown(one) for one in found[:_MOST] if not one.is_suspected],
        "more": len(found) > _MOST,
        "blocked": [_shown(one) for one in list_blocked(limit=_BLOCKED_SHOWN)],
        "may_decide": may_on_axis(request.actor, AxisAct.HOLDS),
    }
    return render(request, "axis/held.html", told)


def _shown(one: Held) -> dict[str, Any]:
    return {"one": one, "what": one.number or "Trạng thái xử lý", "sha256": one.sha256.hex()}


@require_POST
@page(axis(AxisAct.HOLDS))
def decide(request: PageRequest, package: UUID) -> HttpResponse:
    """Let it go on, or keep it out for good."""
    actor, reason = request.actor.signature, request.POST.get("ly-do", "")
    try:
        match request.POST.get("viec", ""):
            case "cho-di":
                release_held(package_id=package, actor=actor, reason=reason)
                messages.success(request, "Đã cho chuyển; nơi nhận lấy được gói tin từ bây giờ.")
            case "chan":
                block_held(package_id=package, actor=actor, reason=reason)
                messages.success(request, "Đã chặn; người gửi đọc được lý do.")
            case _:
                messages.error(request, "Chưa chọn việc cần làm: cho chuyển hoặc chặn.")
    except Refusal as error:
        messages.error(request, f"{error.reason.sentence} {error.reason.next_step}")
    return redirect("held")

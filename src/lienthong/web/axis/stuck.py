"""Packages that were given up: why, and the three things people do about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from lienthong.accounts.policies import AxisAct, may_on_axis
from lienthong.exchange import attention
from lienthong.exchange.attention import Actor, Troubled
from lienthong.exchange.refusals import Refusal
from lienthong.exchange.states import ActionKind
from lienthong.web.pages import PageRequest, axis, page

_MOST = 200
DONE = {
    ActionKind.RESEND: "Sẽ gửi lại ngay, với thời hạn thử mới.",
    ActionKind.REDIRECT: "Đã chuyển hướng; người gửi thấy nơi nhận mới và lý do.",
    ActionKind.PAPER: "Đã ghi nhận gửi bản giấy; người gửi thấy lý do.",
}


@require_safe
@page(axis(AxisAct.WATCH))
def stuck(request: PageRequest) -> HttpResponse:
    """The list, of all systems or of one. Names numbers and reasons, never what a document is about."""
    found = attention.list_given_up(limit=_MOST + 1)
    only = request.GET.get("he-thong", "")
    shown = [_shown(one) for one in found[:_MOST] if not only or one.system_id == only]
    told = {
        "rows": shown,
        "more": len(found) > _MOST,
        "only": only,
        "may_repair": may_on_axis(request.actor, AxisAct.REPAIR),
        "kinds": list(ActionKind),
    }
    return render(request, "axis/stuck.html", told)


def _shown(one: Troubled) -> dict[str, Any]:
    return {
        "one": one,
        "urgency": str(one.rank),
        "what": one.notation or ("Trạng thái xử lý" if one.kind == "status" else "Văn bản"),
        "why": one.error or "Nơi nhận nhiều lần báo lấy không được mà không nêu lý do.",
        "said": [f"{act.action.label} – {act.actor}: {act.reason}" for act in one.actions],
    }


@require_POST
@page(axis(AxisAct.REPAIR))
def act(request: PageRequest, delivery: UUID) -> HttpResponse:
    """Send again, redirect, or note that paper went."""
    actor, reason = Actor(name=request.actor.signature), request.POST.get("ly-do", "")
    kind = request.POST.get("viec", "")
    try:
        chosen = ActionKind(kind)
        if chosen is ActionKind.RESEND:
            attention.resend(delivery_id=str(delivery), actor=actor, reason=reason)
        elif chosen is ActionKind.REDIRECT:
            to_code = request.POST.get("noi-nhan", "").strip()
            attention.redirect(delivery_id=str(delivery), to_code=to_code, actor=actor, reason=reason)
        else:
            attention.send_paper(delivery_id=str(delivery), actor=actor, reason=reason)
        messages.success(request, DONE[chosen])
    except Refusal as error:
        messages.error(request, f"{error.reason.sentence} {error.detail} {error.reason.next_step}")
    except ValueError:
        messages.error(request, "Chưa chọn việc cần làm: gửi lại, chuyển hướng hoặc báo giấy.")
    back = request.POST.get("ve", "")
    return redirect(back if back.startswith(reverse("axis")) else reverse("stuck"))

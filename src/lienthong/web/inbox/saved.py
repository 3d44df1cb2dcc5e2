"""Filters that somebody keeps under a name."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from lienthong.accounts.policies import DocumentAct
from lienthong.records.models import Direction, SavedView
from lienthong.web.pages import PageRequest, documents, page


@require_POST
@page(documents(DocumentAct.READ))
def save(request: PageRequest) -> HttpResponse:
    """Keep the filter of the address under a name; the same name takes the place of the old one."""
    name = " ".join(request.POST.get("name", "").split())[:60]
    query = request.GET.urlencode()[:1000]
    if not name or not query:
        messages.error(request, "Chọn bộ lọc và đặt tên trước khi lưu.")
    else:
        SavedView.objects.update_or_create(
            user=request.user,
            agency_id=request.actor.agency_id,
            direction=Direction.INCOMING,
            name=name,
            defaults={"query": query},
        )
        messages.success(request, f"Đã lưu bộ lọc “{name}”.")
    return redirect(f"{reverse('inbox')}?{query}")


@require_POST
@page(documents(DocumentAct.READ))
def forget(request: PageRequest, pk: int) -> HttpResponse:
    """Keep it no longer."""
    SavedView.objects.filter(pk=pk, user=request.user).delete()
    messages.success(request, "Đã bỏ bộ lọc.")
    return redirect("inbox")

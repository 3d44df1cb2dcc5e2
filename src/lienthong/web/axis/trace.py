"""Find any package by any identifier, and see its whole life."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from lienthong.accounts.policies import AxisAct, may_on_axis
from lienthong.monitoring import trace
from lienthong.web.pages import PageRequest, axis, page


@require_safe
@page(axis(AxisAct.TRACE))
def search(request: PageRequest) -> HttpResponse:
    """One field for everything; a single document found is opened at once."""
    text = request.GET.get("q", "").strip()
    hits = trace.find(text)
    documents = {hit.document for hit in hits if hit.document}
    if len(documents) == 1 and len(hits) == 1:
        return redirect("trace-life", next(iter(documents)))
    return render(request, "axis/trace.html", {"text": text, "hits": hits})


@require_safe
@page(axis(AxisAct.TRACE))
def life(request: PageRequest, document: UUID) -> HttpResponse:
    """What is known of one document, without its content."""
    found = trace.life_of(document)
    if found is None:
        raise Http404("no such document")
    steps = [
        {"title": entry.text, "at": entry.at, "state": "done",
         "text": ", ".join(filter(None, [entry.who, f"số {entry.position} trong nhật ký"
                                         if entry.position is not None else "chưa vào nhật ký"]))}
        for entry in found.entries
    ]  # fmt: skip
    told = {"life": found, "steps": steps, "may_repair": may_on_axis(request.actor, AxisAct.REPAIR)}
    return render(request, "axis/life.html", told)

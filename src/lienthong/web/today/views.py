"""What must be done now, and calm figures of the week."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lienthong.accounts.policies import DocumentAct
from lienthong.common import clock
from lienthong.records.models import Direction
from lienthong.records.selectors import week_of
from lienthong.records.today import Duty, DutyLine, duties_of
from lienthong.web.inbox.showing import clock_of
from lienthong.web.pages import PageRequest, documents, page


@require_safe
@page(documents(DocumentAct.READ))
def today(request: PageRequest) -> HttpResponse:
    """One column of duties, what harms most first."""
    told: dict[str, Any] = {
        "duties": [_shown(duty) for duty in duties_of(request.actor)],
        "week": week_of(request.actor),
        "today": clock.today(),
    }
    return render(request, "today/today.html", told)


_LISTS = {Direction.INCOMING: "inbox", Direction.OUTGOING: "outbox"}


def _shown(duty: Duty) -> dict[str, Any]:
    url = f"{reverse(_LISTS[duty.direction])}?xem={duty.tab}"
    lines = [_line(line, duty.tab) for line in duty.lines]
    return {"duty": duty, "url": url, "lines": lines, "title": duty.title[:1].upper() + duty.title[1:]}


def _line(line: DutyLine, tab: str) -> dict[str, Any]:
    if line.document is not None:
        return {
            "document": line.document,
            "who": line.document.from_name,
            "clock": clock_of(line.deadline, clock.now()),
            "url": f"{reverse('inbox-document', args=[line.document.pk])}?xem={tab}",
        }
    if line.outgoing is not None:
        url = reverse("outgoing", args=[line.outgoing.pk])
        return {"document": line.outgoing, "who": line.outgoing.signer_name, "url": url}
    return {}

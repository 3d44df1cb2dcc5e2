"""What must be done now, and calm figures of the week."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lienthong.accounts.policies import DocumentAct
from lienthong.common import clock
from lienthong.records.selectors import week_of
from lienthong.records.today import Duty, duties_of
from lienthong.web.inbox.showing import badge_of, clock_of
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


def _shown(duty: Duty) -> dict[str, Any]:
    now = clock.now()
    url = duty.url or f"{reverse('inbox')}?xem={duty.tab}"
    lines = [
        {
            "document": line.document,
            "clock": clock_of(line.deadline, now),
            "badge": badge_of(line.document),
            "url": f"{reverse('inbox-document', args=[line.document.pk])}?xem={duty.tab}",
        }
        for line in duty.lines
    ]
    return {"duty": duty, "url": url, "lines": lines, "title": duty.title[:1].upper() + duty.title[1:]}

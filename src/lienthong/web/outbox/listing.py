"""*Văn bản đi*: the list, with what failed pinned above it, and the list as a sheet."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from lienthong.accounts.policies import DocumentAct
from lienthong.common import clock
from lienthong.records.outgoing.notation import type_name
from lienthong.records.outgoing.selectors import (
    VIEWS,
    OutgoingFilter,
    OutgoingLine,
    OutgoingPosition,
    counters,
    list_outgoing,
    pinned,
)
from lienthong.web.forms import DAY_FORMATS
from lienthong.web.outbox.forms import type_choices
from lienthong.web.outbox.guard import outgoing_page
from lienthong.web.outbox.sheets import outgoing_sheet
from lienthong.web.pages import PageRequest

_PAGE = 50
_SHEET = 5000
_TONES = {"care": "red", "late": "red", "sending": "blue"}
_NAMES = {"all": "tat-ca", "care": "can-xu-ly", "late": "qua-han", "draft": "ban-thao", "unsent": "chua-gui",
          "sending": "dang-gui", "sent": "da-gui", "order": "thu-hoi"}  # fmt: skip
_OF_NAME = {name: view for view, name in _NAMES.items()}


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of the list."""

    label: str
    url: str
    count: int
    tone: str
    current: bool


@require_safe
@outgoing_page()
def outbox(request: PageRequest) -> HttpResponse:
    """The list, by what is looked for in the address."""
    wanted = _wanted(request)
    lines = list_outgoing(request.actor, wanted, after=_after(request), limit=_PAGE + 1)
    more = len(lines) > _PAGE
    lines = lines[:_PAGE]
    told = {
        "lines": [(line, type_name(line.document.type_code)) for line in lines],
        "pinned": pinned(request.actor) if wanted.view == "all" and not _after(request) else [],
        "tabs": _tabs(request, wanted.view),
        "wanted": wanted,
        "types": type_choices(),
        "next_url": _next_url(request, lines[-1]) if more else "",
        "first_url": _without(request, "sau") if _after(request) else "",
        "narrowed": bool(request.GET.get("tim") or request.GET.get("loai") or request.GET.get("tu")),
    }
    return render(request, "outbox/list.html", told)


def _wanted(request: PageRequest) -> OutgoingFilter:
    get = request.GET
    priority = get.get("khan", "")
    return OutgoingFilter(
        view=_OF_NAME.get(get.get("xem", ""), "all"),
        words=get.get("tim", "").strip()[:200],
        type_code=get.get("loai", "")[:8],
        priority=int(priority) if priority in {"1", "2", "3", "4"} else None,
        since=_day(get.get("tu", "")),
        until=_day(get.get("den", "")),
    )


def _day(text: str) -> date | None:
    for form in DAY_FORMATS:
        with suppress(ValueError):
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
    return None


def _after(request: PageRequest) -> OutgoingPosition | None:
    at, _, key = request.GET.get("sau", "").partition("|")
    try:
        moment = parse_datetime(at)
        return OutgoingPosition(moment, UUID(key)) if moment and moment.tzinfo else None
    except ValueError:
        return None


def _next_url(request: PageRequest, last: OutgoingLine) -> str:
    query = request.GET.copy()
    query["sau"] = f"{last.document.updated_at.isoformat()}|{last.document.pk}"
    return f"?{query.urlencode()}"


def _without(request: PageRequest, name: str) -> str:
    query = request.GET.copy()
    query.pop(name, None)
    return f"?{query.urlencode()}"


def _tabs(request: PageRequest, current: str) -> list[Tab]:
    counted = counters(request.actor)
    return [
        Tab(
            label,
            f"?{urlencode({'xem': _NAMES[view]})}" if view != "all" else "?",
            counted.get(view, 0) if view in ("care", "late", "draft", "unsent", "sending") else 0,
            _TONES.get(view, ""),
            view == current,
        )
        for view, label in VIEWS.items()
    ]


@require_safe
@outgoing_page(DocumentAct.EXPORT)
def export(request: PageRequest) -> HttpResponse:
    """What the list shows now, as XLSX."""
    lines: list[OutgoingLine] = list_outgoing(request.actor, _wanted(request), limit=_SHEET)
    response = HttpResponse(
        outgoing_sheet(lines), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = f'attachment; filename="van-ban-di-{clock.today():%Y%m%d}.xlsx"'
    return response

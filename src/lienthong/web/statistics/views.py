"""The pages of figures: a sentence first, then charts with their tables; every figure opens its documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lienthong.accounts.policies import DocumentAct, may_on_documents
from lienthong.common import clock
from lienthong.exchange.states import RecipientState
from lienthong.registry.models import Level
from lienthong.statistics import issued, listing, names, periods, selectors
from lienthong.statistics.listing import Line
from lienthong.statistics.measures import Measure, Scope, Source
from lienthong.statistics.reports import content, pdf, xlsx
from lienthong.web.navigation import may_see_statistics
from lienthong.web.pages import PageRequest, page
from lienthong.web.statistics import charts
from lienthong.web.statistics.asking import Asked, choices, understand

_PER_PAGE = 50
_SENT = (
    Measure.SENT, Measure.COPIES, Measure.ACCEPTED, Measure.REFUSED, Measure.UNANSWERED, Measure.NOT_SENT,
    Measure.GIVEN_UP, Measure.ERRORS,
)  # fmt: skip
_RECEIVED = (
    Measure.RECEIVED, Measure.RECEIVED_ACCEPTED, Measure.RECEIVED_REFUSED, Measure.RECEIVED_UNANSWERED,
)  # fmt: skip
_PARTS = (Measure.REFUSED, Measure.RECEIVED_REFUSED, Measure.ASKED, Measure.NOT_SENT, Measure.ERRORS)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure with the same of the period before, and the address of its list."""

    label: str
    count: int
    before: int
    change: str
    url: str


@require_safe
@page(may_see_statistics)
def overview(request: PageRequest) -> HttpResponse:
    """All figures of a period."""
    asked = understand(request.GET, request.actor)
    now = selectors.figures(asked.scope, asked.period)
    before = selectors.figures(asked.scope, asked.period.previous)
    told = {
        "asked": asked,
        "name": names.scope_name(asked.scope),
        "choices": choices(asked.period),
        "levels": Level.choices,
        "sentences": content.sentences(now, asked.period),
        "as_of": now.as_of,
        "sent": _rows(asked, _SENT, now, before),
        "received": _rows(asked, _RECEIVED, now, before),
        "signed": _signed(asked, now),
        "registered": issued.issued(asked.scope, asked.period),
        "steps": _steps(asked, now),
        "parts": [part for part in (_part(asked, now, measure) for measure in _parts(asked)) if part["rows"]],
        "xlsx": reverse("statistics-xlsx") + asked.query(),
        "pdf": reverse("statistics-pdf") + asked.query(),
        **_charts(asked, now),
    }
    if asked.scope.agency_id is None:
        told["agencies"] = _agencies(asked)
    return render(request, "statistics/overview.html", told)


def _rows(asked: Asked, measures: tuple[Measure, ...], now: Any, before: Any) -> list[Row]:
    return [
        Row(measure.label, now.total(measure), before.total(measure),
            content.change(now.total(measure), before.total(measure)), _list_url(asked, measure))
        for measure in measures
    ]  # fmt: skip


def _list_url(asked: Asked, measure: Measure, key: str | None = None) -> str:
    more = {} if key is None else {"khoa": key or "-"}
    return reverse("statistics-list") + asked.query(so=measure.value, **more)


def _signed(asked: Asked, now: selectors.Figures) -> list[dict[str, Any]]:
    return [
        {"label": measure.label, "count": now.total(measure), "of": now.total(Measure.CHECKED),
         "share": content.percent(share) if (share := now.share(measure, Measure.CHECKED)) is not None else "–",
         "url": _list_url(asked, measure)}
        for measure in (Measure.BY_PERSON, Measure.BY_BODY)
    ]  # fmt: skip


def _steps(asked: Asked, now: selectors.Figures) -> list[dict[str, Any]]:
    measures = [Measure.SIGN_SEND, Measure.CARRIED, Measure.SEND_01, Measure.FROM_01_TO_03, Measure.FROM_03_TO_06]
    if asked.scope.agency_id is not None:
        measures += [Measure.RECEIVED_01, Measure.RECEIVED_03, Measure.RECEIVED_06]
    rows = []
    for measure in measures:
        found = now.spread(measure)
        side = " (nơi này nhận)" if measure.value.startswith("r_") else ""
        rows.append({
            "label": measure.label + side, "count": found.count, "median": content.length(measure, found.median),
            "p95": content.length(measure, found.p95), "url": _list_url(asked, measure),
        })  # fmt: skip
    return rows


def _parts(asked: Asked) -> list[Measure]:
    """What a level sends back is told once: who refuses is told apart only for a single agency."""
    own = asked.scope.agency_id is not None
    return [measure for measure in _PARTS if own or measure is not Measure.RECEIVED_REFUSED]


def _part(asked: Asked, now: selectors.Figures, measure: Measure) -> dict[str, Any]:
    parts = now.parts(measure)
    whole = max((count for _, count in parts), default=1)
    return {
        "title": measure.label + (" (nơi này từ chối)" if measure is Measure.RECEIVED_REFUSED else ""),
        "rows": [
            {"label": names.key_name(measure, key), "count": count, "of": whole, "url": _list_url(asked, measure, key)}
            for key, count in parts[:12]
        ],
        "more": max(0, len(parts) - 12),
    }


def _charts(asked: Asked, now: selectors.Figures) -> dict[str, Any]:
    by_day = selectors.by_day(asked.scope, asked.period, only=(Measure.SENT, Measure.RECEIVED))
    daily = charts.daily(asked.period, by_day, clock.today())
    hours = now.counts.get(Measure.HOUR, {})
    told: dict[str, Any] = {
        "daily": daily, "daily_rows": charts.daily_rows(daily), "hours": charts.hours(hours),
        "hours_rows": charts.hours_rows(hours), "has_hours": bool(hours),
    }  # fmt: skip
    if asked.scope.agency_id is None:
        pairs = _flows(asked)
        told |= {"flow": charts.flow(pairs), "flow_rows": [
            (names.level_name(start), names.level_name(end), count,
             reverse("statistics-list") + asked.query(so=Measure.FLOW.value, khoa=end, cap=start))
            for start, end, count in pairs
        ]}  # fmt: skip
    return told


def _flows(asked: Asked) -> list[tuple[str, str, int]]:
    """Level to level; one question per level of senders, of which there are five."""
    levels = [asked.scope.level] if asked.scope.level else Level.values
    pairs = []
    for level in levels:
        found = selectors.figures(Scope(level=level), asked.period, only=[Measure.FLOW])
        pairs += [(level, key, count) for key, count in found.parts(Measure.FLOW)]
    return pairs


def _agencies(asked: Asked) -> list[dict[str, Any]]:
    found = selectors.by_agency(asked.scope, asked.period, only=content.PER_AGENCY)
    known = names.agency_names(row.agency_id for row in found)
    rows = []
    for row in found:
        name, code = known.get(row.agency_id, ("Cơ quan không rõ", ""))
        figures = row.figures
        rows.append({
            "name": name, "code": code, "url": asked.query(**{"co-quan": code, "cap": None}),
            "level": ", ".join(sorted(names.level_name(level) for level in row.levels)),
            "sent": figures.total(Measure.SENT), "received": figures.total(Measure.RECEIVED),
            "accepted": figures.total(Measure.RECEIVED_ACCEPTED), "refused": figures.total(Measure.RECEIVED_REFUSED),
            "late": figures.total(Measure.RECEIVED_UNANSWERED),
            "arrived": content.length(Measure.RECEIVED_01, figures.spread(Measure.RECEIVED_01).median),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["late"], -row["received"], row["name"]))


# --- The list behind a figure ---------------------------------------------------------------------------------------


@require_safe
@page(may_see_statistics)
def listed(request: PageRequest) -> HttpResponse:
    """Exactly the documents that a figure counts."""
    asked = understand(request.GET, request.actor)
    measure = Measure._value2member_map_.get(request.GET.get("so", Measure.SENT.value))
    if not isinstance(measure, Measure):
        raise Http404("no such figure")
    key = _key(request.GET.get("khoa"))
    found = listing.list_lines(
        asked.scope, asked.period, measure, key=key, after=request.GET.get("sau", ""), limit=_PER_PAGE
    )
    actor = request.actor
    own = actor.agency_id is not None and may_on_documents(actor, DocumentAct.READ, agency_id=actor.agency_id)
    following = _list_url(asked, measure, key) + f"&sau={found.following}" if found.following else ""
    told = {
        "asked": asked,
        "measure": measure,
        "part": names.key_name(measure, key) if key is not None else "",
        "name": names.scope_name(asked.scope),
        "count": listing.count_lines(asked.scope, asked.period, measure, key=key),
        "lines": [_shown(measure, line, with_subject=own) for line in found.lines],
        "following": following,
        "back": reverse("statistics") + asked.query(),
        "has_copies": measure.source is Source.COPY,
        "is_rejection": measure.source is Source.REJECTION,
        "is_length": measure.is_spread,
        "first_page": not request.GET.get("sau"),
    }
    return render(request, "statistics/list.html", told)


def _key(text: str | None) -> str | None:
    """``-`` stands for the empty key, which an address would lose."""
    return "" if text == "-" else text


def _shown(measure: Measure, line: Line, *, with_subject: bool) -> dict[str, Any]:
    """Who may read the documents of the agency sees what they are about; others number, time and state only."""
    length = None
    if line.seconds is not None:
        length = content.length(measure, float(line.seconds))
    return {
        "line": line,
        "subject": line.subject if with_subject else "",
        "state": RecipientState(line.state).label if line.state in RecipientState._value2member_map_ else line.state,
        "detail": names.key_name(measure, line.detail) if measure is Measure.ERRORS else line.detail,
        "length": length,
    }


# --- Files, and the public page ---------------------------------------------------------------------------------------


@require_safe
@page(may_see_statistics)
def spreadsheet(request: PageRequest) -> HttpResponse:
    """The report as XLSX."""
    asked = understand(request.GET, request.actor)
    raw = xlsx.write_xlsx(content.build(asked.scope, asked.period))
    return _file(raw, asked, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@require_safe
@page(may_see_statistics)
def pages(request: PageRequest) -> HttpResponse:
    """The report as PDF."""
    asked = understand(request.GET, request.actor)
    return _file(pdf.write_pdf(content.build(asked.scope, asked.period)), asked, "pdf", "application/pdf")


def _file(raw: bytes, asked: Asked, suffix: str, kind: str) -> HttpResponse:
    answer = HttpResponse(raw, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="thong-ke-{asked.period.name}.{suffix}"'
    return answer


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """Totals of the city for anybody, where the city allows it; whole months only, nothing of today."""
    if not settings.PUBLIC_STATISTICS:
        raise Http404("not public here")
    month = periods.month_of(clock.today()).previous
    months = []
    for _ in range(12):
        found = selectors.figures(Scope(), month, only=[Measure.SENT, Measure.RECEIVED, Measure.ACCEPTED])
        months.append((month.label, *(found.total(m) for m in (Measure.SENT, Measure.RECEIVED, Measure.ACCEPTED))))
        month = month.previous
    return render(request, "statistics/public.html", {"months": months})

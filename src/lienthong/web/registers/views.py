"""The registers: on the page, printed, as a spreadsheet."""

from __future__ import annotations

import tempfile
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from lienthong.accounts.policies import DocumentAct, may_on_documents
from lienthong.common import clock
from lienthong.common.folding import fold
from lienthong.records.models import Book, Direction
from lienthong.records.refusals import RecordsRefusal
from lienthong.records.register_xlsx import write_incoming
from lienthong.records.registers import (
    INCOMING_COLUMNS,
    Period,
    book_of,
    books_of,
    close_book,
    open_book,
    register_lines,
)
from lienthong.web.errors import not_found
from lienthong.web.inbox.forms import day_field
from lienthong.web.pages import PageRequest, documents, page

_LIMIT = 100
_PRINTED = 2000  # lines of one print; a longer register is printed from the spreadsheet


class PeriodForm(forms.Form):
    """From when until when."""

    tu = day_field("Từ ngày")
    den = day_field("Đến ngày")

    def period(self) -> Period:
        """What was typed; without it this year up to today."""
        self.is_valid()
        today = clock.today()
        since = self.cleaned_data.get("tu") or date(today.year, 1, 1)
        return Period(since, max(since, self.cleaned_data.get("den") or today))


@require_safe
@page(documents(DocumentAct.EXPORT))
def index(request: PageRequest) -> HttpResponse:
    """The agency's books."""
    told = {
        "incoming": books_of(request.actor, Direction.INCOMING),
        "outgoing": books_of(request.actor, Direction.OUTGOING),
        "may_open": may_on_documents(request.actor, DocumentAct.REGISTER, agency_id=request.actor.agency_id or 0),
        "directions": Direction.choices,
    }
    return render(request, "registers/index.html", told)


@require_safe
@page(documents(DocumentAct.EXPORT))
def book(request: PageRequest, pk: int) -> HttpResponse:
    """What stands in a book, page by page."""
    found = _incoming_book(request, pk)
    if found is None:
        return not_found(request)
    form = PeriodForm(request.GET)
    period = form.period()
    lines = list(
        register_lines(actor=request.actor, book=found, period=period, after=_place(request), limit=_LIMIT + 1)
    )
    told = _told(found, period, form) | {"lines": lines[:_LIMIT], "next_url": _next_url(request, lines)}
    return render(request, "registers/book.html", told)


@require_safe
@page(documents(DocumentAct.EXPORT))
def print_out(request: PageRequest, pk: int) -> HttpResponse:
    """The register as it is printed."""
    found = _incoming_book(request, pk)
    if found is None:
        return not_found(request)
    form = PeriodForm(request.GET)
    period = form.period()
    lines = list(register_lines(actor=request.actor, book=found, period=period, limit=_PRINTED + 1))
    told = _told(found, period, form) | {"lines": lines[:_PRINTED], "is_cut": len(lines) > _PRINTED}
    return render(request, "registers/print.html", told)


@require_safe
@page(documents(DocumentAct.EXPORT))
def spreadsheet(request: PageRequest, pk: int) -> HttpResponseBase:
    """The register as XLSX, whatever its length; written to a file first, so that memory stays the same."""
    found = _incoming_book(request, pk)
    if found is None:
        return not_found(request)
    period = PeriodForm(request.GET).period()
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    lines = register_lines(actor=request.actor, book=found, period=period)
    write_incoming(out, lines, agency=request.actor.agency_name, book=found.name, period=period.text)
    out.seek(0)
    name = f"{fold(found.name).replace(' ', '-')}-{period.since:%Y%m%d}-{period.until:%Y%m%d}.xlsx"
    return FileResponse(out, as_attachment=True, filename=name)


@require_POST
@page(documents(DocumentAct.REGISTER))
def open_new(request: PageRequest) -> HttpResponse:
    """Start a book."""
    direction = Direction.OUTGOING if request.POST.get("direction") == Direction.OUTGOING else Direction.INCOMING
    try:
        made = open_book(actor=request.actor, direction=direction, name=request.POST.get("name", ""))
    except RecordsRefusal as refusal:
        messages.error(request, refusal.text)
    else:
        messages.success(request, f"Đã mở sổ “{made.name}”.")
    return redirect("registers")


@require_POST
@page(documents(DocumentAct.REGISTER))
def close(request: PageRequest, pk: int) -> HttpResponse:
    """Close a book, or open it again."""
    try:
        changed = close_book(actor=request.actor, book_id=pk)
    except RecordsRefusal:
        return not_found(request)
    messages.success(request, f"Sổ “{changed.name}” {'đang dùng' if changed.is_active else 'đã ngừng dùng'}.")
    return redirect("registers")


def _incoming_book(request: PageRequest, pk: int) -> Book | None:
    try:
        found = book_of(request.actor, pk)
    except RecordsRefusal:
        return None
    return found if found.direction == Direction.INCOMING else None


def _told(found: Book, period: Period, form: PeriodForm) -> dict[str, Any]:
    query = f"tu={period.since:%d/%m/%Y}&den={period.until:%d/%m/%Y}"
    columns = [label for label, _ in INCOMING_COLUMNS]
    return {"book": found, "period": period, "form": form, "query": query, "columns": columns}


def _place(request: HttpRequest) -> tuple[int, int] | None:
    year, _, number = request.GET.get("sau", "").partition("-")
    return (int(year), int(number)) if year.isdecimal() and number.isdecimal() and len(number) < 10 else None


def _next_url(request: HttpRequest, lines: list[Any]) -> str:
    if len(lines) <= _LIMIT:
        return ""
    last = lines[_LIMIT - 1].document
    query = request.GET.copy()
    query["sau"] = f"{last.arrival_year}-{last.arrival_number}"
    return f"{reverse('registers-book', args=[last.book_id])}?{query.urlencode()}"

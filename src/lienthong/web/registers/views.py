"""The registers: on the page, printed, as a spreadsheet."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from lienthong.accounts.policies import DocumentAct, may_on_documents
from lienthong.common import clock
from lienthong.common.folding import fold
from lienthong.records.models import Book, Direction
from lienthong.records.refusals import RecordsRefusal
from lienthong.records.register_xlsx import Heading, write_incoming, write_outgoing
from lienthong.records.registers import (
    INCOMING_COLUMNS,
    OUTGOING_COLUMNS,
    Period,
    book_of,
    books_of,
    close_book,
    open_book,
    outgoing_lines,
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
    found = _book(request, pk)
    if found is None:
        return not_found(request)
    form = PeriodForm(request.GET)
    period = form.period()
    lines = list(_lines(request, found, period, after=_place(request), limit=_LIMIT + 1))
    told = _told(found, period, form) | {"lines": lines[:_LIMIT], "next_url": _next_url(request, lines)}
    return render(request, "registers/book.html", told)


@require_safe
@page(documents(DocumentAct.EXPORT))
def print_out(request: PageRequest, pk: int) -> HttpResponse:
    """The register as it is printed."""
    found = _book(request, pk)
    if found is None:
        return not_found(request)
    form = PeriodForm(request.GET)
    period = form.period()
    lines = list(_lines(request, found, period, limit=_PRINTED + 1))
    told = _told(found, period, form) | {"lines": lines[:_PRINTED], "is_cut": len(lines) > _PRINTED}
    return render(request, "registers/print.html", told)


@require_safe
@page(documents(DocumentAct.EXPORT))
def spreadsheet(request: PageRequest, pk: int) -> HttpResponseBase:
    """The register as XLSX, whatever its length; written to a file first, so that memory stays the same."""
    found = _book(request, pk)
    if found is None:
        return not_found(request)
    period = PeriodForm(request.GET).period()
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    heading = Heading(agency=request.actor.agency_name, book=found.name, period=period.text)
    write: Callable[..., None] = write_outgoing if _is_outgoing(found) else write_incoming
    write(out, _lines(request, found, period), heading)
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


def _book(request: PageRequest, pk: int) -> Book | None:
    try:
        return book_of(request.actor, pk)
    except RecordsRefusal:
        return None


def _is_outgoing(found: Book) -> bool:
    return found.direction == Direction.OUTGOING


def _lines(request: PageRequest, found: Book, period: Period, **bounds: Any) -> Iterator[Any]:
    read: Callable[..., Iterator[Any]] = outgoing_lines if _is_outgoing(found) else register_lines
    return read(actor=request.actor, book=found, period=period, **bounds)


def _told(found: Book, period: Period, form: PeriodForm) -> dict[str, Any]:
    query = f"tu={period.since:%d/%m/%Y}&den={period.until:%d/%m/%Y}"
    columns = [label for label, _ in (OUTGOING_COLUMNS if _is_outgoing(found) else INCOMING_COLUMNS)]
    table = "registers/outgoing.html" if _is_outgoing(found) else "registers/table.html"
    return {"book": found, "period": period, "form": form, "query": query, "columns": columns, "table": table}


def _place(request: HttpRequest) -> tuple[int, int] | None:
    year, _, number = request.GET.get("sau", "").partition("-")
    return (int(year), int(number)) if year.isdecimal() and number.isdecimal() and len(number) < 10 else None


def _next_url(request: HttpRequest, lines: list[Any]) -> str:
    if len(lines) <= _LIMIT:
        return ""
    last = lines[_LIMIT - 1]
    query = request.GET.copy()
    query["sau"] = f"{last.year}-{last.number}"
    return f"{request.path}?{query.urlencode()}"

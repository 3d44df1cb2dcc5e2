"""One box for everything an agency has."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lienthong.accounts.policies import DocumentAct
from lienthong.records.incoming_states import IncomingState
from lienthong.records.models import SearchEntry, TextState
from lienthong.records.outgoing.notation import type_name
from lienthong.records.search.finding import Filters, Hit, Place, find_documents
from lienthong.web.inbox.forms import day_field
from lienthong.web.inbox.views import row_of
from lienthong.web.pages import PageRequest, documents, page


class SearchForm(forms.Form):
    """Words, and what narrows them."""

    q = forms.CharField(label="Tìm", required=False, max_length=300)
    co_quan = forms.CharField(label="Mã cơ quan ban hành", required=False, max_length=35)
    tu = day_field("Đến từ ngày")
    den = day_field("Đến hết ngày")
    trang_thai = forms.ChoiceField(
        label="Trạng thái", required=False, choices=[("", "Mọi trạng thái"), *IncomingState.choices]
    )


@require_safe
@page(documents(DocumentAct.READ))
def search(request: PageRequest) -> HttpResponse:
    """Documents that hold all words, a page at a time."""
    form = SearchForm(request.GET)
    form.is_valid()
    typed = form.cleaned_data
    filters = Filters(
        from_agency=typed.get("co_quan") or "",
        since=typed.get("tu"),
        until=typed.get("den"),
        state=typed.get("trang_thai") or "",
    )
    text = typed.get("q") or ""
    found = find_documents(request.actor, text, filters=filters, after=Place.read(request.GET.get("sau", "")))
    query = request.GET.copy()
    query["sau"] = str(found.next)
    told: dict[str, Any] = {
        "form": form,
        "text": text,
        "hits": [_shown(hit) for hit in found.hits],
        "recognised": _recognised(found.hits),
        "next_url": f"{reverse('search')}?{query.urlencode()}" if found.next else "",
        "is_filtered": filters != Filters(),
    }
    return render(request, "search/search.html", told)


def _shown(hit: Hit) -> dict[str, Any]:
    """A line of either list."""
    if hit.incoming is not None:
        return {"row": row_of(hit.incoming)}
    return {"line": hit, "type": type_name(hit.outgoing.type_code) if hit.outgoing else ""}


def _recognised(hits: list[Hit]) -> set[Any]:
    """Which of them were read by a machine from a scan: what is found in those may be wrong."""
    found = [one.pk for hit in hits for one in (hit.incoming, hit.outgoing) if one]
    return set(SearchEntry.objects.filter(pk__in=found, text_state=TextState.OCR).values_list("pk", flat=True))

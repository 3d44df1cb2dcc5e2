"""The list of incoming documents and one of them beside it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct, may_on_documents
from lienthong.common import clock
from lienthong.exchange.signatures.selectors import signature_state
from lienthong.records import files, inbox
from lienthong.records.access import assignees_of, incoming_of
from lienthong.records.clocks import deadlines_of, pressing_of
from lienthong.records.inbox import Cursor, ListFilters, Tab, count_incoming, list_incoming
from lienthong.records.incoming import mark_opened
from lienthong.records.incoming_states import Step, is_order, steps_of
from lienthong.records.models import Direction, IncomingDocument, SavedView, SearchEntry
from lienthong.records.outgoing.selectors import reminders_for
from lienthong.records.refusals import RecordsRefusal
from lienthong.records.related import related_of
from lienthong.web.inbox import showing
from lienthong.web.inbox.forms import FilterForm
from lienthong.web.pages import PageRequest, documents, page
from lienthong.web.refusing import refused

_ACTS = {
    Step.REGISTER: DocumentAct.REGISTER,
    Step.REFUSE: DocumentAct.REFUSE,
    Step.ASSIGN: DocumentAct.ASSIGN,
    Step.UNDO_ASSIGN: DocumentAct.ASSIGN,
    Step.START: DocumentAct.HANDLE,
    Step.FINISH: DocumentAct.HANDLE,
    Step.FORWARD: DocumentAct.FORWARD,
    Step.AGREE: DocumentAct.ANSWER,
    Step.DECLINE: DocumentAct.ANSWER,
}


@require_safe
@page(documents(DocumentAct.READ))
def index(request: PageRequest) -> HttpResponse:
    """The list; only its region when htmx asks for that."""
    context = list_context(request.actor, request.GET)
    template = "inbox/list.html" if request.htmx and request.htmx.target == "list" else "inbox/index.html"
    return render(request, template, context)


@require_safe
@page(documents(DocumentAct.READ))
def document(request: PageRequest, pk: UUID) -> HttpResponse:
    """One document: in the drawer, or on a page of its own when the address is opened directly."""
    try:
        opened = mark_opened(actor=request.actor, incoming_id=pk)
    except RecordsRefusal as refusal:
        return refused(request, refusal, reverse("inbox"))
    if request.htmx:
        return render(request, "inbox/opened.html", drawer_context(request.actor, opened, request.GET))
    return render(request, "inbox/document.html", drawer_context(request.actor, opened, request.GET))


def list_context(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """Everything the list shows."""
    tab = _tab(query)
    form = FilterForm(query)
    chosen = filters_of(form)
    shown = list_incoming(actor, tab, filters=chosen, after=Cursor.read(query.get("sau", "")))
    return {
        "tab": tab,
        "tabs": _tabs(actor, tab),
        "rows": [row_of(one) for one in shown.documents],
        "next_url": _with(query, sau=str(shown.next)) if shown.next else "",
        "first_url": _with(query, sau="") if query.get("sau") else "",
        "form": form,
        "is_filtered": chosen != ListFilters(),
        "query": _kept(query),
        "views": SavedView.objects.filter(user=actor.user_id, agency=actor.agency_id, direction=Direction.INCOMING),
        "may_register": _may_register(actor),
        "most": inbox.MOST_COUNTED,
    }


def filters_of(form: FilterForm) -> ListFilters:
    """What was typed that can be understood; the rest is shown at its field."""
    form.is_valid()
    typed = form.cleaned_data
    return ListFilters(
        from_code=typed.get("co_quan") or "",
        type_name=typed.get("loai") or "",
        since=typed.get("tu"),
        until=typed.get("den"),
        unread=bool(typed.get("chua_doc")),
    )


def row_of(one: IncomingDocument, *, selected: bool = False) -> showing.Row:
    """One line of the list."""
    now = clock.now()
    return showing.Row(one, showing.badge_of(one), showing.clock_of(pressing_of(one, now), now), selected)


def drawer_context(actor: Actor, one: IncomingDocument, query: QueryDict) -> dict[str, Any]:
    """Everything the drawer shows."""
    now = clock.now()
    listed = files.files_of(one)
    return {
        "document": one,
        "badge": showing.badge_of(one),
        "clocks": [(due.kind.label, showing.clock_of(due, now)) for due in deadlines_of(one) if due.met_at is None],
        "files": listed,
        "main": next((file for file in listed if file.is_pdf), None),
        "verdicts": showing.verdicts_of(signature_state(one.origin_id)) if one.origin_id else [],
        "findings": [found[3] for found in one.package.findings if found[1] != "note"] if one.package else [],
        "related": related_of(actor, one),
        "steps": showing.steps_of(one.acts.order_by("id")),
        "reports": one.reports.exclude(state="sent").order_by("id"),
        "endorsement": one.endorsements.filter(undone_at=None).order_by("-id").first(),
        "text": SearchEntry.objects.filter(pk=one.pk).first(),
        "may_reply": may_reply(actor, one),
        "reminders": reminders_for(one.agency_id, [one.origin_id])[:3] if one.origin_id else [],
        "may": {step.value: True for step in allowed_steps(actor, one)},
        "query": _kept(query),
        "one_row": [row_of(one, selected=True)],
        "tab": _tab(query),
        "picks": _may_register(actor),
    }


def may_reply(actor: Actor, one: IncomingDocument) -> bool:
    """Whether "Soạn trả lời" is shown: a recall or update is answered in its own way, and what ended is not."""
    allowed = may_on_documents(actor, DocumentAct.COMPOSE, agency_id=one.agency_id)
    return allowed and not is_order(one.business_type) and (not one.standing.is_ended)


def allowed_steps(actor: Actor, one: IncomingDocument) -> list[Step]:
    """What this person may do now."""
    assignees = assignees_of(one)
    possible = steps_of(one.standing, business_type=one.business_type, is_asked=bool(one.asked))
    return [
        step for step in possible if may_on_documents(actor, _ACTS[step], agency_id=one.agency_id, assignees=assignees)
    ]


def next_waiting(actor: Actor, one: IncomingDocument, query: QueryDict) -> IncomingDocument | None:
    """The document to work on after this one: the next below it in the same list, else the first."""
    tab = _tab(query)
    if not tab.urgent_first:
        return None
    filters = filters_of(FilterForm(query))
    for after in (Cursor(one.priority, one.pk), None):
        found = list_incoming(actor, tab, filters=filters, after=after, limit=2).documents
        others = [other for other in found if other.pk != one.pk]
        if others:
            return others[0]
    return None


@require_safe
@page(documents(DocumentAct.READ))
def slip(request: PageRequest, pk: UUID) -> HttpResponse:
    """Phiếu trình: the sheet that goes to the leader, to print."""
    try:
        one = incoming_of(request.actor, pk)
    except RecordsRefusal as refusal:
        return refused(request, refusal, reverse("inbox"))
    return render(request, "inbox/slip.html", drawer_context(request.actor, one, request.GET))


@require_safe
@page(documents(DocumentAct.READ))
def counts(request: PageRequest) -> HttpResponse:
    """The tabs with their numbers, for a page that stays open."""
    return render(request, "inbox/tabs.html", {"tabs": _tabs(request.actor, _tab(request.GET))})


def oob_context(actor: Actor, rows: list[showing.Row], query: QueryDict) -> dict[str, Any]:
    """Lines of the list that an answer brings along."""
    return {"rows": rows, "query": _kept(query), "tab": _tab(query), "picks": _may_register(actor)}


def _tab(query: QueryDict) -> Tab:
    return Tab.of_key(query.get("xem", "")) or Tab.WAITING


def _may_register(actor: Actor) -> bool:
    return may_on_documents(actor, DocumentAct.REGISTER, agency_id=actor.agency_id or 0)


def _tabs(actor: Actor, current: Tab) -> list[dict[str, Any]]:
    numbers: dict[Tab, tuple[int, str]] = {}
    if may_on_documents(actor, DocumentAct.READ, agency_id=actor.agency_id or 0):
        counted = count_incoming(actor.agency_id or 0)
        numbers = {
            Tab.WAITING: (counted.waiting, "blue"),
            Tab.URGENT: (counted.urgent, "red"),
            Tab.ASKED: (counted.asked, "orange"),
        }
    return [
        {
            "label": tab.label,
            "url": f"{reverse('inbox')}?xem={tab.key}",
            "current": tab is current,
            "count": numbers.get(tab, (0, ""))[0],
            "tone": numbers.get(tab, (0, ""))[1],
        }
        for tab in Tab
    ]


def _kept(query: QueryDict) -> str:
    """The list's own part of an address, to come back to it."""
    kept = {name: query[name] for name in ("xem", "co_quan", "loai", "tu", "den", "chua_doc", "sau") if query.get(name)}
    return urlencode(kept)


def _with(query: QueryDict, **changes: str) -> str:
    changed = query.copy()
    for name, value in changes.items():
        changed[name] = value
        if not value:
            del changed[name]
    return f"{reverse('inbox')}?{changed.urlencode()}"

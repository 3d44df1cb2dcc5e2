"""Recipients of a draft: chosen one by one, by level, by group, or pasted; and the list of what also goes on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from edxml102.codes import DocumentGroup
from lienthong.accounts.policies import DocumentAct
from lienthong.common import clock
from lienthong.records.outgoing import access
from lienthong.records.outgoing.notation import type_name
from lienthong.records.outgoing.recipients import FAVOURITES, Branch, Choices, Match, choices, resolve_pasted
from lienthong.records.outgoing.services import recipients
from lienthong.registry.selectors import search_agencies
from lienthong.web.forms import number_of
from lienthong.web.outbox.compose import recipients_of, summary_of
from lienthong.web.outbox.forms import type_choices
from lienthong.web.outbox.guard import outgoing_page
from lienthong.web.pages import PageRequest


@require_POST
@outgoing_page(DocumentAct.COMPOSE)
def change(request: PageRequest, document: UUID) -> HttpResponse:
    """Add or take out whom the button or box names."""
    offered = choices(request.actor)
    add, remove = _wanted(request.POST, offered)
    found = recipients.change_recipients(actor=request.actor, document=document, add=add, remove=remove)
    return _changed(request, document, redraw=not request.POST.get("agency") or bool(found.is_order))


def _wanted(post: QueryDict, offered: Choices) -> tuple[list[int], list[int]]:
    """A box that was ticked or cleared, a whole level, a group, or everybody out."""
    known = {one.agency_id: one for branch in offered.branches for one in branch.agencies}
    if "agency" in post:
        agency = [number_of(post.get("agency", ""))]
        return (agency, []) if post.get("on") else ([], agency)
    if "level" in post:
        return [one.agency_id for one in known.values() if one.level == post.get("level")], []
    if "group" in post:
        chosen = number_of(post.get("group", ""))
        return [agency for group in offered.groups if group.id == chosen for agency in group.agency_ids], []
    if "list" in post:
        return list(offered.favourites if post.get("list") == FAVOURITES else offered.recent), []
    return [number_of(one) for one in post.getlist("add")], [number_of(one) for one in post.getlist("remove")]


def _changed(request: PageRequest, document: UUID, *, redraw: bool = True, **more: Any) -> HttpResponse:
    found = access.find(request.actor, document)
    told = {**summary_of(request, found), **recipients_of(found), **more, "redraw": redraw}
    if redraw:
        told["choices"] = choices(request.actor)
    return render(request, "outbox/_recipients_changed.html", told)


@require_POST
@outgoing_page(DocumentAct.COMPOSE)
def paste(request: PageRequest, document: UUID) -> HttpResponse:
    """Take over what pasted codes and names mean; the rest is asked about."""
    lines = resolve_pasted(request.actor, request.POST.get("text", ""))
    found = [line.agency_id for line in lines if line.match is Match.FOUND and line.agency_id]
    recipients.change_recipients(actor=request.actor, document=document, add=found)
    asked = [line for line in lines if line.match is not Match.FOUND]
    return _changed(request, document, pasted=True, added=len(found), asked=asked)


@require_POST
@outgoing_page(DocumentAct.COMPOSE)
def search(request: PageRequest, document: UUID) -> HttpResponse:
    """Agencies outside the city's tree, by name or code."""
    found = access.find(request.actor, document)
    hits = search_agencies(request.POST.get("q", "")[:200], on_date=clock.today(), limit=12)
    shown = {"document": found, "hits": hits, "chosen_ids": recipients_of(found)["chosen_ids"]}
    return render(request, "outbox/_hits.html", shown)


@require_POST
@outgoing_page(DocumentAct.COMPOSE)
def channel(request: PageRequest, document: UUID) -> HttpResponse:
    """Through the axis, on paper, or both."""
    way = request.POST.get("way", "")
    recipients.choose_channel(
        actor=request.actor,
        document=document,
        agency_id=number_of(request.POST.get("agency", "")),
        by_axis=way in ("axis", "both"),
        on_paper=way in ("paper", "both"),
    )
    return _changed(request, document, redraw=False)


@require_POST
@outgoing_page(DocumentAct.COMPOSE)
def keep_group(request: PageRequest, document: UUID) -> HttpResponse:
    """Keep whom the draft names as a group."""
    found = access.find(request.actor, document)
    agencies = list(found.recipients.values_list("agency_id", flat=True))
    recipients.save_group(actor=request.actor, name=request.POST.get("name", ""), agencies=agencies)
    return _changed(request, document)


@require_POST
@outgoing_page(DocumentAct.COMPOSE)
def star(request: PageRequest, document: UUID) -> HttpResponse:
    """Make an agency a favourite, or no longer."""
    access.find(request.actor, document)
    agency = number_of(request.POST.get("agency", ""))
    recipients.star(actor=request.actor, agency_id=agency, on="on" in request.POST)
    return _changed(request, document)


@require_http_methods(["GET", "HEAD", "POST"])
@outgoing_page(DocumentAct.SEND)
def paper_list(request: PageRequest) -> HttpResponse:
    """*Danh mục gửi kèm bản giấy* (khoản 2 Điều 7): read it, add a line, end one."""
    agency_id = access.home(request.actor, DocumentAct.SEND)
    if request.method == "POST":
        _change_paper_list(request)
        return redirect("paper-list")
    branches = choices(request.actor).branches
    told = {"rules": _rules(agency_id, branches), "types": type_choices(), "branches": branches}
    return render(request, "outbox/paper_list.html", told)


def _rules(agency_id: int, branches: tuple[Branch, ...]) -> list[dict[str, Any]]:
    names = {one.agency_id: one.name for branch in branches for one in branch.agencies}
    return [
        {
            "pk": rule.pk,
            "type": _rule_type(rule.type_code),
            "agency": names.get(rule.to_agency_id or 0, "Mọi nơi nhận"),
            "subject_class": rule.subject_class,
            "basis": rule.basis,
            "by": rule.created_by,
            "at": rule.created_at,
        }
        for rule in recipients.open_rules(agency_id)
    ]


def _rule_type(code: str) -> str:
    groups = {f"{group.code}.*": f"Mọi {group.label.lower()}" for group in DocumentGroup}
    return groups.get(code) or type_name(code) or "Mọi loại"


def _change_paper_list(request: PageRequest) -> None:
    post = request.POST
    if "end" in post:
        recipients.end_paper_rule(actor=request.actor, rule=number_of(post["end"]))
        messages.success(request, "Đã bỏ dòng này khỏi danh mục.")
        return
    recipients.add_paper_rule(
        actor=request.actor,
        basis=post.get("basis", ""),
        type_code=post.get("type_code", ""),
        to_agency=number_of(post.get("to_agency", "")) or None,
        subject_class=post.get("subject_class", ""),
    )
    messages.success(request, "Đã thêm vào danh mục gửi kèm bản giấy.")

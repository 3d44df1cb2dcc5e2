"""What people do with an incoming document: a strip asks, a post does it, the drawer shows what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from lienthong.accounts.policies import DocumentAct
from lienthong.common import clock
from lienthong.records import incoming as work
from lienthong.records.access import incoming_of
from lienthong.records.answering import answer_ask
from lienthong.records.forwarding import forward, units_below
from lienthong.records.models import Direction, IncomingDocument
from lienthong.records.numbering import next_number
from lienthong.records.refusals import RecordsRefusal
from lienthong.records.registers import books_of
from lienthong.records.related import officers_of
from lienthong.records.replies import begin_reply
from lienthong.web.inbox.forms import AssignForm, ForwardForm, ReasonForm, RegisterForm, ResultForm
from lienthong.web.inbox.views import drawer_context, next_waiting, oob_context, row_of
from lienthong.web.pages import PageRequest, View, documents, page
from lienthong.web.refusing import add_refusal, refused

Do = Callable[[PageRequest, UUID, dict[str, Any]], str]
Make = Callable[[PageRequest, IncomingDocument], forms.Form]


def _act(  # noqa: PLR0913 - what one act is made of
    allow: DocumentAct, *, title: str, button: str, make: Make, do: Do, tone: str = "primary", goes_on: bool = False
) -> View:
    """A view that shows a strip with a form on GET, does the act on POST, and comes back with the errors (422).
    ``goes_on``: afterwards the next document that waits is opened."""

    @require_http_methods(["GET", "POST"])
    @page(documents(allow))
    def view(request: PageRequest, pk: UUID) -> HttpResponse:
        try:
            one = incoming_of(request.actor, pk)
        except RecordsRefusal as refusal:
            return refused(request, refusal, reverse("inbox"))
        form = make(request, one)
        following = next_waiting(request.actor, one, request.GET) if goes_on else None
        if request.method == "POST" and form.is_valid():
            try:
                said = do(request, pk, form.cleaned_data)
            except RecordsRefusal as refusal:
                add_refusal(form, refusal)
            else:
                return done(request, pk, said, following)
        told = {"document": one, "form": form, "title": title, "button": button, "tone": tone}
        status = 422 if form.is_bound else 200
        return render(request, "inbox/strip.html", told | _numbering(one, form), status=status)

    return view


def _numbering(one: IncomingDocument, form: forms.Form) -> dict[str, Any]:
    """The number that comes next, where the form is about registering."""
    if not isinstance(form, RegisterForm):
        return {}
    choices = form.fields["book"].choices  # type: ignore[attr-defined]
    today = clock.today()
    numbers = {pk: next_number(book_id=pk, year=today.year) for pk, _ in choices}
    return {"numbers": numbers, "first_number": next(iter(numbers.values()), None), "today": today}


def done(request: PageRequest, pk: UUID, said: str, following: IncomingDocument | None = None) -> HttpResponse:
    """The drawer as it is now, or with the next document; the lines of both in the list; and a word in passing."""
    if not request.htmx:
        messages.success(request, said)
        return redirect("inbox-document", pk=pk)
    changed = incoming_of(request.actor, pk)
    shown = work.mark_opened(actor=request.actor, incoming_id=following.pk) if following else changed
    body = render_to_string("inbox/drawer.html", drawer_context(request.actor, shown, request.GET), request)
    rows = [row_of(changed, selected=following is None)]
    rows += [row_of(shown, selected=True)] if following else []
    body += render_to_string("inbox/rows_oob.html", oob_context(request.actor, rows, request.GET), request)
    response = HttpResponse(body)
    response["HX-Trigger"] = json.dumps({"toast": {"text": said, "kind": "green", "undo": ""}, "documents-changed": {}})
    response["HX-Retarget"], response["HX-Reswap"] = "#drawer", "innerHTML show:none"
    if following:
        address = reverse("inbox-document", args=[following.pk])
        response["HX-Push-Url"] = f"{address}?{request.GET.urlencode()}" if request.GET else address
    return response


def _register(request: PageRequest, pk: UUID, typed: dict[str, Any]) -> str:
    made = work.register(actor=request.actor, incoming_id=pk, book_id=typed["book"], note=typed["note"])
    return f"Đã vào sổ số {made.arrival_number}: {made.code}."


def _refuse(request: PageRequest, pk: UUID, typed: dict[str, Any]) -> str:
    made = work.refuse(actor=request.actor, incoming_id=pk, reason=typed["reason"])
    return f"Đã trả lại {made.code} cho {made.from_name}."


def _assign(request: PageRequest, pk: UUID, typed: dict[str, Any]) -> str:
    work.assign(
        actor=request.actor,
        incoming_id=pk,
        text=typed["text"],
        officers=typed["officers"],
        due_date=typed["due_date"],
    )
    return "Đã phân công."


def _finish(request: PageRequest, pk: UUID, typed: dict[str, Any]) -> str:
    made = work.finish(actor=request.actor, incoming_id=pk, result=typed["result"])
    return f"Đã hoàn thành xử lý {made.code}."


def _forward(request: PageRequest, pk: UUID, typed: dict[str, Any]) -> str:
    made = forward(actor=request.actor, incoming_id=pk, units=typed["units"], text=typed["text"])
    return f"Đã chuyển tiếp đến {len(made)} đơn vị." if made else "Các đơn vị đã chọn đều có văn bản này."


def _decline(request: PageRequest, pk: UUID, typed: dict[str, Any]) -> str:
    answer_ask(actor=request.actor, incoming_id=pk, agreed=False, reason=typed["reason"])
    return "Đã từ chối yêu cầu của bên gửi."


def _reason_form(request: PageRequest, _: IncomingDocument) -> forms.Form:
    return ReasonForm(request.POST or None)


def _register_form(request: PageRequest, _: IncomingDocument) -> forms.Form:
    return RegisterForm(request.POST or None, books=books_of(request.actor, Direction.INCOMING))


def _assign_form(request: PageRequest, one: IncomingDocument) -> forms.Form:
    return AssignForm(request.POST or None, people=officers_of(one.agency_id))


def _forward_form(request: PageRequest, one: IncomingDocument) -> forms.Form:
    return ForwardForm(request.POST or None, units=units_below(one.agency_id))


register = _act(
    DocumentAct.REGISTER,
    title="Tiếp nhận và vào sổ",
    button="Tiếp nhận và vào sổ",
    make=_register_form,
    do=_register,
    goes_on=True,
)
refuse = _act(
    DocumentAct.REFUSE,
    title="Từ chối tiếp nhận",
    button="Trả lại bên gửi",
    make=_reason_form,
    do=_refuse,
    tone="danger",
    goes_on=True,
)
assign = _act(DocumentAct.ASSIGN, title="Phân công xử lý", button="Phân công", make=_assign_form, do=_assign)
finish = _act(
    DocumentAct.HANDLE,
    title="Hoàn thành xử lý",
    button="Hoàn thành",
    make=lambda request, _: ResultForm(request.POST or None),
    do=_finish,
)
pass_on = _act(DocumentAct.FORWARD, title="Chuyển tiếp", button="Chuyển tiếp", make=_forward_form, do=_forward)
decline = _act(
    DocumentAct.ANSWER,
    title="Từ chối yêu cầu của bên gửi",
    button="Từ chối yêu cầu",
    make=_reason_form,
    do=_decline,
    tone="danger",
)


def _at_once(allow: DocumentAct, do: Callable[[PageRequest, UUID], str]) -> View:
    """An act that asks for nothing more."""

    @require_POST
    @page(documents(allow))
    def view(request: PageRequest, pk: UUID) -> HttpResponse:
        try:
            return done(request, pk, do(request, pk))
        except RecordsRefusal as refusal:
            return refused(request, refusal, reverse("inbox"))

    return view


def _agree(request: PageRequest, pk: UUID) -> str:
    answer_ask(actor=request.actor, incoming_id=pk, agreed=True)
    return "Đã đồng ý yêu cầu của bên gửi."


def _start(request: PageRequest, pk: UUID) -> str:
    work.start(actor=request.actor, incoming_id=pk)
    return "Đã chuyển sang đang xử lý."


def _undo(request: PageRequest, pk: UUID) -> str:
    work.undo_assign(actor=request.actor, incoming_id=pk)
    return "Đã bỏ phân công."


agree = _at_once(DocumentAct.ANSWER, _agree)
start = _at_once(DocumentAct.HANDLE, _start)
undo_assign = _at_once(DocumentAct.ASSIGN, _undo)


@require_POST
@page(documents(DocumentAct.COMPOSE))
def reply(request: PageRequest, pk: UUID) -> HttpResponse:
    """Begin the answer, and go on composing it."""
    try:
        made = begin_reply(actor=request.actor, incoming_id=pk)
    except RecordsRefusal as refusal:
        return refused(request, refusal, reverse("inbox"))
    return redirect("compose-draft", document=made.pk)


@require_POST
@page(documents(DocumentAct.READ))
def unread(request: PageRequest, pk: UUID) -> HttpResponse:
    """Show it as not read; the drawer closes."""
    try:
        changed = work.mark_unopened(actor=request.actor, incoming_id=pk)
    except RecordsRefusal as refusal:
        return refused(request, refusal, reverse("inbox"))
    if not request.htmx:
        return redirect("inbox")
    told = oob_context(request.actor, [row_of(changed)], request.GET)
    return HttpResponse(render_to_string("inbox/rows_oob.html", told, request))


@require_POST
@page(documents(DocumentAct.REGISTER))
def register_many(request: PageRequest) -> HttpResponse:
    """Register all that are picked, in the order of the list; what is refused is told and left as it was."""
    book = next((book for book in books_of(request.actor, Direction.INCOMING) if book.is_active), None)
    registered, failed = 0, list[str]()
    for pk in request.POST.getlist("pick")[:200]:
        try:
            work.register(actor=request.actor, incoming_id=UUID(pk), book_id=book.pk if book else 0)
            registered += 1
        except (RecordsRefusal, ValueError) as error:
            failed.append(error.text if isinstance(error, RecordsRefusal) else "Không đọc được lựa chọn.")
    if registered:
        messages.success(request, f"Đã tiếp nhận và vào sổ {registered} văn bản.")
    for text in dict.fromkeys(failed):
        messages.error(request, text)
    return redirect(f"{reverse('inbox')}?{request.GET.urlencode()}" if request.GET else "inbox")

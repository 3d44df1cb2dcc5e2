"""*Soạn và gửi*: one page whose parts save themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from lienthong.accounts.policies import DocumentAct, may_on_documents
from lienthong.records.outgoing import access
from lienthong.records.outgoing.errors import ChangedMeanwhileError, DuplicateWarningError, Fault, NotReadyError
from lienthong.records.outgoing.metadata import label_of
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.records.outgoing.notation import type_name
from lienthong.records.outgoing.readiness import Readiness, check_readiness
from lienthong.records.outgoing.recipients import choices
from lienthong.records.outgoing.selectors import signers_of
from lienthong.records.outgoing.services import drafting, sending
from lienthong.records.outgoing.services.files import main_file
from lienthong.records.outgoing.states import OutgoingState
from lienthong.web.forms import number_of
from lienthong.web.outbox.forms import DraftForm, initial_of
from lienthong.web.outbox.guard import outgoing_page
from lienthong.web.pages import PageRequest

# Told in the list of what is left to do; not in red beside a field that nobody has come to yet.
_NOT_YET = {"LT-V20", "LT-V21", "LT-V24", "LT-V30", "LT-V34"}


@require_safe
@outgoing_page(DocumentAct.COMPOSE)
def start(request: PageRequest) -> HttpResponse:
    """To an untouched draft of one's own, or a new one: opening the page twice leaves one."""
    return redirect("compose-draft", document=drafting.untouched_draft(actor=request.actor).pk)


@require_safe
@outgoing_page(DocumentAct.COMPOSE)
def draft(request: PageRequest, document: UUID) -> HttpResponse:
    """The page. What is sent already is shown on its board."""
    found = access.find(request.actor, document)
    if not found.standing.is_open:
        return redirect("outgoing", document=document)
    told = {
        **summary_of(request, found),
        **files_of(found),
        **recipients_of(found),
        "form": _form(found),
        "choices": choices(request.actor),
        "signers": signers_of(found.agency_id),
    }
    return render(request, "outbox/compose.html", told)


def _form(document: OutgoingDocument, data: Any = None) -> DraftForm:
    return DraftForm(
        data,
        agency_id=document.agency_id,
        fixed=document.standing.has_number,
        initial=initial_of(document.metadata, book_id=document.book_id),
        auto_id="f-%s",
    )


@require_POST
@outgoing_page(DocumentAct.COMPOSE)
def save(request: PageRequest, document: UUID) -> HttpResponse:
    """Keep what was typed; answers the summary, with the version and the faults beside it."""
    found = access.find(request.actor, document)
    form = _form(found, request.POST)
    wanted, book = form.typed(), form.book_id()
    try:
        found = _kept(request, found, wanted, book)
    except ChangedMeanwhileError as conflict:
        return render(request, "outbox/_conflict.html", {"document": found, "conflict": conflict})
    wrong = [Fault(name, "form", str(told[0])) for name, told in form.errors.items()]
    return render(request, "outbox/_saved.html", summary_of(request, found, wrong))


def _kept(request: PageRequest, found: OutgoingDocument, wanted: dict[str, Any], book: int | None) -> OutgoingDocument:
    version = request.POST.get("version", "")
    seen = found.version if "overrule" in request.POST else number_of(version)
    return drafting.save_draft(actor=request.actor, document=found.pk, version=seen, changes=wanted, book_id=book)


def summary_of(request: PageRequest, document: OutgoingDocument, wrong: list[Fault] | None = None) -> dict[str, Any]:
    """What the panel at the right shows, and the faults for beside the fields."""
    readiness = check_readiness(document)
    faults = [*(wrong or []), *readiness.faults]
    beside: dict[str, str] = {}
    for fault in faults:
        if fault.code not in _NOT_YET or document.standing is OutgoingState.REFUSED:
            beside.setdefault(fault.field, fault.message)
    return {
        "document": document,
        "readiness": readiness,
        "faults": [(fault, label_of(fault.field), _anchor(fault.field)) for fault in faults],
        "beside": beside,
        "slots": _SLOTS,
        "may_send": may_on_documents(request.actor, DocumentAct.SEND, agency_id=document.agency_id),
        "type_name": type_name(document.type_code),
        "send_label": _send_label(readiness),
    }


_SLOTS = ("type_code", "unit", "issued_on", "subject", "signer_name", "signer_position", "signer_competence", "due_on",
           "priority", "place", "subject_class", "to_places", "staff_department", "staff_name", "staff_mobile",
           "staff_email", "sphere", "page_amount", "copies")  # fmt: skip


def _anchor(field: str) -> str:
    return {"files": "#tep", "recipients": "#noi-nhan", "not_secret": "#not-secret"}.get(field, f"#f-{field}")


def _send_label(readiness: Readiness) -> str:
    if readiness.electronic:
        return f"Gửi đến {readiness.electronic} cơ quan"
    return "Phát hành bản giấy" if readiness.paper else "Gửi"


def files_of(document: OutgoingDocument) -> dict[str, Any]:
    """The list of files, main file marked."""
    files = list(document.files.order_by("place"))
    return {"document": document, "files": files, "main": main_file(files)}


def recipients_of(document: OutgoingDocument) -> dict[str, Any]:
    """Who is chosen."""
    chosen = list(document.recipients.order_by("pk"))
    return {"document": document, "chosen": chosen, "chosen_ids": {one.agency_id for one in chosen}}


@require_POST
@outgoing_page(DocumentAct.SEND)
def number(request: PageRequest, document: UUID) -> HttpResponse:
    """*Cấp số trước*: the number is printed and signed before the document is sent."""
    try:
        found = sending.give_number(actor=request.actor, document=document, twins_seen="twins_seen" in request.POST)
    except (NotReadyError, DuplicateWarningError) as error:
        return _not_yet(request, document, error)
    messages.success(request, f"Đã cấp số {found.code}. In số, ký số rồi tải tệp đã ký lên.")
    return redirect("compose-draft", document=document)


@require_POST
@outgoing_page(DocumentAct.SEND)
def send(request: PageRequest, document: UUID) -> HttpResponse:
    """Number and send; then to the board, where it can be watched."""
    try:
        found = sending.send(
            actor=request.actor,
            document=document,
            version=None,
            not_secret="not_secret" in request.POST,
            twins_seen="twins_seen" in request.POST,
        )
    except (NotReadyError, DuplicateWarningError) as error:
        return _not_yet(request, document, error)
    if found.standing is OutgoingState.REFUSED:
        messages.error(request, found.refusal)
        return redirect("compose-draft", document=document)
    messages.success(request, f"{found.code}: {found.standing.label.lower()}.")
    return redirect("outgoing", document=document)


def _not_yet(request: PageRequest, document: UUID, error: NotReadyError | DuplicateWarningError) -> HttpResponse:
    """The page again, with everything that is left to do; nothing typed is lost, as it is saved already."""
    found = access.find(request.actor, document)
    told = {
        **summary_of(request, found),
        **files_of(found),
        **recipients_of(found),
        "form": _form(found),
        "choices": choices(request.actor),
        "signers": signers_of(found.agency_id),
        "stopped": error,
        "twins": isinstance(error, DuplicateWarningError),
    }
    if isinstance(error, NotReadyError):
        told["faults"] = [(fault, label_of(fault.field), _anchor(fault.field)) for fault in error.faults]
        told["beside"] = {fault.field: fault.message for fault in reversed(error.faults)}
    return render(request, "outbox/compose.html", told, status=422)


@require_POST
@outgoing_page(DocumentAct.COMPOSE)
def discard(request: PageRequest, document: UUID) -> HttpResponse:
    """Throw a draft away."""
    drafting.discard_draft(actor=request.actor, document=document)
    messages.success(request, "Đã bỏ bản thảo.")
    return redirect("outbox")


@require_POST
@outgoing_page(DocumentAct.SEND)
def cancel(request: PageRequest, document: UUID) -> HttpResponse:
    """Give up a document that has a number."""
    found = sending.cancel(actor=request.actor, document=document, reason=request.POST.get("reason", ""))
    messages.success(request, f"Đã hủy {found.code}; số vẫn giữ trong sổ.")
    return redirect("outbox")

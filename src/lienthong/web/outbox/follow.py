"""The board of one document: who has it, who has not, what can be done about it, and what proves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lienthong.accounts.policies import DocumentAct, may_on_documents
from lienthong.common import clock
from lienthong.exchange.states import Ask
from lienthong.records.outgoing import access, stored_files
from lienthong.records.outgoing.board import Board, board_of
from lienthong.records.outgoing.errors import NotPossibleError, NotReadyError
from lienthong.records.outgoing.evidence import bundle, proof_of
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.records.outgoing.notation import type_name
from lienthong.records.outgoing.services import asking, drafting, following
from lienthong.records.outgoing.standing import Group
from lienthong.records.outgoing.states import OutgoingAct, OutgoingState
from lienthong.records.related import related_of_outgoing
from lienthong.web.forms import number_of
from lienthong.web.outbox.forms import MetadataForm, initial_of
from lienthong.web.outbox.guard import outgoing_page, told
from lienthong.web.outbox.sheets import board_sheet
from lienthong.web.pages import PageRequest

_WATCHED_FOR = timedelta(minutes=15)
_FAST, _SLOW = 2, 15  # seconds between looks of an open page
_MOST_LOOKS = 120


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the history."""

    title: str
    at: datetime
    state: str
    text: str


@require_safe
@outgoing_page()
def document_page(request: PageRequest, document: UUID) -> HttpResponse:
    """The board. What is not sent yet is composed."""
    found = access.find(request.actor, document)
    composes = may_on_documents(request.actor, DocumentAct.COMPOSE, agency_id=found.agency_id)
    if found.standing.is_open and composes:
        return redirect("compose-draft", document=document)
    told_all = {
        **_board(request, found),
        "files": stored_files.files_of(found),
        "proof": proof_of(found),
        "steps": _history(found),
        "related": related_of_outgoing(request.actor, found),
        "orders": list(found.orders.exclude(exchange_id=None).order_by("-created_at")),
        "type_name": type_name(found.type_code),
        "recallable": asking.askable(found, Ask.RECALL) if not found.frozen_at else [],
        "returnable": asking.askable(found, Ask.TAKE_BACK) if not found.frozen_at else [],
    }
    return render(request, "outbox/document.html", told_all)


@require_safe
@outgoing_page()
def board(request: PageRequest, document: UUID) -> HttpResponse:
    """The board alone, for the open page that looks again."""
    return render(request, "outbox/_board.html", _board(request, access.find(request.actor, document)))


def _board(request: PageRequest, found: OutgoingDocument) -> dict[str, Any]:
    shown = board_of(found)
    group = request.GET.get("nhom", "")
    looks = min(number_of(request.GET.get("lan", "")), _MOST_LOOKS)
    agency = found.agency_id
    return {
        "document": found,
        "board": shown,
        "rows": [row for row in shown.rows if not group or row.word.group.value == group],
        "groups": _groups(shown),
        "group": group,
        "looks": looks + 1,
        "every": _every(found, shown) if looks < _MOST_LOOKS else 0,
        "may_act": may_on_documents(request.actor, DocumentAct.SEND, agency_id=agency),
        "may_ask": may_on_documents(request.actor, DocumentAct.ASK, agency_id=agency),
    }


def _groups(shown: Board) -> list[tuple[Group, int]]:
    words = [row.word.group for row in shown.rows]
    return [(group, words.count(group)) for group in Group if group in words]


def _every(found: OutgoingDocument, shown: Board) -> int:
    """Seconds until the page looks again; 0: it is over, or will take longer than anybody waits."""
    if found.standing is OutgoingState.SENDING:
        return _FAST
    fresh = found.sent_at is not None and clock.now() - found.sent_at < _WATCHED_FOR
    if not fresh or shown.tally.arrived == shown.tally.total:
        return 0
    return _FAST if clock.now() - (found.sent_at or clock.now()) < timedelta(minutes=1) else _SLOW


_FAILURES = {OutgoingAct.REFUSE, OutgoingAct.CANCEL}


def _history(found: OutgoingDocument) -> list[Step]:
    return [
        Step(
            f"{OutgoingAct(entry.act).label} · {entry.who}",
            entry.at,
            "failed" if OutgoingAct(entry.act) in _FAILURES else "done",
            "" if entry.act == OutgoingAct.ACCEPT.value else entry.detail,
        )
        for entry in found.history.order_by("id")
    ]


# --- Acts on recipients -----------------------------------------------------------------------------------------------


@require_POST
@outgoing_page()
def act(request: PageRequest, document: UUID) -> HttpResponse:
    """What the pressed button says, for the recipients that are ticked."""
    access.find(request.actor, document)  # whoever may not see it learns nothing, whatever they post
    chosen = _ACTS.get(request.POST.get("act", ""))
    if chosen is None:
        raise NotPossibleError("Chưa chọn việc cần làm.", "Bấm một nút dưới bảng.")
    agencies = [number for one in request.POST.getlist("pick") if (number := number_of(one))]
    if not agencies and chosen is not _recall:
        raise NotPossibleError("Chưa chọn nơi nhận nào.", "Đánh dấu các nơi nhận trong bảng.")
    text = chosen(request, document, agencies, request.POST.get("reason", ""))
    messages.success(request, text)
    return redirect("outgoing", document=document)


def _remind(request: PageRequest, document: UUID, agencies: list[int], reason: str) -> str:
    made = following.remind(actor=request.actor, document=document, agencies=agencies, note_text=reason)
    calls = sum(not one.in_pages for one in made)
    also = f" {calls} nơi dùng phần mềm riêng: hãy gọi điện, số ở cột Liên hệ." if calls else ""
    return f"Đã ghi nhắc {len(made)} nơi.{also}"


def _resend(request: PageRequest, document: UUID, agencies: list[int], reason: str) -> str:
    count = following.resend(
        actor=request.actor, document=document, deliveries=_given_up(request, document, agencies), reason=reason
    )
    return f"Đang gửi lại {count} lượt chuyển."


def _given_up(request: PageRequest, document: UUID, agencies: list[int]) -> list[UUID]:
    rows = board_of(access.find(request.actor, document)).rows
    return [row.delivery for row in rows if row.agency_id in agencies and row.is_given_up and row.delivery]


def _redirect(request: PageRequest, document: UUID, agencies: list[int], reason: str) -> str:
    deliveries = _given_up(request, document, agencies)
    if len(set(deliveries)) != 1:
        raise NotPossibleError("Mỗi lần chuyển hướng một lượt đã ngừng thử.", "Chọn đúng một nơi nhận.")
    code = request.POST.get("to_code", "")
    following.redirect(actor=request.actor, document=document, delivery=deliveries[0], to_code=code, reason=reason)
    return f"Đã chuyển hướng tới {code}."


def _paper(request: PageRequest, document: UUID, agencies: list[int], reason: str) -> str:
    count = following.tell_paper(actor=request.actor, document=document, agencies=agencies, reason=reason)
    return f"Đã ghi {count} nơi được gửi bản giấy."


def _recall(request: PageRequest, document: UUID, agencies: list[int], reason: str) -> str:
    order = asking.recall(actor=request.actor, document=document, reason=reason, agencies=agencies or None)
    if order.standing is OutgoingState.REFUSED:
        raise NotPossibleError(order.refusal)
    return "Đã gửi yêu cầu thu hồi. Theo dõi trả lời của từng nơi trong bảng."


def _take_back(request: PageRequest, document: UUID, agencies: list[int], reason: str) -> str:
    asked = asking.take_back(actor=request.actor, document=document, reason=reason, agencies=agencies)
    failed = [one for one in asked if not one.done]
    if failed:
        messages.warning(request, "; ".join(f"{one.name}: {one.message}" for one in failed[:5]))
    return f"Đã xin lấy lại từ {len(asked) - len(failed)} nơi."


_ACTS: dict[str, Callable[[PageRequest, UUID, list[int], str], str]] = {
    "nhac": _remind,
    "gui-lai": _resend,
    "chuyen-huong": _redirect,
    "bao-giay": _paper,
    "thu-hoi": _recall,
    "lay-lai": _take_back,
}


# --- Update, replace --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@outgoing_page(DocumentAct.ASK)
def update(request: PageRequest, document: UUID) -> HttpResponse:
    """Ask recipients to show corrected data."""
    found = access.find(request.actor, document)
    form = MetadataForm(request.POST or None, fixed=True, initial=initial_of(found.metadata), auto_id="f-%s")
    stopped = ""
    if request.method == "POST":
        try:
            asking.update(
                actor=request.actor, document=document, reason=request.POST.get("reason", ""), changes=form.typed()
            )
        except NotReadyError as error:
            for fault in error.faults:
                form.add_error(fault.field, fault.message)
        except NotPossibleError as error:
            stopped = told(error)
        else:
            messages.success(request, "Đã gửi yêu cầu cập nhật. Nơi nhận đồng ý thì dữ liệu mới được hiện.")
            return redirect("outgoing", document=document)
    shown = {"document": found, "form": form, "stopped": stopped, "reason": request.POST.get("reason", "")}
    return render(request, "outbox/update.html", shown, status=422 if stopped or form.errors else 200)


@require_POST
@outgoing_page(DocumentAct.ASK)
def replace(request: PageRequest, document: UUID) -> HttpResponse:
    """Begin a document that replaces this one."""
    made = drafting.create_replacement(actor=request.actor, document=document, reason=request.POST.get("reason", ""))
    return redirect("compose-draft", document=made.pk)


# --- Evidence, files, sheet -------------------------------------------------------------------------------------------


def _delivery(request: PageRequest) -> UUID | None:
    asked = request.POST.get("delivery", "")
    try:
        return UUID(asked) if asked else None
    except ValueError:
        raise NotPossibleError("Không có lượt chuyển này.", "Tải lại trang rồi chọn lại.") from None


@require_POST
@outgoing_page()
def evidence(request: PageRequest, document: UUID) -> FileResponse:
    """*Tải hồ sơ bằng chứng* of the document, or of one delivery."""
    with bundle(actor=request.actor, document=document, delivery=_delivery(request)) as (path, name):
        # The open file outlives its folder, so nothing is left behind and nothing is held in memory.
        kind = "application/vnd.etsi.asic-e+zip"
        return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind)


@require_safe
@outgoing_page()
def receipt(request: PageRequest, document: UUID) -> HttpResponse:
    """The signed receipt of the axis (JWS)."""
    found = access.find(request.actor, document)
    if not found.receipt:
        raise NotPossibleError("Văn bản chưa có biên nhận.", "Chờ trục nhận văn bản.")
    response = HttpResponse(found.receipt, content_type="application/jose")
    response["Content-Disposition"] = f'attachment; filename="bien-nhan-{found.exchange_id}.jws"'
    return response


@require_safe
@outgoing_page()
def file(request: PageRequest, document: UUID, place: int) -> StreamingHttpResponse:
    """A file of a sent document, out of the stored package."""
    found = stored_files.file_of(access.find(request.actor, document), place)
    kind = "application/pdf" if found.is_pdf else "application/octet-stream"
    response = StreamingHttpResponse(found.pieces(), content_type=kind)
    response["Content-Length"] = str(found.size)
    disposition = content_disposition_header(not found.is_pdf, found.name)
    if disposition:
        response["Content-Disposition"] = disposition
    return response


@require_safe
@outgoing_page(DocumentAct.EXPORT)
def sheet(request: PageRequest, document: UUID) -> HttpResponse:
    """The board as XLSX."""
    found = access.find(request.actor, document)
    response = HttpResponse(
        board_sheet(board_of(found)),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = f'attachment; filename="noi-nhan-{found.code.replace("/", "-")}.xlsx"'
    return response

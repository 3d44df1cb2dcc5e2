"""Files of a draft: opened, sent in parts (``frontend/src/uploads.js``), looked at, ordered, taken out."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse, JsonResponse, RawPostDataException
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lienthong.accounts.policies import DocumentAct
from lienthong.exchange.signatures.results import Result
from lienthong.records.outgoing import access
from lienthong.records.outgoing.errors import FileRefusedError
from lienthong.records.outgoing.formats import extension_of
from lienthong.records.outgoing.models import OutgoingFile
from lienthong.records.outgoing.services import file_store, files
from lienthong.web.outbox.compose import files_of, summary_of
from lienthong.web.outbox.guard import outgoing_page
from lienthong.web.pages import PageRequest

_MOST_DIGITS = 18  # of an offset; more is no file's
VERDICT_TONES = {
    Result.VALID.value: "green",
    Result.VALID_WITH_WARNINGS.value: "orange",
    Result.INDETERMINATE.value: "orange",
    Result.UNSIGNED.value: "neutral",
    Result.INVALID.value: "red",
}


class _Part:
    """The body of a request, as the file store takes it."""

    def __init__(self, request: PageRequest) -> None:
        self._request = request
        declared = request.headers.get("Content-Length", "")
        self.length = int(declared) if declared.isdecimal() else None

    def read(self, size: int, /) -> bytes:
        return self._request.read(size)


@require_POST
@outgoing_page(DocumentAct.COMPOSE)
def open_upload(request: PageRequest, document: UUID) -> HttpResponse:
    """Make room for a file."""
    access.find(request.actor, document)  # first: what is not theirs is not found, whatever was sent
    try:
        asked = json.loads(request.body)
        name, size = str(asked["name"]), int(asked["size"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, RawPostDataException):
        raise FileRefusedError("Trình duyệt gửi thiếu tên hoặc cỡ tệp.", "Tải lại trang rồi thử lại.") from None
    return _told(files.open_upload(actor=request.actor, document=document, name=name, size=size), status=201)


@require_http_methods(["GET", "PATCH"])
@outgoing_page(DocumentAct.COMPOSE)
def upload(request: PageRequest, document: UUID, file: UUID) -> HttpResponse:
    """How far it came; or one part more."""
    if request.method == "GET":
        return _told(files.find_file(actor=request.actor, document=document, file=file))
    offset = request.headers.get("Upload-Offset", "")
    if not offset.isdecimal() or len(offset) > _MOST_DIGITS:
        raise FileRefusedError("Trình duyệt không nói phần này bắt đầu từ đâu.", "Tải lại trang rồi thử lại.")
    return _told(
        files.append(actor=request.actor, document=document, file=file, offset=int(offset), part=_Part(request))
    )


def _told(file: OutgoingFile, *, status: int = 200) -> HttpResponse:
    url = reverse("compose-file", kwargs={"document": file.document_id, "file": file.pk})
    facts: dict[str, Any] = {
        "id": str(file.pk), "name": file.name, "size": file.size, "offset": files.offset_of(file),
        "complete": file.is_complete, "url": url,
    }  # fmt: skip
    return JsonResponse(facts, status=status)


@require_safe
@outgoing_page(DocumentAct.COMPOSE)
def listing(request: PageRequest, document: UUID) -> HttpResponse:
    """The list of files as it stands, with the summary."""
    return _list(request, document)


def _list(request: PageRequest, document: UUID) -> HttpResponse:
    found = access.find(request.actor, document)
    return render(request, "outbox/_files_changed.html", {**summary_of(request, found), **files_of(found)})


@require_POST
@outgoing_page(DocumentAct.COMPOSE)
def remove(request: PageRequest, document: UUID, file: UUID) -> HttpResponse:
    """Take a file out."""
    files.remove_file(actor=request.actor, document=document, file=file)
    return _list(request, document)


@require_POST
@outgoing_page(DocumentAct.COMPOSE)
def check(request: PageRequest, document: UUID, file: UUID) -> HttpResponse:
    """Check the signatures again."""
    files.check_again(actor=request.actor, document=document, file=file)
    return _list(request, document)


@require_POST
@outgoing_page(DocumentAct.COMPOSE)
def lift(request: PageRequest, document: UUID, file: UUID) -> HttpResponse:
    """Put a file one place earlier."""
    found = access.find(request.actor, document)
    order = [one.pk for one in found.files.order_by("place")]
    place = order.index(file) if file in order else 0
    if place:
        order[place - 1], order[place] = order[place], order[place - 1]
    files.order_files(actor=request.actor, document=document, order=order)
    return _list(request, document)


@require_safe
@outgoing_page(DocumentAct.COMPOSE)
def show(request: PageRequest, document: UUID, file: UUID) -> FileResponse:
    """The file itself, to look at before it is sent; only a PDF is shown, all others are saved."""
    row = files.find_file(actor=request.actor, document=document, file=file)
    path = file_store.path_of(row.pk)
    if not row.is_complete or not path.exists():
        raise FileRefusedError(f"“{row.name}” chưa tải xong.", "Chờ tải xong rồi mở lại.")
    is_pdf = extension_of(row.name) == "pdf"
    kind = "application/pdf" if is_pdf else "application/octet-stream"
    return FileResponse(path.open("rb"), as_attachment=not is_pdf, filename=row.name, content_type=kind)

"""Files of an incoming document: ranges for the viewer, the whole for whoever saves it."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lienthong.accounts.policies import DocumentAct
from lienthong.common.downloads import RangeError, download
from lienthong.exchange.refusals import Refusal
from lienthong.records import files
from lienthong.records.access import incoming_of
from lienthong.records.refusals import Reason, RecordsRefusal
from lienthong.web.pages import PageRequest, documents, page
from lienthong.web.refusing import refused


@require_safe
@page(documents(DocumentAct.READ))
def attachment(request: PageRequest, pk: UUID, place: int) -> HttpResponseBase:
    """One file, decoded out of the stored package while it is sent."""
    try:
        file = files.file_of(incoming_of(request.actor, pk), place)
        # Never the type that the package claims: text/javascript of a stranger would be a script of our own origin.
        return _sent(request, file.content, file.name, "application/pdf" if file.is_pdf else "application/octet-stream")
    except RecordsRefusal as refusal:
        return _gone(request, refusal)


@require_safe
@page(documents(DocumentAct.READ))
def package(request: PageRequest, pk: UUID) -> HttpResponseBase:
    """The package exactly as received: what its signatures and hashes are about."""
    try:
        one = incoming_of(request.actor, pk)
        return _sent(request, files.package_of(one), f"{one.code or one.pk}.edxml", "application/xml")
    except RecordsRefusal as refusal:
        return _gone(request, refusal)


@require_safe
@page(documents(DocumentAct.READ))
def archive(request: PageRequest, pk: UUID, place: int) -> HttpResponse:
    """What a zip file says it holds."""
    try:
        file = files.file_of(incoming_of(request.actor, pk), place)
        listing = files.list_zip(file)
    except RecordsRefusal as refusal:
        return refused(request, refusal, reverse("inbox"))
    except Refusal as refusal:
        return HttpResponse(status=500, headers={"X-Message": quote(refusal.reason.sentence)})
    return render(request, "inbox/archive.html", {"file": file, "listing": listing})


def _sent(request: PageRequest, content: object, name: str, content_type: str) -> HttpResponseBase:
    try:
        response = download(request, content, name=name, content_type=content_type)  # type: ignore[arg-type]
    except RangeError as error:
        return HttpResponse(status=416, headers=error.headers)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _gone(request: PageRequest, refusal: RecordsRefusal) -> HttpResponse:
    if refusal.reason is Reason.CANCELLED:
        return HttpResponse(refusal.text, status=410, content_type="text/plain; charset=utf-8")
    return refused(request, refusal, reverse("inbox"))

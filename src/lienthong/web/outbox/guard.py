"""What all pages of this area share: they refuse in the way the caller can show."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct, may_on_documents
from lienthong.exchange.refusals import Refusal
from lienthong.ledger.errors import LedgerError
from lienthong.records.outgoing.errors import OutgoingError, UnknownDocumentError, UploadOffsetError
from lienthong.records.refusals import RecordsRefusal
from lienthong.web import errors
from lienthong.web.pages import PageRequest, View, documents, page


def may_see_outbox(actor: Actor) -> bool:
    """Who reads documents of the agency, and who drafts some."""
    if actor.agency_id is None:
        return False
    agency = actor.agency_id
    return any(may_on_documents(actor, act, agency_id=agency) for act in (DocumentAct.READ, DocumentAct.COMPOSE))


def outgoing_page(act: DocumentAct | None = None) -> Callable[[View], View]:
    """A page for those who may do this (by default: see outgoing documents); what a service refuses is told kindly."""

    def make(view: View) -> View:
        @page(documents(act) if act else may_see_outbox)
        @wraps(view)
        def answer(request: PageRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except UnknownDocumentError:
                return errors.not_found(request)
            except (OutgoingError, RecordsRefusal, Refusal, LedgerError) as error:
                return _refused(request, error, kwargs.get("document"))

        return answer

    return make


def told(error: Exception) -> str:
    """A refusal of any layer below, as a sentence with the next step."""
    match error:
        case OutgoingError():
            return f"{error.message} {error.next_step}".strip()
        case RecordsRefusal():
            return error.text
        case Refusal():
            return f"{error.reason.sentence} {error.detail} {error.reason.next_step}"
        case LedgerError():
            return f"{error.message} {error.next_step}"
    return str(error)


def _refused(request: PageRequest, error: Exception, document: Any) -> HttpResponse:
    text = told(error)
    if "application/json" in request.headers.get("Accept", ""):
        offset = error.offset if isinstance(error, UploadOffsetError) else None
        return JsonResponse({"message": text, "offset": offset}, status=409)
    if request.htmx:
        response = HttpResponse(status=409)
        response["X-Message"] = quote(text)
        return response
    messages.error(request, text)
    return redirect("outgoing", document=document) if document else redirect("outbox")

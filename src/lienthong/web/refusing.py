"""Refusals of the workplace's services as pages show them: at the field, in passing, or as "not found"."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect

from lienthong.records.refusals import Reason, RecordsRefusal
from lienthong.web import errors
from lienthong.web.pages import PageRequest


def refused(request: PageRequest, refusal: RecordsRefusal, back: str) -> HttpResponse:
    """The answer to an act that was refused and has no form to show it in."""
    if refusal.reason is Reason.NOT_FOUND:
        return errors.not_found(request)
    if request.htmx:
        return HttpResponse(status=409, headers={"X-Message": quote(refusal.text)})
    messages.error(request, refusal.text)
    return redirect(back)


def add_refusal(form: BaseForm, refusal: RecordsRefusal) -> None:
    """Say it at the field it is about, else above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.text)

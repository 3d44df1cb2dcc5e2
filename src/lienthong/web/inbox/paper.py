"""Entering a document that came on paper."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lienthong.accounts.policies import DocumentAct
from lienthong.records.incoming import register_paper
from lienthong.records.models import Direction
from lienthong.records.refusals import Reason, RecordsRefusal
from lienthong.records.registers import books_of
from lienthong.web.inbox.forms import PaperForm
from lienthong.web.pages import PageRequest, documents, page
from lienthong.web.refusing import add_refusal


@require_http_methods(["GET", "POST"])
@page(documents(DocumentAct.REGISTER))
def enter(request: PageRequest) -> HttpResponse:
    """The form; what was typed stays when something is wrong."""
    form = PaperForm(request.POST or None, books=books_of(request.actor, Direction.INCOMING))
    is_twin = False
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = register_paper(
                actor=request.actor,
                book_id=typed["book"],
                facts=form.facts(),
                arrival_date=typed["arrival_date"],
                note=typed["note"],
                anyway=typed["anyway"],
            )
        except RecordsRefusal as refusal:
            is_twin = refusal.reason is Reason.DUPLICATE
            add_refusal(form, refusal)
        else:
            messages.success(request, f"Đã vào sổ số {made.arrival_number}.")
            return redirect("inbox-paper" if "another" in request.POST else "inbox")
    told = {"form": form, "is_twin": is_twin}
    return render(request, "inbox/paper.html", told, status=422 if form.is_bound else 200)

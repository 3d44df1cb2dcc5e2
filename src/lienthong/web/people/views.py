"""People and what they are: for those who manage an agency's, or everybody's."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from lienthong.accounts import policies, selectors, services
from lienthong.accounts.actors import Actor
from lienthong.accounts.errors import AccountError
from lienthong.accounts.models import Position, User
from lienthong.accounts.roles import Role
from lienthong.accounts.services import NewPassword
from lienthong.common import clock
from lienthong.web.forms import tell
from lienthong.web.pages import PageRequest, page
from lienthong.web.people.forms import DataForm, NewPersonForm, PositionForm

_PAGE = 50


def _managers(actor: Actor) -> bool:
    return policies.may_manage_people(actor, agency_id=actor.agency_id)


@require_safe
@page(_managers)
def people(request: PageRequest) -> HttpResponse:
    """The list; ``q`` searches, ``vai-tro`` and ``ngung`` filter, ``sau`` goes on."""
    asked = {name: request.GET.get(name, "") for name in ("q", "vai-tro", "ngung", "sau")}
    found = selectors.people_of(
        request.actor,
        text=asked["q"],
        role=asked["vai-tro"],
        active=not asked["ngung"],
        after=asked["sau"],
        limit=_PAGE + 1,
    )
    shown = found[:_PAGE]
    filters = {name: value for name, value in asked.items() if value and name != "sau"}
    onward = f"?{urlencode(filters | {'sau': shown[-1].username})}" if len(found) > _PAGE else ""
    told = {"people": shown, "asked": asked, "next_url": onward, "roles": Role, "tabs": _tabs(asked)}
    return render(request, "people/list.html", told)


def _tabs(asked: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"label": "Đang dùng", "url": "?", "current": not asked["ngung"]},
        {"label": "Đã ngừng", "url": "?ngung=1", "current": bool(asked["ngung"])},
    ]


@page(_managers)
def new(request: PageRequest) -> HttpResponse:
    """Make an account; its password is shown on the answer, once."""
    form = NewPersonForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("username", "full_name", "role", "title", "email", "phone")}
        try:
            made = services.create_person(actor=request.actor, agency=form.place(), **data)
        except AccountError as error:
            tell(form, error)
        else:
            return _show_password(request, made, "Đã tạo tài khoản")
    return render(request, "people/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@page(_managers)
def person(request: PageRequest, pk: int) -> HttpResponse:
    """One person: data, roles now and before, authority held."""
    return _person_page(request, _find(request, pk), PositionForm(actor=request.actor))


@page(_managers)
def change(request: PageRequest, pk: int) -> HttpResponse:
    """Correct the data."""
    found = _find(request, pk)
    start = {"full_name": found.full_name, "email": found.email, "phone": found.phone}
    form = DataForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        services.change_person(actor=request.actor, user=found, **form.cleaned_data)
        messages.success(request, "Đã lưu.")
        return redirect("person", pk=pk)
    told = {"form": form, "person": found}
    return render(request, "people/change.html", told, status=422 if form.is_bound else 200)


@require_POST
@page(_managers)
def grant(request: PageRequest, pk: int) -> HttpResponse:
    """Give one more role."""
    found = _find(request, pk)
    form = PositionForm(request.POST, actor=request.actor)
    if form.is_valid():
        try:
            services.grant_position(
                actor=request.actor,
                user=found,
                role=form.cleaned_data["role"],
                agency=form.place(),
                title=form.cleaned_data["title"],
            )
        except AccountError as error:
            tell(form, error)
        else:
            messages.success(request, f"Đã giao vai trò cho {found.full_name}.")
            return redirect("person", pk=pk)
    return _person_page(request, found, form, status=422)


@require_POST
@page(_managers)
def end(request: PageRequest, pk: int, position: int) -> HttpResponse:
    """Take a role away, from today."""
    held = get_object_or_404(Position, pk=position, user=_find(request, pk))
    if request.actor.agency_id is not None and held.agency_id != request.actor.agency_id:
        raise Http404
    return _after(request, pk, "Đã thôi vai trò.", lambda: services.end_position(actor=request.actor, position=held))


@require_POST
@page(_managers)
@sensitive_variables("made")
def reset(request: PageRequest, pk: int) -> HttpResponse:
    """Another one-time password."""
    made = services.reset_password(actor=request.actor, user=_find(request, pk))
    return _show_password(request, made, "Đã đặt lại mật khẩu")


@require_POST
@page(_managers)
def close(request: PageRequest, pk: int) -> HttpResponse:
    """No more signing in."""
    found = _find(request, pk)
    act = _setting(request, found, active=False)
    return _after(request, pk, f"Đã ngừng tài khoản của {found.full_name}.", act)


@require_POST
@page(_managers)
def reopen(request: PageRequest, pk: int) -> HttpResponse:
    """Signing in again."""
    found = _find(request, pk)
    return _after(request, pk, f"Đã mở lại tài khoản của {found.full_name}.", _setting(request, found, active=True))


def _setting(request: PageRequest, user: User, *, active: bool) -> Any:
    return lambda: services.set_active(actor=request.actor, user=user, active=active)


def _after(request: PageRequest, pk: int, told: str, act: Any) -> HttpResponse:
    try:
        act()
    except AccountError as error:
        messages.error(request, f"{error.message} {error.next_step}")
    else:
        messages.success(request, told)
    return redirect("person", pk=pk)


def _find(request: PageRequest, pk: int) -> User:
    found = selectors.person_for(request.actor, pk)
    if found is None:
        raise Http404
    return found


def _person_page(request: PageRequest, found: User, form: PositionForm, status: int = 200) -> HttpResponse:
    today = clock.today()
    positions = selectors.with_agency(found.positions.all(), today).order_by("-valid_from", "-id")
    if request.actor.agency_id is not None:
        positions = positions.filter(agency_id=request.actor.agency_id)
    agencies = selectors.accountable_agencies(found, today=today)
    told = {
        "person": found,
        "positions": [(row, row.valid_to is None or row.valid_to > today) for row in positions],
        "form": form,
        "may_manage": policies.may_manage_account(request.actor, agencies=agencies),
        "is_me": found.pk == request.user.pk,
    }
    return render(request, "people/person.html", told, status=status)


def _show_password(request: PageRequest, made: NewPassword, heading: str) -> HttpResponse:
    response = render(request, "people/password.html", {"made": made, "told": heading})
    response["Cache-Control"] = "no-store"  # it is shown once
    return response

"""What makes a function a page: it knows who acts, refuses kindly, and shows nothing of other agencies."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.middleware import HtmxDetails

from lienthong.accounts import policies
from lienthong.accounts.actors import Actor
from lienthong.accounts.models import User
from lienthong.accounts.policies import AxisAct, DocumentAct, NotAllowedError
from lienthong.accounts.roles import Role
from lienthong.accounts.selectors import Seat, current_actor
from lienthong.common import clock
from lienthong.common.addresses import address_behind
from lienthong.ledger import actors as ledger_actors
from lienthong.ledger.events import Actor as LedgerActor
from lienthong.web import errors

SEAT = "seat"  # in the session: where the person chose to act

Allow = Callable[[Actor], bool]


class PageRequest(HttpRequest):
    """A request as pages get it."""

    user: User  # pages are for those who signed in
    htmx: HtmxDetails
    actor: Actor
    seats: list[Seat]


class View(Protocol):
    """A page's function."""

    def __call__(self, request: Any, /, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


@dataclass(frozen=True, slots=True)
class Page:
    """What a view says about itself; tests go through all of them."""

    allow: Allow


def anybody(actor: Actor) -> bool:
    """Everybody who holds some position."""
    return True


def roles(*wanted: Role) -> Allow:
    """Those who hold one of the roles where they act."""
    return lambda actor: actor.has(*wanted)


def documents(act: DocumentAct) -> Allow:
    """Those who may do this with documents of their own agency. What is not theirs is the service's to refuse."""
    return lambda actor: (
        actor.agency_id is not None
        and policies.may_on_documents(actor, act, agency_id=actor.agency_id, assignees=[actor.user_id])
    )


def axis(act: AxisAct) -> Allow:
    """Those who may do this with the axis."""
    return lambda actor: policies.may_on_axis(actor, act)


def page(allow: Allow = anybody) -> Callable[[View], View]:
    """Make a view a page. It is called with ``request.actor``; whoever has not signed in goes to do so, and whoever may
    not gets a page that says why. :class:`~lienthong.accounts.policies.NotAllowedError` of a service does the same."""

    def make(view: View) -> View:
        @wraps(view)
        def answer(request: PageRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            found = actor_of(request)
            if found is None:
                return errors.no_position(request)
            request.actor, request.seats = found
            if not allow(request.actor):
                return errors.not_allowed(request)
            with ledger_actors.acting(_evidence(request.actor)):
                try:
                    return view(request, *args, **kwargs)
                except NotAllowedError as error:
                    return errors.not_allowed(request, str(error))

        answer.page = Page(allow)  # type: ignore[attr-defined]
        return cast(View, answer)

    return make


def actor_of(request: HttpRequest) -> tuple[Actor, list[Seat]] | None:
    """Who acts, and where else they could; ``None`` when they hold no position today."""
    user = cast(User, request.user)
    choice = str(request.session.get(SEAT, ""))
    return current_actor(user, choice=choice, today=clock.today(), remote=address_behind(request.META))


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in and back here; htmx is told to leave the page, as it would put the form into it."""
    if getattr(request, "htmx", None):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = resolve_url("account_login")
        return response
    return redirect_to_login(request.get_full_path(), resolve_url("account_login"))


def toast(response: HttpResponse, text: str, *, kind: str = "green", undo: str = "") -> HttpResponse:
    """Tell something in passing on an htmx answer. ``undo``: address that takes the act back when posted to.
    After a redirect use ``django.contrib.messages`` instead; it shows the same way."""
    told = {"text": text, "kind": kind, "undo": undo}
    response["HX-Trigger"] = json.dumps({"toast": told})  # ASCII only, as headers are
    return response


def _evidence(actor: Actor) -> LedgerActor:
    return LedgerActor(agency=actor.agency_code, remote=actor.remote, user=actor.signature)

"""Who gets to the training ground at all: this machine alone, unless a setting opens it."""

from __future__ import annotations

import ipaddress
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from lienthong.accounts.actors import Actor
from lienthong.common.addresses import address_behind
from lienthong.training.errors import TrainingError
from lienthong.training.ground import is_ground
from lienthong.web.pages import View, actor_of


def at_the_ground(view: View) -> View:
    """Make a view one of the training ground: elsewhere, and from elsewhere, it does not exist."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_ground() or not may_come(request):
            raise Http404
        try:
            return view(request, *args, **kwargs)
        except TrainingError as error:
            messages.error(request, f"{error.message} {error.next_step}")
            return redirect("training")

    return cast(View, answer)


def may_come(request: HttpRequest) -> bool:
    """From this machine, or from anywhere when ``LIENTHONG_TRAINING_OPEN`` says so."""
    return bool(settings.TRAINING_OPEN) or _is_loopback(address_behind(request.META))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def visitor(request: HttpRequest) -> Actor | None:
    """Who looks at the page, if they have chosen whom to be."""
    if not request.user.is_authenticated:
        return None
    found = actor_of(request)
    return found[0] if found else None


def trainee(request: HttpRequest) -> Actor:
    """:raises TrainingError: ``training.nobody``"""
    found = visitor(request)
    if found is None:
        raise TrainingError("training.nobody", "Bạn chưa vào vai ai.", "Chọn một người trong danh sách.")
    return found

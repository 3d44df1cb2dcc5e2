"""Around allauth's own views: who is locked out, who forgot."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """After too many wrong passwords. The same for names that exist and names that do not."""
    told = {"minutes": settings.SIGN_IN_LOCK_MINUTES}
    return render(request, "account/locked.html", told, status=429)


@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    """Whom to ask: passwords are given out by people who know you, never by e-mail."""
    return render(request, "account/forgotten.html")

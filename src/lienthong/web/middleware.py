"""What every page's answer carries, and how long a session lives. Gateways never come through here."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse

from lienthong.common import clock
from lienthong.web import errors
from lienthong.web.pages import sign_in_first

Answer = Callable[[HttpRequest], HttpResponse]

_BEGAN, _SEEN = "began", "seen"  # in the session, seconds since 1970
_REFRESH = 60  # seconds between two notes that somebody is still there: not every click writes
_YEAR = 31_536_000


def security_headers(get_response: Answer) -> Answer:
    """No script or style but our own files, no other origin, no frame, and nothing kept by what lies in between."""
    headers = {
        "Content-Security-Policy": content_policy(),
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
    }
    if settings.PUBLIC_URL.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    return answer


def content_policy() -> str:
    """Forms may also lead to the city's sign-on. WebAssembly decodes scanned pages in PDFs."""
    sso = "{0.scheme}://{0.netloc}".format(urlsplit(settings.OIDC_URL)) if settings.OIDC_URL else ""
    rules = {
        "default-src": "'none'",
        "script-src": "'self' 'wasm-unsafe-eval'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "form-action": f"'self' {sso}".strip(),
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def storable_texts(get_response: Answer) -> Answer:
    """No page can do anything with NUL, which PostgreSQL cannot hold: who sends it is told so, once for all pages."""

    def answer(request: HttpRequest) -> HttpResponse:
        texts = [value for asked in (request.GET, request.POST) for _, values in asked.lists() for value in values]
        if any("\0" in text for text in (request.path_info, *request.GET, *request.POST, *texts)):
            return errors.unreadable(request)
        return get_response(request)

    return answer


def session_life(get_response: Answer) -> Answer:
    """A session ends so long after signing in, whatever happens, and so long after the last click (its own expiry,
    moved on here). What a page fetches by itself says ``X-Background`` and is no click."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            moment = int(clock.now().timestamp())
            began = request.session.setdefault(_BEGAN, moment)
            if moment - began > settings.SESSION_HOURS * 3600:
                logout(request)
                messages.info(request, "Phiên làm việc đã hết giờ. Hãy đăng nhập lại.")
                return sign_in_first(request)
            if moment - request.session.get(_SEEN, 0) > _REFRESH and "X-Background" not in request.headers:
                request.session[_SEEN] = moment
        return get_response(request)

    return answer


def first_password(get_response: Answer) -> Answer:
    """Whoever still has the password that somebody gave them chooses their own before anything else."""

    def answer(request: HttpRequest) -> HttpResponse:
        change = reverse("my-password")
        free = {change, reverse("account_logout")}
        if request.user.is_authenticated and request.user.must_change_password and request.path not in free:
            if "HX-Request" in request.headers:
                response = HttpResponse(status=204)
                response["HX-Redirect"] = resolve_url(change)
                return response
            return redirect(change)
        return get_response(request)

    return answer

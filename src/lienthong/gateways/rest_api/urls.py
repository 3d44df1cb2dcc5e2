"""Paths below ``/api/v1/``. Whatever matches nothing is answered as a problem too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path

from lienthong.gateways.rest_api.api import api, openapi_document
from lienthong.gateways.rest_api.problems import ApiError, Fault
from lienthong.gateways.rest_api.requests import served


def _unknown_path(request: HttpRequest) -> HttpResponse:
    raise ApiError(Fault.PATH_UNKNOWN, f"{request.path[:200]}.")


urlpatterns: list[URLPattern] = [
    re_path(r"^openapi\.json$", served(openapi_document)),
    *(
        URLPattern(pattern.pattern, served(pattern.callback), pattern.default_args, pattern.name)
        for pattern in api.urls[0]
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ),
    re_path(r"", served(_unknown_path)),
]

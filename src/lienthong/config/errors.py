"""Who answers when nothing else does: pages to browsers, JSON to programs.

A client whose endpoint is mistyped would take any page that is not JSON for an empty inbox.
"""

from __future__ import annotations

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse

from lienthong.config.front import is_gateway
from lienthong.gateways.vxp_api import unknown
from lienthong.web import errors


def bad_request(request: WSGIRequest, exception: Exception) -> HttpResponse:
    return errors.unreadable(request) if _is_page(request) else unknown.unreadable_request(request, exception)


def permission_denied(request: WSGIRequest, exception: Exception) -> HttpResponse:
    return errors.not_allowed(request)


def not_found(request: WSGIRequest, exception: Exception) -> HttpResponse:
    return errors.not_found(request) if _is_page(request) else unknown.unknown_call(request, exception)


def server_error(request: WSGIRequest) -> HttpResponse:
    return errors.broken(request) if _is_page(request) else unknown.internal_error(request)


def _is_page(request: WSGIRequest) -> bool:
    return errors.wants_page(request) and not is_gateway(request.path_info)

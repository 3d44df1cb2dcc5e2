"""Answers to requests that reach no call: JSON too, since the SDK takes an HTML page for an empty inbox."""

from __future__ import annotations

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse

from lienthong.gateways.vxp_api import answers
from lienthong.gateways.vxp_api.body import Body
from lienthong.gateways.vxp_api.dispatch import discard_rest
from lienthong.gateways.vxp_api.faults import Failure, Fault


def unknown_call(request: WSGIRequest, exception: Exception | None = None) -> HttpResponse:
    """404, with the fields that any call could miss."""
    discard_rest(Body.of(request.environ))
    return answers.failed_anything(Failure.of_fault(Fault.CALL_UNKNOWN, f"Đường dẫn: {request.path[:200]}."))


def unreadable_request(request: WSGIRequest, exception: Exception | None = None) -> HttpResponse:
    return answers.failed_anything(Failure.of_fault(Fault.REQUEST_UNREADABLE))


def internal_error(request: WSGIRequest) -> HttpResponse:
    return answers.failed_anything(Failure.of_fault(Fault.INTERNAL))


def unreadable_over_the_wire() -> bytes:
    """The same for the web server itself, when bytes that are no HTTP never become a request."""
    response = answers.failed_anything(Failure.of_fault(Fault.REQUEST_UNREADABLE))
    head = f"HTTP/1.1 {response.status_code} {response.reason_phrase}\r\n".encode()
    return head + response.serialize_headers() + b"\r\nConnection: close\r\n\r\n" + response.content

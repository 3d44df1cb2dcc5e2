"""What every operation gets: who calls, from where, and the body as a stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from lienthong.common.sql import release_connection
from lienthong.exchange.request_body import Body
from lienthong.gateways.rest_api.problems import ApiError, Fault, problem_of
from lienthong.registry.api_access import KeyAccess
from lienthong.registry.resolution import SystemAccess


@dataclass(frozen=True, slots=True)
class Caller:
    """The key that opened the door, its system, and the address it came from."""

    key: KeyAccess
    remote: str

    @property
    def system(self) -> SystemAccess:
        return self.key.system


class ApiRequest(HttpRequest):
    """A request as this interface's operations see it."""

    auth: Caller
    stream: Body


View = Callable[..., HttpResponseBase]


def served(view: View) -> View:
    """Give the request its stream, read what the view left of it, and answer even the unforeseen with a problem."""

    @wraps(view)
    def serve(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.stream = Body.of(request.environ)
        try:
            response = view(request, *args, **kwargs)
            if response.status_code == 405:
                fault = ApiError(Fault.METHOD_WRONG, headers={"Allow": response.headers.get("Allow", "")})
                response = problem_of(fault, request.path).response(request.path)
        except Exception as error:  # noqa: BLE001 - a client of this interface is never answered with a page
            response = problem_of(error, request.path).response(request.path)
        request.stream.discard_rest(limit=settings.PACKAGE_LIMIT, seconds=settings.SLOW_BODY_SECONDS)
        release_connection()  # the answer goes over the network
        return response

    return serve

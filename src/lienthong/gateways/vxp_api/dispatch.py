"""What every call has in common: its method, who signed it, and the shape of its failure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError
from django.http import HttpResponse, HttpResponseBase

from lienthong.common.sql import release_connection
from lienthong.exchange.outages import DATABASE_AWAY, outage_of
from lienthong.exchange.refusals import Refusal
from lienthong.gateways.vxp_api import answers
from lienthong.gateways.vxp_api.authentication import authenticate
from lienthong.gateways.vxp_api.body import Body
from lienthong.gateways.vxp_api.faults import CallError, Failure, Fault
from lienthong.gateways.vxp_api.parameters import Parameters
from lienthong.ledger.denials import record_denial
from lienthong.registry.directory import find_system
from lienthong.registry.errors import RegistryError
from lienthong.registry.resolution import SystemAccess

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request whose system is known and may connect."""

    system: SystemAccess
    parameters: Parameters
    body: Body
    remote: str


Failed = Callable[[Failure], HttpResponse]
CallView = Callable[[SignedRequest], HttpResponseBase]
DjangoView = Callable[[WSGIRequest], HttpResponseBase]


def call(*, methods: Iterable[str] = ("POST",), failed: Failed = answers.failed) -> Callable[[CallView], DjangoView]:
    """Make a Django view of a function that answers a signed request; whatever it raises is answered by ``failed``."""
    allowed = frozenset(methods)

    def decorate(view: CallView) -> DjangoView:
        @wraps(view)
        def serve(request: WSGIRequest) -> HttpResponseBase:
            body = Body.of(request.environ)
            try:
                response = view(_signed(request, body, allowed))
            except Exception as error:  # noqa: BLE001 - an answer that is no JSON looks like an empty inbox to the SDK
                response = failed(_failure(error, request))
                _note_denial(error, request)
            discard_rest(body)
            release_connection()  # the answer goes over the network
            return response

        return serve

    return decorate


def discard_rest(body: Body) -> None:
    """Let the client finish writing, so that it reads the answer."""
    body.discard_rest(limit=settings.PACKAGE_LIMIT, seconds=settings.SLOW_BODY_SECONDS)


def _signed(request: WSGIRequest, body: Body, allowed: frozenset[str]) -> SignedRequest:
    if request.method not in allowed:
        raise CallError(Fault.METHOD_WRONG, f"Phương thức dùng được: {', '.join(sorted(allowed))}.")
    system, parameters = authenticate(request.META, find_system)
    return SignedRequest(system, parameters, body, request.META.get("REMOTE_ADDR", ""))


_DENIALS = {Fault.SIGNATURE_WRONG, Fault.SIGNATURE_MISSING, Fault.SYSTEM_UNKNOWN, Fault.SYSTEM_LOCKED}


def _note_denial(error: Exception, request: WSGIRequest) -> None:
    """Whoever is turned away at the door leaves an event."""
    if not isinstance(error, CallError) or error.fault not in _DENIALS:
        return
    try:
        record_denial(system=error.system_id, remote=request.META.get("REMOTE_ADDR", ""), code=error.fault.code)
    except (DatabaseError, *DATABASE_AWAY):
        log.exception("a denial left no event")


def _failure(error: Exception, request: WSGIRequest) -> Failure:
    """Name the failure of any exception; those that nobody foresaw are logged whole."""
    if isinstance(error, CallError):
        log.warning("%s refused: %s (from %s)", request.path, error, request.META.get("REMOTE_ADDR"))
        return Failure.of_fault(error.fault, error.detail)
    if isinstance(error, Refusal):
        return Failure.of_refusal(error)
    if outage := outage_of(error):
        log.error("%s failed: %s: %s", request.path, outage.reason.code, error)
        return Failure.of_refusal(outage)
    if isinstance(error, RegistryError) and not error.code.startswith("registry.vault."):
        return Failure.of_registry(error)
    log.error("%s failed", request.path, exc_info=error)  # a vault's own words are for the operator alone
    return Failure.of_fault(Fault.INTERNAL)

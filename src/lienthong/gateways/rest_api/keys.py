"""The door: a bearer key, its scope, its networks, its rate."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from ninja.security import HttpBearer

from lienthong.common.addresses import address_behind, is_within
from lienthong.exchange.outages import DATABASE_AWAY
from lienthong.gateways.rest_api.problems import ApiError, Fault
from lienthong.gateways.rest_api.requests import Caller
from lienthong.ledger.denials import record_denial
from lienthong.ledger.uses import record_use
from lienthong.registry.api_access import KeyAccess, find_key, take_token
from lienthong.registry.api_tokens import Token, new_token, read_token
from lienthong.registry.models import ApiScope

log = logging.getLogger(__name__)

_NOBODYS = new_token()  # compared with when there is no row, so that time does not tell which prefixes exist


class KeyDoor:
    """Lets in a live key that has the scope. What is told about a key is told only to who holds its secret.

    ``counted``: whether coming in takes one from the key's rate.
    """

    def __init__(self, scope: ApiScope | None, *, counted: bool = True) -> None:
        self._scope = scope
        self._counted = counted

    def open(self, authorization: str, remote: str | None) -> KeyAccess:
        """The key in an ``Authorization`` header, used from ``remote`` (``None``: from where it was let in before).

        :raises ApiError: the key does not open this door now
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.casefold() != "bearer" or not token.strip():
            raise ApiError(Fault.KEY_MISSING)
        key = _key_of(read_token(token.strip()))
        if not key.is_live:
            raise ApiError(Fault.KEY_ENDED)
        if key.system.is_locked:
            raise ApiError(Fault.SYSTEM_LOCKED)
        if key.networks and remote is not None and not is_within(remote, key.networks):
            raise ApiError(Fault.ADDRESS_NOT_ALLOWED, f"Địa chỉ {remote}.")
        if self._scope is not None and self._scope.value not in key.scopes:
            raise ApiError(Fault.SCOPE_MISSING, f"Quyền cần có: {self._scope.value}.")
        if self._counted and (wait := take_token(key)):
            raise ApiError(Fault.RATE_EXCEEDED, f"Sau {wait} giây.", headers={"Retry-After": str(wait)})
        return key


_DENIALS = frozenset(
    {
        Fault.KEY_MISSING,
        Fault.KEY_WRONG,
        Fault.KEY_ENDED,
        Fault.SYSTEM_LOCKED,
        Fault.ADDRESS_NOT_ALLOWED,
        Fault.SCOPE_MISSING,
    }
)


def admit(door: KeyDoor, authorization: str, remote: str) -> KeyAccess:
    """Open a door; whoever is turned away leaves an event.

    :raises ApiError: the key does not open this door now
    """
    try:
        key = door.open(authorization, remote)
    except ApiError as error:
        if error.fault in _DENIALS:
            _note_denial(authorization, remote, error.fault.code)
        raise
    record_use(credential=f"api_key:{key.pk}", system=key.system.system_id, remote=remote)
    return key


def _note_denial(authorization: str, remote: str, code: str) -> None:
    token = read_token(authorization.rpartition(" ")[2])
    try:
        record_denial(system=f"ltk_{token.prefix}" if token else "", remote=remote, code=code)
    except (DatabaseError, *DATABASE_AWAY):
        log.exception("a denial left no event")


class ApiKey(HttpBearer):
    """The door as django-ninja asks for it; the name stands in the OpenAPI document."""

    openapi_bearerFormat = "ltk_<prefix>_<secret>"  # noqa: N815 - the name OpenAPI has for it
    openapi_description = "Khóa API của một hệ thống, do quản trị trục cấp: lienthong systems key add."

    def __init__(self, scope: ApiScope | None = None) -> None:
        self._door = KeyDoor(scope)
        super().__init__()

    def __call__(self, request: HttpRequest) -> Any:
        return self.authenticate(request, request.headers.get("Authorization", ""))

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """:raises ApiError: the key does not open this door now"""
        remote = address_behind(request.META)
        return Caller(admit(self._door, token, remote), remote)


def _key_of(token: Token | None) -> KeyAccess:
    key = find_key(token.prefix) if token else None
    opened = (token or _NOBODYS).opens(key.secret_hash if key else bytes(32))
    if key is None or not opened:
        raise ApiError(Fault.KEY_WRONG)
    return key

"""The door: a bearer key, its scope, its networks, its rate."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from lienthong.gateways.rest_api.problems import ApiError, Fault
from lienthong.gateways.rest_api.requests import Caller, is_within, remote_address
from lienthong.registry.api_access import KeyAccess, find_key, take_token
from lienthong.registry.api_tokens import Token, new_token, read_token
from lienthong.registry.models import ApiScope

_NOBODYS = new_token()  # compared with when there is no row, so that time does not tell which prefixes exist


class ApiKey(HttpBearer):
    """Lets in a live key that has the scope. What is told about a key is told only to who holds its secret."""

    openapi_bearerFormat = "ltk_<prefix>_<secret>"  # noqa: N815 - the name OpenAPI has for it
    openapi_description = "Khóa API của một hệ thống, do quản trị trục cấp: lienthong systems key add."

    def __init__(self, scope: ApiScope | None = None) -> None:
        self.scope = scope
        super().__init__()

    def __call__(self, request: HttpRequest) -> Any:
        header = request.headers.get("Authorization", "")
        scheme, _, token = header.partition(" ")
        if scheme.casefold() != "bearer" or not token.strip():
            raise ApiError(Fault.KEY_MISSING)
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """:raises ApiError: the key does not open this door now"""
        key = _key_of(read_token(token))
        remote = remote_address(request.META)
        if not key.is_live:
            raise ApiError(Fault.KEY_ENDED)
        if key.system.is_locked:
            raise ApiError(Fault.SYSTEM_LOCKED)
        if key.networks and not is_within(remote, key.networks):
            raise ApiError(Fault.ADDRESS_NOT_ALLOWED, f"Địa chỉ {remote}.")
        if self.scope is not None and self.scope.value not in key.scopes:
            raise ApiError(Fault.SCOPE_MISSING, f"Quyền cần có: {self.scope.value}.")
        if wait := take_token(key):
            raise ApiError(Fault.RATE_EXCEEDED, f"Sau {wait} giây.", headers={"Retry-After": str(wait)})
        return Caller(key, remote)


def _key_of(token: Token | None) -> KeyAccess:
    key = find_key(token.prefix) if token else None
    opened = (token or _NOBODYS).opens(key.secret_hash if key else bytes(32))
    if key is None or not opened:
        raise ApiError(Fault.KEY_WRONG)
    return key

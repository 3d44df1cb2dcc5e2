"""Download of a package by the link of its notice; a download that broke off goes on with ``Range``."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse

from lienthong.common import clock
from lienthong.common.sql import release_connection
from lienthong.exchange.deliveries import StoredPackage, delivered_package
from lienthong.exchange.outages import DATABASE_AWAY
from lienthong.exchange.refusals import Refusal
from lienthong.gateways.webhook.ranges import Part, wanted_part
from lienthong.gateways.webhook.signing import is_link_signed
from lienthong.ledger.denials import record_denial
from lienthong.ledger.uses import record_use
from lienthong.registry.directory import find_system
from lienthong.registry.resolution import SystemAccess

log = logging.getLogger(__name__)
_CHUNK = 256 * 1024
_NOBODYS_SECRET = "kept-only-to-spend-the-same-time"  # noqa: S105 - opens nothing
View = Callable[..., HttpResponseBase]


def download(request: HttpRequest, system_id: str, delivery_id: str) -> HttpResponseBase:
    """The package of one delivery, whole or in part."""
    if request.method not in ("GET", "HEAD"):
        return _refused(405, "webhook.method_wrong", "Liên kết này chỉ dùng để tải về (GET).")
    try:
        system = _signed_for(request, system_id, delivery_id)
        if system is None:
            _note_denial(request, system_id)
            return _refused(403, "webhook.link_invalid", "Liên kết tải không đúng hoặc đã hết hạn; chờ lần báo sau.")
        record_use(credential=f"link:{system_id}", system=system_id, remote=request.META.get("REMOTE_ADDR", ""))
        package = delivered_package(system, delivery_id)
    except Refusal as refusal:
        return _refused(refusal.reason.http_status, refusal.reason.code, refusal.reason.sentence)
    finally:
        release_connection()
    return _answer(request, package)


def _note_denial(request: HttpRequest, system_id: str) -> None:
    try:
        record_denial(system=system_id, remote=request.META.get("REMOTE_ADDR", ""), code="webhook.link_invalid")
    except (DatabaseError, *DATABASE_AWAY):
        log.exception("a denial left no event")


def _signed_for(request: HttpRequest, system_id: str, delivery_id: str) -> SystemAccess | None:
    expires, signature = request.GET.get("expires", ""), request.GET.get("signature", "")
    system = find_system(system_id)
    secrets = system.secrets if system else (_NOBODYS_SECRET,)
    if not (expires.isascii() and expires.isdecimal() and len(expires) <= 12):
        return None
    signed = is_link_signed(secrets, signature, system_id=system_id, delivery_id=delivery_id, expires=int(expires))
    if not signed or int(expires) <= clock.now().timestamp():
        return None
    return None if system is None or system.is_locked else system


def _answer(request: HttpRequest, package: StoredPackage) -> HttpResponseBase:
    tag = f'"{package.sha256.hex()}"'
    asked = request.headers.get("Range", "")
    same = request.headers.get("If-Range", tag) == tag
    part = wanted_part(asked, package.size) if asked and same else None
    if part is not None and part.length == 0:
        response: HttpResponseBase = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{package.size}"
        return response
    response = HttpResponse() if request.method == "HEAD" else _body(package, part)
    if part is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{package.size}"
    response["Content-Length"] = str(part.length if part else package.size)
    response["Content-Type"] = "application/xml"
    response["Accept-Ranges"], response["ETag"], response["Cache-Control"] = "bytes", tag, "no-store"
    return response


def _body(package: StoredPackage, part: Part | None) -> StreamingHttpResponse:
    whole = part is None or part.length == package.size
    pieces = package.chunks(_CHUNK) if whole or part is None else package.part(part.start, part.stop, _CHUNK)
    return StreamingHttpResponse(pieces)


def _refused(status: int, code: str, message: str) -> HttpResponse:
    return JsonResponse({"code": code, "message": message}, status=status, json_dumps_params={"ensure_ascii": False})

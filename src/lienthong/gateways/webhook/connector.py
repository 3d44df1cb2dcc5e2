"""Posts a delivery to its system's address: the package itself, or, when it is large, a notice with a download link."""

from __future__ import annotations

import hashlib
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import httpcore
from django.conf import settings

from lienthong.common import clock
from lienthong.common.sql import release_connection
from lienthong.exchange.connectors import Delivered, NotDelivered, Outgoing
from lienthong.exchange.refusals import Refusal
from lienthong.gateways.webhook.addresses import find_webhook
from lienthong.gateways.webhook.answers import understand
from lienthong.gateways.webhook.links import make_link
from lienthong.gateways.webhook.signing import sign_request
from lienthong.gateways.webhook.transport import ForbiddenAddressError, post
from lienthong.registry.directory import find_system

_CHUNK = 256 * 1024
_SILENCE = 60.0  # seconds; a receiver of a notice downloads before it answers, so there it may be silent to the end


@dataclass(frozen=True, slots=True)
class _Target:
    url: str
    secrets: tuple[str, ...]


class WebhookConnector:
    """Carries packages to systems of kind ``push``."""

    def deliver(self, outgoing: Outgoing, *, timeout: float) -> Delivered | NotDelivered:
        target = _target(outgoing)
        if isinstance(target, NotDelivered):
            return target
        now = clock.now()
        notice = _notice(outgoing, target, now) if outgoing.package.size >= settings.WEBHOOK_NOTICE_FROM else None
        headers = _headers(outgoing, target, now, notice)
        content = notice or _package(outgoing)
        try:
            answer = post(
                target.url,
                headers=headers,
                content=content,
                timeout=timeout,
                silence=timeout if notice else _SILENCE,
            )
        except Refusal as error:  # the stored bytes are damaged: the receiver never got the last of them
            return NotDelivered(permanent=True, cause=error.reason.code, detail=error.reason.sentence, ours=True)
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            return _unreached(error)
        except ForbiddenAddressError as error:
            return _later("webhook.address_forbidden", f"Địa chỉ nhận dẫn tới nơi trục không được gửi: {error}.")
        return understand(answer, delivery_id=outgoing.delivery_id, now=clock.now())


def _target(outgoing: Outgoing) -> _Target | NotDelivered:
    url, access = find_webhook(outgoing.system_pk), find_system(outgoing.system_id)
    release_connection()
    if url is None:
        return _later("webhook.no_address", "Hệ thống nơi nhận chưa đăng ký địa chỉ webhook.")
    if access is None or not access.secrets:
        return _later("webhook.no_secret", "Hệ thống nơi nhận không còn khóa bí mật nào để ký.")
    return _Target(url, access.secrets)


def _headers(outgoing: Outgoing, target: _Target, now: datetime, notice: bytes | None) -> dict[str, str]:
    """While a secret is being rotated there is one signature for each, newest first; one of them must be right."""
    time = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = hashlib.sha256(notice).hexdigest() if notice else outgoing.package.sha256.hex()
    signatures = [
        sign_request(secret, delivery_id=outgoing.delivery_id, time=time, sha256=digest) for secret in target.secrets
    ]
    return {
        "Content-Type": "application/json" if notice else "application/xml",
        "Content-Length": str(len(notice) if notice else outgoing.package.size),
        "User-Agent": "lienthong-webhook/1",
        "X-Lienthong-Mode": "notice" if notice else "package",
        "X-Lienthong-Delivery": outgoing.delivery_id,
        "X-Lienthong-Attempt": str(outgoing.attempt),
        "X-Lienthong-Time": time,
        "X-Lienthong-Kind": outgoing.kind.value,
        "X-Lienthong-Urgency": str(outgoing.rank),
        "X-Lienthong-From": outgoing.from_code,
        "X-Lienthong-To": ",".join(outgoing.to_codes),
        "X-Lienthong-SHA256": digest,
        "X-Lienthong-Signature": ",".join(signatures),
    }


def _notice(outgoing: Outgoing, target: _Target, now: datetime) -> bytes:
    expires = int(now.timestamp()) + settings.WEBHOOK_LINK_SECONDS
    fields = {
        "delivery": outgoing.delivery_id,
        "kind": outgoing.kind.value,
        "from": outgoing.from_code,
        "to": list(outgoing.to_codes),
        "size": outgoing.package.size,
        "sha256": outgoing.package.sha256.hex(),
        "url": make_link(target.secrets[0], outgoing.system_id, outgoing.delivery_id, expires),
        "expires": expires,
    }
    return json.dumps(fields, ensure_ascii=False).encode()


def _package(outgoing: Outgoing) -> Iterator[bytes]:
    return outgoing.package.chunks(_CHUNK)


def _unreached(error: Exception) -> NotDelivered:
    if isinstance(error, httpcore.TimeoutException):
        return _later("webhook.timeout", "Hệ thống nơi nhận không trả lời kịp.")
    if isinstance(error, httpcore.ProtocolError):
        return _later("webhook.answer_unreadable", "Địa chỉ nhận trả lời không đúng giao thức HTTP.")
    if isinstance(error.__cause__ or error.__context__, ssl.SSLError):
        return _later("webhook.tls", "Không lập được kết nối bảo mật (TLS) với hệ thống nơi nhận; kiểm tra chứng thư.")
    if isinstance(error, httpcore.ConnectError):
        return _later("webhook.unreachable", "Không kết nối được tới hệ thống nơi nhận.")
    return _later("webhook.broken", "Đường truyền tới hệ thống nơi nhận bị ngắt giữa chừng.")


def _later(cause: str, detail: str) -> NotDelivered:
    return NotDelivered(permanent=False, cause=cause, detail=detail)

"""Does a webhook answer? Posts a small message to it, marked as a test and without a package."""

from __future__ import annotations

import httpcore

from lienthong.gateways.webhook.addresses import find_webhook
from lienthong.gateways.webhook.transport import ForbiddenAddressError, post
from lienthong.monitoring.links import Step
from lienthong.registry.errors import RegistryError
from lienthong.registry.selectors import system_by_id

_SECONDS = 10.0


def self_test(system_id: str) -> list[Step]:
    """An answer of any kind shows that name, network, certificate and server are right; what the system makes of the
    message (it carries no package, so it may refuse it) is told besides."""
    try:
        url = find_webhook(system_by_id(system_id).pk)
    except RegistryError as error:
        return [Step("Tìm hệ thống", ok=False, detail=error.message)]
    if url is None:
        return [Step("Tìm địa chỉ nhận (webhook)", ok=False, detail="Hệ thống chưa đặt địa chỉ nhận.")]
    steps = [Step(f"Tìm địa chỉ nhận (webhook): {url}", ok=True)]
    headers = {"Content-Type": "application/json", "Lienthong-Test": "1"}
    try:
        answer = post(url, headers=headers, content=b'{"test": true}', timeout=_SECONDS, silence=_SECONDS)
    except ForbiddenAddressError as error:
        return [*steps, Step("Mở kết nối", ok=False, detail=f"Trục không được gửi tới địa chỉ này: {error}.")]
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        detail = str(error) or type(error).__name__
        return [*steps, Step("Mở kết nối", ok=False, detail=f"Không nhận được trả lời: {detail}.")]
    steps.append(Step("Mở kết nối", ok=True))
    there = answer.status < 500 and answer.status not in (404, 410)
    return [*steps, Step("Hệ thống trả lời gói thử", ok=there, detail=f"HTTP {answer.status}.")]

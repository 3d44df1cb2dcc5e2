"""The addresses that packages are posted to: registered by the operator, checked again at every connection."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

from lienthong.common import clock
from lienthong.gateways.webhook.models import Webhook
from lienthong.ledger.kinds import EventKind
from lienthong.registry import revision, services
from lienthong.registry.acts import note_system
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import System, SystemKind

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_LONGEST = 2000


def set_webhook(*, system: System, url: str) -> None:
    """Post the system's packages to this address from now on; a system that fetched them so far no longer has to.

    :raises RegistryError: ``webhook.*``
    """
    url = _checked(url.strip())
    if system.kind not in (SystemKind.PUSH, SystemKind.PULL):
        raise RegistryError(
            "webhook.system_unfit",
            f"Hệ thống {system.system_id} thuộc loại {SystemKind(system.kind).label!r}, không nhận qua webhook.",
            "Chỉ đặt webhook cho hệ thống loại pull hoặc push.",
        )
    with revision.changing():
        Webhook.objects.update_or_create(system=system, defaults={"url": url, "set_at": clock.now()})
        # The host only: paths and queries of such addresses may hold a partner's token.
        note_system(EventKind.SYSTEM_CHANGED, system, webhook=urlsplit(url).hostname)
        services.change_kind(system=system, kind=SystemKind.PUSH)


def remove_webhook(*, system: System) -> None:
    """Let the system fetch its packages again.

    :raises RegistryError: ``webhook.missing``
    """
    with revision.changing():
        if not Webhook.objects.filter(system=system).delete()[0]:
            raise RegistryError(
                "webhook.missing",
                f"Hệ thống {system.system_id} chưa có webhook.",
                f"Đặt webhook: lienthong systems set-webhook {system.system_id} URL",
            )
        services.change_kind(system=system, kind=SystemKind.PULL)


def find_webhook(system_pk: int) -> str | None:
    """The address of a system."""
    return Webhook.objects.filter(system=system_pk).values_list("url", flat=True).first()


def may_connect(address: IPAddress) -> bool:
    """Whether packages may go to this host. Private networks may: that is where agencies are. This machine and
    addresses that name no single host may not, so that no address makes the axis talk to its own services."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_loopback:
        return bool(settings.WEBHOOK_LOOPBACK)
    return not (address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _malformed(url) from None
    fit = parts.scheme in ("http", "https") and host and url.isascii() and url.isprintable() and " " not in url
    if not fit or parts.username is not None or parts.fragment or len(url) > _LONGEST:
        raise _malformed(url)
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return url  # a name: looked up, and checked, at every connection
    if not may_connect(address):
        raise RegistryError(
            "webhook.address_forbidden",
            f"Trục không được gửi tới địa chỉ {host}.",
            "Dùng địa chỉ của máy chủ đơn vị; địa chỉ của chính máy này chỉ dùng khi thử (LIENTHONG_WEBHOOK_LOOPBACK).",
        )
    return url


def _malformed(url: str) -> RegistryError:
    return RegistryError(
        "webhook.url_malformed",
        f"Địa chỉ {url[:200]!r} không dùng được.",
        "Viết như https://vanban.donvi.gov.vn/lienthong; không kèm tên đăng nhập, dấu # hay ký tự có dấu.",
    )

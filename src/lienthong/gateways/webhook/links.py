"""Links by which a receiver downloads a large package: signed for one system and one delivery, and expiring."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from django.conf import settings

from lienthong.gateways.webhook.signing import sign_link


def make_link(secret: str, system_id: str, delivery_id: str, expires: int) -> str:
    """The absolute address; ``expires`` in seconds since 1970."""
    signature = sign_link(secret, system_id=system_id, delivery_id=delivery_id, expires=expires)
    query = urlencode({"expires": expires, "signature": signature})
    return f"{settings.PUBLIC_URL}/webhook/packages/{quote(system_id)}/{delivery_id}?{query}"

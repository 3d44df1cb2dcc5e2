"""The signatures of webhooks (``docs/operations/webhook.md`` has worked vectors). Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence


def sign_request(secret: str, *, delivery_id: str, time: str, sha256: str) -> str:
    """HMAC-SHA256 in hex over the delivery's id, the time and the SHA-256 of the body, one line each. The hash stands
    for the body, so a receiver can check the signature before the body has arrived, and the hash as it arrives."""
    return _sign(secret, (delivery_id, time, sha256))


def sign_link(secret: str, *, system_id: str, delivery_id: str, expires: int) -> str:
    """The signature that opens a download link of one system until ``expires`` (seconds since 1970)."""
    return _sign(secret, ("link", system_id, delivery_id, str(expires)))


def is_link_signed(secrets: Iterable[str], signature: str, *, system_id: str, delivery_id: str, expires: int) -> bool:
    """Whether any of the secrets made the link. All are tried, so that time does not tell which."""
    made = [sign_link(secret, system_id=system_id, delivery_id=delivery_id, expires=expires) for secret in secrets]
    matches = [hmac.compare_digest(one.encode(), signature.encode()) for one in made]
    return any(matches)


def _sign(secret: str, lines: Sequence[str]) -> str:
    return hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()

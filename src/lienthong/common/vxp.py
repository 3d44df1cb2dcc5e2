"""The words of the national SDK's wire protocol that server and client share (vxp-protocol.md, section 2).

Pure functions: no network, no Django.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

PREFIX = "XroadVnpt-"
USER_AGENT = "JAVASDKAgent/1.0.0 XRoad/VPCP"
VERSION = "3.0.201608"


def sign(secret: str, sign_header: bytes) -> str:
    """HMAC-SHA256 in lower-case hex over the raw header bytes; the secret is used as written, never base64-decoded."""
    return hmac.new(secret.encode(), sign_header, hashlib.sha256).hexdigest()


def unpadded_hex(digest: bytes) -> str:
    """The SDK's form of a digest: each byte in hex without its leading zero. Not reversible: compare texts only."""
    return "".join(f"{byte:x}" for byte in digest)


def matches_digest(declared: str, digest: bytes) -> bool:
    """Tell whether a ``hash-file`` value, in the SDK's or the proper form, names this digest."""
    return declared.casefold() in {unpadded_hex(digest), digest.hex()}


def timestamp(moment: datetime) -> str:
    """``ddMMyyyyTHHmmss+mmmm``: what follows ``+`` are milliseconds in four digits, not a zone."""
    return f"{moment:%d%m%YT%H%M%S}+{moment.microsecond // 1000:04d}"


def sign_header(parameters: Mapping[str, str]) -> str:
    """The JSON text that is signed, in the order given (section 2.2)."""
    prefixed = {PREFIX + name: value for name, value in parameters.items()}
    return json.dumps(prefixed, ensure_ascii=False, separators=(",", ":"))


def request_headers(secret: str, parameters: Mapping[str, str]) -> list[tuple[str, str]]:
    """All headers of one signed request, ``Content-Type`` included."""
    text = sign_header(parameters)
    return [
        ("Content-Type", parameters.get("Content-Type", "application/json")),
        *((PREFIX + name, value) for name, value in parameters.items()),
        (PREFIX + "sign-header-key", ";".join(parameters)),
        (PREFIX + "sign-header", text),
        (PREFIX + "hash-header", sign(secret, text.encode())),
        ("User-Agent", USER_AGENT),
        (PREFIX + "version", VERSION),
    ]

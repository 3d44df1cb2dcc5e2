"""Tokens of the REST interface: ``ltk_<prefix>_<secret>``. Pure.

The secret is 256 random bits, so one SHA-256 keeps it as well as a slow hash would. The fixed start lets scanners of
published code recognise a token that leaked.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

_TOKEN = re.compile(r"ltk_([0-9a-z]{12})_([0-9A-Za-z_-]{43})")
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Token:
    """A token's two halves: the prefix is no secret and names the row."""

    prefix: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        return f"ltk_{self.prefix}_{self.secret}"

    @property
    def secret_hash(self) -> bytes:
        return hashlib.sha256(self.secret.encode()).digest()

    def opens(self, secret_hash: bytes) -> bool:
        """Compare in the same time whatever differs."""
        return hmac.compare_digest(self.secret_hash, secret_hash)


def new_token() -> Token:
    """A token nobody has."""
    return Token("".join(secrets.choice(_LETTERS) for _ in range(12)), secrets.token_urlsafe(32))


def read_token(text: str) -> Token | None:
    """The token a caller presents; ``None`` when it cannot be one."""
    match = _TOKEN.fullmatch(text)
    return Token(match[1], match[2]) if match else None

"""Signed receipts: a JSON Web Signature (RFC 7515, compact form, EdDSA of RFC 8037) over what the axis accepted.

Any JOSE library checks one with the key published at ``/log/keys``. A receipt is made together with the event that
records the acceptance, which keeps its content and signature: it can be handed out again word for word, for ever.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from lienthong.ledger import canonical
from lienthong.ledger.notes import SigningKey, VerifyKey

_TYPE = "lienthong-receipt"


class ReceiptError(Exception):
    """A text is not a receipt, or no known key signed it."""


def sign_receipt(content: Mapping[str, Any], key: SigningKey) -> str:
    """The receipt over ``content`` (JSON values without floats)."""
    signed = _signed_part(content, key.public.id.hex())
    return f"{signed}.{_encode(key.sign(signed.encode()))}"


def rebuild(content: Mapping[str, Any], key_id: str, signature: str) -> str:
    """The receipt again, from what its event keeps."""
    return f"{_signed_part(content, key_id)}.{signature}"


def kept(receipt: str, key: SigningKey) -> dict[str, str]:
    """What an event keeps of a receipt besides its content."""
    return {"key": key.public.id.hex(), "signature": receipt.rpartition(".")[2]}


def stored_receipt(data: Mapping[str, Any]) -> str:
    """The receipt that an event keeps in its ``data``; ``""`` when it keeps none."""
    signature = data.get("receipt_signature")
    return rebuild(data["receipt"], signature["key"], signature["signature"]) if signature else ""


def open_receipt(receipt: str, keys: Iterable[VerifyKey]) -> tuple[dict[str, Any], VerifyKey]:
    """The content of a receipt and the known key that signed it.

    :raises ReceiptError: it is no receipt, or its signature is not that of a known key
    """
    signed, _, encoded = receipt.rpartition(".")
    try:
        header, content = (canonical.decode(_decode(part)) for part in signed.split("."))
        signature = _decode(encoded)
        if header["typ"] != _TYPE or header["alg"] != "EdDSA" or not isinstance(content, dict):
            raise ReceiptError("not a receipt")
        kid = header["kid"]
    except (ValueError, KeyError, TypeError) as error:
        raise ReceiptError("not a receipt") from error
    for key in keys:
        if key.id.hex() == kid:
            if key.verifies(signed.encode(), signature):
                return content, key
            raise ReceiptError("the signature is wrong")
    raise ReceiptError("signed by no known key")


def _signed_part(content: Mapping[str, Any], key_id: str) -> str:
    return f"{_header(key_id)}.{_encode(canonical.encode(dict(content)))}"


@lru_cache(maxsize=64)
def _header(key_id: str) -> str:
    return _encode(canonical.encode({"alg": "EdDSA", "kid": key_id, "typ": _TYPE}))


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64url") from error
    if _encode(raw) != text:
        raise ValueError("not canonical base64url")
    return raw

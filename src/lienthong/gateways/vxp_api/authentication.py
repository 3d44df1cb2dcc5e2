"""Who calls: the signature over the raw bytes of ``XroadVnpt-sign-header`` (vxp-protocol.md, sections 2.3 and 2.5).

The signature has no nonce and the SDK computes its time stamp once per service object, so neither is checked; instead
every write is idempotent. The body is covered only in sendEdoc, through the signed ``hash-file``.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping

from lienthong.common import vxp
from lienthong.gateways.vxp_api.faults import CallError, Fault
from lienthong.gateways.vxp_api.parameters import Parameters, parse_sign_header
from lienthong.ledger.uses import record_use
from lienthong.registry.resolution import SystemAccess

SIGN_HEADER = "HTTP_XROADVNPT_SIGN_HEADER"
HASH_HEADER = "HTTP_XROADVNPT_HASH_HEADER"
_NOBODYS_SECRET = "kept-only-to-spend-the-same-time"  # noqa: S105 - opens nothing
_LONGEST_SYSTEM_ID = 64


def authenticate(
    meta: Mapping[str, str], find_system: Callable[[str], SystemAccess | None]
) -> tuple[SystemAccess, Parameters]:
    """Tell which system signed the request, and with what parameters.

    The id comes from the signed JSON, as clients may override the one they were built with; so it is read before the
    signature is known to be right, under the limits of ``parse_sign_header``.

    :raises CallError: the request is unsigned, unreadable, of an unknown or locked system, or signed wrongly
    """
    raw, declared = _header_bytes(meta, SIGN_HEADER), _header_bytes(meta, HASH_HEADER)
    if not raw or not declared:
        raise CallError(Fault.SIGNATURE_MISSING)
    parameters = parse_sign_header(raw)
    system_id = parameters.required("systemid")
    system = find_system(system_id) if len(system_id) <= _LONGEST_SYSTEM_ID and system_id.isprintable() else None
    signer = which_signed(raw, declared, system.secrets if system else (_NOBODYS_SECRET,))
    if system is None:
        raise CallError(Fault.SYSTEM_UNKNOWN, f"systemid: {system_id[:_LONGEST_SYSTEM_ID]}.", system_id=system_id)
    if signer is None:
        raise CallError(Fault.SIGNATURE_WRONG, system_id=system_id)
    if system.is_locked:  # told only to who holds the secret
        raise CallError(Fault.SYSTEM_LOCKED, system_id=system_id)
    if system.credentials:
        remote = meta.get("REMOTE_ADDR", "")
        record_use(credential=f"secret:{system.credentials[signer]}", system=system.system_id, remote=remote)
    return system, parameters


def which_signed(raw: bytes, declared: bytes, secrets: Iterable[str]) -> int | None:
    """The place of the secret that made this signature. All are tried, so that time does not tell which."""
    declared = declared.lower()
    matches = [hmac.compare_digest(vxp.sign(secret, raw).encode(), declared) for secret in secrets]
    return matches.index(True) if any(matches) else None


def is_signed(raw: bytes, declared: bytes, secrets: Iterable[str]) -> bool:
    """Whether any of the secrets made this signature."""
    return which_signed(raw, declared, secrets) is not None


def _header_bytes(meta: Mapping[str, str], name: str) -> bytes:
    """WSGI hands header bytes over as Latin-1 characters; this gives the bytes back as they were on the wire."""
    return meta.get(name, "").strip(" \t").encode("latin-1", "replace")

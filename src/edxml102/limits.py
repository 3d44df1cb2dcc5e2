"""How much of a package the reader takes before it refuses (quirk 11 and section 3.5 of the specification)."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps of one reading; a package over any of them gets one ``limit.*`` finding and is refused.

    Lengths of names are in characters, everything else that is a size is in bytes; ``None`` means no cap.
    """

    depth: int = 32
    elements: int = 20_000
    attributes: int = 32  # on one element
    name_length: int = 128  # of an element or attribute
    header_bytes: int = 4 * MIB  # everything but the base64 of attachments
    token_bytes: int = 256 * KIB  # one tag, comment or text; older expat is quadratic in it
    attachments: int = 200
    attachment_bytes: int | None = None  # of one attachment, decoded
    package_bytes: int | None = None
    zip_bytes: int = 1024 * MIB  # of one zip attachment, unpacked, as the archive declares
    zip_ratio: int = 200  # unpacked to packed; looked at above ``zip_ratio_from``
    zip_ratio_from: int = 16 * MIB

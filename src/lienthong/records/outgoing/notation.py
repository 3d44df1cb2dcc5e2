"""Number and notation of an outgoing document (NĐ 30/2020, Phụ lục I and III). Pure.

``15/QĐ-UBND`` for documents with a type of their own, ``15/UBND-VX`` for official letters (the part behind the dash is
the unit that drafted it), ``15/2026/QĐ-UBND`` for legal normative documents.
"""

from __future__ import annotations

import re

from edxml102.codes import DOCUMENT_TYPES, DocumentGroup

MAX_NOTATION = 30

# NĐ 30/2020 Phụ lục III; the four it no longer lists (21, 23, 28, 29) as in the rules before it. An empty one: the type
# is not part of the notation.
_ADMINISTRATIVE = (
    "NQ", "QĐ", "CT", "QC", "QyĐ", "TC", "TB", "HD", "CTr", "KH", "PA", "ĐA", "DA", "BC", "BB", "TTr", "HĐ", "", "CĐ",
    "BGN", "CK", "BTT", "CN", "GUQ", "GM", "GGT", "GNP", "ĐĐ", "BN", "PG", "PC", "",
)  # fmt: skip
_NORMATIVE = ("HP", "L", "PL", "L", "NQ", "NQLT", "NĐ", "QĐ", "TT", "TTLT", "CT", "BL", "")
_BLANKS = re.compile(r"\s+")

ABBREVIATIONS: dict[tuple[DocumentGroup, int], str] = {
    **{(DocumentGroup.ADMINISTRATIVE, code): text for code, text in enumerate(_ADMINISTRATIVE, 1)},
    **{(DocumentGroup.NORMATIVE, code): text for code, text in enumerate(_NORMATIVE, 1)},
}

TypeKey = tuple[DocumentGroup, int]


def parse_type(code: str) -> TypeKey | None:
    """The type behind ``2.18`` (group and code of table 4.1)."""
    group, _, detail = code.partition(".")
    found = next((member for member in DocumentGroup if member.code == group), None)
    if found is None or not (detail.isascii() and detail.isdigit()) or len(detail) > 2:
        return None
    key = (found, int(detail))
    return key if key in DOCUMENT_TYPES else None


def type_code(key: TypeKey) -> str:
    return f"{key[0].code}.{key[1]}"


def type_name(code: str) -> str:
    """The Vietnamese name of a type; ``""`` for one the table does not know."""
    key = parse_type(code)
    return DOCUMENT_TYPES[key] if key else ""


def number_text(number: int) -> str:
    """At least two digits: the series of a year begins with 01 (NĐ 30 Phụ lục I)."""
    return f"{number:02d}"


def notation_of(code: str, *, agency: str, unit: str, year: int) -> str:
    """The notation of a type (``2.18``) at an agency (``UBND``), drafted by a unit (``VX``)."""
    key = parse_type(code)
    agency, unit = _bare(agency), _bare(unit)
    short = ABBREVIATIONS.get(key, "") if key else ""
    base = f"{short}-{agency}" if short and agency else short or agency
    if key and key[0] is DocumentGroup.NORMATIVE:
        return f"{year}/{base}"
    return f"{base}-{unit}" if unit and not short else base


def _bare(text: str) -> str:
    return _BLANKS.sub("", text).strip("-/")

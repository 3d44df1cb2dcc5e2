"""Codes of bodies and identifiers of documents, parsed by form and never guessed (specification, sections 2.1 to 2.5).

Nothing is converted from one scheme to another: only a table of aliases can do that (2.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from edxml102.errors import EdxmlError

MAX_DOCUMENT_ID = 200
"""Longest document identifier that is accepted, in characters (2.4)."""


class Scheme(Enum):
    """Form of a body's code (2.5); ``code`` is a stable name for storing."""

    OLD_STRICT = ("old_strict", "Mã QCVN 102:2016, 13 ký tự", r"[0-9A-Z]{3}\.[0-9A-Z]{2}\.[0-9A-Z]{2}\.[A-Y][0-9]{2}")
    NEW = ("new", "Mã Quyết định 20/2020", r"(?=.{3,35}\Z)[A-Y][0-9]{2}(\.[0-9A-Z]+)*")
    OLD_LOOSE = (
        "old_loose",
        "Mã kiểu QCVN 102:2016, thiếu nhóm",
        r"[0-9A-Z]{2,3}(\.[0-9A-Z]{2,3}){1,2}\.[A-Z][0-9A-Z]{2}",
    )
    ENTERPRISE = ("enterprise", "Mã số doanh nghiệp", r"[0-9]{10}(-?[0-9]{3})?")
    OPAQUE = ("opaque", "Mã khác", r"(?s:.*)")

    def __init__(self, code: str, label: str, pattern: str) -> None:
        self.code = code
        self.label = label
        self.pattern = re.compile(pattern)

    @property
    def is_old(self) -> bool:
        """Groups run from the lowest level to level 1 (2.1)."""
        return self in (Scheme.OLD_STRICT, Scheme.OLD_LOOSE)


@dataclass(frozen=True, slots=True)
class AgencyCode:
    """Code of a body. ``groups`` are as written, from left to right; empty for codes without levels."""

    text: str
    scheme: Scheme
    groups: tuple[str, ...] = ()

    @property
    def level_one(self) -> str:
        """Code of the ministry, province or other level-1 body it belongs to; ``""`` when the code has no levels."""
        if not self.groups:
            return ""
        return self.groups[-1] if self.scheme.is_old else self.groups[0]

    @property
    def level(self) -> int:
        """Level of the body, 1 being the highest; zeros fill the unused levels of old codes. 0: the code has none."""
        if self.scheme.is_old:
            return max((len(self.groups) - at for at, group in enumerate(self.groups) if group.strip("0")), default=0)
        return len(self.groups)

    def __str__(self) -> str:
        return self.text


def parse_agency_code(text: str) -> AgencyCode:
    """Tell the form of a code. Blanks around it are removed, case is kept; nothing raises.

    A code of both old and new form is told apart by the stricter expression first.
    """
    text = text.strip()
    scheme = next(scheme for scheme in Scheme if scheme.pattern.fullmatch(text))
    has_levels = scheme.is_old or scheme is Scheme.NEW
    return AgencyCode(text, scheme, tuple(text.split(".")) if has_levels else ())


class DocumentIdForm(Enum):
    """Form of a document identifier (2.4)."""

    DATED = "A"  # body, date, number/notation
    YEARLY = "B"  # body, year, serial number
    OPAQUE = "opaque"


@dataclass(frozen=True, slots=True)
class DocumentIdentifier:
    """A document identifier and its parts as texts, ``""`` where the form has none.

    Dates inside are not checked: an official sample has 2014/02/30. The parts say nothing about the document's own
    fields, which circulating packages contradict.
    """

    text: str
    form: DocumentIdForm
    organ_id: str = ""
    date: str = field(default="", kw_only=True)
    number: str = field(default="", kw_only=True)
    notation: str = field(default="", kw_only=True)
    year: str = field(default="", kw_only=True)

    @property
    def organ(self) -> AgencyCode | None:
        return parse_agency_code(self.organ_id) if self.organ_id else None

    def __str__(self) -> str:
        return self.text


_ORGAN = r"(?P<organ_id>[0-9A-Z.]{3,35})"
_FORM_A = re.compile(_ORGAN + r",(?P<date>[0-9]{4}/[0-9]{2}/[0-9]{2}),(?P<number>[^/,]{1,11})/(?P<notation>.{1,30})")
_FORM_B = re.compile(_ORGAN + r",(?P<year>[0-9]{4}),(?P<number>[0-9]{1,11})")


def parse_document_id(text: str) -> DocumentIdentifier:
    """Tell the form of an identifier. Blanks around it are removed; nothing raises."""
    text = text.strip()
    for form, pattern in ((DocumentIdForm.DATED, _FORM_A), (DocumentIdForm.YEARLY, _FORM_B)):
        if match := pattern.fullmatch(text):
            return DocumentIdentifier(text, form, **match.groupdict())
    return DocumentIdentifier(text, DocumentIdForm.OPAQUE)


def make_document_id(organ_id: str, day: date, number: str, notation: str) -> str:
    """Make an identifier of form A, the one we emit; raises ``EdxmlError`` when the parts do not fit the form."""
    text = f"{organ_id.strip()},{day.year:04}/{day.month:02}/{day.day:02},{number.strip()}/{notation.strip()}"
    made = parse_document_id(text)
    if made.form is not DocumentIdForm.DATED or made.number != number.strip():
        raise EdxmlError(f"Không lập được mã định danh văn bản từ “{text}”: mã cơ quan, số hoặc ký hiệu sai dạng.")
    return text

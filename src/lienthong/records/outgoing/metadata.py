"""What a clerk fills in about a document, and what is wrong with it: lengths of NĐ 30/2020 Phụ lục VI part II and of
QCVN 102. Pure.

A draft keeps whatever was typed; only a document that is to be numbered or sent must be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from edxml102.codes import Priority
from lienthong.records.outgoing.errors import Fault
from lienthong.records.outgoing.notation import parse_type

LONGEST_DRAFT = 4000
"""Characters kept of one field of a draft, however much was pasted."""

COMPETENCES = ("", "TM.", "KT.", "TL.", "TUQ.", "Q.")
"""Signing capacities (NĐ 30 art. 13); ``""``: the head signs in their own right."""

# Longest text, whether a document needs it, and its name for people.
_TEXTS: dict[str, tuple[int, bool, str]] = {
    "subject": (500, True, "trích yếu"),
    "place": (50, True, "địa danh"),
    "unit": (15, False, "đơn vị soạn thảo (ký hiệu)"),
    "signer_name": (50, True, "họ tên người ký"),
    "signer_position": (100, True, "chức vụ người ký"),
    "signer_competence": (100, False, "thẩm quyền ký"),
    "staff_department": (200, False, "đơn vị của người phụ trách"),
    "staff_name": (50, False, "họ tên người phụ trách"),
    "staff_mobile": (20, False, "điện thoại người phụ trách"),
    "staff_email": (100, False, "thư điện tử người phụ trách"),
    "subject_class": (100, False, "lĩnh vực"),
    "sphere": (100, False, "phạm vi lưu hành"),
}
_COUNTS = {"page_amount": "số trang", "copies": "số bản phát hành"}
_PLACE_LIMIT, _PLACES_LIMIT = 150, 1000
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The fields of the form. ``type_code`` is group and code of table 4.1 (``2.18``: công văn)."""

    type_code: str = "2.18"
    unit: str = ""
    subject: str = ""
    place: str = ""
    issued_on: date | None = None
    signer_name: str = ""
    signer_position: str = ""
    signer_competence: str = ""
    priority: int = 0
    due_on: date | None = None
    to_places: str = ""
    staff_department: str = ""
    staff_name: str = ""
    staff_mobile: str = ""
    staff_email: str = ""
    subject_class: str = ""
    sphere: str = ""
    page_amount: int | None = None
    copies: int | None = None

    @property
    def to_place_lines(self) -> tuple[str, ...]:
        """The lines of the block Nơi nhận."""
        return tuple(line.strip() for line in self.to_places.splitlines() if line.strip())


FIELD_NAMES = tuple(one.name for one in fields(Metadata))


def label_of(field: str) -> str:
    """The name of a field for people."""
    known = {"type_code": "loại văn bản", "issued_on": "ngày ban hành", "due_on": "hạn trả lời",
             "priority": "độ khẩn", "to_places": "nơi nhận ghi trên văn bản", "files": "tệp",
             "recipients": "nơi nhận", "number": "số", **_COUNTS}  # fmt: skip
    return known.get(field) or (_TEXTS[field][2] if field in _TEXTS else field)


def faults_of(metadata: Metadata, *, today: date) -> list[Fault]:
    """Everything wrong with the fields, in the order of the form."""
    found = [*_type_faults(metadata), *_text_faults(metadata), *_date_faults(metadata, today), *_other(metadata)]
    order = {name: place for place, name in enumerate(FIELD_NAMES)}
    return sorted(found, key=lambda fault: order[fault.field])


def _type_faults(metadata: Metadata) -> Iterator[Fault]:
    if parse_type(metadata.type_code) is None:
        yield Fault("type_code", "LT-V20", "Chưa chọn loại văn bản.")


def _text_faults(metadata: Metadata) -> Iterator[Fault]:
    for name, (limit, needed, label) in _TEXTS.items():
        text = getattr(metadata, name).strip()
        if needed and not text:
            yield Fault(name, "LT-V21", f"Chưa ghi {label}.")
        elif len(text) > limit:
            told = f"{label.capitalize()} dài {len(text)} ký tự, tối đa {limit}. Hãy viết ngắn lại."
            yield Fault(name, "LT-V22", told)
    if metadata.staff_email and not _EMAIL.fullmatch(metadata.staff_email.strip()):
        yield Fault("staff_email", "LT-V23", "Thư điện tử không đúng dạng, ví dụ vanthu@donvi.gov.vn.")


def _date_faults(metadata: Metadata, today: date) -> Iterator[Fault]:
    if metadata.issued_on is None:
        yield Fault("issued_on", "LT-V24", "Chưa ghi ngày ban hành.")
    elif metadata.issued_on > today:
        yield Fault("issued_on", "LT-V25", "Ngày ban hành ở sau hôm nay.")
    if metadata.due_on and metadata.issued_on and metadata.due_on < metadata.issued_on:
        yield Fault("due_on", "LT-V26", "Hạn trả lời ở trước ngày ban hành.")


def _other(metadata: Metadata) -> Iterator[Fault]:
    if Priority.known(str(metadata.priority)) is None:
        yield Fault("priority", "LT-V27", "Độ khẩn không có trong danh mục.")
    lines = metadata.to_place_lines
    if any(len(line) > _PLACE_LIMIT for line in lines):
        yield Fault("to_places", "LT-V28", f"Mỗi dòng nơi nhận tối đa {_PLACE_LIMIT} ký tự.")
    if sum(map(len, lines)) > _PLACES_LIMIT:
        yield Fault("to_places", "LT-V28", f"Phần nơi nhận tối đa {_PLACES_LIMIT} ký tự.")
    for name, label in _COUNTS.items():
        value = getattr(metadata, name)
        if value is not None and not 0 < value < 1000:
            yield Fault(name, "LT-V29", f"{label.capitalize()} phải từ 1 đến 999.")


def clipped(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What a draft keeps of what was typed."""
    return {name: _kept(value) for name, value in changes.items() if name in FIELD_NAMES}


def _kept(value: Any) -> Any:
    return value.replace("\x00", "")[:LONGEST_DRAFT] if isinstance(value, str) else value

"""Forms of texts, and the element tables that document and status packages share (1.1, 1.12, 2.2.5)."""

from __future__ import annotations

import re
from functools import lru_cache

from edxml102.codes import Priority, SteeringType
from edxml102.identifiers import MAX_DOCUMENT_ID, DocumentIdForm, Scheme, parse_agency_code, parse_document_id
from edxml102.model import Organ, ResponseFor, StaffInfo, parse_date, parse_datetime
from edxml102.rules.table import FATAL, HINT, MILD, OUR_HINT, STRICT, Field, Form, Limit, field

ORGAN_ID_LIMIT = 35  # new codes, QĐ 20/2020; old codes have 13
DOCUMENT_ID_LIMIT = MAX_DOCUMENT_ID

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_INTEGER = re.compile(r"-?[0-9]{1,10}")
_PRIORITIES = frozenset(member.code for member in Priority)
_STEERING = frozenset(member.code for member in SteeringType)


def is_date(text: str) -> bool:
    return text.isascii() and parse_date(text) is not None


def is_datetime(text: str) -> bool:
    return text.isascii() and parse_datetime(text) is not None


def is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def has_known_scheme(code: str) -> bool:
    # A longer text has a finding of its own, and must not fill the cache.
    return len(code) > ORGAN_ID_LIMIT or _is_known(code)


@lru_cache(4096)  # the same bodies write all day
def _is_known(code: str) -> bool:
    return parse_agency_code(code).scheme is not Scheme.OPAQUE


def is_dated_id(text: str) -> bool:
    return parse_document_id(text).form is DocumentIdForm.DATED


def is_integer(text: str) -> bool:
    """A bare integer of 32 bits, as the clients of the national axis read it (a longer one loses them the file)."""
    return _INTEGER.fullmatch(text) is not None and -(2**31) <= int(text) < 2**31


def is_unsigned_short(text: str) -> bool:
    return is_integer(text) and 0 <= int(text) < 2**16


def has_three_digits(text: str) -> bool:
    return len(text) <= 3


def is_steering(text: str) -> bool:
    return text in _STEERING or not is_integer(text)  # one finding is enough for "abc"


def is_flag(text: str) -> bool:
    return text in ("0", "1")


def is_boolean(text: str) -> bool:
    return text.lower() in ("true", "false", "0", "1")


DATE = Form("form", is_date, "không phải một ngày có thật viết theo dạng yyyy/MM/dd, ví dụ 2026/11/22.")
DATETIME = Form(
    "form", is_datetime, "không phải thời điểm viết theo dạng yyyy/MM/dd HH:mm:ss, ví dụ 2026/11/22 08:30:00."
)
EMAIL = Form("form", is_email, "không phải một địa chỉ thư điện tử, ví dụ vanthu@donvi.gov.vn.")
INTEGER = Form("form", is_integer, "không phải số nguyên. Hãy chỉ ghi chữ số.")
COUNT = Form("form", is_unsigned_short, "không phải số nguyên từ 0 đến 65535.")
THREE_DIGITS = Form("digits", has_three_digits, "có quá ba chữ số.", HINT)
FLAG = Form("form", is_flag, "phải là 0 hoặc 1.")
BOOLEAN = Form("form", is_boolean, "phải là true hoặc false.", HINT)
PRIORITY = Form("unknown", _PRIORITIES.__contains__, "không phải mức độ khẩn từ 0 đến 4.")
BARE_INTEGER = Form("form", is_integer, "không phải số nguyên trần: phần mềm bên nhận sẽ mất cả gói. Hãy ghi 0.", FATAL)
STEERING = Form("unknown", is_steering, "không thuộc các loại chỉ đạo 0, 1, 2.", MILD)
SCHEME = Form(
    "scheme", has_known_scheme, "không giống mã cơ quan nào: 000.00.00.H24, H24.05 hoặc mã số doanh nghiệp.", HINT
)
DATED_ID = Form("form", is_dated_id, "không theo dạng “mã cơ quan,yyyy/MM/dd,số/ký hiệu” mà ta phát hành.", OUR_HINT)

ORGAN: tuple[Field[Organ], ...] = (
    field("organ_id", "OrganId", "mã định danh", ".1", need=FATAL, limit=ORGAN_ID_LIMIT, forms=(SCHEME,)),
    field("organization_in_charge", "OrganizationInCharge", "tên cơ quan chủ quản", ".2", limit=200),
    field("organ_name", "OrganName", "tên", ".3", need=STRICT, limit=200),
    field("organ_add", "OrganAdd", "địa chỉ", ".4", limit=250),
    field("email", "Email", "thư điện tử", ".5", limit=100, forms=(EMAIL,)),
    field("telephone", "Telephone", "số điện thoại", ".6", limit=20),
    field("fax", "Fax", "số fax", ".7", limit=20),
    field("website", "Website", "trang thông tin điện tử", ".8", limit=Limit(100, 255)),
)

RESPONSE: tuple[Field[ResponseFor], ...] = (
    field("organ_id", "OrganId", "mã định danh cơ quan ban hành", ".1", need=STRICT, limit=ORGAN_ID_LIMIT),
    field("code", "Code", "số và ký hiệu", ".2", need=STRICT, limit=42),
    field("promulgation_date", "PromulgationDate", "ngày ban hành", ".3", need=STRICT, forms=(DATE,)),
    field("document_id", "DocumentId", "mã định danh", ".4", need=STRICT, limit=DOCUMENT_ID_LIMIT),
)

STAFF: tuple[Field[StaffInfo], ...] = (
    field("department", "Department", "đơn vị", "", limit=200),
    field("staff", "Staff", "họ tên", "", limit=50),
    field("mobile", "Mobile", "số di động", "", limit=20),
    field("email", "Email", "thư điện tử", "", limit=100, forms=(EMAIL,)),
)

"""What the columns of a directory file are called and what their cells mean. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lienthong.common.folding import fold
from lienthong.registry import codes
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Level, OnClosed, Scheme
from lienthong.registry.text import clean, is_clean


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``title`` is what exports write, imports take the key as well."""

    key: str
    title: str
    meaning: str


COLUMNS = (
    Column("code", "Mã định danh", "mã chính của cơ quan; bắt buộc"),
    Column("old_code", "Mã 13 ký tự", "mã cũ theo QCVN 102:2016 của cùng cơ quan"),
    Column("name", "Tên cơ quan", "bắt buộc với cơ quan mới"),
    Column("abbreviation", "Tên viết tắt", "ví dụ SYT"),
    Column("level", "Cấp", "trung ương, thành phố, huyện, xã hoặc khác; bắt buộc với cơ quan mới"),
    Column("parent", "Mã cơ quan cấp trên", "trong tệp hoặc đã có trong danh bạ"),
    Column("valid_from", "Hiệu lực từ", "ngày mã bắt đầu có hiệu lực; trống thì lấy --valid-from"),
    Column("closed_on", "Đóng từ ngày", "ngày mã hết hiệu lực"),
    Column("successor", "Mã cơ quan kế thừa", "cơ quan nhận việc sau khi mã đóng"),
    Column("on_closed", "Khi gửi tới mã đã đóng", "từ chối hoặc chuyển tiếp"),
    Column("mail", "Thư điện tử", ""),
    Column("phone", "Điện thoại", ""),
    Column("fax", "Fax", ""),
    Column("address", "Địa chỉ", ""),
    Column("main_code", "Thêm mã cho cơ quan", "chỉ điền khi dòng này là một mã nữa của cơ quan có mã này"),
    Column("scheme", "Loại mã", "QD20, QCVN102, ENTERPRISE, LEGACY hoặc SYSTEM; trống thì nhận theo dạng mã"),
)
CONTACT = ("mail", "phone", "fax", "address")
_LONGEST = {"name": 500, "abbreviation": 100, "mail": 200, "phone": 50, "fax": 50, "address": 500}

LEVEL_WORDS = {
    Level.CENTRAL: "trung ương",
    Level.CITY: "thành phố",
    Level.DISTRICT: "huyện",
    Level.COMMUNE: "xã",
    Level.OTHER: "khác",
}
_LEVELS = {
    **{fold(word): level for level, word in LEVEL_WORDS.items()},
    **{fold(level.value): level for level in Level},
    **{fold(level.label): level for level in Level},
    **{str(level.number): level for level in Level if level.number},
    "tinh": Level.CITY,
    "quan": Level.DISTRICT,
    "phuong": Level.COMMUNE,
    "dac khu": Level.COMMUNE,
}
ON_CLOSED_WORDS = {OnClosed.REFUSE: "từ chối", OnClosed.REDIRECT: "chuyển tiếp"}
_ON_CLOSED = {
    **{fold(word): choice for choice, word in ON_CLOSED_WORDS.items()},
    **{fold(choice.value): choice for choice in OnClosed},
}


class CellError(Exception):
    """A cell cannot be understood."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Cells:
    """The understood cells of one row; ``None`` where the cell is empty."""

    code: str
    old_code: str | None = None
    name: str | None = None
    abbreviation: str | None = None
    level: Level | None = None
    parent: str | None = None
    valid_from: date | None = None
    closed_on: date | None = None
    successor: str | None = None
    on_closed: OnClosed | None = None
    mail: str | None = None
    phone: str | None = None
    fax: str | None = None
    address: str | None = None
    main_code: str | None = None
    scheme: Scheme | None = None


def column_of(heading: str) -> Column | None:
    """The column that a heading names, by title or key, whatever the accents and case."""
    return _BY_HEADING.get(fold(heading))


def understand(key: str, text: str) -> object:
    """Turn the text of a filled cell into its value.

    :raises CellError: when it has none
    """
    return _READERS[key](key, text)


def read_level(text: str) -> Level:
    """A tier by any of its names or its national number.

    :raises CellError: when there is none
    """
    level = _LEVELS.get(fold(text))
    if level is None:
        raise CellError("registry.import.choice", f"không có cấp {text!r}; chọn một trong: {_join(LEVEL_WORDS)}.")
    return level


def read_date(text: str) -> date:
    """A day, written 2025-07-01 or 1/7/2025.

    :raises ValueError: for anything else
    """
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            day = datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if day.year >= 1900:
            return day
    raise ValueError(text)


def _text(key: str, text: str) -> str:
    text = clean(text)
    if not is_clean(text):
        raise CellError("registry.import.unprintable", "có ký tự điều khiển không nhìn thấy.")
    if len(text) > _LONGEST[key]:
        raise CellError("registry.import.too_long", f"dài {len(text)} ký tự, tối đa {_LONGEST[key]}.")
    return text


def _code(_key: str, text: str) -> str:
    try:
        return codes.checked(text)
    except RegistryError as error:
        raise CellError(error.code, error.message) from None


def _date(_key: str, text: str) -> date:
    try:
        return read_date(text)
    except ValueError:
        raise CellError(
            "registry.import.date", f"{text!r} không phải một ngày; viết 2025-07-01 hoặc 1/7/2025."
        ) from None


def _join(words: Mapping[Any, str]) -> str:
    return ", ".join(words.values())


def _chosen(known: dict[str, object], shown: str) -> Callable[[str, str], object]:
    def read(_key: str, text: str) -> object:
        value = known.get(fold(text))
        if value is None:
            raise CellError("registry.import.choice", f"không có giá trị {text!r}; chọn một trong: {shown}.")
        return value

    return read


_READERS: dict[str, Callable[[str, str], object]] = {
    "level": lambda _key, text: read_level(text),
    "on_closed": _chosen(dict(_ON_CLOSED), _join(ON_CLOSED_WORDS)),
    "scheme": _chosen({fold(scheme.value): scheme for scheme in Scheme}, ", ".join(Scheme.values)),
    **dict.fromkeys(("valid_from", "closed_on"), _date),
    **dict.fromkeys(("code", "old_code", "parent", "successor", "main_code"), _code),
    **dict.fromkeys(("name", "abbreviation", *CONTACT), _text),
}
_BY_HEADING = {fold(heading): column for column in COLUMNS for heading in (column.key, column.title)}

"""Parameters of a call: the signed JSON is the truth, header lines beside it are never looked at (section 2.5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from edxml102.model import PackageKind
from lienthong.common.vxp import PREFIX
from lienthong.gateways.vxp_api.faults import CallError, Fault

_MOST_RECEIVERS = 10_000
_LONGEST_ID = 200


class Spelling(Enum):
    """Which spelling of the document's id wins when a long-lived client sends both (section 2.5, trap 2)."""

    READING = ("docId", "docid")  # getEdoc, downloadEdoc, getSentEdocList
    CONFIRMING = ("docid", "docId")  # updateStatus


class Parameters:
    """The signed names and values, without prefix, case-sensitive. What a call does not ask for is ignored."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """The value without outer blanks, which the client's HTTP stack trims too; ``""`` when absent."""
        return self._values.get(name, "").strip()

    def required(self, name: str) -> str:
        """:raises CallError: when the parameter is absent or blank"""
        value = self.text(name)
        if not value:
            raise _wrong(f"Thiếu tham số {name}.")
        return value

    def package_kind(self) -> PackageKind:
        """``messagetype``, in any case. It has no default: a list of the wrong kind would look like an empty inbox."""
        self._check_service()
        value = self.required("messagetype")
        for kind in PackageKind:
            if value.casefold() == kind.value:
                return kind
        raise _wrong(f"messagetype {value!r} phải là edoc hoặc status.")

    def _check_service(self) -> None:
        """``servicetype`` may be absent, as there is only one service, but must not name another."""
        service = self.text("servicetype")
        if service and service.casefold() != "edoc":
            raise _wrong(f"servicetype {service!r} phải là eDoc.")

    def doc_id(self, spelling: Spelling) -> str:
        """The document's id, ``""`` when neither spelling is there."""
        value = next(filter(None, map(self.text, spelling.value)), "")
        if len(value) > _LONGEST_ID:
            raise _wrong(f"{spelling.value[0]} dài quá {_LONGEST_ID} ký tự.")
        return value

    def required_doc_id(self, spelling: Spelling) -> str:
        value = self.doc_id(spelling)
        if not value:
            raise _wrong(f"Thiếu tham số {spelling.value[0]}.")
        return value

    def receivers(self) -> tuple[str, ...]:
        """``to``: a JSON array of codes, one code in quotes, or a bare code; empty when absent."""
        text = self.text("to")
        if not text.startswith(("[", '"')):
            return (text,) if text else ()
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            raise _wrong("to không phải JSON hợp lệ.") from None
        codes = [value] if isinstance(value, str) else value
        if not all(isinstance(code, str) and _is_storable(code) for code in codes):
            raise _wrong("to phải là mảng các chuỗi mã cơ quan.")
        if len(codes) > _MOST_RECEIVERS:
            raise _wrong(f"to có quá {_MOST_RECEIVERS} nơi nhận.")
        return tuple(filter(None, (code.strip() for code in codes)))


def parse_sign_header(raw: bytes) -> Parameters:
    """Read the JSON object of ``XroadVnpt-sign-header``; a name without the prefix is nobody's parameter.

    :raises CallError: it is no UTF-8 JSON object of strings, or says something twice
    """
    try:
        values = json.loads(raw.decode("utf-8"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise _unreadable("Tiêu đề không phải UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise _unreadable(str(error) if isinstance(error, _SaidTwiceError) else "Không phải JSON hợp lệ.") from None
    if not isinstance(values, dict):
        raise _unreadable("Không phải đối tượng JSON.")
    for name, value in values.items():
        if not isinstance(value, str) or not _is_storable(value):
            raise _unreadable(f"Giá trị của {name!a} không phải chuỗi dùng được.")
    return Parameters({name.removeprefix(PREFIX): value for name, value in values.items() if name.startswith(PREFIX)})


class _SaidTwiceError(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _SaidTwiceError("Một khóa xuất hiện hai lần.")
    return values


def _is_storable(text: str) -> bool:
    """JSON escapes can spell NUL and half surrogates, which neither UTF-8 nor PostgreSQL can hold."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _wrong(detail: str) -> CallError:
    return CallError(Fault.PARAMETER_WRONG, detail)


def _unreadable(detail: str) -> CallError:
    return CallError(Fault.SIGN_HEADER_UNREADABLE, detail)

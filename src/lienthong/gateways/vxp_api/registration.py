"""The body of ``registerAgency``: the caller's own text, which the SDK sends unchecked (section 4.4)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lienthong.gateways.vxp_api.body import Body
from lienthong.gateways.vxp_api.faults import CallError, Fault

_LONGEST_BODY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Registration:
    """What is known of the agency. The client's own ``id`` for it is not kept: the code names it."""

    code: str
    parent_code: str
    name: str
    mail: str
    mobile: str
    fax: str


def read_registration(body: Body) -> Registration:
    """:raises CallError: not a JSON object, or a field missing or not a text"""
    fields = _json_object(body)
    return Registration(
        code=_required(fields, "code"),
        parent_code=_required(fields, "pcode"),
        name=_required(fields, "name"),
        mail=_text(fields, "mail"),
        mobile=_text(fields, "mobile"),
        fax=_text(fields, "fax"),
    )


def _json_object(body: Body) -> dict[str, Any]:
    raw = _read_all(body)
    try:
        fields = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise CallError(Fault.BODY_NOT_JSON) from None
    if not isinstance(fields, dict):
        raise CallError(Fault.BODY_NOT_JSON)
    return fields


def _read_all(body: Body) -> bytes:
    raw = b""
    while data := body.read(_LONGEST_BODY + 1 - len(raw)):
        raw += data
    if len(raw) > _LONGEST_BODY:
        raise CallError(Fault.BODY_NOT_JSON, f"Nội dung dài quá {_LONGEST_BODY} byte.")
    return raw


def _required(fields: dict[str, Any], name: str) -> str:
    value = _text(fields, name)
    if not value:
        raise CallError(Fault.PARAMETER_WRONG, f"Nội dung thiếu trường {name}.")
    return value


def _text(fields: dict[str, Any], name: str) -> str:
    """Clients write numbers for telephones, and null for what they do not know."""
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise CallError(Fault.PARAMETER_WRONG, f"Trường {name} phải là chuỗi.")
    text = str(value).strip()
    if not text.isprintable():  # control and half characters: neither shown nor stored
        raise CallError(Fault.PARAMETER_WRONG, f"Trường {name} có ký tự không dùng được.")
    return text

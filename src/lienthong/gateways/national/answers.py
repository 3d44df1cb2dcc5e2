"""What an axis answers, as frozen values. Null, missing, string and number forms of a field are all taken alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_MANDATORY = ("status", "ErrorCode", "ErrorDesc")


class VxpError(Exception):
    """A call failed. ``code`` is the axis' ErrorCode, ``""`` when there was no proper answer.

    ``temporary``: the same call may succeed later, as it is.
    """

    def __init__(self, code: str, description: str, *, http_status: int = 0, temporary: bool = False) -> None:
        super().__init__(f"{code or 'no answer'}: {description}")
        self.code = code
        self.description = description
        self.http_status = http_status
        self.temporary = temporary


def parse(raw: bytes, http_status: int) -> dict[str, Any]:
    """The answer's fields. Whatever is not an object with the three fields is a failure, never an empty list.

    :raises VxpError: also when the axis says that the call failed
    """
    try:
        fields = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise unreadable(raw, http_status) from None
    if not isinstance(fields, dict) or any(fields.get(name) is None for name in _MANDATORY):
        raise unreadable(raw, http_status)
    code = text(fields, "ErrorCode")
    if code != "0":
        raise VxpError(code, text(fields, "ErrorDesc"), http_status=http_status, temporary=http_status == 503)
    return fields


def unreadable(raw: bytes, http_status: int) -> VxpError:
    beginning = raw[:80].decode("utf-8", "replace")
    temporary = http_status >= 500
    return VxpError("", f"unreadable answer: {beginning!r}", http_status=http_status, temporary=temporary)


def text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else "" if value is None else str(value)


def rows(fields: Mapping[str, Any], http_status: int) -> list[dict[str, Any]]:
    """``data`` of a list that succeeded."""
    data = fields.get("data")
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise VxpError("", "the list has no data", http_status=http_status)
    return data


@dataclass(frozen=True, slots=True)
class Agency:
    """A row of getAgenciesList and getAgenciesListQD20; the latter has ``code102`` and no parent."""

    id: str
    code: str
    name: str
    mail: str
    parent_id: str
    old_code: str
    code102: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Agency:
        return cls(*(text(row, name) for name in ("id", "code", "name", "mail", "pid", "oldCode", "code102")))


@dataclass(frozen=True, slots=True)
class Unit:
    """A row of getSynchronizeUnit."""

    id: str
    code: str
    name: str
    mail: str
    parent_id: str
    center_code: str
    modified: str
    version: int
    deleted: bool
    is_agency: bool

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Unit:
        version = text(row, "version")
        return cls(
            id=text(row, "id"),
            code=text(row, "code"),
            name=text(row, "name"),
            mail=text(row, "mail"),
            parent_id=text(row, "pid"),
            center_code=text(row, "centerCode"),
            modified=text(row, "modifyDate"),
            version=int(version) if version.isdecimal() else 0,
            deleted=text(row, "deleted") == "true",
            is_agency=text(row, "isAgency") == "true",
        )


@dataclass(frozen=True, slots=True)
class Received:
    """A row of getReceivedEdocList."""

    doc_id: str
    service_type: str
    message_type: str
    created_time: str
    updated_time: str
    from_code: str
    to_code: str
    status: str
    status_desc: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Received:
        to = row.get("to")
        flat = {**row, "to": to[0]} if isinstance(to, list) and len(to) == 1 else row
        names = (
            "docId", "serviceType", "messageType", "created_time", "updated_time", "from", "to", "status",
            "status_desc",
        )  # fmt: skip
        return cls(*(text(flat, name) for name in names))


@dataclass(frozen=True, slots=True)
class Sent:
    """A row of getSentEdocList: one document at one receiver."""

    service_type: str
    message_type: str
    sender_doc_id: str
    receiver_doc_id: str
    from_code: str
    to_code: str
    title: str
    notation: str
    sent_time: str
    received_time: str
    send_status: str
    send_status_desc: str
    receive_status: str
    receive_status_desc: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Sent:
        names = (
            "serviceType", "messageType", "senderDocId", "receiverDocId", "fromCode", "toCode", "title", "notation",
            "sentTime", "receivedTime", "sendStatus", "sendStatusDesc", "receiveStatus", "receiveStatusDesc",
        )  # fmt: skip
        return cls(*(text(row, name) for name in names))


@dataclass(frozen=True, slots=True)
class Sending:
    """The answer to sendEdoc. What follows ``description`` only our own axis tells."""

    doc_id: str
    description: str
    repeated: bool = False
    recipients: tuple[Mapping[str, Any], ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Sending:
        recipients = tuple(row for row in fields.get("recipients") or () if isinstance(row, dict))
        repeated = fields.get("repeated") is True
        return cls(text(fields, "DocId"), text(fields, "ErrorDesc"), repeated, recipients, fields)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A package that was written to a file. ``trace``: hops told besides it, as they came; only our own axis does."""

    size: int
    sha256: bytes
    trace: object = None

"""Pages by cursor: opaque texts that say where the last page ended, so that nothing is skipped while things arrive."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from lienthong.exchange import inbox, outbox
from lienthong.gateways.rest_api.problems import ApiError, Fault

Position = TypeVar("Position")

DEFAULT_LIMIT = 50
MOST = 200


def inbox_cursor(last: inbox.Arrival) -> str:
    return _encode(f"{last.rank}|{last.id}")


def inbox_position(cursor: str | None) -> inbox.Position | None:
    """:raises ApiError: ``REQUEST_INVALID``"""
    return _decode(cursor, lambda first, second: inbox.Position(int(first), UUID(second)))


def outbox_cursor(last: outbox.SentDocument) -> str:
    return _encode(f"{last.received_at.isoformat()}|{last.id}")


def outbox_position(cursor: str | None) -> outbox.Position | None:
    """:raises ApiError: ``REQUEST_INVALID``"""
    return _decode(cursor, lambda first, second: outbox.Position(datetime.fromisoformat(first), UUID(second)))


def _encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str | None, read: Callable[[str, str], Position]) -> Position | None:
    if not cursor:
        return None
    try:
        first, second = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
        return read(first, second)
    except ValueError:
        raise ApiError(Fault.REQUEST_INVALID, "Tham số cursor không phải do trục cấp.") from None

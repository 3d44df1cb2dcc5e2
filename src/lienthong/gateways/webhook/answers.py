"""What an answer of a webhook means: one table from HTTP to the engine's words. Pure."""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lienthong.exchange.connectors import Delivered, NotDelivered
from lienthong.gateways.webhook.transport import RawAnswer

_LONGEST_REASON = 500
_TEMPORARY = (408, 425, 429)  # "come back later", whatever the body says


def understand(answer: RawAnswer, *, delivery_id: str, now: datetime) -> Delivered | NotDelivered:
    """200 and 204 confirm, 409 with the delivery's id too, 4xx with a reason refuses, all else is tried again."""
    fields = _json_object(answer.body)
    if answer.status == 204:
        return Delivered()
    if answer.status == 200:
        return _confirmed(answer, fields, delivery_id)
    if answer.status == 409 and fields is not None and fields.get("delivery") == delivery_id:
        return Delivered(remote_id=_text(fields.get("id")))
    reason = _text(fields.get("reason")) if fields else ""
    if 400 <= answer.status < 500 and answer.status not in _TEMPORARY and reason:
        return NotDelivered(permanent=True, cause="webhook.refused", detail=f"Nơi nhận từ chối: {reason}")
    return _later(answer, reason, now)


def _confirmed(answer: RawAnswer, fields: dict[str, Any] | None, delivery_id: str) -> Delivered | NotDelivered:
    """A body must be a JSON object: a log-in page or a proxy's greeting also says 200."""
    if not answer.body.strip():
        return Delivered()
    if fields is None or fields.get("delivery", delivery_id) != delivery_id:
        return NotDelivered(
            permanent=False,
            cause="webhook.answer_unreadable",
            detail="Địa chỉ nhận trả lời 200 nhưng nội dung không phải xác nhận của hệ thống văn bản.",
        )
    return Delivered(remote_id=_text(fields.get("id")))


def _later(answer: RawAnswer, reason: str, now: datetime) -> NotDelivered:
    status = answer.status
    wait = _retry_after(answer.headers.get("retry-after", ""), now) if status in (429, 503) else None
    told = f": {reason}" if reason else ""
    if 300 <= status < 400:
        cause, detail = "webhook.redirected", f"Địa chỉ nhận chuyển sang nơi khác (HTTP {status}); trục không đi theo."
    elif status in (429, 503):
        cause, detail = "webhook.busy", f"Hệ thống nơi nhận đang bận (HTTP {status}){told}."
    elif 200 <= status < 300:
        cause, detail = "webhook.not_confirmed", f"Nơi nhận chưa xác nhận đã lưu gói tin (HTTP {status})."
    else:
        cause, detail = "webhook.failed", f"Hệ thống nơi nhận báo lỗi HTTP {status}{told}."
    return NotDelivered(permanent=False, cause=cause, detail=detail, retry_after=wait)


def _retry_after(text: str, now: datetime) -> float | None:
    """Seconds, or a date (RFC 9110, 10.2.3); anything else is as if it were not there."""
    if text.strip().isdecimal():
        return float(text.strip()[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment - now).total_seconds()) if moment.tzinfo else None


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _text(value: object) -> str:
    """A text of theirs, on one line and not endless."""
    return " ".join(value.split())[:_LONGEST_REASON] if isinstance(value, str) else ""

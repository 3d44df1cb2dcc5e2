"""Events in a clerk's words. Pure."""

from __future__ import annotations

from lienthong.common import clock
from lienthong.ledger.events import Event
from lienthong.ledger.kinds import EventKind


def moment(event: Event) -> str:
    """When, as clerks read it."""
    return f"{clock.in_vietnam(event.at):%H:%M:%S ngày %d/%m/%Y}"


def sentence(event: Event) -> str:
    """What happened, in one sentence."""
    kind = EventKind.known(event.kind)
    parts = [f"{kind.label if kind else event.kind} lúc {moment(event)} (giờ của trục)"]
    if event.actor.agency:
        parts.append(f"do cơ quan {event.actor.agency}")
    if event.actor.system:
        parts.append(f"qua hệ thống {event.actor.system}")
    if event.actor.user:
        parts.append(f"do {event.actor.user}")
    parts += [f"{label} {_told(name, event.data[name])}" for name, label in _DETAILS.items() if event.data.get(name)]
    return ", ".join(parts) + "."


def _told(name: str, value: object) -> str:
    words = _WORDS.get(name, {})
    return ", ".join(words.get(str(one), str(one)) for one in (value if isinstance(value, list) else [value]))


_DETAILS = {
    "document_id": "mã văn bản",
    "to": "nơi nhận",
    "status_code": "trạng thái",
    "ask": "đề nghị",
    "result": "kết quả",
    "code": "mã lý do",
    "reason": "lý do",
}
_WORDS = {
    "ask": {"recall": "thu hồi", "update": "cập nhật", "replace": "thay thế", "take_back": "lấy lại"},
    "result": {
        "agreed": "đồng ý",
        "declined": "từ chối",
        "reopened": "chờ trả lời lại",
        "valid": "hợp lệ",
        "valid_with_warnings": "hợp lệ, có lưu ý",
        "indeterminate": "chưa kết luận được",
        "invalid": "không hợp lệ",
        "unsigned": "không có chữ ký",
    },
}

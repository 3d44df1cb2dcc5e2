"""What another axis' refusal means for a delivery: is trying again of any use, and when. Pure.

Codes 10 to 23 as a provincial axis of the same family gave them, from 101 on our own (docs/operations/vxp-error-codes).
A code that is not listed is never taken as final: the retry budget ends it. What concerns one addressee only is final,
since a failure that is not counts against the upstream as a whole (circuit breaker).
"""

from __future__ import annotations

from dataclasses import dataclass

from lienthong.exchange.connectors import NotDelivered
from lienthong.gateways.national.answers import VxpError


@dataclass(frozen=True, slots=True)
class Verdict:
    """Stable cause, what people read, and when to try again (seconds; ``None``: never, 0: as the engine sees fit)."""

    cause: str
    sentence: str
    retry_after: float | None


_QUARTER = 900.0
_NEVER = None
AWAY = Verdict("national.away", "Trục phía trên không trả lời đúng", 0)
_UNKNOWN = Verdict("national.failed", "Trục phía trên báo lỗi chưa biết", 0)
_ACCOUNT = Verdict("national.account", "Trục phía trên không cho hệ thống này kết nối", _QUARTER)

VERDICTS: dict[str, Verdict] = {
    "": AWAY,
    "10": Verdict("national.not_conforming", "Trục phía trên không nhận tệp này", _NEVER),
    "15": _ACCOUNT,
    "18": Verdict("national.no_recipient", "Trục phía trên không có nơi nhận này", _NEVER),
    "19": Verdict("national.sender_unknown", "Trục phía trên chưa đăng ký cơ quan gửi cho trục này", _NEVER),
    "20": AWAY,
    "21": AWAY,
    "22": Verdict("national.not_conforming", "Trục phía trên cho rằng gói tin không đúng chuẩn", _NEVER),
    "23": Verdict("national.recipient_locked", "Nơi nhận đang bị khóa ở trục phía trên", _NEVER),
    "101": _ACCOUNT,
    "102": _ACCOUNT,
    "103": _ACCOUNT,
    "104": _ACCOUNT,
    "114": AWAY,
    "115": AWAY,
    "116": Verdict("national.too_large", "Gói tin lớn hơn mức trục phía trên cho phép", _NEVER),
    "119": Verdict("national.not_conforming", "Trục phía trên không nhận loại gói tin này ở đây", _NEVER),
    "121": Verdict("national.sender_closed", "Mã cơ quan gửi đã đóng ở trục phía trên", _NEVER),
    "122": Verdict("national.selection_foreign", "Trục phía trên không nhận danh sách nơi nhận", _NEVER),
    "123": Verdict("national.signature", "Trục phía trên đòi chữ ký số mà văn bản không có", _NEVER),
    "124": Verdict("national.signature", "Trục phía trên cho rằng chữ ký số của văn bản không hợp lệ", _NEVER),
    "125": Verdict("national.loop", "Gói tin đã từng đi qua trục phía trên", _NEVER),
    "126": Verdict("national.state_secret", "Trục phía trên thấy dấu hiệu bí mật nhà nước nên không nhận", _NEVER),
    "127": AWAY,
    "130": Verdict("national.conflict", "Mã định danh văn bản đã dùng cho văn bản khác ở trục phía trên", _NEVER),
    "132": Verdict("national.status_not_recipient", "Trục phía trên không nhận báo trạng thái này", _NEVER),
    "133": Verdict("national.status_not_allowed", "Trục phía trên không nhận báo trạng thái này", _NEVER),
    "134": Verdict("national.status_not_allowed", "Báo trạng thái tới trục phía trên quá muộn", _NEVER),
    "135": Verdict("national.target_foreign", "Trục phía trên cho rằng văn bản bị tác động là của nơi khác", _NEVER),
    "150": AWAY,
    "151": AWAY,
    "152": AWAY,
    "153": AWAY,
}


def verdict_of(error: VxpError) -> Verdict:
    """Whatever a server in trouble says, it is away."""
    if error.temporary or error.http_status >= 500:
        return AWAY
    return VERDICTS.get(error.code, _UNKNOWN)


def not_delivered(error: VxpError) -> NotDelivered:
    """The failed call as the delivery engine understands it."""
    verdict = verdict_of(error)
    said = f"{error.code} {error.description}".strip()
    return NotDelivered(
        permanent=verdict.retry_after is None,
        cause=verdict.cause,
        detail=f"{verdict.sentence}: {said}"[:900],
        retry_after=verdict.retry_after or None,
    )

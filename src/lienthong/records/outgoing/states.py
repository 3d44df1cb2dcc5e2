"""The life of an outgoing document, pure: which acts are possible in which state.

``DRAFT → NUMBERED → SENDING → SENT``; the axis may refuse (``REFUSED``), which keeps the number and lets the document
be corrected and sent again. What arrives where is not told here but by the axis (``exchange.states``).
"""

from __future__ import annotations

from enum import Enum


class OutgoingState(Enum):
    """``has_number``: it stands in the register. ``open``: somebody still has something to do before it is issued."""

    DRAFT = ("draft", "Bản thảo", False, True)
    NUMBERED = ("numbered", "Đã cấp số, chưa gửi", True, True)
    SENDING = ("sending", "Đang gửi", True, False)
    SENT = ("sent", "Đã gửi", True, False)
    REFUSED = ("refused", "Trục từ chối", True, True)
    ON_PAPER = ("on_paper", "Đã phát hành bản giấy", True, False)
    CANCELLED = ("cancelled", "Đã hủy, giữ số", True, False)
    DISCARDED = ("discarded", "Đã bỏ bản thảo", False, False)

    def __new__(cls, value: str, label: str = "", has_number: bool = False, is_open: bool = False) -> OutgoingState:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "", has_number: bool = False, is_open: bool = False) -> None:
        self.label = label
        self.has_number = has_number
        self.is_open = is_open


class OutgoingAct(Enum):
    """What somebody does, or what happens, to an outgoing document: stored name and the words of the history."""

    CREATE = ("create", "Lập bản thảo")
    EDIT = ("edit", "Sửa")
    NUMBER = ("number", "Cấp số")
    SEND = ("send", "Gửi")
    ACCEPT = ("accept", "Trục đã nhận")
    REFUSE = ("refuse", "Trục từ chối")
    ISSUE_ON_PAPER = ("issue_on_paper", "Phát hành bản giấy")
    CANCEL = ("cancel", "Hủy văn bản đã cấp số")
    DISCARD = ("discard", "Bỏ bản thảo")
    NOT_SECRET = ("not_secret", "Xác nhận không chứa bí mật nhà nước")
    REMIND = ("remind", "Nhắc nơi nhận")
    RESEND = ("resend", "Gửi lại lượt chuyển")
    REDIRECT = ("redirect", "Chuyển hướng lượt chuyển")
    PAPER = ("paper", "Báo đã gửi bản giấy")
    RECALL = ("recall", "Thu hồi")
    UPDATE = ("update", "Cập nhật")
    TAKE_BACK = ("take_back", "Lấy lại")
    REPLACE = ("replace", "Thay thế")
    EVIDENCE = ("evidence", "Tải hồ sơ bằng chứng")

    def __new__(cls, value: str, label: str = "") -> OutgoingAct:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "") -> None:
        self.label = label


_S, _A = OutgoingState, OutgoingAct
MOVES: dict[tuple[OutgoingState, OutgoingAct], OutgoingState] = {
    (_S.DRAFT, _A.EDIT): _S.DRAFT,
    (_S.NUMBERED, _A.EDIT): _S.NUMBERED,
    (_S.REFUSED, _A.EDIT): _S.REFUSED,
    (_S.DRAFT, _A.NUMBER): _S.NUMBERED,
    (_S.NUMBERED, _A.SEND): _S.SENDING,
    (_S.REFUSED, _A.SEND): _S.SENDING,
    (_S.SENDING, _A.ACCEPT): _S.SENT,
    (_S.SENDING, _A.REFUSE): _S.REFUSED,
    (_S.NUMBERED, _A.ISSUE_ON_PAPER): _S.ON_PAPER,
    (_S.REFUSED, _A.ISSUE_ON_PAPER): _S.ON_PAPER,
    (_S.NUMBERED, _A.CANCEL): _S.CANCELLED,
    (_S.REFUSED, _A.CANCEL): _S.CANCELLED,
    (_S.DRAFT, _A.DISCARD): _S.DISCARDED,
}
# What identifies a document in the register; never changed once the number is given (NĐ 30 art. 15).
FIXED_BY_NUMBER = frozenset({"type_code", "unit", "issued_on"})


def move(state: OutgoingState, act: OutgoingAct) -> OutgoingState | None:
    """The state after an act; ``None`` where it is not possible."""
    return MOVES.get((state, act))


def may_edit(state: OutgoingState, field: str) -> bool:
    """Whether a field may be changed now."""
    return move(state, OutgoingAct.EDIT) is not None and not (state.has_number and field in FIXED_BY_NUMBER)

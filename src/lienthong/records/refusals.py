"""Why the workplace does not do what was asked: one exception, every reason a member with its stable code."""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """Stable code, Vietnamese sentence, next step."""

    BOOK_UNKNOWN = (
        "records.book_unknown", "Cơ quan không có sổ này.", "Chọn một sổ trong danh sách sổ của cơ quan."
    )  # fmt: skip
    BOOK_CLOSED = (
        "records.book_closed", "Sổ này đã ngừng dùng.", "Chọn sổ khác, hoặc mở lại sổ ở trang Sổ văn bản."
    )  # fmt: skip
    NO_DESK = (
        "records.no_desk", "Cơ quan chưa được bàn làm việc trên web phục vụ.",
        "Đề nghị quản trị trục gán cơ quan cho bàn làm việc.",
    )  # fmt: skip
    DESK_LOCKED = (
        "records.desk_locked", "Bàn làm việc trên web đang bị khóa, chưa gửi nhận được.",
        "Liên hệ đơn vị vận hành trục.",
    )  # fmt: skip

    def __init__(self, code: str, sentence: str, next_step: str) -> None:
        self.code = code
        self.sentence = sentence
        self.next_step = next_step


class RecordsRefusal(Exception):  # noqa: N818 - the word of the law: từ chối
    """Nothing was changed. ``detail`` says what exactly; ``field``: the field of the form it is about."""

    def __init__(self, reason: Reason, detail: str = "", *, field: str = "") -> None:
        super().__init__(f"{reason.code}: {reason.sentence} {detail}".rstrip())
        self.reason = reason
        self.detail = detail
        self.field = field

    @property
    def text(self) -> str:
        """For people: what is wrong, and what to do."""
        return " ".join(filter(None, [self.reason.sentence, self.detail, self.reason.next_step]))

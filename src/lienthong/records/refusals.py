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
    BOOK_EXISTS = (
        "records.book_exists", "Cơ quan đã có sổ mang tên này.", "Đặt tên khác, hoặc mở lại sổ cũ."
    )  # fmt: skip
    NOT_FOUND = (
        "records.not_found", "Không có văn bản này trong cơ quan của bạn.", "Tìm lại trong danh sách văn bản."
    )  # fmt: skip
    STEP_NOT_ALLOWED = (
        "records.step_not_allowed", "Trạng thái của văn bản không còn cho phép việc này.",
        "Tải lại trang để xem trạng thái mới nhất.",
    )  # fmt: skip
    ANSWER_FIRST = (
        "records.answer_first", "Bên gửi đang chờ trả lời một yêu cầu về văn bản này.",
        "Đồng ý hoặc từ chối yêu cầu đó trước.",
    )  # fmt: skip
    NOTHING_ASKED = (
        "records.nothing_asked", "Không có yêu cầu nào của bên gửi đang chờ trả lời.", "Tải lại trang."
    )  # fmt: skip
    REASON_MISSING = (
        "records.reason_missing", "Phải nêu lý do.", "Ghi ngắn gọn vì sao; bên gửi sẽ đọc được."
    )  # fmt: skip
    TOO_LONG = (
        "records.too_long", "Nội dung dài hơn mức cho phép.", "Rút gọn rồi làm lại."
    )  # fmt: skip
    FIELD_MISSING = (
        "records.field_missing", "Còn thiếu thông tin bắt buộc.", "Điền ô được đánh dấu."
    )  # fmt: skip
    DATE_WRONG = (
        "records.date_wrong", "Ngày không hợp lệ.", "Chọn lại ngày."
    )  # fmt: skip
    DUPLICATE = (
        "records.duplicate", "Văn bản này có thể đã có trong cơ quan.",
        "Xem văn bản đã có; nếu đúng là văn bản khác, chọn vẫn vào sổ.",
    )  # fmt: skip
    OFFICER_UNKNOWN = (
        "records.officer_unknown", "Người được phân công không thuộc cơ quan.", "Chọn người trong danh sách."
    )  # fmt: skip
    NOT_BELOW = (
        "records.not_below", "Chỉ chuyển tiếp được tới đơn vị trực thuộc dùng bàn làm việc trên web.",
        "Với đơn vị khác, soạn văn bản gửi qua trục.",
    )  # fmt: skip
    CANCELLED = (
        "records.cancelled", "Văn bản đã bị thu hồi hoặc lấy lại, nội dung không còn được xem.",
        "Liên hệ cơ quan ban hành nếu cần xem lại.",
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

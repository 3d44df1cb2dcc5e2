"""Code tables of QCVN 102:2016, each fact on its member (specification section 4).

Codes from outside are looked up with ``known``: ``None`` means "kept and carried, but not understood"; nothing is ever
mapped to a nearest value.
"""

from __future__ import annotations

from enum import Enum
from typing import Self


class Sender(Enum):
    """Who may send a status code."""

    RECEIVER = "receiver"  # the body that received the document
    ISSUER = "issuer"  # the body that issued it


class StatusCode(Enum):
    """Business status of a document at one recipient (table 4.4)."""

    ARRIVED = ("01", "Đã đến", 1, Sender.RECEIVER)
    REFUSED = ("02", "Từ chối tiếp nhận", None, Sender.RECEIVER)
    ACCEPTED = ("03", "Đã tiếp nhận", 3, Sender.RECEIVER)
    ASSIGNED = ("04", "Phân công", 4, Sender.RECEIVER)
    IN_HANDLING = ("05", "Đang xử lý", 5, Sender.RECEIVER)
    FINISHED = ("06", "Hoàn thành", 6, Sender.RECEIVER)
    TAKE_BACK = ("13", "Lấy lại", None, Sender.ISSUER)
    AGREED = ("15", "Đồng ý", None, Sender.RECEIVER)
    DECLINED = ("16", "Từ chối", None, Sender.RECEIVER)

    def __init__(self, code: str, label: str, rank: int | None, sender: Sender) -> None:
        self.code = code
        self.label = label
        self.rank = rank  # progress order 01<03<04<05<06; None: not a step of progress
        self.sender = sender

    @property
    def needs_reason(self) -> bool:
        """02, 13 and 16 must say why in Description (table 3.3)."""
        return self in (StatusCode.REFUSED, StatusCode.TAKE_BACK, StatusCode.DECLINED)

    @classmethod
    def known(cls, code: str) -> Self | None:
        return next((member for member in cls if member.code == code), None)


class BusinessType(Enum):
    """What a document package does (BussinessDocType, table 3.2.2)."""

    NEW = ("0", "Văn bản mới")
    RECALL = ("1", "Thu hồi")
    UPDATE = ("2", "Cập nhật")
    REPLACE = ("3", "Thay thế")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label

    @classmethod
    def known(cls, code: str) -> Self | None:
        return next((member for member in cls if member.code == code), None)


class Priority(Enum):
    """Urgency (mức độ khẩn, table 4.2). The order of 1 to 4 is assumed by the specification."""

    ORDINARY = ("0", "Thường")
    URGENT = ("1", "Khẩn")
    VERY_URGENT = ("2", "Thượng khẩn")
    EXPRESS = ("3", "Hỏa tốc")
    EXPRESS_TIMED = ("4", "Hỏa tốc hẹn giờ")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label
        self.rank = int(code)

    @classmethod
    def known(cls, code: str) -> Self | None:
        return next((member for member in cls if member.code == code), None)


class SteeringType(Enum):
    """SteeringType (table 4.3): stored and shown, never acted on; the meaning is assumed."""

    ORDINARY = ("0", "Thường")
    STEERING = ("1", "Chỉ đạo")
    ANSWER = ("2", "Phúc đáp chỉ đạo")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label

    @classmethod
    def known(cls, code: str) -> Self | None:
        return next((member for member in cls if member.code == code), None)


class DocumentGroup(Enum):
    """DocumentType/Type (table 4.1)."""

    NORMATIVE = ("1", "Văn bản quy phạm pháp luật")
    ADMINISTRATIVE = ("2", "Văn bản hành chính")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


_NORMATIVE_NAMES = (
    "Hiến pháp", "Luật", "Pháp lệnh", "Lệnh", "Nghị quyết", "Nghị quyết liên tịch", "Nghị định", "Quyết định",
    "Thông tư", "Thông tư liên tịch", "Chỉ thị", "Bộ luật", "Văn bản quy phạm pháp luật",
)  # fmt: skip
_ADMINISTRATIVE_NAMES = (
    "Nghị quyết", "Quyết định", "Chỉ thị", "Quy chế", "Quy định", "Thông cáo", "Thông báo", "Hướng dẫn",
    "Chương trình", "Kế hoạch", "Phương án", "Đề án", "Dự án", "Báo cáo", "Biên bản", "Tờ trình", "Hợp đồng",
    "Công văn", "Công điện", "Bản ghi nhớ", "Bản cam kết", "Bản thỏa thuận", "Giấy chứng nhận", "Giấy ủy quyền",
    "Giấy mời", "Giấy giới thiệu", "Giấy nghỉ phép", "Giấy đi đường", "Giấy biên nhận hồ sơ", "Phiếu gửi",
    "Phiếu chuyển", "Thư công",
)  # fmt: skip

DOCUMENT_TYPES: dict[tuple[DocumentGroup, int], str] = {
    **{(DocumentGroup.NORMATIVE, code): name for code, name in enumerate(_NORMATIVE_NAMES, start=1)},
    **{(DocumentGroup.ADMINISTRATIVE, code): name for code, name in enumerate(_ADMINISTRATIVE_NAMES, start=1)},
}
"""Name of the type by group and TypeDetail (Sửa đổi 1:2022; the codes marked * in the specification are assumed)."""

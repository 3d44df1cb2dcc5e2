"""What people are alerted of, and how much it hurries. Pure."""

from __future__ import annotations

from enum import Enum


class Level(Enum):
    """How much an alert hurries; ``rank`` orders the list."""

    CRITICAL = ("critical", "Khẩn cấp", 3)
    WARNING = ("warning", "Cảnh báo", 2)
    NOTICE = ("notice", "Lưu ý", 1)

    def __new__(cls, value: str, label: str = "", rank: int = 0) -> Level:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "", rank: int = 0) -> None:
        self.label = label
        self.rank = rank


class AlertKind(Enum):
    """What happened, and what whoever sees it does next."""

    STATE_SECRET = (
        "state_secret", "Nghi có bí mật nhà nước",
        "Báo cán bộ bảo vệ bí mật; liên hệ cơ quan gửi để thu hồi theo quy trình lộ, lọt bí mật.",
    )  # fmt: skip
    PACKAGE_BLOCKED = (
        "package_blocked", "Gói tin bị chặn sau kiểm tra", "Báo cơ quan gửi ký lại rồi gửi lại."
    )  # fmt: skip
    PACKAGE_UNCHECKED = (
        "package_unchecked", "Không kiểm tra được gói tin",
        "Xem gói tin; nếu đang bị giữ thì quyết định: lienthong holds release hoặc lienthong holds block.",
    )  # fmt: skip

    def __new__(cls, value: str, label: str = "", next_step: str = "") -> AlertKind:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "", next_step: str = "") -> None:
        self.label = label
        self.next_step = next_step

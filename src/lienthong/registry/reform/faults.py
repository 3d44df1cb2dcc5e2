"""What may be wrong with a reform plan. All faults are told together, each with its place in the YAML. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from lienthong.registry.errors import RegistryError


class FaultKind(Enum):
    """A stable code (``registry.reform.<name>``) and the next step."""

    FILE_UNREADABLE = "Kiểm tra đường dẫn và quyền đọc."
    FILE_TOO_LARGE = "Tách thành nhiều phương án nhỏ hơn 512 KB."
    ENCODING = "Lưu lại tệp dạng UTF-8."
    YAML_MALFORMED = "Sửa chỗ được nêu; thụt dòng bằng dấu cách, viết “khóa: giá trị”."
    YAML_FEATURE = "Viết thẳng giá trị: không dùng neo (&), tham chiếu (*), thẻ (!), nhiều tài liệu, lồng quá sâu."
    KEY_REPEATED = "Giữ lại một."
    KEY_UNKNOWN = "Xem các khóa dùng được trong docs/how-to/reform.md."
    KEY_MISSING = "Thêm khóa này."
    KIND_WRONG = "Xem cách viết trong docs/how-to/reform.md."
    VALUE_EMPTY = "Điền giá trị, hoặc bỏ cả khóa."
    VALUE_MALFORMED = "Sửa giá trị."
    CHOICE_UNKNOWN = "Chọn một trong các giá trị được nêu."
    DATE_MALFORMED = "Viết ngày như 2025-07-01 hoặc 1/7/2025."
    CODE_MALFORMED = "Viết mã như trong quyết định công bố, ví dụ 000.00.05.H24 hoặc H24.05."
    STEP_UNKNOWN = "Xem các loại bước trong docs/how-to/reform.md."
    STEPS_TOO_MANY = "Tách thành nhiều phương án, mỗi phương án nhiều nhất 5.000 bước."
    AGENCY_UNKNOWN = "Kiểm tra mã (lienthong agencies search TÊN); cơ quan mới thì thêm bước create trước bước này."
    SYSTEM_UNKNOWN = "Xem các hệ thống: lienthong systems list."
    CODE_TAKEN = "Chọn mã khác: mã không bao giờ dùng lại, kể cả sau khi đóng hay hoàn tác."
    CODE_FOREIGN = "Kiểm tra mã và cơ quan: lienthong agencies show MÃ."
    NOT_OPEN = "Chọn cơ quan đang hoạt động vào ngày của phương án, hoặc đổi ngày."
    ALREADY_CLOSED = "Bỏ bước này; muốn sửa cơ quan kế thừa thì ghi đúng ngày đóng cũ."
    CLOSED_BEFORE_START = "Chọn ngày của phương án từ ngày mã bắt đầu có hiệu lực."
    SUCCEEDS_ITSELF = "Nêu cơ quan kế thừa khác; nếu chỉ đổi mã thì dùng bước recode."
    SUCCESSOR_CLOSED = "Nêu cơ quan kế thừa đang hoạt động, hoặc bỏ trống."
    REDIRECT_TO_NOBODY = "Nêu cơ quan kế thừa (successor), hoặc chọn on_closed: refuse."
    HAS_CHILDREN = "Thêm bước move hoặc close cho các cơ quan trực thuộc."
    CYCLE = "Chọn cơ quan cấp trên khác."
    DATE_BEFORE_LAST = "Chọn ngày từ lần thay đổi gần nhất trở đi, hoặc hoàn tác thay đổi đó trước."
    CONTRADICTS = "Giữ lại một trong hai bước."
    NOT_SERVING = "Xem các cơ quan được phục vụ: lienthong systems show MÃ."
    MANDATE_ITSELF = "Chọn cơ quan được ủy quyền khác."
    MANDATE_ENDS_EARLY = "Chọn ngày kết thúc sau ngày của phương án, hoặc bỏ trống."
    MANDATE_SECOND_RECEIVER = "Kết thúc ủy quyền nhận cũ trước (bước end_mandate)."
    MANDATE_UNKNOWN = "Kiểm tra cơ quan ủy quyền và cơ quan được ủy quyền."
    RESTORE_NOT_ALLOWED = "Chỉ phương án hoàn tác của chính lần đã đóng mã mới mở lại được: lienthong registry undo SỐ."
    CHANGED_SINCE = "Hoàn tác các thay đổi sau đó trước."
    RUN_UNKNOWN = "Xem các lần đã thực hiện: lienthong registry reforms."
    RUN_UNDONE = "Muốn làm lại thì hoàn tác lần hoàn tác đó: lienthong registry undo SỐ."
    UNDO_DATE = "Giữ nguyên ngày của lần được hoàn tác."

    @property
    def code(self) -> str:
        return f"registry.reform.{self.name.lower()}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where in the plan (``steps[3].close.successor``, line), a stable code, what, and the next step."""

    path: str
    line: int | None
    code: str
    message: str
    next_step: str


class PlanRefused(RegistryError):  # noqa: N818 - the word of the law: từ chối
    """A plan with faults; nothing of it was done."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            "registry.reform.refused",
            f"Phương án có {len(faults)} lỗi; không bước nào được thực hiện.",
            "Sửa các chỗ nêu trên rồi chạy lại cả phương án.",
        )
        self.faults = tuple(faults)


class Faults:
    """Collects; ``lines`` tells the line of every place that was read."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self._found: list[Fault] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, path: str, kind: FaultKind, message: str) -> None:
        self.add_foreign(path, kind.code, message, kind.value)

    def add_foreign(self, path: str, code: str, message: str, next_step: str) -> None:
        """A fault that another part of the registry found."""
        self._found.append(Fault(path, self._line(path), code, message, next_step))

    def refuse(self) -> None:
        """
        :raises PlanRefused: when there are faults
        """
        if self._found:
            raise PlanRefused(sorted(self._found, key=lambda fault: (fault.line or 0, fault.path)))

    def _line(self, path: str) -> int | None:
        """Of the place, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path.rpartition("[" if path.endswith("]") else ".")[0]
        return self.lines.get(path)

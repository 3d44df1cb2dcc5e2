"""What the workplace refuses about outgoing documents, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one ``field`` of the form: a stable code, and a sentence with what to do."""

    field: str
    code: str
    message: str


class OutgoingError(Exception):
    """Nothing was changed. ``code`` is stable; ``message`` is for a clerk, ``next_step`` says what helps."""

    code = "LT-V00"

    def __init__(self, message: str, next_step: str = "", *, code: str = "") -> None:
        super().__init__(f"{message} {next_step}".rstrip())
        self.message = message
        self.next_step = next_step
        self.code = code or type(self).code


class UnknownDocumentError(OutgoingError):
    """No such document in the actor's agency; another agency's looks the same."""

    code = "LT-V01"

    def __init__(self) -> None:
        super().__init__("Không có văn bản đi này trong cơ quan của bạn.", "Mở lại từ danh sách Văn bản đi.")


class ChangedMeanwhileError(OutgoingError):
    """Somebody else saved since the page was opened. ``by`` and ``version`` tell who, and which version stands."""

    code = "LT-V02"

    def __init__(self, *, by: str, version: int) -> None:
        super().__init__(f"{by} vừa lưu bản thảo này.", "Xem bản mới nhất, hoặc lưu đè bằng nội dung bạn đang gõ.")
        self.by = by
        self.version = version


class NotPossibleError(OutgoingError):
    """The document's state does not allow it."""

    code = "LT-V03"


class NotReadyError(OutgoingError):
    """The document cannot be numbered or sent as it is; ``faults`` name the fields."""

    code = "LT-V04"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"Còn {len(faults)} điểm phải sửa trước khi gửi.", "Sửa từng điểm được nêu cạnh ô.")
        self.faults = tuple(faults)


class FileRefusedError(OutgoingError):
    """A file cannot be taken."""

    code = "LT-V05"


class UploadOffsetError(OutgoingError):
    """The part does not follow what is here. ``offset`` is the number of bytes that are."""

    code = "LT-V06"

    def __init__(self, offset: int) -> None:
        super().__init__(f"Máy chủ đang có {offset} byte của tệp này.", "Gửi tiếp từ đó.")
        self.offset = offset


class DuplicateWarningError(OutgoingError):
    """Another document has this number or these data; the clerk may go on after reading it (NĐ 30 Phụ lục VI)."""

    code = "LT-V07"

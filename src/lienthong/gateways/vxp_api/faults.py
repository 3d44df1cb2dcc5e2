"""Every failure of this interface and the ``ErrorCode`` it is answered with.

Codes 10 to 23 keep the meaning that a provincial axis built on the same documents gave them, because clients of that
family know them; from 101 on they are our own. ``100`` is the SDK's own code and is never sent. The table for
integrators is docs/operations/vxp-error-codes.md; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Self

from edxml102.errors import Finding
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.registry.errors import RegistryError

_FINDINGS_TOLD = 5  # in ErrorDesc, which clerks read; the field ``findings`` has all


class Fault(Enum):
    """What goes wrong before or beside the exchange: number, stable code, HTTP status, sentence, next step.

    Never 401: it promises a ``WWW-Authenticate`` that this interface does not have, and Java's built-in HTTP connection
    hides the body of a 401 from a client that streams its upload.
    """

    SIGNATURE_WRONG = (
        "15", "vxp.signature_wrong", 403, "Chữ ký của yêu cầu không đúng.",
        "Kiểm tra khóa bí mật của hệ thống; giá trị tham số chỉ nên dùng ký tự ASCII.",
    )  # fmt: skip
    INTERNAL = (
        "20", "vxp.internal", 500, "Trục gặp lỗi không lường trước.",
        "Gọi lại y như cũ sau ít phút (không tạo ra bản thứ hai); nếu vẫn lỗi, báo đơn vị vận hành trục.",
    )  # fmt: skip
    SYSTEM_UNKNOWN = (
        "101", "vxp.system_unknown", 403, "Hệ thống này chưa được đăng ký kết nối với trục.",
        "Kiểm tra systemid, hoặc đề nghị quản trị trục đăng ký hệ thống.",
    )  # fmt: skip
    SYSTEM_LOCKED = (
        "102", "vxp.system_locked", 403, "Hệ thống này đang bị khóa kết nối.", "Liên hệ quản trị trục để mở khóa."
    )  # fmt: skip
    SIGNATURE_MISSING = (
        "103", "vxp.signature_missing", 403, "Yêu cầu không được ký.",
        "Gửi đủ hai tiêu đề XroadVnpt-sign-header và XroadVnpt-hash-header.",
    )  # fmt: skip
    SIGN_HEADER_UNREADABLE = (
        "104", "vxp.sign_header_unreadable", 400, "Không đọc được tiêu đề XroadVnpt-sign-header.",
        "Tiêu đề phải là một đối tượng JSON UTF-8, mỗi khóa một lần, mọi giá trị là chuỗi.",
    )  # fmt: skip
    PARAMETER_WRONG = (
        "110", "vxp.parameter_wrong", 400, "Tham số thiếu hoặc không đúng.", "Sửa tham số được nêu rồi gọi lại."
    )  # fmt: skip
    METHOD_WRONG = (
        "111", "vxp.method_wrong", 405, "Phương thức HTTP không dùng được với lời gọi này.",
        "Dùng POST; riêng downloadEdoc dùng GET.",
    )  # fmt: skip
    CALL_UNKNOWN = (
        "112", "vxp.call_unknown", 404, "Trục không có lời gọi này.", "Kiểm tra địa chỉ endpoint và tên lời gọi."
    )  # fmt: skip
    BODY_NOT_JSON = (
        "113", "vxp.body_not_json", 400, "Nội dung gửi lên không phải một đối tượng JSON hợp lệ.",
        "Sửa nội dung theo mẫu {\"code\":\"...\",\"name\":\"...\",\"pcode\":\"...\"} rồi gọi lại.",
    )  # fmt: skip
    REQUEST_UNREADABLE = (
        "117", "vxp.request_unreadable", 400, "Máy chủ không đọc được yêu cầu HTTP.",
        "Kiểm tra các tiêu đề HTTP của yêu cầu và cấu hình máy chủ trung gian.",
    )  # fmt: skip
    AGENCY_UNKNOWN = (
        "140", "vxp.agency_unknown", 404, "Cơ quan này không có trong danh bạ.", "Kiểm tra lại mã định danh."
    )  # fmt: skip
    AGENCY_FOREIGN = (
        "141", "vxp.agency_foreign", 403, "Hệ thống này không được thay đổi cơ quan đó trong danh bạ.",
        "Đề nghị quản trị trục thực hiện thay đổi.",
    )  # fmt: skip
    AGENCY_REFUSED = (
        "142", "vxp.agency_refused", 409, "Danh bạ không nhận thay đổi này.", "Xem lý do được nêu."
    )  # fmt: skip

    def __init__(self, number: str, code: str, http_status: int, sentence: str, next_step: str) -> None:
        self.number = number
        self.code = code
        self.http_status = http_status
        self.sentence = sentence
        self.next_step = next_step


NUMBERS: dict[Reason, str] = {
    Reason.NO_RECIPIENT: "18",
    Reason.SENDER_UNKNOWN: "19",
    Reason.SENDER_FOREIGN: "19",
    Reason.PACKAGE_DAMAGED: "21",
    Reason.NOT_CONFORMING: "22",
    Reason.HASH_DIFFERS: "114",
    Reason.BODY_INCOMPLETE: "115",
    Reason.TOO_LARGE: "116",
    Reason.KIND_UNEXPECTED: "119",
    Reason.SENDER_CLOSED: "121",
    Reason.SELECTION_FOREIGN: "122",
    Reason.SIGNATURE_MISSING: "123",
    Reason.SIGNATURE_INVALID: "124",
    Reason.LOOP: "125",
    Reason.STATE_SECRET: "126",
    Reason.BODY_TOO_SLOW: "127",
    Reason.CONFLICT: "130",
    Reason.PACKAGE_UNKNOWN: "131",
    Reason.STATUS_NOT_RECIPIENT: "132",
    Reason.STATUS_NOT_ALLOWED: "133",
    Reason.STATUS_TOO_LATE: "134",
    Reason.TARGET_FOREIGN: "135",
    Reason.CANCELLED: "136",
    Reason.DELIVERY_UNKNOWN: "160",
    Reason.DELIVERY_NOT_GIVEN_UP: "161",
    Reason.REDIRECT_NOWHERE: "162",
    Reason.REASON_MISSING: "163",
    Reason.ALERT_UNKNOWN: "164",
    Reason.NOT_HELD: "165",
    Reason.PACKAGE_ERASED: "166",
    Reason.STORAGE_UNAVAILABLE: "150",
    Reason.DATABASE_UNAVAILABLE: "151",
    Reason.EVIDENCE_UNAVAILABLE: "152",
    Reason.TOO_EARLY: "153",
}
"""``ErrorCode`` of each refusal of the exchange."""


_REGISTRY = {
    "registry.agency.unknown": Fault.AGENCY_UNKNOWN,
    "registry.registration.not_allowed": Fault.AGENCY_FOREIGN,
}


class CallError(Exception):
    """This gateway itself refuses the call; ``detail`` says what exactly, ``system_id`` who the caller claims to be."""

    def __init__(self, fault: Fault, detail: str = "", *, system_id: str = "") -> None:
        super().__init__(f"{fault.code}: {fault.sentence} {detail}".rstrip())
        self.fault = fault
        self.detail = detail
        self.system_id = system_id


@dataclass(frozen=True, slots=True)
class Failure:
    """What a failing call tells its client, whatever refused it."""

    number: str
    code: str
    http_status: int
    sentence: str
    detail: str
    next_step: str
    findings: tuple[Finding, ...] = ()

    @property
    def description(self) -> str:
        """The ``ErrorDesc``: sentence, details, next step and stable code, in this order."""
        told = [": ".join(filter(None, [finding.path, finding.message])) for finding in self.findings[:_FINDINGS_TOLD]]
        if len(self.findings) > _FINDINGS_TOLD:
            told.append(f"(và {len(self.findings) - _FINDINGS_TOLD} lỗi khác)")
        return " ".join(filter(None, [self.sentence, self.detail, *told, self.next_step, f"[{self.code}]"]))

    @classmethod
    def of_fault(cls, fault: Fault, detail: str = "") -> Self:
        return cls(fault.number, fault.code, fault.http_status, fault.sentence, detail, fault.next_step)

    @classmethod
    def of_reason(cls, reason: Reason, detail: str = "", findings: tuple[Finding, ...] = ()) -> Self:
        status = reason.http_status
        return cls(NUMBERS[reason], reason.code, status, reason.sentence, detail, reason.next_step, findings)

    @classmethod
    def of_refusal(cls, refusal: Refusal) -> Self:
        return cls.of_reason(refusal.reason, refusal.detail, refusal.findings)

    @classmethod
    def of_registry(cls, error: RegistryError) -> Self:
        """The registry's own next steps are commands of the operator, which clients do not have."""
        fault = _REGISTRY.get(error.code, Fault.AGENCY_REFUSED)
        sentence, next_step = fault.sentence, fault.next_step
        return cls(fault.number, error.code, fault.http_status, sentence, error.message, next_step)

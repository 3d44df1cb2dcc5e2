"""Every refusal of this interface as problem+json (RFC 9457), with our stable code and what to do next."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from ninja.errors import HttpError, ValidationError

from edxml102.errors import EdxmlError, Finding
from lienthong.exchange.outages import outage_of
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.ledger.errors import LedgerError
from lienthong.registry.errors import RegistryError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class Fault(Enum):
    """What goes wrong before or beside the exchange: stable code, HTTP status, sentence, next step."""

    KEY_MISSING = (
        "api.key_missing", 401, "Yêu cầu không kèm khóa API.",
        "Gửi tiêu đề Authorization: Bearer ltk_…; khóa do quản trị trục cấp.",
    )  # fmt: skip
    KEY_WRONG = (
        "api.key_wrong", 401, "Khóa API không đúng.", "Chép lại nguyên khóa, hoặc xin quản trị trục cấp khóa mới."
    )  # fmt: skip
    KEY_ENDED = (
        "api.key_ended", 401, "Khóa API đã hết hạn hoặc bị thu hồi.", "Dùng khóa mới do quản trị trục cấp."
    )  # fmt: skip
    SYSTEM_LOCKED = (
        "api.system_locked", 403, "Hệ thống này đang bị khóa kết nối.", "Liên hệ quản trị trục để mở khóa."
    )  # fmt: skip
    SCOPE_MISSING = (
        "api.scope_missing", 403, "Khóa API không có quyền gọi chức năng này.",
        "Dùng khóa có quyền được nêu, hoặc đề nghị quản trị trục cấp khóa khác.",
    )  # fmt: skip
    ADDRESS_NOT_ALLOWED = (
        "api.address_not_allowed", 403, "Khóa API không được dùng từ địa chỉ mạng này.",
        "Gọi từ địa chỉ đã đăng ký, hoặc đề nghị quản trị trục bổ sung địa chỉ.",
    )  # fmt: skip
    RATE_EXCEEDED = (
        "api.rate_exceeded", 429, "Khóa API gọi quá số yêu cầu cho phép.", "Đợi số giây trong Retry-After rồi gọi lại."
    )  # fmt: skip
    PATH_UNKNOWN = (
        "api.path_unknown", 404, "Trục không có địa chỉ này.", "Xem các địa chỉ trong /api/v1/openapi.json."
    )  # fmt: skip
    METHOD_WRONG = (
        "api.method_wrong", 405, "Địa chỉ này không dùng phương thức HTTP đó.", "Xem tiêu đề Allow."
    )  # fmt: skip
    REQUEST_INVALID = (
        "api.request_invalid", 422, "Yêu cầu thiếu hoặc sai tham số.", "Sửa các chỗ được nêu rồi gọi lại."
    )  # fmt: skip
    BODY_UNREADABLE = (
        "api.body_unreadable", 400, "Không đọc được nội dung yêu cầu.", "Gửi JSON UTF-8 đúng mẫu, có Content-Length."
    )  # fmt: skip
    CONTENT_TYPE_WRONG = (
        "api.content_type_wrong", 415, "Kiểu nội dung không dùng được với lời gọi này.",
        "Đặt Content-Type là một trong các kiểu được nêu.",
    )  # fmt: skip
    MULTIPART_WRONG = (
        "api.multipart_wrong", 400, "Nội dung multipart không đúng.",
        "Gửi phần metadata (JSON) trước, rồi các tệp theo đúng thứ tự và số lượng đã khai trong attachments.",
    )  # fmt: skip
    KEY_REUSED = (
        "api.idempotency_key_reused", 409, "Idempotency-Key này đã dùng cho một nội dung khác.",
        "Tạo Idempotency-Key mới cho mỗi nội dung mới; gửi lại thì giữ nguyên cả khóa lẫn nội dung.",
    )  # fmt: skip
    ATTACHMENT_UNKNOWN = (
        "api.attachment_unknown", 404, "Gói tin không có tệp đính kèm thứ tự này.",
        "Xem danh sách attachments của gói tin; số thứ tự tính từ 1.",
    )  # fmt: skip
    AGENCY_UNKNOWN = (
        "api.agency_unknown", 404, "Mã này không có trong danh bạ.", "Tìm mã đúng bằng /directory/agencies?q=."
    )  # fmt: skip
    RECIPIENT_UNKNOWN = (
        "api.recipient_unknown", 404, "Văn bản này không gửi tới mã nơi nhận đó.",
        "Xem danh sách recipients của văn bản.",
    )  # fmt: skip
    NOT_A_DOCUMENT = (
        "api.not_a_document", 409, "Gói tin này không phải gói văn bản.",
        "Chỉ báo trạng thái cho gói tin loại document.",
    )  # fmt: skip
    RANGE_WRONG = (
        "api.range_wrong", 416, "Khoảng byte nằm ngoài nội dung.", "Xem độ dài trong tiêu đề Content-Range."
    )  # fmt: skip
    UPLOAD_UNKNOWN = (
        "api.upload_unknown", 404, "Không có lượt tải lên này, hoặc đã hết hạn.", "Tạo lượt tải lên mới."
    )  # fmt: skip
    UPLOAD_OFFSET_WRONG = (
        "api.upload_offset_wrong", 409, "Phần gửi lên không nối tiếp phần trục đã có.",
        "Gửi tiếp từ vị trí ghi trong Upload-Offset của câu trả lời.",
    )  # fmt: skip
    UPLOAD_BUSY = (
        "api.upload_busy", 409, "Một phần khác của lượt tải lên này đang được gửi.", "Đợi phần đó xong rồi gửi tiếp."
    )  # fmt: skip
    UPLOAD_INCOMPLETE = (
        "api.upload_incomplete", 409, "Lượt tải lên chưa đủ byte.", "Gửi tiếp từ Upload-Offset cho đủ rồi mới nộp."
    )  # fmt: skip
    UPLOADS_TOO_MANY = (
        "api.uploads_too_many", 409, "Hệ thống đang có quá nhiều lượt tải lên dở dang.",
        "Nộp hoặc hủy các lượt tải lên cũ trước.",
    )  # fmt: skip
    INTERNAL = (
        "api.internal", 500, "Trục gặp lỗi không lường trước.",
        "Gọi lại y như cũ sau ít phút; nếu vẫn lỗi, báo đơn vị vận hành trục.",
    )  # fmt: skip

    def __init__(self, code: str, http_status: int, sentence: str, next_step: str) -> None:
        self.code = code
        self.http_status = http_status
        self.sentence = sentence
        self.next_step = next_step


class ApiError(Exception):
    """This interface itself refuses; ``detail`` says what exactly, ``headers`` go with the answer."""

    def __init__(self, fault: Fault, detail: str = "", *, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{fault.code}: {fault.sentence} {detail}".rstrip())
        self.fault = fault
        self.detail = detail
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Problem:
    """What a refused request is told, whatever refused it."""

    status: int
    code: str
    title: str
    next_step: str
    detail: str = ""
    findings: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def all_headers(self) -> dict[str, str]:
        return {"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store", **self.headers}

    def content(self, path: str) -> bytes:
        """The JSON; ``instance`` is the path asked for."""
        fields = {
            "type": f"urn:lienthong:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": path[:500],
            "code": self.code,
            "next_step": self.next_step,
            "findings": self.findings,
        }
        return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")

    def response(self, path: str) -> HttpResponse:
        return HttpResponse(self.content(path), status=self.status, headers=self.all_headers)


def problem_of(error: Exception, path: str) -> Problem:
    """Name the problem behind any exception; those that nobody foresaw are logged whole."""
    if known := _foreseen(error):
        return known
    if outage := outage_of(error):
        log.error("%s failed: %s: %s", path, outage.reason.code, error)
        return _of_refusal(outage)
    log.error("%s failed", path, exc_info=error)  # a vault's own words are for the operator alone
    return _of_fault(Fault.INTERNAL)


def _foreseen(error: Exception) -> Problem | None:
    problem = None
    if isinstance(error, ApiError):
        problem = _of_fault(error.fault, error.detail, headers=_challenge(error.fault) | error.headers)
    elif isinstance(error, Refusal):
        problem = _of_refusal(error)
    elif isinstance(error, EdxmlError) and error.findings:
        problem = _of_refusal(Refusal(Reason.NOT_CONFORMING, findings=error.findings))
    elif isinstance(error, ValidationError):
        problem = _of_validation(error)
    elif isinstance(error, HttpError | RequestDataTooBig):  # of the framework: a body that is no JSON, or too much
        problem = _of_fault(Fault.BODY_UNREADABLE)
    elif isinstance(error, LedgerError):
        status = 404 if error.code == "ledger.evidence.none" else 503
        problem = Problem(status, error.code, error.message, error.next_step)
    elif isinstance(error, RegistryError) and not error.code.startswith("registry.vault."):
        problem = Problem(422, error.code, error.message, Fault.REQUEST_INVALID.next_step)
    return problem


def _of_fault(fault: Fault, detail: str = "", *, headers: dict[str, str] | None = None) -> Problem:
    return Problem(fault.http_status, fault.code, fault.sentence, fault.next_step, detail, headers=headers or {})


def _challenge(fault: Fault) -> dict[str, str]:
    return {"WWW-Authenticate": 'Bearer realm="lienthong"'} if fault.http_status == 401 else {}


def _of_refusal(refusal: Refusal) -> Problem:
    reason = refusal.reason
    findings = [finding_fields(finding) for finding in refusal.findings]
    headers = {"Retry-After": "30"} if reason.temporary else {}
    return Problem(
        reason.http_status, reason.code, reason.sentence, reason.next_step, refusal.detail, findings, headers
    )


def finding_fields(finding: Finding) -> dict[str, Any]:
    """A finding for programs."""
    return {**asdict(finding), "severity": finding.severity.value}


def _of_validation(error: ValidationError) -> Problem:
    """The framework's own words are English: the place and the kind of mistake are for programs."""
    fault = Fault.REQUEST_INVALID
    findings = [_invalid(place) for place in error.errors]
    told = ", ".join(dict.fromkeys(finding["path"] for finding in findings))
    return Problem(fault.http_status, fault.code, fault.sentence, fault.next_step, f"Xem: {told}.", findings)


def _invalid(place: dict[str, Any]) -> dict[str, Any]:
    path = ".".join(str(part) for part in place["loc"])
    return {
        "id": f"api.{place['type']}",
        "severity": "error",
        "path": path,
        "message": f"Giá trị không hợp lệ: {place['msg']}.",
        "line": None,
        "byte": None,
    }

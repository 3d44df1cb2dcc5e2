"""Pages that say no: kindly, with the next step."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_NOT_ALLOWED = "Vai trò hiện tại của bạn không dùng trang này."


def wants_page(request: HttpRequest) -> bool:
    """Whether a browser asks. Programs are answered with JSON; the national SDK claims to accept HTML, and only
    browsers name XHTML (vxp-protocol.md 2.3)."""
    return "application/xhtml+xml" in request.headers.get("Accept", "") or "HX-Request" in request.headers


def not_found(request: HttpRequest) -> HttpResponse:
    """404, also for what belongs to another agency: that it exists is not told."""
    return _say(
        request,
        404,
        "Không tìm thấy trang này",
        "Có thể địa chỉ gõ nhầm, hoặc nội dung không thuộc cơ quan bạn đang làm việc.",
        "Về trang đầu, hoặc đổi sang cơ quan khác ở góc trên bên phải.",
    )


def not_allowed(request: HttpRequest, reason: str = _NOT_ALLOWED) -> HttpResponse:
    """403 for those who signed in."""
    return _say(
        request,
        403,
        "Bạn chưa có quyền làm việc này",
        reason,
        "Nếu bạn có nhiều vị trí, hãy đổi vị trí ở góc trên bên phải; nếu không, hỏi quản trị của cơ quan.",
    )


def no_position(request: HttpRequest) -> HttpResponse:
    """403 for an account that holds nothing today."""
    return _say(
        request,
        403,
        "Tài khoản chưa được phân vị trí",
        "Tài khoản của bạn còn dùng được nhưng hôm nay không giữ vai trò nào ở cơ quan nào.",
        "Nhờ quản trị của cơ quan phân vai trò, rồi tải lại trang này.",
    )


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the check against forged forms; most often a page left open over a sign-out."""
    return _say(
        request,
        403,
        "Trang đã mở quá lâu",
        "Để an toàn, biểu mẫu này không còn được nhận. Chưa có gì được ghi.",
        "Quay lại, tải lại trang rồi làm lại.",
    )


def unreadable(request: HttpRequest) -> HttpResponse:
    """400."""
    return _say(request, 400, "Không đọc được yêu cầu", "Địa chỉ hoặc dữ liệu gửi lên không hợp lệ.", "Về trang đầu.")


def broken(request: HttpRequest) -> HttpResponse:
    """500: says nothing it would need the database for."""
    return _say(
        request,
        500,
        "Hệ thống gặp lỗi",
        "Việc vừa làm có thể chưa được ghi. Lỗi đã được lưu lại để sửa.",
        "Đợi một phút rồi thử lại; nếu vẫn lỗi, báo quản trị hệ thống kèm giờ phút này.",
    )


def _say(request: HttpRequest, status: int, title: str, text: str, advice: str) -> HttpResponse:
    told = {"title": title, "text": text, "advice": advice, "status": status}
    response = render(request, "errors/error.html", told, status=status)
    response["X-Message"] = quote(f"{title}. {text}")  # what a page in the browser shows of a failed htmx request
    return response

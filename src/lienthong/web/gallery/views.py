"""All parts of the pages in all their states, to look at (for the system's administrators and its developers)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lienthong.accounts.roles import Role
from lienthong.common import clock
from lienthong.web.pages import PageRequest, page, roles

_LONG = (
    "Về việc báo cáo tiến độ giải ngân vốn đầu tư công quý IV, đề xuất điều chỉnh kế hoạch vốn giữa các dự án và "
    "kiến nghị tháo gỡ khó khăn, vướng mắc trong công tác giải phóng mặt bằng trên địa bàn"
)


class SampleForm(forms.Form):
    """A form with every kind of field."""

    subject = forms.CharField(
        label="Trích yếu", help_text="Ghi như trên văn bản.", widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(
        label="Loại văn bản", choices=[("", "Chọn loại"), ("cv", "Công văn"), ("qd", "Quyết định")]
    )
    issued = forms.DateField(label="Ngày ban hành", input_formats=["%d/%m/%Y"], required=False)
    sure = forms.BooleanField(label="Văn bản không chứa bí mật nhà nước")


@require_safe
@page(roles(Role.SYSTEM_ADMIN))
def gallery(request: PageRequest) -> HttpResponse:
    """The page."""
    bad = SampleForm({"subject": "", "kind": "cv", "issued": "31/02/2026"})
    return render(request, "gallery/gallery.html", {"form": SampleForm(), "bad": bad, **_samples()})


def _samples() -> dict[str, Any]:
    now = clock.now()
    return {
        "now": now,
        "earlier": now - timedelta(minutes=2, seconds=10),
        "yesterday": now - timedelta(days=1, hours=3),
        "due_today": now + timedelta(seconds=90),
        "due_later": now + timedelta(days=2),
        "tones": [
            ("neutral", "Chưa tiếp nhận"),
            ("blue", "Đang xử lý"),
            ("green", "Hoàn thành"),
            ("orange", "Đến hạn hôm nay"),
            ("red", "Bên nhận từ chối"),
            ("purple", "Hoàn thành trễ hạn"),
            ("teal", "Hoàn thành, không có hạn"),
        ],
        "tabs": [
            {"label": "Chưa xử lý", "url": "?", "count": 12, "tone": "blue", "current": True},
            {"label": "Khẩn", "url": "?", "count": 2, "tone": "red"},
            {"label": "Đã vào sổ", "url": "?"},
            {"label": "Từ chối", "url": "?"},
            {"label": "Thu hồi", "url": "?"},
        ],
        "rows": _rows(),
        "steps": [
            {"title": "Gửi", "at": now - timedelta(minutes=3), "state": "done", "text": "Trần Thị Hạnh, Sở Mẫu A"},
            {"title": "Trục đã nhận", "at": now - timedelta(minutes=3), "state": "done"},
            {"title": "Đến nơi", "at": now - timedelta(minutes=2), "state": "now", "text": "Phường Mẫu B"},
        ],
    }


def _rows() -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {
            "unread": True,
            "urgency": "2",
            "at": now - timedelta(minutes=2),
            "code": "15/UBND-VX",
            "subject": _LONG,
            "agency": "Sở Tài chính (mẫu)",
            "due": now + timedelta(seconds=90),
            "tone": "neutral",
            "state": "Chưa tiếp nhận",
        },
        {
            "unread": True,
            "urgency": "3",
            "at": now - timedelta(minutes=40),
            "code": "1312/QĐ-UBND",
            "subject": "Quyết định về việc phòng, chống bão số 12",
            "agency": "Ủy ban nhân dân thành phố (mẫu)",
            "due": now - timedelta(hours=3),
            "tone": "red",
            "state": "Quá hạn",
        },
        {
            "unread": False,
            "urgency": "0",
            "at": now - timedelta(days=1),
            "code": "208/STP-VP",
            "subject": "Mời họp giao ban công tác văn thư tháng 11",
            "agency": "Sở Tư pháp (mẫu)",
            "due": None,
            "tone": "green",
            "state": "Đã vào sổ",
        },
    ]

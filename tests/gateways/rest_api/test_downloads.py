"""File names on their way out."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from lienthong.common.downloads import content_disposition


@pytest.mark.parametrize(
    ("name", "plain", "full"),
    [
        ("Công văn số 12.pdf", "Cong van so 12.pdf", "C%C3%B4ng%20v%C4%83n%20s%E1%BB%91%2012.pdf"),
        ("Quyết định.docx", "Quyet dinh.docx", "Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh.docx"),
        ("../../etc/passwd", "passwd", "passwd"),
        ("C:\\mau\\to-trinh.pdf", "to-trinh.pdf", "to-trinh.pdf"),
        ('a"; filename="b.exe', "a__ filename__b.exe", "a%22%3B%20filename%3D%22b.exe"),
        ("một\r\nSet-Cookie: x=1.pdf", "motSet-Cookie_ x_1.pdf", "m%E1%BB%99tSet-Cookie%3A%20x%3D1.pdf"),
        ("\u202egpj.exe", "gpj.exe", "gpj.exe"),
        ("", "tep-dinh-kem", "tep-dinh-kem"),
        ("…", "_", "%E2%80%A6"),
    ],
)
def test_any_name_is_safe_in_the_header(name: str, plain: str, full: str) -> None:
    header = content_disposition(name)

    assert header == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
    HttpResponse(headers={"Content-Disposition": header})

"""Which words mark a state secret, and which only look like it. Every text is invented."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace

import pytest

from edxml102.model import Attachment, Code, DocumentPackage, Extra, OtherInfo, StatusPackage
from edxml102.reader import read_package
from lienthong.common import clock
from lienthong.exchange.guards.secrecy import find_marks, is_marked, is_secret_file_name, is_secret_notation
from lienthong.exchange.rule_sets import rule_set
from tests import packages

RULES = rule_set(clock.today()).secrecy

MARKED = [
    "MẬT",
    "Mật",
    "mật",
    "Tối mật",
    "TUYỆT MẬT",
    "Độ mật: Tối mật",
    "Độ mật: Mật",
    "Báo cáo tình hình (Mật)",
    "[MẬT] Kế hoạch diễn tập",
    "MẬT - Kế hoạch diễn tập",
    "Kế hoạch diễn tập – Mật",
    "Báo cáo MẬT về tình hình",
    "V/v gửi tài liệu tuyệt mật",
    "Công văn TỐI MẬT số 5",
    "BÁO CÁO TUYỆT MẬT NĂM 2026",
    "Kế hoạch (M Ậ T)",
    "T Ố I  M Ậ T",
    "Danh mục bí mật nhà nước (Tối mật)",
    "Báo cáo\u00a0(M\u200bật)",
    unicodedata.normalize("NFD", "Kế hoạch (Mật)"),
]
ORDINARY = [
    "",
    "Quy chế bảo mật thông tin",
    "QUY CHẾ BẢO MẬT",
    "V/v đổi Mật khẩu",
    "Mật khẩu",
    "Cấp lại MẬT KHẨU thư công vụ",
    "Phường Mật Sơn (mẫu)",
    "Xã MẬT SƠN báo cáo thu ngân sách",
    "Hội nghị tại xã Tân Mật",
    "Mật độ dân số các phường",
    "Điều tiết giao thông buổi tối, mật độ xe cao",
    "Buổi tối mật độ xe tăng",
    "Hỗ trợ nuôi ong lấy mật hoa",
    "Thực hiện Luật Bảo vệ bí mật nhà nước",
    "Luật BẢO VỆ BÍ MẬT NHÀ NƯỚC năm 2018",
    "Ban hành Danh mục bí mật nhà nước độ Tuyệt mật, Tối mật",
    "Giải mật tài liệu lưu trữ",
    "Mật mã dân sự",
    "Cơ yếu – mật mã",
    "Phẫu thuật sỏi mật",
    "Khám mắt học đường",
]


@pytest.mark.parametrize("text", MARKED)
def test_a_stamp_is_seen(text: str) -> None:
    assert is_marked(text, RULES)


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_word_is_no_stamp(text: str) -> None:
    assert not is_marked(text, RULES)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("ke-hoach-TUYET-MAT.pdf", True),
        ("tuyet_mat.docx", True),
        ("BC (MAT).pdf", True),
        ("123-UBND-MẬT.pdf", True),
        ("CV MẬT.pdf", True),
        ("Mật.pdf", True),
        ("tối_mật.pdf", True),
        ("quy-chế-bảo-mật.pdf", False),
        ("quy-che-bao-mat.pdf", False),
        ("BAO_MAT.pdf", False),
        ("doi-mật-khẩu.pdf", False),
        ("xã-mật-sơn.pdf", False),
        ("kham-mat.pdf", False),
        ("don-xin-cap-lai-giay-to-mat.pdf", False),
    ],
)
def test_names_of_files(name: str, secret: bool) -> None:
    assert is_secret_file_name(name, RULES) is secret


@pytest.mark.parametrize(
    ("notation", "secret"),
    [
        ("BC-UBND-M", True),
        ("BC-UBND (M)", True),
        ("15/BC-UBND(TM)", True),
        ("KH-BCH-Mật", True),
        ("QĐ-UBND-TUYỆT MẬT", True),
        ("CV-MAU", False),
        ("QĐ-UBND", False),
        ("TTr-STM", False),
        ("BC-M-UBND", False),
        ("M", False),
        ("", False),
    ],
)
def test_notations(notation: str, secret: bool) -> None:
    assert is_secret_notation(notation, RULES) is secret


@pytest.mark.parametrize(
    "text",
    ["bảo mật " * 30_000, "bí mật nhà nước tối mật " * 8_000, "m ậ t " * 40_000, "bảo mật" + " " * 200_000 + "a"],
)
def test_long_texts_are_read_once(text: str) -> None:
    """Each takes well under a second; were a text read anew for each of its words, the test would run for minutes."""
    assert not is_marked(text, RULES)
    assert not is_secret_notation(f"M{text}", RULES)


def _document(**details: object) -> DocumentPackage:
    package = read_package(io.BytesIO(packages.document("H99.01", "H99.02"))).package
    assert isinstance(package, DocumentPackage)
    return replace(package, header=replace(package.header, **details))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("package", "field"),
    [
        (_document(subject="Kế hoạch (Mật)"), "Subject"),
        (_document(content="(Tối mật)"), "Content"),
        (_document(other_info=OtherInfo(sphere_of_promulgation="Mật")), "SphereOfPromulgation"),
        (_document(other_info=OtherInfo(appendixes=("Phụ lục 1", "Phụ lục 2 (mật)"))), "Appendixes"),
        (_document(code=Code(number="15", notation="BC-UBND-M")), "Code/CodeNotation"),
        (_document(extras=(Extra(name="DoMat", children=(Extra(name="Ten", text="Mật"),)),)), "phần tử ngoài chuẩn"),
        (_document(extras=(Extra(name="DoMat", attributes=(("muc", "Tuyệt mật"),)),)), "phần tử ngoài chuẩn"),
        (replace(_document(), attachments=(Attachment(attachment_name="KH (Mật).pdf"),)), "AttachmentName"),
        (StatusPackage(description="Đã nhận văn bản (Mật)"), "Description"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_where_a_package_may_say_so(package: DocumentPackage | StatusPackage, field: str) -> None:
    assert [mark.field for mark in find_marks(package, RULES)] == [field]


def test_an_ordinary_package_has_none() -> None:
    assert find_marks(_document(subject="Quy chế bảo mật thông tin"), RULES) == []

"""States, notation, formats, words: tables without a database."""

from __future__ import annotations

from datetime import date

import pytest

from edxml102.codes import DOCUMENT_TYPES
from lienthong.exchange.states import DeliveryState, RecipientState
from lienthong.records.outgoing.formats import clean_name, is_allowed, mismatch
from lienthong.records.outgoing.metadata import Metadata, faults_of
from lienthong.records.outgoing.notation import ABBREVIATIONS, notation_of, number_text, parse_type
from lienthong.records.outgoing.standing import Counted, Facts, Group, has_arrived, tally, word_of
from lienthong.records.outgoing.states import OutgoingAct, OutgoingState, may_edit, move

TODAY = date(2026, 11, 20)
GOOD = Metadata(
    subject="Về việc báo cáo (mẫu)", place="Thành phố Mẫu", issued_on=TODAY, signer_name="Nguyễn Văn Mẫu",
    signer_position="Giám đốc",
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "unit", "expected"),
    [
        ("2.18", "VX", "UBND-VX"),
        ("2.18", "", "UBND"),
        ("2.2", "VX", "QĐ-UBND"),
        ("2.7", "", "TB-UBND"),
        ("2.4", "", "QC-UBND"),
        ("2.5", "", "QyĐ-UBND"),
        ("2.19", "", "CĐ-UBND"),
        ("1.8", "", "2026/QĐ-UBND"),
        ("1.5", "", "2026/NQ-UBND"),
        ("2.18", " V X-", "UBND-VX"),
    ],
)
def test_notations_follow_the_type(code: str, unit: str, expected: str) -> None:
    assert notation_of(code, agency="UBND", unit=unit, year=2026) == expected


def test_every_type_of_the_standard_has_its_abbreviation() -> None:
    assert ABBREVIATIONS.keys() == DOCUMENT_TYPES.keys()


@pytest.mark.parametrize("code", ["", "2", "2.99", "3.1", "2.x", "2.018", "x.1"])
def test_a_type_that_is_none_is_told(code: str) -> None:
    assert parse_type(code) is None


def test_numbers_begin_with_two_digits() -> None:
    assert [number_text(1), number_text(15), number_text(1312)] == ["01", "15", "1312"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", ""),
        ("subject", "x" * 501),
        ("place", "x" * 51),
        ("signer_name", ""),
        ("signer_position", "x" * 101),
        ("issued_on", None),
        ("issued_on", date(2026, 11, 21)),
        ("due_on", date(2026, 11, 19)),
        ("type_code", "2.99"),
        ("priority", 7),
        ("to_places", "x" * 151),
        ("to_places", "\n".join(["x" * 150] * 7)),
        ("page_amount", 1000),
        ("copies", 0),
        ("staff_email", "khong-phai-thu"),
        ("unit", "x" * 16),
    ],
)
def test_each_fault_stands_at_its_field(field: str, value: object) -> None:
    wrong = Metadata(**{**{name: getattr(GOOD, name) for name in GOOD.__slots__}, field: value})  # type: ignore[arg-type]
    assert [fault.field for fault in faults_of(wrong, today=TODAY)] == [field]


def test_good_data_have_no_fault() -> None:
    assert faults_of(GOOD, today=TODAY) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\hanh\\cv.pdf", "cv.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "_img src=x onerror=alert(1)_.pdf"),
        ("Công văn số 15.pdf", "Công văn số 15.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a__Set-Cookie_ x.pdf"),
        (".pdf", "tep.pdf"),
        ("", "tep"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_safe_wherever_they_go(name: str, expected: str) -> None:
    assert clean_name(name) == expected


@pytest.mark.parametrize(
    ("name", "head", "wrong"),
    [
        ("a.pdf", b"%PDF-1.7", False),
        ("a.pdf", b"MZ\x90\x00", True),
        ("a.docx", b"PK\x03\x04", False),
        ("a.docx", b"%PDF-1.7", True),
        ("a.jpg", b"\xff\xd8\xff\xe0", False),
        ("a.txt", "chữ".encode(), False),
        ("a.txt", b"\x00\x01", True),
        ("a.exe", b"MZ", True),
    ],
)
def test_content_must_be_what_the_name_says(name: str, head: bytes, wrong: bool) -> None:
    assert mismatch(name, head) is wrong


@pytest.mark.parametrize("name", ["a.exe", "a", "a.pdf.html", "a.svg", "a.js"])
def test_kinds_that_may_not_be_sent(name: str) -> None:
    assert not is_allowed(name)


@pytest.mark.parametrize(
    ("state", "act", "after"),
    [
        (OutgoingState.DRAFT, OutgoingAct.NUMBER, OutgoingState.NUMBERED),
        (OutgoingState.DRAFT, OutgoingAct.SEND, None),
        (OutgoingState.DRAFT, OutgoingAct.DISCARD, OutgoingState.DISCARDED),
        (OutgoingState.NUMBERED, OutgoingAct.DISCARD, None),
        (OutgoingState.NUMBERED, OutgoingAct.CANCEL, OutgoingState.CANCELLED),
        (OutgoingState.NUMBERED, OutgoingAct.SEND, OutgoingState.SENDING),
        (OutgoingState.SENDING, OutgoingAct.ACCEPT, OutgoingState.SENT),
        (OutgoingState.SENDING, OutgoingAct.REFUSE, OutgoingState.REFUSED),
        (OutgoingState.REFUSED, OutgoingAct.SEND, OutgoingState.SENDING),
        (OutgoingState.SENT, OutgoingAct.EDIT, None),
        (OutgoingState.SENT, OutgoingAct.CANCEL, None),
        (OutgoingState.SENDING, OutgoingAct.EDIT, None),
    ],
)
def test_moves(state: OutgoingState, act: OutgoingAct, after: OutgoingState | None) -> None:
    assert move(state, act) is after


def test_a_number_fixes_what_it_was_made_of() -> None:
    assert may_edit(OutgoingState.DRAFT, "type_code")
    assert not may_edit(OutgoingState.NUMBERED, "type_code")
    assert may_edit(OutgoingState.REFUSED, "subject")
    assert not may_edit(OutgoingState.SENT, "subject")


S, D = RecipientState, DeliveryState


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        (Facts(by_axis=False), "Bản giấy"),
        (Facts(by_axis=True, why="khóa"), "Không gửi được"),
        (Facts(by_axis=True, paper_told=True), "Đã báo gửi bản giấy"),
        (Facts(by_axis=True, transport=D.WAITING), "Chưa đến nơi"),
        (Facts(by_axis=True, transport=D.WAITING, is_late=True), "Chưa đến, quá hạn"),
        (Facts(by_axis=True, transport=D.FAILED, attempts=2), "Chưa đến, đang thử lại lần 3"),
        (Facts(by_axis=True, transport=D.GIVEN_UP), "Chưa đến, ngừng thử lại"),
        (Facts(by_axis=True, transport=D.BLOCKED), "Trục chặn sau kiểm tra"),
        (Facts(by_axis=True, transport=D.HELD), "Trục đang kiểm tra"),
        (Facts(by_axis=True, transport=D.ON_PAPER), "Đã báo gửi bản giấy"),
        (Facts(by_axis=True, transport=D.DELIVERED), "Đã giao hệ thống nơi nhận"),
        (Facts(by_axis=True, transport=D.DELIVERED, is_late=True), "Đã giao, chưa báo đã đến"),
        (Facts(by_axis=True, transport=D.DELIVERED, state=S.ARRIVED), "Đã đến"),
        (Facts(by_axis=True, transport=D.DELIVERED, state=S.ARRIVED, is_late=True), "Đã đến, quá hạn tiếp nhận"),
        (Facts(by_axis=True, transport=D.DELIVERED, state=S.ACCEPTED), "Đã tiếp nhận"),
        (Facts(by_axis=True, transport=D.DELIVERED, state=S.REJECTED), "Bên nhận từ chối"),
        (Facts(by_axis=True, transport=D.DELIVERED, state=S.RECALL_ASKED), "Bên gửi thu hồi"),
        (Facts(by_axis=True, transport=D.DELIVERED, state=S.RECALLED), "Đã thu hồi"),
        (Facts(by_axis=True, transport=D.CANCELLED, state=S.SENT), "Đã hủy do thu hồi hoặc lấy lại"),
    ],
)
def test_words_for_every_standing(facts: Facts, label: str) -> None:
    assert word_of(facts).label == label


@pytest.mark.parametrize(
    ("facts", "arrived"),
    [
        (Facts(by_axis=True, transport=D.DELIVERED), True),
        (Facts(by_axis=True, transport=D.WAITING, state=S.ARRIVED), True),
        (Facts(by_axis=True, transport=D.WAITING, state=S.RECALL_ASKED), False),
        (Facts(by_axis=True, transport=D.CANCELLED, state=S.RECALLED), False),
        (Facts(by_axis=True, transport=D.DELIVERED, state=S.RECALLED), True),
        (Facts(by_axis=True), False),
        (Facts(by_axis=False), False),
    ],
)
def test_only_what_got_there_counts_as_arrived(facts: Facts, arrived: bool) -> None:
    assert has_arrived(facts) is arrived


def test_trouble_comes_first_and_is_counted() -> None:
    facts = [
        Facts(by_axis=True, transport=D.DELIVERED, state=S.ACCEPTED),
        Facts(by_axis=False),
        Facts(by_axis=True, transport=D.DELIVERED, state=S.REJECTED),
        Facts(by_axis=True, transport=D.GIVEN_UP),
        Facts(by_axis=True, transport=D.WAITING, is_late=True),
    ]
    words = sorted((word_of(one) for one in facts), key=lambda word: word.rank)
    assert [word.group for word in words] == [
        Group.TROUBLE, Group.REFUSED, Group.MISSING, Group.ACCEPTED, Group.PAPER
    ]  # fmt: skip
    counted = tally([Counted(word_of(one), one.is_late, has_arrived(one)) for one in facts])
    assert (counted.total, counted.arrived, counted.refused, counted.trouble, counted.late) == (4, 2, 1, 1, 1)

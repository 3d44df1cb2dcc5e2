"""Search as a clerk uses it: with or without diacritics, by half a number, in the files too, only in the own agency."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lienthong.accounts.actors import Actor
from lienthong.accounts.roles import Role
from lienthong.records import incoming as desk_work
from lienthong.records.facts import DocumentFacts
from lienthong.records.models import Book, IncomingDocument, SearchEntry
from lienthong.records.search.finding import Filters, Place, find_documents
from lienthong.records.search.reading import read_due
from lienthong.records.search.words import code_words, read_query, words_of
from lienthong.registry.models import Agency
from tests.factories import make_agency
from tests.records.conftest import Arrive
from tests.records.pdfs import text_pdf
from tests.records.people import make_person

DAY = date(2026, 11, 2)


@pytest.fixture
def shelf(hanh: Actor, book: Book) -> list[IncomingDocument]:
    """Paper documents, the oldest first."""
    given = [
        ("1312", "UBND-VX", "Về việc tiêm chủng mở rộng"),
        ("13120", "UBND-VX", "Về việc phòng cháy rừng"),
        ("20", "SYT-NVY", "Kế hoạch phòng chống dịch"),
        ("21", "SYT-NVY", "Ke hoach tiem chung khong dau"),
        ("1313", "STC-NS", "Dự toán ngân sách năm 2026"),
    ]
    return [
        desk_work.register_paper(
            actor=hanh,
            book_id=book.pk,
            arrival_date=desk_work.clock.today(),
            facts=DocumentFacts(number=number, notation=notation, subject=subject, from_name="Cơ quan Mẫu"),
        )
        for number, notation, subject in given
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1312", ["1312", "13120"]),
        ("1312/ubnd", ["1312"]),
        ("1312-UBND.VX", ["1312"]),
        ("ubnd 1312", ["1312"]),
        ("tiêm chủng", ["1312", "21"]),
        ("tiem chung", ["21", "1312"]),
        ("KẾ HOẠCH", ["20", "21"]),
        ("ngan sach du toan", ["1313"]),
        ("phòng ch", ["20", "13120"]),
        ("không có chữ này", []),
        ("' | & :* \\", []),
        ("", []),
    ],
)
def test_what_is_found_and_in_which_order(
    shelf: list[IncomingDocument], hanh: Actor, text: str, found: list[str]
) -> None:
    assert [one.number for one in find_documents(hanh, text).documents] == found


def test_pages_go_on_where_they_ended(shelf: list[IncomingDocument], hanh: Actor) -> None:
    numbers, place = [], None
    for _ in range(9):
        page = find_documents(hanh, "kế hoạch", after=place, limit=1)
        numbers += [one.number for one in page.documents]
        place = Place.read(str(page.next)) if page.next else None
        if place is None:
            break
    assert numbers == ["20", "21"]


def test_filters_narrow(shelf: list[IncomingDocument], hanh: Actor) -> None:
    assert find_documents(hanh, "mau", filters=Filters(until=date(2020, 1, 1))).documents == []
    assert find_documents(hanh, "mau", filters=Filters(state="arrived")).documents == []
    assert len(find_documents(hanh, "mau", filters=Filters(state="registered")).documents) == 5


def test_nobody_finds_what_they_may_not_see(shelf: list[IncomingDocument], dung: Actor, hanh: Actor) -> None:
    other = make_agency("H99.41", "Xã Bạch Đằng (mẫu)")
    stranger = make_person("hoa", "Vũ Thị Hoa", Role.CLERK, other, "H99.41")
    assert find_documents(stranger, "tiêm chủng").documents == []
    assert find_documents(dung, "tiêm chủng").documents == [], "not assigned to him"
    assert find_documents(replace(hanh, agency_id=None), "tiêm chủng").documents == []


def test_words_in_files_are_found_once_they_are_read(arrive: Arrive, hanh: Actor, commune: Agency) -> None:
    one = arrive(content=text_pdf("Căn cứ Nghị định về an toàn thực phẩm"))
    assert find_documents(hanh, "thực phẩm").documents == []
    assert read_due() == 1
    assert find_documents(hanh, "thực phẩm").documents == [one]
    assert SearchEntry.objects.get(pk=one.pk).get_text_state_display() == "Tìm được trong nội dung tệp"
    assert read_due() == 0


def test_a_broken_file_is_said_to_be_unreadable(arrive: Arrive) -> None:
    one = arrive()
    read_due()
    assert SearchEntry.objects.get(pk=one.pk).text_state == "failed"


def test_words_and_codes() -> None:
    assert words_of(["Sở Y tế"]) == {"sở", "y", "tế", "so", "te"}
    assert code_words("1312", "UBND-VX") == {"1312", "ubnd", "vx", "1312ubndvx"}
    assert read_query("Sở Y tế").accented == ("sở", "y", "tế")
    assert read_query("so y te").accented == ()
    assert (read_query("15/SYT").code, read_query("SYT").code) == ("15syt", "")

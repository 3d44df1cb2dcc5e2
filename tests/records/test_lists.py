"""Lists, counters, duties, registers and forwarding, as people of the commune meet them."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import NotAllowedError
from lienthong.accounts.roles import Role
from lienthong.common import clock
from lienthong.records import incoming as desk_work
from lienthong.records.answering import answer_ask
from lienthong.records.facts import DocumentFacts
from lienthong.records.forwarding import forward, units_below
from lienthong.records.inbox import Cursor, ListFilters, Tab, count_incoming, list_incoming
from lienthong.records.models import Book, Direction, IncomingDocument
from lienthong.records.refusals import Reason, RecordsRefusal
from lienthong.records.register_xlsx import Heading, write_incoming
from lienthong.records.registers import Period, books_of, close_book, open_book, register_lines
from lienthong.records.today import Harm, duties_of
from lienthong.registry.models import Agency, System
from lienthong.registry.services import serve_agency
from tests.exchange import orders
from tests.exchange.conftest import Office
from tests.factories import LONG_AGO, make_agency
from tests.records.conftest import COMMUNE, Arrive, Deliver
from tests.records.people import make_person


def numbers(actor: Actor, tab: Tab, **filters: object) -> list[str]:
    return [one.number for one in list_incoming(actor, tab, filters=ListFilters(**filters)).documents]  # type: ignore[arg-type]


def test_the_urgent_come_first_and_pages_follow_each_other(arrive: Arrive, hanh: Actor) -> None:
    for number, priority in (("1", "0"), ("2", "3"), ("3", "0"), ("4", "1")):
        arrive(number=number, priority=priority)
    assert numbers(hanh, Tab.WAITING) == ["2", "4", "3", "1"]
    seen, after = [], None
    for _ in range(4):
        page = list_incoming(hanh, Tab.WAITING, after=after, limit=1)
        seen += [one.number for one in page.documents]
        after = Cursor.read(str(page.next))
    assert seen == ["2", "4", "3", "1"]
    assert after is None


def test_tabs_counters_and_filters(arrive: Arrive, hanh: Actor, book: Book, department: Office) -> None:
    one, two, three = arrive(number="1", priority="1"), arrive(number="2"), arrive(number="3")
    desk_work.register(actor=hanh, incoming_id=two.pk, book_id=book.pk)
    desk_work.refuse(actor=hanh, incoming_id=three.pk, reason="Nhầm (mẫu)")
    desk_work.mark_opened(actor=hanh, incoming_id=one.pk)
    assert (numbers(hanh, Tab.WAITING), numbers(hanh, Tab.URGENT)) == (["1"], ["1"])
    assert (numbers(hanh, Tab.REGISTERED), numbers(hanh, Tab.REFUSED)) == (["2"], ["3"])
    assert numbers(hanh, Tab.ALL, unread=True) == ["3", "2"]
    assert numbers(hanh, Tab.ALL, from_code="X") == []
    assert numbers(hanh, Tab.ALL, since=clock.today(), until=clock.today()) == ["3", "2", "1"]
    assert numbers(hanh, Tab.ALL, until=clock.today() - timedelta(days=1)) == []
    counts = count_incoming(one.agency_id)
    assert (counts.waiting, counts.urgent, counts.asked, counts.unread) == (1, 1, 0, 0)


def test_a_list_costs_one_query(arrive: Arrive, hanh: Actor) -> None:
    for _ in range(3):
        arrive()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        list_incoming(hanh, Tab.WAITING)
    assert len(queries) == 1


def test_an_officer_sees_only_what_was_given_to_them(
    arrive: Arrive, hanh: Actor, nghia: Actor, dung: Actor, book: Book
) -> None:
    one, _ = arrive(), arrive()
    desk_work.register(actor=hanh, incoming_id=one.pk, book_id=book.pk)
    desk_work.assign(actor=nghia, incoming_id=one.pk, text="", officers=[dung.user_id])
    assert list_incoming(dung, Tab.ALL).documents == [one]
    desk_work.undo_assign(actor=nghia, incoming_id=one.pk)
    assert list_incoming(dung, Tab.ALL).documents == []


def test_duties_stand_in_order_of_harm(
    arrive: Arrive, deliver: Deliver, hanh: Actor, nghia: Actor, dung: Actor, book: Book, department: Office
) -> None:
    express, plain = arrive(priority="3"), arrive(document_id="VB-1")
    late = arrive()
    IncomingDocument.objects.filter(pk=late.pk).update(arrived_at=clock.now() - timedelta(days=30))
    arrive(orders.recall(department.code, COMMUNE, target="VB-1"))
    found = duties_of(hanh)
    assert [duty.harm for duty in found] == sorted(duty.harm for duty in found)
    assert found[0].harm is Harm.EXPRESS_UNOPENED
    assert [line.document for line in found[0].lines] == [express]
    assert {line.document for duty in found if duty.harm is Harm.LATE for line in duty.lines} == {late}
    assert any("yêu cầu của bên gửi" in duty.title and duty.count == 1 for duty in found)
    answer_ask(actor=hanh, incoming_id=plain.pk, agreed=False, reason="Mẫu")
    desk_work.register(actor=hanh, incoming_id=plain.pk, book_id=book.pk)
    assert [duty.title for duty in duties_of(nghia) if duty.harm is Harm.DECIDE] == ["văn bản chờ phân công"]
    desk_work.assign(actor=nghia, incoming_id=plain.pk, text="", officers=[dung.user_id], due_date=clock.today())
    assert [(duty.harm, duty.count) for duty in duties_of(dung)] == [(Harm.DUE_TODAY, 1)]


def test_the_register_lists_a_book_in_the_order_of_its_numbers(
    arrive: Arrive, hanh: Actor, nghia: Actor, dung: Actor, book: Book
) -> None:
    one = arrive(number="15")
    desk_work.register(actor=hanh, incoming_id=one.pk, book_id=book.pk)
    desk_work.assign(actor=nghia, incoming_id=one.pk, text="", officers=[dung.user_id])
    facts = DocumentFacts(from_name="=Công ty Mẫu", subject="Đơn (mẫu)")
    desk_work.register_paper(actor=hanh, book_id=book.pk, facts=facts, arrival_date=clock.today())
    this_year = Period(date(clock.today().year, 1, 1), clock.today())
    lines = list(register_lines(actor=hanh, book=book, period=this_year))
    assert [(line.arrival_number, line.code, line.receiver, line.remark) for line in lines] == [
        (1, "15/CV-MAU", "Lê Tiến Dũng", ""),
        (2, "", "", "Bản giấy"),
    ]
    assert lines[0].content == "Công văn: Về việc thử nghiệm liên thông (mẫu)"

    out = io.BytesIO()
    write_incoming(out, lines, Heading(agency="Xã Hoa Phượng (mẫu)", book=book.name, period=this_year.text))
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    assert sheet["A5"].value == "Ngày đến"
    assert [cell.value for cell in sheet[7]][1:4] == [1, "Cơ quan mẫu H99.05", "15/CV-MAU"]
    assert sheet["C8"].value == "=Công ty Mẫu"
    assert sheet["C8"].data_type == "s", "never a formula"


def test_the_register_is_for_those_who_may_export(hanh: Actor, dung: Actor, book: Book) -> None:
    with pytest.raises(NotAllowedError):
        list(register_lines(actor=dung, book=book, period=Period(LONG_AGO, clock.today())))


def test_books_are_opened_and_closed(hanh: Actor, nghia: Actor, book: Book) -> None:
    made = open_book(actor=hanh, direction=Direction.INCOMING, name="  Sổ   đơn thư ")
    assert made.name == "Sổ đơn thư"
    with pytest.raises(RecordsRefusal) as refusal:
        open_book(actor=hanh, direction=Direction.INCOMING, name="Sổ đơn thư")
    assert refusal.value.reason is Reason.BOOK_EXISTS
    close_book(actor=hanh, book_id=book.pk)
    assert [one.name for one in books_of(hanh, Direction.INCOMING)] == ["Sổ đơn thư", "Sổ văn bản đến"]
    with pytest.raises(NotAllowedError):
        open_book(actor=nghia, direction=Direction.INCOMING, name="Sổ khác")


@pytest.fixture
def school(commune: Agency, desk: str) -> Agency:
    below = make_agency("H99.40.01", "Trường Tiểu học Mẫu", parent=commune)
    serve_agency(system=System.objects.get(system_id=desk), agency=below, valid_from=LONG_AGO)
    return below


def test_a_document_is_passed_on_to_a_unit_below(
    arrive: Arrive, deliver: Deliver, hanh: Actor, book: Book, school: Agency, department: Office
) -> None:
    one = arrive(document_id="VB-1")
    desk_work.register(actor=hanh, incoming_id=one.pk, book_id=book.pk)
    assert units_below(one.agency_id) == [(school.pk, "Trường Tiểu học Mẫu")]
    (below,) = forward(actor=hanh, incoming_id=one.pk, units=[school.pk], text="Để thực hiện")
    assert forward(actor=hanh, incoming_id=one.pk, units=[school.pk]) == []
    headmistress = make_person("thu", "Đỗ Thị Thu", Role.CLERK, school, "H99.40.01")
    assert list_incoming(headmistress, Tab.WAITING).documents == [below]
    assert below.is_readable

    arrive(orders.recall(department.code, COMMUNE, target="VB-1"))
    answer_ask(actor=hanh, incoming_id=one.pk, agreed=True)
    below.refresh_from_db()
    assert not below.is_readable, "what the issuer got back is read nowhere"


def test_only_units_below_are_passed_to(arrive: Arrive, hanh: Actor, book: Book, department: Office) -> None:
    one = arrive()
    desk_work.register(actor=hanh, incoming_id=one.pk, book_id=book.pk)
    with pytest.raises(RecordsRefusal) as refusal:
        forward(actor=hanh, incoming_id=one.pk, units=[department.agency.pk])
    assert refusal.value.reason is Reason.NOT_BELOW

"""What the people of a commune do with what arrives, and what the issuer hears of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import NotAllowedError
from lienthong.accounts.roles import Role
from lienthong.common import clock
from lienthong.ledger.models import LedgerEvent
from lienthong.records import incoming as desk_work
from lienthong.records.facts import DocumentFacts
from lienthong.records.models import Book, IncomingDocument, ReportJob
from lienthong.records.refusals import Reason, RecordsRefusal
from lienthong.registry.models import Agency
from tests.exchange.conftest import Office
from tests.factories import make_agency
from tests.records.conftest import Arrive, Deliver
from tests.records.people import make_person


def refused(call, **details) -> RecordsRefusal:  # type: ignore[no-untyped-def]
    with pytest.raises(RecordsRefusal) as caught:
        call(**details)
    return caught.value


def paper(subject: str = "Đơn kiến nghị (mẫu)", number: str = "3") -> DocumentFacts:
    return DocumentFacts(
        from_name="Công ty Mẫu", subject=subject, number=number, promulgation_date=date(clock.today().year, 1, 1)
    )


def test_registering_gives_the_next_number_and_tells_the_issuer(
    arrive: Arrive, deliver: Deliver, department: Office, hanh: Actor, book: Book
) -> None:
    first, second = arrive(), arrive()
    desk_work.register(actor=hanh, incoming_id=first.pk, book_id=book.pk)
    done = desk_work.register(actor=hanh, incoming_id=second.pk, book_id=book.pk)
    deliver()

    assert (done.arrival_number, done.arrival_year, done.arrival_date) == (2, clock.today().year, clock.today())
    assert done.registered_by == "Trần Thị Hạnh"
    assert {row.receive_status for row in department.sent()} == {"03"}
    assert {row.receive_status_desc for row in department.sent()} == {
        "Đã tiếp nhận: Số đến 1",
        "Đã tiếp nhận: Số đến 2",
    }
    event = LedgerEvent.objects.filter(kind="IncomingRegistered").latest("id")
    assert (event.user, event.agency, event.subject_id) == ("Trần Thị Hạnh", "H99.40", str(second.pk))


def test_paper_and_electronic_share_one_series(arrive: Arrive, hanh: Actor, book: Book) -> None:
    today = clock.today()
    one = desk_work.register_paper(actor=hanh, book_id=book.pk, facts=paper(), arrival_date=today)
    two = desk_work.register(actor=hanh, incoming_id=arrive().pk, book_id=book.pk)
    assert [one.arrival_number, two.arrival_number] == [1, 2]
    assert one.is_paper
    assert not ReportJob.objects.filter(incoming=one).exists()


def test_paper_that_is_there_already_is_entered_only_knowingly(hanh: Actor, book: Book) -> None:
    today = clock.today()
    desk_work.register_paper(actor=hanh, book_id=book.pk, facts=paper(), arrival_date=today)
    twice = {"actor": hanh, "book_id": book.pk, "facts": paper(), "arrival_date": today}
    assert refused(desk_work.register_paper, **twice).reason is Reason.DUPLICATE
    assert desk_work.register_paper(**twice, anyway=True).arrival_number == 2


@pytest.mark.parametrize(
    ("facts", "days", "reason"),
    [
        (paper(subject="  "), 0, Reason.FIELD_MISSING),
        (paper(), 1, Reason.DATE_WRONG),
        (paper(), -400, Reason.DATE_WRONG),
    ],
)
def test_paper_is_checked(hanh: Actor, book: Book, facts: DocumentFacts, days: int, reason: Reason) -> None:
    day = clock.today() + timedelta(days=days)
    assert (
        refused(desk_work.register_paper, actor=hanh, book_id=book.pk, facts=facts, arrival_date=day).reason is reason
    )
    assert not IncomingDocument.objects.exists()


def test_two_clerks_at_once_register_a_document_once(arrive: Arrive, hanh: Actor, book: Book) -> None:
    waiting = [arrive().pk for _ in range(4)]
    start = threading.Barrier(8)

    def clerk(incoming_id: object) -> str:
        start.wait()
        try:
            desk_work.register(actor=hanh, incoming_id=incoming_id, book_id=book.pk)  # type: ignore[arg-type]
        except RecordsRefusal as refusal:
            return refusal.reason.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(clerk, waiting * 2))
    assert sorted(results) == ["done"] * 4 + ["records.step_not_allowed"] * 4
    assert sorted(IncomingDocument.objects.values_list("arrival_number", flat=True)) == [1, 2, 3, 4]


def test_refusing_needs_a_reason_and_cannot_be_undone(
    arrive: Arrive, deliver: Deliver, department: Office, hanh: Actor, book: Book
) -> None:
    one = arrive()
    assert refused(desk_work.refuse, actor=hanh, incoming_id=one.pk, reason=" ").reason is Reason.REASON_MISSING
    assert refused(desk_work.refuse, actor=hanh, incoming_id=one.pk, reason="x" * 1001).reason is Reason.TOO_LONG
    desk_work.refuse(actor=hanh, incoming_id=one.pk, reason="Sai thẩm quyền (mẫu)")
    deliver()
    assert [row.receive_status_desc for row in department.sent()] == ["Từ chối tiếp nhận: Sai thẩm quyền (mẫu)"]
    refusal = refused(desk_work.register, actor=hanh, incoming_id=one.pk, book_id=book.pk)
    assert refusal.reason is Reason.STEP_NOT_ALLOWED
    assert "Đã trả lại" in refusal.text


def test_a_document_goes_through_all_hands(
    arrive: Arrive, deliver: Deliver, department: Office, hanh: Actor, nghia: Actor, dung: Actor, book: Book
) -> None:
    one = arrive()
    due = clock.today() + timedelta(days=5)
    desk_work.register(actor=hanh, incoming_id=one.pk, book_id=book.pk)
    desk_work.assign(actor=nghia, incoming_id=one.pk, text="Tham mưu trả lời", officers=[dung.user_id], due_date=due)
    one.refresh_from_db()
    assert (one.handlers, one.handling_due) == ("Lê Tiến Dũng", due)
    desk_work.start(actor=dung, incoming_id=one.pk)
    desk_work.finish(actor=dung, incoming_id=one.pk, result="Đã trả lời bằng văn bản 20/UBND")
    deliver()

    assert [row.receive_status for row in department.sent()] == ["06"]
    told = ReportJob.objects.order_by("id").values_list("status_code", "staff", "state")
    assert list(told) == [
        ("01", "", "sent"),
        ("03", "Trần Thị Hạnh", "sent"),
        ("04", "Phạm Văn Nghĩa", "sent"),
        ("05", "Lê Tiến Dũng", "sent"),
        ("06", "Lê Tiến Dũng", "sent"),
    ]
    assert [act.kind for act in one.acts.order_by("id")] == ["arrived", "register", "assign", "start", "finish"]


def test_an_assignment_can_be_taken_back_until_work_begins(
    arrive: Arrive, hanh: Actor, nghia: Actor, dung: Actor, book: Book
) -> None:
    one = arrive()
    desk_work.register(actor=hanh, incoming_id=one.pk, book_id=book.pk)
    desk_work.assign(actor=nghia, incoming_id=one.pk, text="", officers=[dung.user_id])
    assert desk_work.undo_assign(actor=nghia, incoming_id=one.pk).standing.label == "Đã vào sổ"
    with pytest.raises(RecordsRefusal):
        desk_work.start(actor=dung, incoming_id=one.pk)
    desk_work.assign(actor=nghia, incoming_id=one.pk, text="", officers=[dung.user_id])
    desk_work.start(actor=dung, incoming_id=one.pk)
    assert refused(desk_work.undo_assign, actor=nghia, incoming_id=one.pk).reason is Reason.STEP_NOT_ALLOWED


def test_only_people_of_the_agency_are_assigned(arrive: Arrive, hanh: Actor, nghia: Actor, book: Book) -> None:
    stranger = make_person("la", "Người Lạ (mẫu)", Role.OFFICER, make_agency("H99.41", "Xã Bạch Đằng (mẫu)"))
    one = arrive()
    desk_work.register(actor=hanh, incoming_id=one.pk, book_id=book.pk)
    for officers in ([], [stranger.user_id]):
        refusal = refused(desk_work.assign, actor=nghia, incoming_id=one.pk, text="", officers=officers)
        assert refusal.reason is Reason.OFFICER_UNKNOWN


def test_nobody_reaches_another_agencys_documents(arrive: Arrive, hanh: Actor, book: Book) -> None:
    one = arrive()
    other = make_person("hoa", "Vũ Thị Hoa", Role.CLERK, make_agency("H99.41", "Xã Bạch Đằng (mẫu)"))
    for call, more in (
        (desk_work.register, {"book_id": book.pk}),
        (desk_work.refuse, {"reason": "x"}),
        (desk_work.mark_opened, {}),
        (desk_work.finish, {}),
    ):
        assert refused(call, actor=other, incoming_id=one.pk, **more).reason is Reason.NOT_FOUND
    one.refresh_from_db()
    assert (one.state, one.opened_at) == ("arrived", None)


def test_roles_decide_what_a_person_may_do(
    arrive: Arrive, hanh: Actor, nghia: Actor, dung: Actor, book: Book, commune: Agency
) -> None:
    one = arrive()
    with pytest.raises(NotAllowedError):
        desk_work.register(actor=nghia, incoming_id=one.pk, book_id=book.pk)
    assert refused(desk_work.start, actor=dung, incoming_id=one.pk).reason is Reason.NOT_FOUND
    desk_work.register(actor=hanh, incoming_id=one.pk, book_id=book.pk)
    with pytest.raises(NotAllowedError):
        desk_work.assign(actor=hanh, incoming_id=one.pk, text="", officers=[dung.user_id])


def test_the_first_to_open_is_remembered(arrive: Arrive, hanh: Actor, nghia: Actor) -> None:
    one = arrive()
    desk_work.mark_opened(actor=hanh, incoming_id=one.pk)
    assert desk_work.mark_opened(actor=nghia, incoming_id=one.pk).opened_by == "Trần Thị Hạnh"
    assert LedgerEvent.objects.filter(kind="IncomingOpened").count() == 1
    assert desk_work.mark_unopened(actor=hanh, incoming_id=one.pk).opened_at is None
    assert [act.kind for act in one.acts.order_by("id")] == ["arrived", "opened", "unopened"]

"""The workplace's pages over HTTP: what they show, to whom, and what they cost."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lienthong.accounts.actors import Actor
from lienthong.accounts.models import User
from lienthong.accounts.roles import Role
from lienthong.records import incoming as work
from lienthong.records.answering import answer_ask
from lienthong.records.models import Book, IncomingDocument
from lienthong.records.outgoing.models import OutgoingDocument
from tests.exchange import orders
from tests.exchange.conftest import Office, data_dir
from tests.factories import make_agency
from tests.records.conftest import (
    COMMUNE,
    Arrive,
    arrive,
    book,
    commune,
    deliver,
    department,
    desk,
    dung,
    hanh,
    nghia,
)
from tests.records.people import make_person

__all__ = ["arrive", "book", "commune", "data_dir", "deliver", "department", "desk", "dung", "hanh", "nghia"]

_HTMX = {"HX-Request": "true"}


def browser(actor: Actor) -> Client:
    client = Client(headers={"Accept": "text/html,application/xhtml+xml"})
    client.force_login(
        User.objects.get(pk=actor.user_id), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("address", ["/van-ban-den/", "/viec-hom-nay/", "/tim-kiem/?q=lien+thong", "/so-van-ban/"])
def test_a_list_asks_no_more_for_more_documents(arrive: Arrive, hanh: Actor, book: Book, address: str) -> None:
    client = browser(hanh)
    arrive()
    client.get(address)
    few = queries_of(client, address)
    for _ in range(4):
        arrive()
    assert queries_of(client, address) == few


def test_another_agencys_document_is_not_there(arrive: Arrive, hanh: Actor, book: Book) -> None:
    one = arrive()
    stranger = browser(make_person("hoa", "Vũ Thị Hoa", Role.CLERK, make_agency("H99.41", "Xã Bạch Đằng (mẫu)")))
    base = f"/van-ban-den/{one.pk}/"
    for way in ("", "phieu-trinh/", "tep/0/", "tep/0/ben-trong/", "goi-tin/", "vao-so/", "tu-choi/", "hoan-thanh/"):
        assert stranger.get(base + way).status_code == 404, way
    for way in ("vao-so/", "tu-choi/", "dong-y/", "khong-dong-y/", "dang-xu-ly/", "chua-doc/"):
        assert stranger.post(base + way, {"reason": "x", "book": book.pk}).status_code == 404, way
    assert stranger.get(f"/so-van-ban/{book.pk}/").status_code == 404
    assert stranger.get(f"/so-van-ban/{book.pk}/xlsx/").status_code == 404
    one.refresh_from_db()
    assert (one.state, one.opened_at) == ("arrived", None)


def test_who_has_not_signed_in_is_sent_to_do_so(arrive: Arrive) -> None:
    answer = Client().get(f"/van-ban-den/{arrive().pk}/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/dang-nhap/")


def test_roles_decide_which_acts_a_page_takes(arrive: Arrive, hanh: Actor, nghia: Actor, dung: Actor) -> None:
    one = arrive()
    assert browser(nghia).post(f"/van-ban-den/{one.pk}/tu-choi/", {"reason": "x"}).status_code == 403
    assert browser(dung).get(f"/van-ban-den/{one.pk}/").status_code == 404, "not assigned to him"
    assert "Tiếp nhận và vào sổ" not in browser(nghia).get(f"/van-ban-den/{one.pk}/").content.decode()


def test_registering_brings_the_next_document(arrive: Arrive, hanh: Actor, book: Book) -> None:
    second, first = arrive(number="2"), arrive(number="1")
    answer = browser(hanh).post(
        f"/van-ban-den/{first.pk}/vao-so/?xem=cho-tiep-nhan", {"book": book.pk, "note": ""}, headers=_HTMX
    )
    assert answer.status_code == 200
    assert "2/CV-MAU" in answer.content.decode()
    assert answer["HX-Push-Url"] == f"/van-ban-den/{second.pk}/?xem=cho-tiep-nhan"
    assert IncomingDocument.objects.get(pk=first.pk).arrival_number == 1


def test_an_act_that_came_too_late_is_refused_in_words(arrive: Arrive, hanh: Actor, book: Book) -> None:
    one, client = arrive(), browser(hanh)
    work.register(actor=hanh, incoming_id=one.pk, book_id=book.pk)
    answer = client.post(f"/van-ban-den/{one.pk}/vao-so/", {"book": book.pk}, headers=_HTMX)
    assert answer.status_code == 422
    assert "không còn cho phép việc này" in answer.content.decode()


def test_files_are_given_out_whole_and_in_parts(arrive: Arrive, hanh: Actor) -> None:
    one, client = arrive(content=b"%PDF-1.4 0123456789"), browser(hanh)
    address = f"/van-ban-den/{one.pk}/tep/0/"
    whole = client.get(address)
    assert b"".join(whole.streaming_content) == b"%PDF-1.4 0123456789"  # type: ignore[attr-defined]
    assert whole["Content-Disposition"].startswith("attachment")
    part = client.get(address, headers={"Range": "bytes=9-12"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"0123")  # type: ignore[attr-defined]
    assert client.get(address, headers={"Range": "bytes=99-"}).status_code == 416
    assert client.get(f"/van-ban-den/{one.pk}/tep/7/").status_code == 404


def test_what_was_recalled_is_read_no_more(arrive: Arrive, hanh: Actor, department: Office) -> None:
    one, client = arrive(document_id="VB-1"), browser(hanh)
    arrive(orders.recall(department.code, COMMUNE, target="VB-1"))
    assert "Bên gửi yêu cầu thu hồi" in client.get(f"/van-ban-den/{one.pk}/").content.decode()
    answer_ask(actor=hanh, incoming_id=one.pk, agreed=True)
    for way in ("tep/0/", "goi-tin/"):
        assert client.get(f"/van-ban-den/{one.pk}/{way}").status_code == 410
    page = client.get(f"/van-ban-den/{one.pk}/").content.decode()
    assert "nội dung không còn được xem" in page
    assert one.subject in page


def test_paper_goes_into_the_book_and_what_was_typed_stays(hanh: Actor, book: Book) -> None:
    client = browser(hanh)
    typed = {
        "from_name": "Công ty Mẫu",
        "subject": "Đơn kiến nghị (mẫu)",
        "number": "3",
        "priority": "0",
        "arrival_date": work.clock.today().strftime("%d/%m/%Y"),
        "promulgation_date": work.clock.today().strftime("%d/%m/%Y"),
        "book": book.pk,
    }
    wrong = client.post("/van-ban-den/ban-giay/", typed | {"subject": ""})
    assert wrong.status_code == 422
    assert "Công ty Mẫu" in wrong.content.decode()
    assert client.post("/van-ban-den/ban-giay/", typed).status_code == 302
    twin = client.post("/van-ban-den/ban-giay/", typed)
    assert "vẫn vào sổ" in twin.content.decode()
    assert client.post("/van-ban-den/ban-giay/", typed | {"anyway": "on"}).status_code == 302
    assert sorted(IncomingDocument.objects.values_list("arrival_number", flat=True)) == [1, 2]


def test_many_are_registered_in_the_order_of_the_list(arrive: Arrive, hanh: Actor, book: Book) -> None:
    first, second = arrive(), arrive()
    browser(hanh).post("/van-ban-den/nhieu/", {"pick": [str(second.pk), str(first.pk), "nonsense"]})
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.arrival_number, first.arrival_number) == (1, 2)


def test_the_register_is_shown_printed_and_exported(arrive: Arrive, hanh: Actor, book: Book) -> None:
    one, client = arrive(number="15"), browser(hanh)
    work.register(actor=hanh, incoming_id=one.pk, book_id=book.pk)
    for way in ("", "in/"):
        assert "15/CV-MAU" in client.get(f"/so-van-ban/{book.pk}/{way}").content.decode()
    answer = client.get(f"/so-van-ban/{book.pk}/xlsx/")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet is not None
    assert sheet["D7"].value == "15/CV-MAU"
    assert "so-van-ban-den" in answer["Content-Disposition"]


def test_filters_are_kept_under_a_name_and_forgotten(hanh: Actor) -> None:
    client = browser(hanh)
    client.post("/van-ban-den/bo-loc/?xem=tat-ca&co_quan=H99.05", {"name": "Của Sở Y tế"})
    page = client.get("/van-ban-den/").content.decode()
    assert "Của Sở Y tế" in page
    view = User.objects.get(pk=hanh.user_id).saved_views.get()
    client.post(f"/van-ban-den/bo-loc/{view.pk}/bo/")
    assert "Của Sở Y tế" not in client.get("/van-ban-den/").content.decode()


def test_a_scripted_name_is_text(arrive: Arrive, hanh: Actor) -> None:
    one = arrive(subject="<script>alert(1)</script>")
    page = browser(hanh).get(f"/van-ban-den/{one.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_document_is_answered_and_both_sides_show_each_other(arrive: Arrive, hanh: Actor, department: Office) -> None:
    one, client = arrive(number="15", document_id="VB-15"), browser(hanh)
    assert "Soạn trả lời" in client.get(f"/van-ban-den/{one.pk}/").content.decode()
    answer = client.post(f"/van-ban-den/{one.pk}/tra-loi/")
    made = OutgoingDocument.objects.get()
    assert answer["Location"] == f"/soan/{made.pk}/"
    assert made.subject == "Trả lời văn bản số 15/CV-MAU"
    assert made.answers[0]["document_id"] == one.document_id
    assert [one.agency_id for one in made.recipients.all()] == [department.agency.pk]
    assert f"/van-ban-di/{made.pk}/" in client.get(f"/van-ban-den/{one.pk}/").content.decode()
    OutgoingDocument.objects.update(state="on_paper")
    assert f"/van-ban-den/{one.pk}/" in client.get(f"/van-ban-di/{made.pk}/").content.decode()


def test_a_leader_answers_nothing_himself(arrive: Arrive, nghia: Actor) -> None:
    one, client = arrive(), browser(nghia)
    assert "Soạn trả lời" not in client.get(f"/van-ban-den/{one.pk}/").content.decode()
    assert client.post(f"/van-ban-den/{one.pk}/tra-loi/").status_code == 403
    assert not OutgoingDocument.objects.exists()

"""Pages of outgoing documents over HTTP: what each shows, who may, what is refused and how."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lienthong.accounts.models import User
from lienthong.common import clock
from lienthong.exchange.models import Delivery
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.records.outgoing.services import drafting
from lienthong.records.outgoing.services.sending import give_number, send
from lienthong.records.outgoing.states import OutgoingState
from lienthong.records.search.reading import read_due
from tests.records.outgoing.cast import City, add_file, filled, fresh, ready
from tests.records.pdfs import text_pdf
from tests.signatures.documents import plain_pdf
from tests.web.outbox.conftest import SignIn


def sent(city: City, **changes: object) -> OutgoingDocument:
    document = ready(city, **changes)
    return send(actor=city.hanh, document=document.pk, version=None, not_secret=True)


def test_opening_the_page_twice_leaves_one_draft(city: City, sign_in: SignIn) -> None:
    browser = sign_in(city.hanh)
    first, second = browser.get("/soan/"), browser.get("/soan/")
    assert first.status_code == 302
    assert first["Location"] == second["Location"]
    page = browser.get(first["Location"])
    assert page.status_code == 200
    assert "Chọn cả 4" in page.content.decode()
    assert "Chưa có văn bản đi nào" in browser.get("/van-ban-di/").content.decode()


def test_what_is_typed_is_saved_and_the_faults_come_back_to_their_fields(city: City, sign_in: SignIn) -> None:
    browser, document = sign_in(city.hanh), drafting.create_draft(actor=city.hanh)
    told = browser.post(
        f"/soan/{document.pk}/luu/",
        {"version": "1", "type_code": "2.18", "subject": "x" * 600, "issued_on": "2026-13-45"},
        headers={"hx-request": "true"},
    ).content.decode()
    assert "dài 600 ký tự" in told
    assert 'id="fault-issued_on"' in told
    assert len(fresh(document.pk).subject) == 600


def test_somebody_elses_saving_is_told_and_can_be_overruled(city: City, sign_in: SignIn) -> None:
    document = drafting.create_draft(actor=city.binh)
    drafting.save_draft(actor=city.binh, document=document.pk, version=1, changes={"subject": "Của Bình"})
    browser, url = sign_in(city.hanh), f"/soan/{document.pk}/luu/"
    told = browser.post(url, {"version": "1", "subject": "Của Hạnh"}, headers={"hx-request": "true"})
    assert "Lê Văn Bình vừa lưu" in told.content.decode()
    assert fresh(document.pk).subject == "Của Bình"
    browser.post(url, {"version": "1", "subject": "Của Hạnh", "overrule": "1"}, headers={"hx-request": "true"})
    assert fresh(document.pk).subject == "Của Hạnh"


def test_a_file_arrives_in_parts_and_is_judged(city: City, sign_in: SignIn) -> None:
    browser, document, data = sign_in(city.hanh), filled(city), plain_pdf()
    opened = browser.post(
        f"/soan/{document.pk}/tep/",
        json.dumps({"name": "cv.pdf", "size": len(data)}),
        content_type="application/json",
        headers={"accept": "application/json"},
    )
    assert opened.status_code == 201
    url = opened.json()["url"]

    def part(offset: int, piece: bytes) -> dict[str, object]:
        return browser.patch(
            url, piece, content_type="application/octet-stream",
            headers={"upload-offset": str(offset), "accept": "application/json"},
        ).json()  # fmt: skip

    assert part(0, data[:100])["offset"] == 100
    assert part(0, data)["offset"] == 100  # refused, with the place to go on from
    assert browser.get(url).json()["offset"] == 100
    assert part(100, data[100:])["complete"] is True
    listing = browser.get(f"/soan/{document.pk}/tep/danh-sach/", headers={"hx-request": "true"}).content.decode()
    assert "Không có chữ ký số" in listing
    assert "Văn bản chính" in listing
    shown = browser.get(f"{url}xem/")
    assert b"".join(shown.streaming_content) == data  # type: ignore[attr-defined]
    assert shown["X-Content-Type-Options"] == "nosniff"


def test_names_that_are_scripts_stay_text(city: City, sign_in: SignIn) -> None:
    document = filled(city, subject="<script>alert(1)</script>", unit="VP")
    add_file(city, document, '<img src=x onerror="alert(1)">.pdf')
    page = sign_in(city.hanh).get(f"/soan/{document.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_recipients_by_box_level_group_and_paste(city: City, sign_in: SignIn) -> None:
    browser, document = sign_in(city.hanh), filled(city)
    url, htmx = f"/soan/{document.pk}/noi-nhan/", {"hx-request": "true"}
    first = city.communes[0].agency.pk
    browser.post(url, {"agency": first, "on": "1"}, headers=htmx)
    assert document.recipients.count() == 1
    browser.post(url, {"agency": first}, headers=htmx)
    assert document.recipients.count() == 0
    told = browser.post(url, {"level": "commune"}, headers=htmx).content.decode()
    assert "Đã chọn 4 nơi nhận" in told
    assert "Gửi đến 3 cơ quan" in told
    browser.post(f"{url}nhom/", {"name": "Bốn xã"}, headers=htmx)
    browser.post(url, {"remove": [str(pk) for pk in document.recipients.values_list("agency_id", flat=True)]})
    group = browser.get(f"/soan/{document.pk}/").content.decode()
    assert "Bốn xã (4)" in group
    told = browser.post(f"{url}dan/", {"text": "H99.5001\nXã Không Có"}, headers=htmx).content.decode()
    assert "Đã thêm 1 nơi nhận" in told
    assert "Không thấy cơ quan nào là “Xã Không Có”" in told


def test_sending_from_the_page_leads_to_the_board(city: City, sign_in: SignIn) -> None:
    browser, document = sign_in(city.hanh), ready(city)
    answer = browser.post(f"/soan/{document.pk}/gui/", {"not_secret": "1"})
    assert answer["Location"] == f"/van-ban-di/{document.pk}/"
    page = browser.get(answer["Location"]).content.decode()
    assert "01/SGD-VP" in page
    assert "Đã đến 0/3" in page
    assert "Tải hồ sơ bằng chứng" in page


def test_what_stops_sending_stands_at_the_top_with_links(city: City, sign_in: SignIn) -> None:
    browser, document = sign_in(city.hanh), filled(city, subject="")
    answer = browser.post(f"/soan/{document.pk}/gui/", {})
    assert answer.status_code == 422
    page = answer.content.decode()
    for anchor in ("#f-subject", "#tep", "#noi-nhan", "#not-secret"):
        assert f'href="{anchor}"' in page
    assert fresh(document.pk).standing is OutgoingState.DRAFT


def test_the_list_pins_what_failed_and_finds(city: City, sign_in: SignIn) -> None:
    document = sent(city)
    Delivery.objects.filter(recipients__code=city.communes[0].code).update(state="given_up")
    browser = sign_in(city.hanh)
    page = browser.get("/van-ban-di/").content.decode()
    assert "1 văn bản cần xử lý" in page
    assert document.code in browser.get("/van-ban-di/?tim=01sgdvp").content.decode()
    assert "Không có văn bản nào ở đây" in browser.get("/van-ban-di/?tim=khongco").content.decode()
    for view in ("can-xu-ly", "qua-han", "ban-thao", "chua-gui", "dang-gui", "da-gui", "thu-hoi", "la"):
        assert browser.get(f"/van-ban-di/?xem={view}&sau=hong&tu=hong&khan=9").status_code == 200


def test_acts_on_ticked_recipients(city: City, sign_in: SignIn) -> None:
    document = sent(city)
    browser, url = sign_in(city.hanh), f"/van-ban-di/{document.pk}/"
    one = city.communes[0].agency.pk
    told = browser.post(f"{url}viec/", {"act": "nhac", "pick": [one]}, follow=True).content.decode()
    assert "Đã ghi nhắc 1 nơi" in told
    assert "Đã nhắc 1 lần" in told
    told = browser.post(f"{url}viec/", {"act": "thu-hoi", "reason": "Sai (mẫu)"}, follow=True).content.decode()
    assert "Đã gửi yêu cầu thu hồi" in told
    assert "Đã thu hồi." in told
    for wrong in ({"act": "xoa"}, {"act": "nhac"}, {"act": "nhac", "pick": ["x"]}, {"act": "gui-lai", "pick": [one]}):
        assert browser.post(f"{url}viec/", wrong).status_code == 302


def test_update_and_replace_from_the_page(city: City, sign_in: SignIn) -> None:
    document, browser = sent(city), sign_in(city.hanh)
    url = f"/van-ban-di/{document.pk}/"
    assert "Gửi yêu cầu cập nhật" in browser.get(f"{url}cap-nhat/").content.decode()
    assert browser.post(f"{url}cap-nhat/", {"reason": "", "subject": "Mới"}).status_code == 422
    assert browser.post(f"{url}cap-nhat/", {"reason": "Sửa", "signer_name": ""}).status_code == 422
    done = browser.post(f"{url}cap-nhat/", {"reason": "Sửa trích yếu", "subject": "Trích yếu mới (mẫu)"})
    assert done["Location"] == url
    new = browser.post(f"{url}thay-the/", {"reason": "Sai nội dung"})
    assert "Văn bản thay thế" in browser.get(new["Location"]).content.decode()


def test_evidence_receipt_sheet_and_files_are_given_out(city: City, sign_in: SignIn) -> None:
    document, browser = sent(city), sign_in(city.hanh)
    url = f"/van-ban-di/{document.pk}/"
    bundle = browser.post(f"{url}bang-chung/", {})
    assert bundle["Content-Type"] == "application/vnd.etsi.asic-e+zip"
    assert b"".join(bundle.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert browser.get(f"{url}bien-nhan/").content.count(b".") == 2
    assert browser.get(f"{url}xuat/").content[:2] == b"PK"
    assert browser.get("/van-ban-di/xuat/").content[:2] == b"PK"
    file = browser.get(f"{url}tep/0/")
    assert b"".join(file.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert browser.get(f"{url}tep/9/").status_code == 302


def test_the_paper_list(city: City, sign_in: SignIn) -> None:
    browser = sign_in(city.hanh)
    assert "Danh mục đang trống" in browser.get("/soan/gui-kem-giay/").content.decode()
    browser.post("/soan/gui-kem-giay/", {"basis": "Quyết định 5/QĐ-SGD (mẫu)", "type_code": "1.*"})
    assert "Mọi văn bản quy phạm pháp luật" in browser.get("/soan/gui-kem-giay/").content.decode()


# --- Who may ----------------------------------------------------------------------------------------------------------

PAGES = ("", "bang/", "bien-nhan/", "tep/0/", "xuat/", "cap-nhat/")
ACTS = ("viec/", "thay-the/", "bang-chung/")


def test_another_agencys_documents_are_not_there(city: City, sign_in: SignIn) -> None:
    document, draft = sent(city), filled(city, subject="Khác (mẫu)")
    browser = sign_in(city.cuong)
    for page in PAGES:
        assert browser.get(f"/van-ban-di/{document.pk}/{page}").status_code == 404, page
    for act in ACTS:
        answer = browser.post(f"/van-ban-di/{document.pk}/{act}", {"act": "thu-hoi", "reason": "x", "pick": [1]})
        assert answer.status_code == 404, act
    assert browser.get(f"/soan/{draft.pk}/").status_code == 404
    for act in ("luu/", "gui/", "cap-so/", "bo/", "huy/", "noi-nhan/", "noi-nhan/dan/", "noi-nhan/tim/"):
        assert browser.post(f"/soan/{draft.pk}/{act}", {"version": "1"}).status_code == 404, act
    assert fresh(draft.pk).standing is OutgoingState.DRAFT


def test_an_officer_composes_but_cannot_send(city: City, sign_in: SignIn) -> None:
    browser = sign_in(city.binh)
    page = browser.get("/soan/", follow=True)
    assert page.status_code == 200
    assert "Văn thư của cơ quan sẽ cấp số và gửi" in page.content.decode()
    mine = OutgoingDocument.objects.get(author=city.binh.user_id)
    for act in ("gui/", "cap-so/", "huy/"):
        assert browser.post(f"/soan/{mine.pk}/{act}", {"not_secret": "1"}).status_code == 403, act


def test_a_leader_follows_but_does_not_act(city: City, sign_in: SignIn) -> None:
    document, browser = sent(city), sign_in(city.mai)
    page = browser.get(f"/van-ban-di/{document.pk}/").content.decode()
    assert "Đã đến 0/3" in page
    assert "data-pick-all" not in page
    assert browser.post(f"/van-ban-di/{document.pk}/viec/", {"act": "nhac", "pick": [1]}).status_code == 403
    assert browser.get("/soan/").status_code == 403


def test_forged_forms_are_refused(city: City) -> None:
    document = ready(city)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(
        User.objects.get(pk=city.hanh.user_id), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert browser.post(f"/soan/{document.pk}/gui/", {"not_secret": "1"}).status_code == 403
    assert browser.patch(f"/soan/{document.pk}/tep/{document.files.get().pk}/", b"x").status_code == 403
    assert fresh(document.pk).standing is OutgoingState.DRAFT


def test_whoever_has_not_signed_in_is_led_there(city: City) -> None:
    assert "/dang-nhap/" in Client().get("/van-ban-di/")["Location"]


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_costs_the_same_however_long_it_is(city: City, sign_in: SignIn, count: int) -> None:
    for number in range(count):
        sent(city, subject=f"Văn bản {number}")
    browser = sign_in(city.hanh)
    browser.get("/van-ban-di/")
    with CaptureQueriesContext(connection) as queries:
        browser.get("/van-ban-di/")
    assert len(queries) <= 28


def test_the_outgoing_register_is_shown_printed_and_exported(city: City, sign_in: SignIn) -> None:
    first, second = sent(city), sent(city, subject="Về việc khai giảng (mẫu)")
    book, browser = second.book, sign_in(city.hanh)
    assert book is not None
    assert f"/so-van-ban/{book.pk}/" in browser.get("/so-van-ban/").content.decode()
    for way in ("", "in/"):
        page = browser.get(f"/so-van-ban/{book.pk}/{way}").content.decode()
        assert page.index(first.code) < page.index(second.code)
        assert "Xã Mẫu 1" in page
    assert f"/van-ban-di/{first.pk}/" in browser.get(f"/so-van-ban/{book.pk}/").content.decode()
    answer = browser.get(f"/so-van-ban/{book.pk}/xlsx/")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet is not None
    assert [sheet["A7"].value, sheet["B7"].value, sheet["A8"].value] == [1, first.code, 2]
    assert sign_in(city.cuong).get(f"/so-van-ban/{book.pk}/").status_code == 404


def test_the_outgoing_register_goes_on_where_a_page_ended(city: City, sign_in: SignIn) -> None:
    first, second = sent(city), sent(city, subject="Về việc khai giảng (mẫu)")
    book = second.book
    assert book is not None
    page = sign_in(city.hanh).get(f"/so-van-ban/{book.pk}/?sau={first.year}-1").content.decode()
    assert second.code in page
    assert first.code not in page


def test_the_day_begins_with_what_failed_and_what_must_still_be_sent(city: City, sign_in: SignIn) -> None:
    failed, waiting = sent(city), ready(city, subject="Về việc khai giảng (mẫu)")
    first = Delivery.objects.filter(package__document=failed.exchange_id).first()
    assert first is not None
    Delivery.objects.filter(pk=first.pk).update(state="given_up")
    give_number(actor=city.hanh, document=waiting.pk)
    page = sign_in(city.hanh).get("/viec-hom-nay/").content.decode()
    assert page.index("Văn bản đi chưa đến được nơi nhận") < page.index("Văn bản đã cấp số, chưa gửi")
    assert f"/van-ban-di/{failed.pk}/" in page
    assert f"/van-ban-di/{waiting.pk}/" in page
    OutgoingDocument.objects.filter(pk=waiting.pk).update(numbered_at=clock.now() - timedelta(days=20))
    assert "Văn bản đã cấp số, quá hạn gửi" in sign_in(city.hanh).get("/viec-hom-nay/").content.decode()
    assert failed.code not in sign_in(city.cuong).get("/viec-hom-nay/").content.decode()


def test_search_finds_what_went_out_by_number_words_receiver_and_content(city: City, sign_in: SignIn) -> None:
    document = ready(city)
    add_file(city, document, "phu-luc.pdf", text_pdf("Danh sách thí sinh trúng tuyển đợt bổ sung"))
    found = send(actor=city.hanh, document=document.pk, version=None, not_secret=True)
    browser = sign_in(city.hanh)
    for words in (found.code, "tuyen sinh lop 10", "Xã Mẫu 2"):
        page = browser.get("/tim-kiem/", {"q": words}).content.decode()
        assert f"/van-ban-di/{found.pk}/" in page, words
        assert "Văn bản đi" in page
    assert str(found.pk) not in browser.get("/tim-kiem/", {"q": "trung tuyen dot bo sung"}).content.decode()
    while read_due():
        pass
    assert str(found.pk) in browser.get("/tim-kiem/", {"q": "trung tuyen dot bo sung"}).content.decode()
    for other in (city.cuong, city.binh):  # another agency; an officer who did not draft it
        assert str(found.pk) not in sign_in(other).get("/tim-kiem/", {"q": found.code}).content.decode()
    assert str(found.pk) not in browser.get("/tim-kiem/", {"q": found.code, "trang_thai": "arrived"}).content.decode()

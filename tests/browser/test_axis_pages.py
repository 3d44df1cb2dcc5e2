"""The operator's pages and those of figures and agencies: what people do there, usable by everybody, on both sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Site
from tests.browser.looks import assert_accessible, assert_fits, picture


@pytest.fixture(scope="module")
def axis(site: Site) -> dict[str, str]:
    told: dict[str, str] = site.seed("tests.browser.seeds_axis")
    return told


def test_the_operator_finds_why_a_package_is_stuck_and_redirects_it(visit: Any, axis: dict[str, str]) -> None:
    page = visit("van.vh").page
    page.goto("/truc/")
    expect(page.locator(".telling")).to_contain_text("hệ thống cần xem")
    page.get_by_role("link", name="Gói đã ngừng thử").click()
    package = page.locator("article", has_text=axis["stuck"])
    expect(package).to_contain_text("Hệ thống nơi nhận báo lỗi HTTP 500")
    package.get_by_label("Lý do (người gửi đọc được)").fill("Phường Mẫu 1 đang thay phần mềm (mẫu)")
    package.get_by_label("Mã cơ quan nhận thay").fill(axis["other"])
    package.get_by_role("button", name="Chuyển hướng").click()
    expect(page.locator("#toasts")).to_contain_text("Đã chuyển hướng")
    expect(page.locator("article", has_text=axis["stuck"])).to_have_count(0)

    page.goto("/truc/tra-cuu/")
    page.get_by_role("searchbox", name="Tra cứu").fill(axis["stuck"].replace("/", " "))
    page.get_by_role("button", name="Tra cứu").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(axis["stuck"])
    expect(page.locator("main")).to_contain_text("Phường Mẫu 1 đang thay phần mềm (mẫu)")
    expect(page.locator("main")).not_to_contain_text("Văn bản mẫu số")


def test_a_held_package_is_blocked_after_a_confirmation(visit: Any, axis: dict[str, str]) -> None:
    page = visit("van.vh").page
    page.goto("/truc/goi-bi-giu/")
    package = page.locator("article").first
    expect(package).to_contain_text("Trang đầu của tệp PDF có dấu chỉ độ mật.")
    package.get_by_label("Lý do").fill("Bà Liên đã xem, là tài liệu mật (mẫu)")
    package.get_by_role("button", name="Chặn").click()
    expect(page.get_by_role("dialog")).to_contain_text("sẽ không đến 4 nơi nhận")
    assert_accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="Thôi").click()
    expect(package).to_be_visible()


def test_a_package_without_a_reason_stays_where_it_is(visit: Any, axis: dict[str, str]) -> None:
    page = visit("van.vh").page
    page.goto("/truc/goi-can-xu-ly/")
    if page.locator("article").count():
        page.locator("article").first.get_by_role("button", name="Gửi lại").click()
        expect(page).to_have_url(f"{page.url}")


def test_a_figure_opens_its_documents(visit: Any, axis: dict[str, str]) -> None:
    page = visit("van.vh").page
    page.goto("/thong-ke/?cap=city")
    row = page.get_by_role("row", name="Lượt gửi")
    count = row.get_by_role("link").inner_text()
    row.get_by_role("link").click()
    page.wait_for_load_state()
    expect(page.locator(".lead")).to_contain_text(f"{count} lượt")
    lines = page.locator("tbody tr").count()
    while page.get_by_role("link", name="Sau").count():
        page.get_by_role("link", name="Sau").click()
        page.wait_for_load_state()
        lines += page.locator("tbody tr").count()
    assert lines == int(count.replace(".", ""))


def test_reports_are_downloaded(visit: Any, axis: dict[str, str]) -> None:
    page = visit("van.vh").page
    page.goto("/thong-ke/")
    for name, starts in (("Tải XLSX", b"PK"), ("Báo cáo PDF", b"%PDF-")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        assert Path(download.value.path()).read_bytes().startswith(starts)


def test_a_condition_is_silenced_and_heard_again(visit: Any, axis: dict[str, str]) -> None:
    page = visit("van.vh").page
    page.goto("/truc/canh-bao/")
    article = page.locator("article", has_text="Hệ thống nhận chậm").first
    article.get_by_role("button", name="Tắt nhắc").click()
    expect(page.get_by_role("heading", name="Đang tắt nhắc")).to_be_visible()
    page.get_by_role("button", name="Nhắc lại").first.click()
    expect(page.get_by_role("heading", name="Đang tắt nhắc")).to_have_count(0)


def test_a_secret_is_shown_once(visit: Any, axis: dict[str, str]) -> None:
    page = visit("quan.ht").page
    page.goto(f"/truc/he-thong/{axis['system']}/")
    page.get_by_text("Cấp khóa mới (đổi khóa)").click()
    page.get_by_role("button", name="Cấp khóa mới").click()
    secret = page.locator("#secret").inner_text()
    assert len(secret) > 30
    assert_accessible(page)
    page.get_by_role("link", name="Đã chép").click()
    expect(page.locator("main")).not_to_contain_text(secret)
    expect(page.locator("main")).to_contain_text("Đang dùng")


def test_a_connection_is_tested_from_the_page(visit: Any, axis: dict[str, str]) -> None:
    page = visit("van.vh").page
    page.goto(f"/truc/he-thong/{axis['slow']}/")
    page.get_by_role("button", name="Thử kết nối").click()
    expect(page.locator("#test")).to_contain_text("Có khóa bí mật còn hiệu lực")
    expect(page.locator("#test")).to_contain_text("Không thử được")
    assert_accessible(page)


def test_a_plan_is_rehearsed_applied_and_taken_back(visit: Any, axis: dict[str, str]) -> None:
    page = visit("quan.ht").page
    page.goto("/co-quan/sap-xep/")
    plan = (
        "name: Đổi tên phường (mẫu)\ndate: 2026-12-01\nsteps:\n"
        f"  - rename: {{agency: {axis['commune']}, name: Phường Đổi Tên (mẫu)}}\n"
    )
    page.get_by_label("Hoặc dán nội dung").fill(plan)
    page.get_by_role("button", name="Chạy thử").click()
    expect(page.locator("main")).to_contain_text("1 thay đổi, 1 cơ quan bị ảnh hưởng; chưa ghi gì")
    assert_accessible(page)
    page.get_by_role("button", name="Thực hiện phương án").click()
    page.get_by_role("button", name="Thực hiện", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Đã thực hiện")
    page.get_by_role("button", name="Hoàn tác…").first.click()
    expect(page.locator("main")).to_contain_text("Chạy thử: Hoàn tác lần")
    page.get_by_label("Hoặc dán nội dung").fill("steps: 3")
    page.get_by_role("button", name="Chạy thử").click()
    expect(page.get_by_role("alert")).to_contain_text("lỗi")


def test_a_directory_is_looked_at_before_it_is_taken_in(visit: Any, axis: dict[str, str], tmp_path: Path) -> None:
    from lienthong.registry.directory_file.columns import COLUMNS

    by_key = {column.key: column.title for column in COLUMNS}
    good, bad = tmp_path / "danh-ba.csv", tmp_path / "sai.csv"
    header = [by_key["code"], by_key["name"], by_key["level"]]
    good.write_text(",".join(header) + "\nH97,Trung tâm Mẫu (mẫu),Khác\n", encoding="utf-8")
    bad.write_text(",".join(header) + "\nH97 1!,,Khác\n", encoding="utf-8")
    page = visit("van.vh").page
    page.goto("/co-quan/nhap/")
    page.get_by_label("Tệp danh bạ").set_input_files(bad)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_role("alert").first).to_contain_text("chưa nhập gì")
    page.get_by_label("Tệp danh bạ").set_input_files(good)
    page.get_by_role("button", name="Xem trước").click()
    assert_accessible(page)
    page.get_by_role("button", name="Nhập 1 dòng").click()
    expect(page.locator("#toasts")).to_contain_text("1 cơ quan mới")
    page.goto("/co-quan/?q=trung tam mau")
    expect(page.get_by_role("link", name="Trung tâm Mẫu (mẫu)")).to_be_visible()


def test_a_closed_agency_names_its_successor(visit: Any, axis: dict[str, str]) -> None:
    page = visit("hanh.vt").page
    page.goto(f"/co-quan/{axis['closed']}/")
    expect(page.locator(".banner")).to_contain_text("Đã sáp nhập vào Ủy ban nhân dân thành phố Mẫu (mẫu) từ 01/07/2025")


PAGES = {
    "truc": "/truc/", "goi-can-xu-ly": "/truc/goi-can-xu-ly/", "canh-bao": "/truc/canh-bao/",
    "goi-bi-giu": "/truc/goi-bi-giu/",
    "he-thong": "/truc/he-thong/", "mot-he-thong": "/truc/he-thong/{slow}/", "them-he-thong": "/truc/he-thong/them/",
    "tra-cuu": "/truc/tra-cuu/?q=CV", "mot-goi": "/truc/tra-cuu/{document}/", "thong-ke": "/thong-ke/",
    "thong-ke-nam": "/thong-ke/?ky=2026", "thong-ke-co-quan": "/thong-ke/?co-quan={sender}",
    "danh-sach": "/thong-ke/danh-sach/?so=copies", "danh-sach-trong": "/thong-ke/danh-sach/?so=sent&ky=2019",
    "loi": "/thong-ke/danh-sach/?so=errors&ky=2026", "co-quan": "/co-quan/?tren=H98",
    "mot-co-quan": "/co-quan/{commune}/", "nhap": "/co-quan/nhap/", "sap-xep": "/co-quan/sap-xep/",
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_usable_by_everybody_and_fits_a_phone(visit: Any, axis: dict[str, str], name: str) -> None:
    page = visit("quan.ht" if name in ("them-he-thong", "sap-xep") else "van.vh").page
    page.goto(PAGES[name].format(**axis))
    page.wait_for_load_state("networkidle")
    assert_accessible(page)
    assert_fits(page)
    picture(page, name)
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert_accessible(page)


def test_people_of_an_agency_see_their_own_figures_only(visit: Any, axis: dict[str, str]) -> None:
    page = visit("mau.ld", viewport=PHONE).page
    page.goto("/thong-ke/?co-quan=H98")
    expect(page.locator("main")).to_contain_text("Ủy ban nhân dân phường Mẫu B")
    expect(page.get_by_label("Mã cơ quan")).to_have_count(0)
    assert_accessible(page)

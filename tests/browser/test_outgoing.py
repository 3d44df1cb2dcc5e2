"""Văn bản đi in a real browser: a department sends to all communes, follows, reminds, recalls."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site
from tests.browser.looks import assert_accessible, assert_fits, dark, light, picture
from tests.signatures.documents import plain_pdf

_CAST = "tests.browser.outgoing_cast"


@pytest.fixture(scope="module")
def school(site: Site) -> Site:
    """The site with Sở Giáo dục (mẫu) and its communes."""
    site.people.update(site.seed(_CAST, "make"))
    return site


@pytest.fixture(scope="module")
def crowd(school: Site) -> str:
    """A document to 114 communes, 14 in trouble."""
    return str(school.seed(_CAST, "crowd"))


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "cong-van-15.pdf"
    path.write_bytes(plain_pdf(padding=300_000))
    return path


def _saved(page: Page) -> None:
    page.wait_for_load_state("networkidle")


def _shots(page: Page, name: str) -> None:
    """Pictures to look at, in both themes; kept only when a folder is named."""
    folder = os.environ.get("LIENTHONG_LOOKS")
    if folder:
        for theme, choose in (("light", light), ("dark", dark)):
            choose(page)
            page.screenshot(path=Path(folder) / f"{name}-{theme}.png", caret="initial")
        light(page)


def test_a_department_sends_to_all_communes_and_reminds_two(school: Site, visit: Any, pdf: Path) -> None:
    page: Page = visit("hanh.gd").page
    page.goto("/tai-khoan/")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Soạn và gửi", level=1)).to_be_visible()
    _shots(page, "compose-empty")
    assert_accessible(page)
    page.get_by_label("Trích yếu").fill("Về việc tuyển sinh lớp 10 (mẫu)")
    page.get_by_label("Đơn vị soạn thảo").fill("GDTrH")
    page.get_by_label("Người ký").fill("Nguyễn Văn Mẫu")
    page.get_by_label("Chức vụ").fill("Giám đốc")
    page.get_by_label("Địa danh").fill("Thành phố Mẫu")
    page.locator("#tep input[type=file]").set_input_files(pdf)
    expect(page.locator("#files")).to_contain_text("Văn bản chính")
    expect(page.locator("#files")).to_contain_text("Không có chữ ký số")
    page.locator("summary", has_text="Xã, phường, đặc khu").click()
    page.get_by_role("button", name=re.compile(r"Chọn cả \d+ xã")).click()
    expect(page.locator("#chosen")).to_contain_text(re.compile(r"Đã chọn 11\d nơi nhận"))
    expect(page.locator("#summary")).to_contain_text("Đủ điều kiện gửi")
    _shots(page, "compose-ready")
    picture(page, "soan-va-gui")
    page.get_by_text("không chứa bí mật nhà nước").click()
    page.locator("#send-button").click()
    expect(page.get_by_role("dialog")).to_contain_text("114 cơ quan qua trục")
    picture(page, "xac-nhan-gui")
    page.get_by_role("button", name=re.compile("Gửi đến 114")).last.click()
    expect(page.get_by_text("Đã đến 0/114")).to_be_visible()
    school.seed(_CAST, "arrive", "30")
    page.reload()
    expect(page.get_by_text("Đã đến 30/114")).to_be_visible()
    page.get_by_role("link", name=re.compile("Chưa đến ")).click()
    boxes = page.locator("input[data-pick]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Nhắc").click()
    expect(page.get_by_text("Đã ghi nhắc 2 nơi")).to_be_visible()
    expect(page.get_by_text("Đã nhắc 1 lần")).to_have_count(2)


def test_what_was_typed_survives_leaving_and_two_people_see_each_other(school: Site, visit: Any) -> None:
    page: Page = visit("hanh.gd").page
    page.goto("/soan/")
    page.get_by_label("Trích yếu").fill("Gõ dở rồi đi (mẫu)")
    expect(page.locator("#summary")).to_contain_text("Gõ dở rồi đi (mẫu)")
    address = page.url
    page.goto("/van-ban-di/?xem=ban-thao")
    expect(page.get_by_role("link", name="Gõ dở rồi đi (mẫu)")).to_be_visible()
    page.goto(address)
    expect(page.get_by_label("Trích yếu")).to_have_value("Gõ dở rồi đi (mẫu)")


def test_a_broken_upload_goes_on_after_a_reload(school: Site, visit: Any, tmp_path: Path) -> None:
    path = tmp_path / "lon.pdf"
    path.write_bytes(plain_pdf(padding=9_000_000))
    page: Page = visit("hanh.gd").page
    page.goto("/soan/")
    seen: list[str] = []

    def cut(route: Any) -> None:
        seen.append(route.request.headers.get("upload-offset", ""))
        route.abort() if len(seen) > 1 else route.continue_()

    page.route(re.compile(r"/tep/[0-9a-f-]{36}/$"), cut)
    page.locator("#tep input[type=file]").set_input_files(path)
    expect(page.get_by_text("Mất kết nối, sẽ tự tải tiếp…")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("Chọn lại đúng tệp này để tải tiếp.")).to_be_visible()
    offsets: list[str] = []
    page.on("request", lambda one: one.method == "PATCH" and offsets.append(one.headers["upload-offset"]))
    page.locator("#tep input[type=file]").set_input_files(path)
    expect(page.locator("#files")).to_contain_text("Không có chữ ký số")
    assert offsets[0] == str(4 * 1024 * 1024)


def test_pasted_lists_and_search(school: Site, visit: Any) -> None:
    page: Page = visit("hanh.gd").page
    page.goto("/soan/")
    page.get_by_label("Tìm trong danh bạ").fill("bach dang 2")
    page.locator("summary", has_text="Dán danh sách").click()
    page.get_by_label("Danh sách cần dán").fill("H99.8005\nXã Giấy Trắng (mẫu)\nXã Trên Trời")
    page.get_by_role("button", name="Nhận danh sách").click()
    expect(page.locator("#pasted")).to_contain_text("Không thấy cơ quan nào là “Xã Trên Trời”")
    expect(page.locator("#chosen")).to_contain_text("Đã chọn 2 nơi nhận")


def test_the_board_of_a_crowd(crowd: str, visit: Any) -> None:
    page: Page = visit("hanh.gd").page
    page.goto(f"/van-ban-di/{crowd}/")
    expect(page.locator("#board")).to_contain_text("cần xử lý 4")
    expect(page.locator("table.board tbody tr").first).to_contain_text("Chưa đến, ngừng thử lại")
    assert_accessible(page)
    assert_fits(page)
    _shots(page, "board-crowd")
    picture(page, "theo-doi-van-ban-di")
    page.locator("input[data-pick]").first.check()
    page.get_by_role("button", name="Gửi lại").click()
    dialog = page.locator("#resend")
    dialog.get_by_label("Lý do").fill("Xã báo đã sửa máy")
    dialog.get_by_role("button", name="Gửi lại").click()
    expect(page.get_by_text("Đang gửi lại 1 lượt chuyển.")).to_be_visible()
    page.goto("/van-ban-di/")
    expect(page.get_by_text("văn bản cần xử lý")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    _shots(page, "list")
    picture(page, "van-ban-di")
    dark(page)
    page.reload()  # colours fade over while the theme changes
    assert_accessible(page)


def test_a_recall_from_end_to_end(crowd: str, school: Site, visit: Any) -> None:
    page: Page = visit("hanh.gd").page
    page.goto(f"/van-ban-di/{crowd}/")
    page.locator("summary", has_text="Thêm").click()
    page.get_by_role("button", name="Thu hồi", exact=True).first.click()
    _shots(page, "recall")
    page.get_by_label("Lý do, nơi nhận sẽ đọc").first.fill("Số liệu phụ lục sai (mẫu)")
    page.get_by_role("button", name="Gửi yêu cầu thu hồi").click()
    expect(page.get_by_text("Đã gửi yêu cầu thu hồi")).to_be_visible()
    assert school.seed(_CAST, "answer") > 100
    page.reload()
    expect(page.locator("table.board")).to_contain_text("Đã thu hồi")
    picture(page, "thu-hoi")


def test_on_a_phone(crowd: str, school: Site, visit: Any) -> None:
    page: Page = visit("hanh.gd", viewport=PHONE, has_touch=True).page
    for name, address in (("list", "/van-ban-di/"), ("board", f"/van-ban-di/{crowd}/"), ("compose", "/soan/")):
        page.goto(address)
        assert_fits(page)
        assert_accessible(page)
        _shots(page, f"phone-{name}")


def test_an_agency_without_any_document_is_told_what_to_do(school: Site, visit: Any) -> None:
    page: Page = visit("trong.gd").page
    page.goto("/van-ban-di/")
    expect(page.get_by_text("Chưa có văn bản đi nào")).to_be_visible()
    _shots(page, "list-empty")

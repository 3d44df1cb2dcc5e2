"""People are managed by those of their agency."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.looks import assert_accessible, assert_fits, dark, light, picture


def test_mr_binh_makes_an_account_and_the_new_clerk_signs_in(visit: Any) -> None:
    page = visit("binh.qt").page
    page.goto("/nguoi-dung/")
    page.get_by_role("link", name="Thêm người dùng").click()
    picture(page, "nguoi-dung-moi")
    page.get_by_label("Họ và tên").fill("Lý Thị Hoa")
    page.get_by_label("Tên đăng nhập").fill("hoa.vt")
    page.get_by_role("button", name="Tạo tài khoản").click()
    expect(page.get_by_role("alert")).to_contain_text("Vai trò")
    expect(page.get_by_label("Họ và tên")).to_have_value("Lý Thị Hoa")  # what was typed is not lost
    page.get_by_label("Vai trò").select_option("Văn thư")
    page.get_by_role("button", name="Tạo tài khoản").click()
    password = page.locator("#secret").inner_text()
    clerk = visit()
    clerk.sign_in("hoa.vt", password)
    expect(clerk.page.get_by_role("heading", name="Đặt mật khẩu của bạn")).to_be_visible()
    page.get_by_role("link", name="Xong").click()
    page.get_by_role("button", name="Ngừng tài khoản").click()
    dialog = page.get_by_role("dialog", name="Ngừng tài khoản?")
    expect(dialog).to_contain_text("Lý Thị Hoa bị đăng xuất ngay")
    dialog.get_by_role("button", name="Ngừng tài khoản").click()
    expect(page.get_by_text("Tài khoản đã ngừng")).to_be_visible()
    clerk.page.reload()
    expect(clerk.page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def test_a_leader_gives_and_takes_back_authority_on_a_phone(visit: Any) -> None:
    page = visit("mau.ld", viewport=PHONE).page
    page.goto("/tai-khoan/")
    page.get_by_role("link", name="Ủy quyền cho đồng nghiệp").click()
    picture(page, "uy-quyen")
    page.get_by_label("Ủy quyền cho").select_option("Phạm Thị Lan")
    page.get_by_label("Đến hết ngày").fill("31/02/2027")
    page.get_by_role("button", name="Ủy quyền", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Ngày không đúng")
    page.get_by_label("Đến hết ngày").fill(page.get_by_label("Từ ngày").input_value())
    page.get_by_role("button", name="Ủy quyền", exact=True).click()
    expect(page.get_by_text("Đã ủy quyền cho Phạm Thị Lan")).to_be_visible()
    page.get_by_role("button", name="Thu hồi ủy quyền của Phạm Thị Lan").click()
    page.get_by_role("dialog").get_by_role("button", name="Thu hồi").click()
    expect(page.get_by_text("Đã thu hồi ủy quyền của Phạm Thị Lan.")).to_be_visible()


def test_the_pages_are_usable_by_everybody(visit: Any) -> None:
    page = visit("binh.qt").page
    page.goto("/nguoi-dung/")
    first = page.locator("[data-row] a").first.get_attribute("href")
    for path in (
        "/nguoi-dung/",
        "/nguoi-dung/?q=khong-ai",
        "/nguoi-dung/moi/",
        first,
        "/tai-khoan/",
        "/tai-khoan/uy-quyen/",
        "/tro-giup/",
        "/tro-giup/?q=uy+quyen",
        "/tro-giup/bat-dau/",
        "/tro-giup/quan-tri/them-nguoi-dung/",
    ):
        page.goto(path or "/")
        if path == "/tai-khoan/":
            picture(page, "tai-khoan")
        for scheme in (light, dark):
            scheme(page)
            assert_accessible(page)
        assert_fits(page)


def test_another_agency_is_not_found(visit: Any) -> None:
    page = visit("binh.qt").page
    page.goto("/nguoi-dung/2/")  # Mr Dũng also works elsewhere, and is found; nobody of the city is
    expect(page.get_by_text("chỉ quản trị hệ thống sửa được")).to_be_visible()
    page.goto("/nguoi-dung/6/")
    expect(page.get_by_role("heading", name="Không tìm thấy trang này")).to_be_visible()

"""Signing in and out as people do it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Site
from tests.browser.looks import assert_accessible, assert_fits, dark, picture


def test_mrs_moi_signs_in_for_the_first_time_by_keyboard_only(visit: Any, site: Site) -> None:
    page = visit().page
    page.goto("/")
    picture(page, "dang-nhap")
    expect(page).to_have_url(f"{site.url}/dang-nhap/?next=/")
    page.keyboard.type("Moi.VT")  # the first field has the focus; capitals do not matter
    page.keyboard.press("Tab")
    page.keyboard.type(site.people["moi.vt"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Đặt mật khẩu của bạn")).to_be_visible()
    picture(page, "dat-mat-khau")
    page.goto("/tai-khoan/")  # there is no way around
    expect(page.get_by_role("heading", name="Đặt mật khẩu của bạn")).to_be_visible()
    page.get_by_label("Mật khẩu mới", exact=True).focus()
    page.keyboard.type("12345")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Mật khẩu mới")
    page.get_by_label("Mật khẩu mới", exact=True).focus()
    page.keyboard.type("sáng nay trời mưa to")
    page.keyboard.press("Tab")
    page.keyboard.type("sáng nay trời mưa to")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã đổi mật khẩu.")).to_be_visible()
    expect(page.get_by_role("heading", name="Chào Ngô Thị Mới")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_hidden()
    page.locator("#who > summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Đăng xuất").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    page.goto("/tai-khoan/")
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def test_mr_dung_switches_between_his_agencies_and_an_authority_given_to_him(visit: Any) -> None:
    page = visit("dung.vt").page
    page.goto("/tai-khoan/")
    who = page.locator("#who > summary")
    expect(who).to_contain_text("Sở Tài chính (mẫu)")
    who.click()
    page.get_by_role("button", name="theo ủy quyền của Nguyễn Văn Mẫu").click()
    expect(page.get_by_text("Bạn đang làm việc tại Ủy ban nhân dân phường Mẫu B")).to_be_visible()
    who.click()
    expect(page.locator("#who")).to_contain_text("Theo ủy quyền của Nguyễn Văn Mẫu")
    page.keyboard.press("Escape")
    expect(page.locator("#who")).not_to_have_attribute("open", "")


def test_wrong_passwords_lock_out_and_tell_nothing(visit: Any) -> None:
    visitor = visit()
    page = visitor.sign_in("khong.co", "sai")
    expect(page.get_by_role("alert")).to_contain_text("Tên đăng nhập hoặc mật khẩu không đúng")
    visitor.sign_in("khong.co", "sai")
    visitor.sign_in("khong.co", "sai")
    expect(page.get_by_role("heading", name="Tạm khóa đăng nhập")).to_be_visible()
    visitor.sign_in("lan.cv")  # somebody else in the same office still gets in
    expect(page.locator("#who > summary")).to_contain_text("Phạm Thị Lan")


def test_mrs_hanh_ends_a_forgotten_session(visit: Any) -> None:
    office, home = visit(), visit()
    office.sign_in("hanh.vt")
    page = home.sign_in("hanh.vt")
    page.goto("/tai-khoan/")
    page.get_by_role("button", name="Đăng xuất Chrome").first.click()
    expect(page.get_by_text("Đã đăng xuất phiên đó.")).to_be_visible()
    office.page.goto("/tai-khoan/")
    expect(office.page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def test_a_session_ends_although_the_page_stays_open(visit: Any) -> None:
    visitor = visit()
    page = visitor.sign_in("son.tt")
    page.goto("/tai-khoan/")
    visitor.context.clear_cookies()
    page.get_by_role("link", name="Đổi mật khẩu").click()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def test_the_sign_in_is_usable_by_everybody(visit: Any) -> None:
    page = visit(viewport=PHONE).page
    for path in ("/dang-nhap/", "/dang-nhap/quen-mat-khau/", "/khong-co-trang-nay/"):
        page.goto(path)
        assert_accessible(page)
        assert_fits(page)
        dark(page)
        assert_accessible(page)


def test_the_theme_is_remembered(visit: Any) -> None:
    page = visit("hanh.vt").page
    page.goto("/tai-khoan/")
    page.locator("#who > summary").click()
    page.get_by_role("button", name="Tối").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

"""Ông Mẫu, the chairman, assigns from his phone; chị Lan finds it and does it; the sender is told every step."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from lienthong.common import clock
from tests.browser.conftest import PHONE, Site
from tests.browser.looks import assert_accessible, assert_fits


@pytest.fixture
def registered(site: Site, visit: Any) -> str:
    """The number of a document that chị Hạnh has just registered."""
    [number] = site.seed("tests.browser.desk", "1")
    page = visit("hanh.vt").page
    page.goto("/van-ban-den/")
    page.locator("[data-row]", has_text=f"{number}/CV-MAU").get_by_role("link").first.click()
    page.locator("#drawer").get_by_role("button", name="Tiếp nhận và vào sổ").click()
    page.locator("#strip").get_by_role("button", name="Tiếp nhận và vào sổ").click()
    expect(page.locator(".toast").last).to_contain_text("Đã vào sổ số")
    return str(number)


def test_the_chairman_assigns_on_his_phone_and_the_officer_finishes(site: Site, visit: Any, registered: str) -> None:
    due = f"{clock.today() + timedelta(days=5):%d/%m/%Y}"
    phone = visit("mau.ld", viewport=PHONE, has_touch=True, is_mobile=True).page
    phone.goto("/van-ban-den/?xem=tat-ca")
    assert_fits(phone, 390)
    phone.locator("[data-row]", has_text=f"{registered}/CV-MAU").get_by_role("link").first.tap()
    phone.locator("#drawer").get_by_role("button", name=re.compile("^Phân công")).tap()
    strip = phone.locator("#strip")
    strip.get_by_role("button", name="Phân công").tap()
    expect(strip.get_by_role("alert").first).to_be_visible()  # nobody chosen yet
    strip.get_by_label("Phạm Thị Lan").check()
    strip.get_by_label("Bút phê").fill("Đồng chí Lan tham mưu, báo cáo tôi (mẫu)")
    strip.get_by_label("Hạn xử lý").fill(due)
    assert_accessible(phone)
    strip.get_by_role("button", name="Phân công").tap()
    expect(phone.locator("#drawer")).to_contain_text("Đồng chí Lan tham mưu, báo cáo tôi (mẫu)")
    expect(phone.locator("#drawer")).to_contain_text(f"hạn {due}")
    assert_fits(phone, 390)

    page = visit("lan.cv").page
    page.goto("/viec-hom-nay/")
    page.goto("/van-ban-den/?xem=tat-ca")
    page.locator("[data-row]", has_text=f"{registered}/CV-MAU").get_by_role("link").first.click()
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("Đồng chí Lan tham mưu")
    drawer.get_by_role("button", name="Bắt đầu xử lý").click()
    expect(page.locator(".toast").last).to_contain_text("đang xử lý")
    drawer.get_by_role("button", name="Hoàn thành").click()
    page.get_by_label("Kết quả xử lý").fill("Đã trình Chủ tịch ký (mẫu)")
    page.locator("#strip").get_by_role("button", name="Hoàn thành").click()
    expect(page.locator(".toast").last).to_contain_text("Đã hoàn thành")
    assert site.seed("tests.browser.reports", registered)[-4:] == ["03", "04", "05", "06"]

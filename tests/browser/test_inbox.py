"""Chị Hạnh at her desk: what arrives is opened, registered, refused and found, mostly without a mouse."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LAPTOP, PHONE, Site
from tests.browser.looks import assert_accessible, assert_fits


@pytest.fixture
def arrived(site: Site) -> list[str]:
    """Four documents that just arrived; the first is express, the second urgent."""
    numbers: list[str] = site.seed("tests.browser.desk")
    return numbers


def test_the_clerk_receives_and_registers_by_keyboard(visit: Any, arrived: list[str]) -> None:
    page = visit("hanh.vt").page
    page.goto("/van-ban-den/")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer .code").first).to_have_text(f"{arrived[0]}/CV-MAU")
    expect(page.locator(".pdf canvas").first).to_be_visible()

    page.keyboard.press("a")
    expect(page.get_by_text("Số đến tiếp theo")).to_be_visible()
    expect(page.locator("#drawer :focus")).to_be_attached()  # the strip takes the focus a moment after it is there
    page.keyboard.press("Enter")  # two strokes after it was open
    expect(page.locator(".toast").last).to_contain_text("Đã vào sổ số")
    expect(page.locator("#drawer .code").first).to_have_text(f"{arrived[1]}/CV-MAU")

    page.keyboard.press("r")
    expect(page.get_by_label("Lý do")).to_be_focused()
    page.keyboard.type("Sai thẩm quyền (mẫu)")
    page.get_by_role("button", name="Trả lại bên gửi").click()
    expect(page.locator(".toast").last).to_contain_text("Đã trả lại")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_empty()


def test_refusing_without_a_reason_says_so_and_keeps_the_page(visit: Any, arrived: list[str]) -> None:
    page = visit("hanh.vt").page
    page.goto("/van-ban-den/")
    page.get_by_role("link", name="Hướng dẫn tiêm chủng").first.click()
    page.get_by_role("button", name="Từ chối").click()
    page.get_by_role("button", name="Trả lại bên gửi").click()
    expect(page.get_by_text("Chưa gửi được")).to_be_visible()


@pytest.mark.parametrize("viewport", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_usable_by_everybody(visit: Any, arrived: list[str], viewport: dict[str, int], scheme: str) -> None:
    page = visit("hanh.vt", viewport=viewport, color_scheme=scheme).page
    for address in ("/viec-hom-nay/", "/van-ban-den/", "/van-ban-den/ban-giay/", "/so-van-ban/", "/tim-kiem/?q=bao"):
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
    page.goto("/van-ban-den/")
    page.locator("[data-row] a").first.click()
    expect(page.locator("#drawer h2")).to_be_visible()
    assert_accessible(page)

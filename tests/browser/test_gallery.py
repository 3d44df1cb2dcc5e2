"""Every part of the pages, in both themes and on both sizes."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.looks import assert_accessible, assert_fits


@pytest.mark.parametrize("viewport", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_parts_are_usable_by_everybody(visit: Any, viewport: dict[str, int], scheme: str) -> None:
    page = visit("quan.ht", viewport=viewport, color_scheme=scheme).page
    page.goto("/tro-giup/giao-dien/")
    if viewport == PHONE:  # there the drawer covers the page
        page.locator("[data-close-drawer]").click()
    assert_accessible(page)
    assert_fits(page)


def test_lists_are_worked_by_keyboard(visit: Any) -> None:
    page = visit("quan.ht").page
    page.goto("/tro-giup/giao-dien/")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk]")).to_contain_text("1 văn bản")
    page.keyboard.press("k")
    page.keyboard.press("r")
    expect(page.locator("#confirm-sample")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_empty()

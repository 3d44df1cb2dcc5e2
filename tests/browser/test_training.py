"""A morning at the training ground: chị Hạnh is chosen with one click, an exercise turns green by itself, an incident
begins and ends, and the city starts over."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, Site, Visitor
from tests.browser.looks import assert_accessible, assert_fits, dark, picture
from tests.browser.training_site import Ground, training_ground

BANNER = "Môi trường tập huấn – không gửi văn bản thật"
_PATIENT = 60_000  # milliseconds: the offices work in rounds, on a machine that may be busy


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with training_ground(tmp_path_factory.mktemp("training")) as started:
        yield started


@pytest.fixture
def trainee(ground: Ground, chromium: Browser) -> Iterator[Any]:
    visitors: list[Visitor] = []

    def make(**options: Any) -> Page:
        site = Site(SimpleNamespace(port=ground.port))  # type: ignore[arg-type]  # visitors need no more of a server
        visitors.append(Visitor(site, chromium, **options))
        return visitors[-1].page

    yield make
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []


def enter(page: Page, name: str) -> None:
    page.goto("/tap-huan/")
    page.locator("button.face-card", has_text=name).click()
    expect(page.get_by_text(f"Bạn đang vào vai {name}")).to_be_visible()


def test_the_page_is_for_everybody_and_says_that_nothing_is_real(trainee: Any) -> None:
    page = trainee()
    page.goto("/tap-huan/")
    expect(page.get_by_text(BANNER)).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    picture(page, "tap-huan")
    dark(page)
    assert_accessible(page)
    page.goto("/dang-nhap/")
    expect(page.get_by_text(BANNER)).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text(BANNER)).to_be_visible()


def test_mrs_hanh_registers_an_urgent_document_and_the_exercise_sees_it(trainee: Any) -> None:
    page = trainee()
    enter(page, "Trần Thị Hạnh")
    page.goto("/tap-huan/")
    page.get_by_role("link", name="Làm bài Tiếp nhận và vào sổ một văn bản khẩn").click()
    page.get_by_role("button", name="Bắt đầu", exact=True).click()
    expect(page.locator(".steps li.now")).to_contain_text("Mở công điện hỏa tốc", timeout=_PATIENT)
    assert_accessible(page)
    exercise = page.url
    page.get_by_role("link", name="Tới trang này").click()
    page.get_by_role("link", name="Công điện về việc ứng phó bão").first.click()
    expect(page.locator("#drawer")).to_contain_text("Công điện về việc ứng phó bão")
    page.keyboard.press("a")
    expect(page.get_by_text("Số đến tiếp theo")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".toast").last).to_contain_text("Đã vào sổ số")
    page.goto(exercise)
    expect(page.get_by_text("Đã xong.", exact=True)).to_be_visible(timeout=_PATIENT)
    expect(page.locator(".steps li.done")).to_have_count(3)
    picture(page, "tap-huan-xong-bai")


def test_an_incident_begins_ends_and_says_what_happened(trainee: Any) -> None:
    page = trainee(viewport=PHONE)
    page.goto("/tap-huan/")
    slow, wrong = (page.locator(f"[data-incident={name}]") for name in ("noi-nhan-cham", "sai-ma-bam"))
    slow.get_by_role("button", name="Bắt đầu").click()
    expect(slow.get_by_text("Đang diễn ra")).to_be_visible(timeout=_PATIENT)
    slow.get_by_role("button", name="Dừng sự cố").click()
    expect(slow.get_by_text("lấy văn bản trở lại")).to_be_visible(timeout=_PATIENT)
    wrong.get_by_role("button", name="Bắt đầu").click()
    expect(wrong.get_by_text("exchange.hash_differs")).to_be_visible(timeout=_PATIENT)


def test_everything_starts_over_with_one_click(trainee: Any) -> None:
    page = trainee()
    enter(page, "Trần Thị Hạnh")
    page.goto("/tap-huan/")
    expect(page.get_by_text("Đã xong")).to_be_visible()
    page.get_by_role("button", name="Làm lại từ đầu").click()
    page.locator("#confirm").get_by_role("button", name="Làm lại").click()
    expect(page.get_by_text("Thành phố mẫu đã như lúc mới mở")).to_be_visible(timeout=2 * _PATIENT)
    expect(page.get_by_text("Lấy lại cơ sở dữ liệu mẫu")).to_be_visible()
    page.get_by_role("link", name="Vào trang Tập huấn").click()
    expect(page.get_by_text("Đã xong")).to_have_count(0)
    enter(page, "Trần Thị Hạnh")

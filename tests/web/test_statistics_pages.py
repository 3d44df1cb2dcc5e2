"""Figures as pages: whose they are, that every number opens its list, and how many queries they cost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from lienthong.accounts.roles import Role
from lienthong.common import clock
from lienthong.statistics import jobs
from tests.factories import make_agency
from tests.statistics.world import Office, moment, open_office, report, send
from tests.web.world import BROWSER, World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def offices(world: World) -> tuple[Office, Office]:
    """A clerk's commune sends one document and gets three, one of which it refuses."""
    ours, theirs = (
        open_office(world.ours, "A", "UBND phường Mẫu B"),
        open_office(world.theirs, "B", "Sở Tài chính (mẫu)"),
    )
    day = clock.today() - timedelta(days=1)
    send(ours, theirs, at=moment(day))
    for hour in (8, 9, 10):
        sent = send(theirs, ours, at=moment(day, hour))
        report(sent, ours, "01", moment(day, hour, 1))
    report(sent, ours, "02", moment(day, 11), "Sai thẩm quyền (mẫu)")
    return ours, theirs


def period() -> str:
    day = clock.today() - timedelta(days=1)
    return f"{day}..{clock.today()}"


def test_a_clerk_reads_the_own_agency_whatever_the_address_says(world: World, offices: tuple[Office, Office]) -> None:
    code = world.theirs.identifiers.get().code
    page = world.client(Role.CLERK).get("/thong-ke/", {"ky": period(), "co-quan": code, "cap": "city"})
    assert page.context["asked"].scope.agency_id == world.ours.pk
    assert "UBND phường Mẫu B" in page.content.decode()
    assert "Sở Tài chính (mẫu)" not in page.content.decode()


def test_the_operator_sees_number_and_state_but_not_what_it_is_about(
    world: World, offices: tuple[Office, Office]
) -> None:
    page = world.client(Role.OPERATOR).get("/thong-ke/danh-sach/", {"so": "refused", "ky": period()}).content.decode()
    assert "CV-MAU" in page
    assert "Sai thẩm quyền (mẫu)" in page
    assert "Văn bản mẫu số" not in page


def test_who_may_read_the_documents_sees_what_they_are_about(world: World, offices: tuple[Office, Office]) -> None:
    page = world.client(Role.CLERK).get("/thong-ke/danh-sach/", {"so": "received", "ky": period()}).content.decode()
    assert page.count("Văn bản mẫu số") == 3
    page = (
        world.client(Role.STATISTICS).get("/thong-ke/danh-sach/", {"so": "received", "ky": period()}).content.decode()
    )
    assert "Văn bản mẫu số" not in page


def test_every_number_of_the_page_opens_as_many_lines(world: World, offices: tuple[Office, Office]) -> None:
    jobs.update()
    client = world.client(Role.OPERATOR)
    page = client.get("/thong-ke/", {"ky": period()}).content.decode()
    links = re.findall(r'<a href="(/thong-ke/danh-sach/[^"]+)">(?:<span[^>]*>.*?<b>)?([\d.]+)<', page)
    assert len(links) >= 6
    for url, count in links:
        answer = client.get(url.replace("&amp;", "&"))
        assert len(answer.context["lines"]) == int(count.replace(".", "")) == answer.context["count"], url


@pytest.mark.parametrize(
    ("asked", "told"),
    [({"ky": "hôm qua"}, "không đúng dạng"), ({"co-quan": "KHONG.CO"}, "Không có cơ quan nào mang mã")],
)
def test_what_was_not_understood_is_said(world: World, asked: dict[str, str], told: str) -> None:
    assert told in world.client(Role.OPERATOR).get("/thong-ke/", asked).content.decode()


def test_an_unknown_figure_is_no_page(world: World) -> None:
    assert world.client(Role.OPERATOR).get("/thong-ke/danh-sach/", {"so": "gi-do"}).status_code == 404


@pytest.mark.parametrize("after", ["x", "1.2", "'; --", "9" * 400])
def test_a_forged_place_in_a_list_shows_nothing_and_breaks_nothing(world: World, after: str) -> None:
    for measure in ("sent", "copies", "errors"):
        answer = world.client(Role.OPERATOR).get("/thong-ke/danh-sach/", {"so": measure, "sau": after})
        assert answer.status_code == 200


def test_the_public_page_is_closed_until_the_city_opens_it(
    db: None, settings: Settings, world: World, offices: tuple[Office, Office]
) -> None:
    assert Client(**BROWSER).get("/thong-ke/cong-khai/").status_code == 404
    settings.PUBLIC_STATISTICS = True
    page = Client(**BROWSER).get("/thong-ke/cong-khai/")
    assert page.status_code == 200
    assert "Sở Tài chính (mẫu)" not in page.content.decode()


@pytest.mark.parametrize(
    ("url", "most"),
    [("/thong-ke/", 55), ("/thong-ke/danh-sach/?so=copies", 14), ("/truc/", 34), ("/truc/he-thong/", 14),
     ("/truc/goi-can-xu-ly/", 12), ("/truc/canh-bao/", 14), ("/co-quan/", 10)],
)  # fmt: skip
def test_pages_cost_the_same_queries_however_much_there_is(
    world: World, offices: tuple[Office, Office], url: str, most: int
) -> None:
    client = world.client(Role.OPERATOR)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    more = [open_office(make_agency(f"H98.{n}", f"Phường Mẫu {n}"), f"H98.{n}", f"Phường Mẫu {n}") for n in range(8)]
    for office in more:
        send(offices[1], office, at=moment(clock.today() - timedelta(days=1)))
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few) <= most, [query["sql"][:90] for query in few.captured_queries]

"""The directory as pages: by date, with its history, for everybody who holds a position."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from lienthong.accounts.roles import Role
from lienthong.registry import services
from lienthong.registry.models import Agency, Level
from tests.factories import make_agency
from tests.web.world import BROWSER, make_person


def signed_in(role: Role, agency: Agency | None = None) -> Client:
    browser = Client(**BROWSER)
    user = make_person(f"{role.value}.mau".replace("_", "-"), role, agency)
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


@pytest.fixture
def city(db: None) -> Agency:
    """Quận Hoa Phượng was closed on 1/7/2025; its commune stands below the city since."""
    city = make_agency("H98", "Thành phố Mẫu (mẫu)")
    district = make_agency("H98.30", "Quận Hoa Phượng (mẫu)", level=Level.DISTRICT, parent=city)
    commune = make_agency("H98.30.01", "Xã An Mẫu (mẫu)", level=Level.COMMUNE, parent=district)
    services.move_agency(agency=commune, level=Level.COMMUNE, parent=city, valid_from=date(2025, 7, 1))
    services.close_agency(agency=district, on_date=date(2025, 7, 1), successor=city)
    return city


def test_a_closed_agency_names_its_successor(city: Agency) -> None:
    answer = signed_in(Role.CLERK, city).get("/co-quan/H98.30/")
    assert answer.status_code == 200
    text = " ".join(answer.content.decode().split())
    assert 'Đã sáp nhập vào <a href="/co-quan/H98/">Thành phố Mẫu (mẫu)</a> từ 01/07/2025' in text


@pytest.mark.parametrize(
    ("day", "above", "named"),
    [("2025-06-30", "H98", ["H98.30"]), ("2025-07-01", "H98", ["H98.30.01"]), ("2025-06-30", "H98.30", ["H98.30.01"]),
     ("2025-07-01", "H98.30", []), ("", "KHONG.CO", [])],
)  # fmt: skip
def test_the_tree_is_that_of_its_day(city: Agency, day: str, above: str, named: list[str]) -> None:
    answer = signed_in(Role.OPERATOR).get("/co-quan/", {"tren": above, "ngay": day})
    assert [row.code for row, _ in answer.context["branches"]] == named


def test_a_day_that_is_none_is_told(city: Agency) -> None:
    answer = signed_in(Role.OPERATOR).get("/co-quan/", {"ngay": "hôm qua"})
    assert "không phải một ngày" in answer.content.decode()


@pytest.mark.parametrize("code", ["KHONG.CO", "'; --"])
def test_a_code_that_nobody_has_is_not_found(city: Agency, code: str) -> None:
    assert signed_in(Role.OPERATOR).get(f"/co-quan/{code}/").status_code == 404

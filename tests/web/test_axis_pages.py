"""The operator's pages: what is held, what was blocked, and who decides."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import Client

from lienthong.accounts.roles import Role
from lienthong.common.sql import hot_cursor
from lienthong.exchange.guards import holds
from lienthong.exchange.models import Delivery, Package
from lienthong.ledger.models import LedgerEvent
from tests import packages
from tests.exchange.conftest import Office, data_dir, department, hoa_phuong
from tests.web.test_agency_pages import signed_in

__all__ = ["data_dir", "department", "hoa_phuong"]
SECRET_PLACE = "Đồi Thông Mẫu"


@pytest.fixture
def suspected(department: Office, hoa_phuong: Office) -> Package:
    """A document whose first page turned out to bear a stamp of secrecy."""
    department.send(packages.document(department.code, hoa_phuong.code, subject=SECRET_PLACE, number="4711"))
    package = Package.objects.get()
    with transaction.atomic(), connection.wrap_database_errors:
        holds.quarantine(hot_cursor(), package.pk, reason="Trang đầu của tệp PDF có dấu chỉ độ mật.")
    return package


def _page(browser: Client, path: str = "/truc/goi-bi-giu/") -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_what_is_held_is_shown_with_its_reason_and_without_its_content(suspected: Package) -> None:
    browser = signed_in(Role.OPERATOR)
    text = _page(browser)
    assert "4711/" in text
    assert "Trang đầu của tệp PDF có dấu chỉ độ mật." in text
    assert SECRET_PLACE not in text
    assert 'href="/truc/goi-bi-giu/"' in _page(browser, "/truc/")


@pytest.mark.parametrize(
    ("decision", "state", "kind"),
    [("cho-di", "waiting", "ContentConsignment"), ("chan", "blocked", "ContentConsignmentFailure")],
)
def test_an_administrator_decides_with_a_reason(suspected: Package, decision: str, state: str, kind: str) -> None:
    browser, path = signed_in(Role.SYSTEM_ADMIN), f"/truc/goi-bi-giu/{suspected.pk}/"
    browser.post(path, {"viec": decision, "ly-do": " "})
    assert Delivery.objects.get().state == "held"
    browser.post(path, {"viec": decision, "ly-do": "Bà Liên đã xem (mẫu)"})
    assert Delivery.objects.get().state == state
    event = LedgerEvent.objects.filter(kind=kind).latest("id")
    assert event.data["reason"] == "Bà Liên đã xem (mẫu)"
    assert "Người mẫu" in event.user
    text = _page(browser)
    assert ("Đã chặn gần đây" in text) is (decision == "chan")


def test_a_second_decision_is_told_that_it_came_too_late(suspected: Package) -> None:
    browser, path = signed_in(Role.OPERATOR), f"/truc/goi-bi-giu/{suspected.pk}/"
    browser.post(path, {"viec": "chan", "ly-do": "Mật (mẫu)"})
    answer = browser.post(path, {"viec": "cho-di", "ly-do": "Nhầm"}, follow=True)
    assert "Gói tin này không bị giữ." in answer.content.decode()
    assert Delivery.objects.get().state == "blocked"

"""Chasing: what recipients owe, after the legal or assumed time, with the rule that says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from typer.testing import CliRunner

from lienthong.cli.exchange import app
from lienthong.common import clock
from lienthong.common.clock import VIETNAM
from lienthong.common.working_days import CalendarError, WorkingDays, working_days
from lienthong.exchange.chasing import Overdue, list_overdue
from lienthong.exchange.models import Delivery, RecipientAsk
from lienthong.exchange.rule_sets import Duty
from tests import packages
from tests.exchange import orders
from tests.exchange.conftest import Office

VB = "VB-1"
FRIDAY = datetime(2024, 3, 15, 16, 30, tzinfo=VIETNAM)
MONDAY_NIGHT, TUESDAY_NIGHT = (datetime(2024, 3, day, tzinfo=VIETNAM) for day in (19, 20))


def on_friday() -> None:
    """Everything on its way was put there on a Friday afternoon."""
    Delivery.objects.update(created_at=FRIDAY)
    RecipientAsk.objects.update(asked_at=FRIDAY)


def duties(at: datetime, **filters: int) -> list[tuple[Duty, str]]:
    return [(one.duty, one.recipient_code) for one in list_overdue(at=at, **filters)]


@pytest.fixture
def sent(department: Office, hoa_phuong: Office, hai_dang: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id=VB))
    on_friday()


def test_the_receipt_is_due_on_the_same_day(sent: None, hoa_phuong: Office, hai_dang: Office) -> None:
    saturday = datetime(2024, 3, 16, tzinfo=VIETNAM)
    assert duties(saturday - timedelta(seconds=1)) == []
    assert duties(saturday) == [(Duty.RECEIPT, hoa_phuong.code), (Duty.RECEIPT, hai_dang.code)]


def test_after_arrival_it_is_accepted_or_refused_by_the_next_working_day(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: None
) -> None:
    hoa_phuong.report(department, VB, "01", timestamp="2024/03/15 09:00:00")
    hai_dang.report(department, VB, "03")
    assert duties(MONDAY_NIGHT - timedelta(seconds=1)) == []
    assert duties(MONDAY_NIGHT) == [(Duty.ACCEPTANCE, hoa_phuong.code)]


def test_an_answer_is_due_within_the_assumed_day_and_cites_the_rule(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: None
) -> None:
    for office in (hoa_phuong, hai_dang):
        office.report(department, VB, "03")
    receipt = department.send(
        orders.recall(department.code, hoa_phuong.code, hai_dang.code, target=VB, document_id="T")
    )
    on_friday()
    hai_dang.report(department, "T", "15")
    (late,) = list_overdue(at=MONDAY_NIGHT)
    assert (late.duty, late.recipient_code, late.document_id) == (Duty.RECALL, hoa_phuong.code, VB)
    assert (late.since, late.due, str(late.asking)) == (FRIDAY, MONDAY_NIGHT, receipt.doc_id)
    assert (late.rule_set, late.assumed) == ("qd-28-2018", True)
    assert late.rule == "khoản 2 Điều 9 Quyết định 28/2018/QĐ-TTg; mức giả định"


@pytest.mark.parametrize(("duty", "code"), [(Duty.UPDATE, "15"), (Duty.TAKE_BACK, "16")])
def test_updates_and_take_backs_are_chased_until_they_are_answered(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: None, duty: Duty, code: str
) -> None:
    hai_dang.report(department, VB, "03")
    if duty is Duty.UPDATE:
        hoa_phuong.report(department, VB, "03")
        department.send(orders.update(department.code, hoa_phuong.code, target=VB))
    else:
        department.report(hoa_phuong, VB, "13", description="Nhầm (mẫu)")
    later = clock.now() + timedelta(days=30)
    assert duties(later) == [(duty, hoa_phuong.code)]
    hoa_phuong.report(department, VB, code, description="Trả lời (mẫu)")
    assert duty not in [owed for owed, _ in duties(later)]


def test_a_replacement_is_chased_like_any_document(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: None
) -> None:
    for office in (hoa_phuong, hai_dang):
        office.report(department, VB, "03")
    department.send(orders.replacement(department.code, hoa_phuong.code, replaced={VB: (hoa_phuong.code,)}))
    on_friday()
    assert duties(TUESDAY_NIGHT) == [(Duty.RECEIPT, hoa_phuong.code)]


def test_each_issuer_chases_its_own(department: Office, hoa_phuong: Office, hai_dang: Office, sent: None) -> None:
    hoa_phuong.send(packages.document(hoa_phuong.code, hai_dang.code))
    on_friday()
    assert duties(MONDAY_NIGHT, issuer_id=hoa_phuong.agency.pk) == [(Duty.RECEIPT, hai_dang.code)]
    assert len(duties(MONDAY_NIGHT)) == 3


def test_a_duty_that_did_not_exist_when_the_document_was_signed_is_not_chased(
    department: Office, hoa_phuong: Office
) -> None:
    raw = packages.document(department.code, hoa_phuong.code).replace(b"2024/03/15", b"2019/03/15")
    department.send(raw)
    on_friday()
    assert duties(MONDAY_NIGHT) == [], "NĐ 30/2020 was not in force"


def test_the_command_prints_what_is_owed(department: Office, hoa_phuong: Office, sent: None) -> None:
    def answer(*arguments: str) -> Any:
        return json.loads(CliRunner().invoke(app, ["overdue", "--json", *arguments]).stdout)

    found = answer("--agency", department.code)
    assert (found["count"], found["overdue"][0]["duty"]) == (2, "receipt")
    assert found["overdue"][0]["duty_label"] == "Báo đã đến (01)"
    assert answer("--agency", hoa_phuong.code)["count"] == 0
    table = CliRunner().invoke(app, ["overdue"], env={"COLUMNS": "200"}).stdout
    assert "Quá hạn: 2" in table
    assert "Nghị định 30/2020/NĐ-CP" in table


# --- The calendar ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 3, 13), True),
        (date(2026, 3, 14), False),
        (date(2026, 2, 17), False),
        (date(2026, 8, 22), True),
        (date(2026, 8, 31), False),
    ],
)
def test_weekends_holidays_and_swapped_days(day: date, worked: bool) -> None:
    assert WorkingDays().is_working(day) is worked


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2024, 3, 15), 0, date(2024, 3, 15)),
        (date(2024, 3, 16), 0, date(2024, 3, 18)),
        (date(2024, 3, 15), 1, date(2024, 3, 18)),
        (date(2024, 3, 16), 1, date(2024, 3, 19)),
        (date(2024, 2, 7), 1, date(2024, 2, 15)),
    ],
)
def test_counting_working_days(start: date, count: int, end: date) -> None:
    assert WorkingDays().nth(start, count) == end


@pytest.fixture
def overrides(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    settings.WORKING_DAYS = tmp_path / "days.yaml"
    yield settings.WORKING_DAYS
    working_days.cache_clear()


def test_a_file_overrides_the_calendar(department: Office, hoa_phuong: Office, overrides: Path) -> None:
    overrides.write_text("working: [2024-03-16]\nholidays: [2024-03-15]\n")
    department.send(packages.document(department.code, hoa_phuong.code))
    on_friday()
    assert [one.due for one in list_overdue(at=TUESDAY_NIGHT)] == [datetime(2024, 3, 17, tzinfo=VIETNAM)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("holidays: [hôm nay]", "holidays[0]"),
        ("off: []", "working và"),
        ("a: [", "không đọc được"),
        (None, "không đọc"),
    ],
)
def test_a_wrong_file_says_where(overrides: Path, text: str | None, place: str) -> None:
    if text is not None:
        overrides.write_text(text)
    with pytest.raises(CalendarError, match=place.replace("[", r"\[")):
        working_days(overrides)


def test_the_longest_overdue_comes_first(department: Office, hoa_phuong: Office, hai_dang: Office, sent: None) -> None:
    hoa_phuong.report(department, VB, "01", timestamp="2024/03/15 09:00:00")
    found: list[Overdue] = list_overdue(at=TUESDAY_NIGHT)
    assert [one.recipient_code for one in found] == [hai_dang.code, hoa_phuong.code]

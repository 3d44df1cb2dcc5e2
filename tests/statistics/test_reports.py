"""The report of a quarter says what the figures say, as a spreadsheet and as pages."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from lienthong.common import clock
from lienthong.statistics import jobs, periods
from lienthong.statistics.measures import Measure, Scope
from lienthong.statistics.percentiles import class_of, spread, value_of
from lienthong.statistics.periods import Period, PeriodError
from lienthong.statistics.reports import content, pdf, xlsx
from tests.statistics.conftest import City
from tests.statistics.world import moment, report, send


@pytest.mark.parametrize(
    ("name", "first", "last", "label", "before"),
    [
        ("2026-11", "2026-11-01", "2026-11-30", "Tháng 11/2026", "2026-10"),
        ("2026-01", "2026-01-01", "2026-01-31", "Tháng 1/2026", "2025-12"),
        ("2024-02", "2024-02-01", "2024-02-29", "Tháng 2/2024", "2024-01"),
        ("2026-Q4", "2026-10-01", "2026-12-31", "Quý IV/2026", "2026-Q3"),
        ("2026-q1", "2026-01-01", "2026-03-31", "Quý I/2026", "2025-Q4"),
        ("2026", "2026-01-01", "2026-12-31", "Năm 2026", "2025"),
        ("2026-11-02..2026-11-08", "2026-11-02", "2026-11-08", "Từ 02/11/2026 đến 08/11/2026",
         "2026-10-26..2026-11-01"),
        ("2026-11-02..2026-11-02", "2026-11-02", "2026-11-02", "Ngày 02/11/2026", "2026-11-01..2026-11-01"),
    ],
)  # fmt: skip
def test_a_period_has_a_name_a_label_and_one_before(name: str, first: str, last: str, label: str, before: str) -> None:
    found = periods.parse(name)
    assert (found.first, found.last, found.label) == (date.fromisoformat(first), date.fromisoformat(last), label)
    assert found.previous.name == before
    assert found.previous.last == found.first - timedelta(days=1)


@pytest.mark.parametrize("name", ["", "2026-13", "2026-Q5", "hôm qua", "2026-11-08..2026-11-02", "0000", "1..2"])
def test_what_is_no_period_is_said_in_words(name: str) -> None:
    with pytest.raises(PeriodError):
        periods.parse(name)


@pytest.mark.parametrize("days", [1, 5, 28, 40, 61, 400])
@pytest.mark.parametrize("first", [date(2026, 1, 1), date(2026, 1, 31), date(2024, 2, 15)])
def test_spans_cover_every_day_once(first: date, days: int) -> None:
    last = first + timedelta(days=days - 1)
    covered = [
        start + timedelta(days=number)
        for whole, start, stop in periods.whole_months(first, last)
        for number in range((stop - start).days)
        if not whole or start.day == stop.day == 1
    ]
    assert covered == [first + timedelta(days=number) for number in range(days)]


@pytest.mark.parametrize("value", [0, 1, 2, 7, 59, 60, 61, 3600, 86_400, 2_000_000])
def test_a_class_stands_for_its_values_within_two_and_a_half_percent(value: int) -> None:
    assert value_of(class_of(value)) == pytest.approx(value, rel=0.0251, abs=0.03)


def test_nothing_measured_has_no_median() -> None:
    assert spread({}).median is None


@pytest.mark.parametrize(
    ("now", "before", "told"), [(110, 100, "+10 %"), (90, 100, "−10 %"), (5, 5, "không đổi"), (5, 0, "mới có")]
)
def test_change_is_told_in_percent(now: int, before: int, told: str) -> None:
    assert content.change(now, before) == told


@pytest.mark.parametrize(
    ("value", "told"), [(None, "–"), (42.0, "42 giây"), (90.0, "1,5 phút"), (7200.0, "2 giờ"), (86_400.0, "1 ngày")]
)
def test_lengths_are_told_in_their_largest_unit(value: float | None, told: str) -> None:
    assert content.length(Measure.SEND_01, value) == told


def quarter(city: City) -> Period:
    """A document refused with a reason that a spreadsheet must not take for a formula, and one accepted."""
    day = clock.today() - timedelta(days=2)
    refused = send(city.health, city.commune, at=moment(day))
    report(refused, city.commune, "02", moment(day, 10), "=1+1 sai thẩm quyền")
    accepted = send(city.health, city.district, at=moment(day))
    report(accepted, city.district, "01", moment(day, 9, 5))
    report(accepted, city.district, "03", moment(day, 10))
    jobs.update()
    return periods.quarter_of(day)


def test_the_spreadsheet_says_what_the_figures_say(city: City) -> None:
    period = quarter(city)
    made = content.build(Scope(), period)
    book = openpyxl.load_workbook(io.BytesIO(xlsx.write_xlsx(made)))
    rows = [[cell.value for cell in row] for row in book["Báo cáo"].iter_rows()]
    assert [cell for cell in rows[0][1:] if cell] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]
    assert next(row for row in rows if row[0] == "Văn bản gửi điện tử")[1] == 2
    assert next(row for row in rows if row[0] == "=1+1 sai thẩm quyền")[1] == 1
    assert next(row for row in rows if row[0] == "Tỷ lệ gửi điện tử trên số văn bản phát hành")[1] == "chưa biết"
    assert next(row for row in rows if row[0] == "Xã An Mẫu (mẫu)")[2:7] == ["Xã, phường, đặc khu", 0, 1, 0, 1]
    assert any("Quyết định 28/2018/QĐ-TTg" in str(row[0]) for row in rows)


def test_the_pages_are_made_offline_with_diacritics_that_can_be_searched(city: City) -> None:
    raw = pdf.write_pdf(content.build(Scope(), quarter(city)))
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages)
    assert "BÁO CÁO TÌNH HÌNH GỬI, NHẬN VĂN BẢN ĐIỆN TỬ" in " ".join(text.split())
    assert "=1+1 sai thẩm quyền" in text


def test_the_report_of_an_agency_names_no_other(city: City) -> None:
    made = content.build(Scope(agency_id=city.district.agency.pk), quarter(city))
    assert made.scope == "Quận Hoa Phượng (mẫu)"
    assert "Theo cơ quan" not in [table.title for table in made.tables]


@pytest.mark.parametrize(("name", "starts"), [("q.xlsx", b"PK"), ("q.pdf", b"%PDF-")])
@pytest.mark.django_db(transaction=True)
def test_the_command_writes_the_report(tmp_path: Path, name: str, starts: bytes) -> None:
    from lienthong.cli.main import build

    done = CliRunner().invoke(build(), ["statistics", "report", str(tmp_path / name), "--period", "2026-Q4"])
    assert done.exit_code == 0, done.output
    assert (tmp_path / name).read_bytes().startswith(starts)


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_is_wrong_with_a_period(tmp_path: Path) -> None:
    from lienthong.cli.main import build

    done = CliRunner().invoke(build(), ["statistics", "report", str(tmp_path / "q.pdf"), "--period", "hôm qua"])
    assert done.exit_code == 1
    assert "2026-Q4" in done.output

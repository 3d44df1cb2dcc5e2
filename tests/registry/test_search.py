"""Finding agencies by code, name with or without accents, and abbreviation."""

from __future__ import annotations

import csv
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from lienthong.registry import selectors, services
from lienthong.registry.directory_file import import_directory
from lienthong.registry.models import Level
from tests import factories

TODAY = date(2026, 3, 2)
MERGER = date(2025, 7, 1)

pytestmark = pytest.mark.django_db


def codes_found(text: str, on_date: date = TODAY, **options: object) -> list[str]:
    return [hit.code for hit in selectors.search_agencies(text, on_date=on_date, **options)]  # type: ignore[arg-type]


@pytest.fixture
def small_city() -> None:
    city = factories.make_agency("H24", "Ủy ban nhân dân thành phố mẫu", abbreviation="UBNDTP")
    factories.make_agency("H24.05", "Sở Y tế mẫu", parent=city, abbreviation="SYT", old_code="000.00.05.H24")
    factories.make_agency("H24.06", "Sở Ý tưởng mẫu", parent=city, abbreviation="SYTG")
    factories.make_agency("H24.07", "Sở Giáo dục và Đào tạo mẫu", parent=city, abbreviation="SGDĐT")
    factories.make_agency("H24.30", "Phường Đông Hải mẫu", parent=city, level=Level.COMMUNE)


@pytest.mark.usefixtures("small_city")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sở Y tế", ["H24.05"]),
        ("so y te", ["H24.05"]),
        ("SO Y TE", ["H24.05"]),
        (unicodedata.normalize("NFD", "Sở Y tế"), ["H24.05"]),  # decomposed letters, as some keyboards write
        ("dong hai", ["H24.30"]),
        ("đông hải", ["H24.30"]),
        ("hai dong", ["H24.30"]),
        ("giáo dục đà", ["H24.07"]),
        ("giao duc dao t", ["H24.07"]),
        ("syt", ["H24.05", "H24.06"]),
        ("SGDDT", ["H24.07"]),
        ("SGDĐT", ["H24.07"]),
        ("h24.05", ["H24.05"]),
        ("000.00.05", ["H24.05"]),
        ("H24.0", ["H24.05", "H24.06", "H24.07"]),
        ("Sở Đông", []),
        ("100%", []),
        ("_24.05", []),
        ("'); DROP TABLE registry_agency; --", []),
        ("--- !!", []),
        ("  ", []),
        ("\x00", []),
        ("\ud800", []),
    ],
)
def test_search(text: str, found: list[str]) -> None:
    assert codes_found(text) == found


@pytest.mark.usefixtures("small_city")
def test_what_is_written_with_accents_ranks_names_that_bear_them_first() -> None:
    assert codes_found("sở y") == ["H24.05", "H24.06"]
    assert codes_found("sở ý") == ["H24.06", "H24.05"]


@pytest.mark.usefixtures("small_city")
def test_the_very_code_comes_before_codes_that_begin_so() -> None:
    assert codes_found("H24")[0] == "H24"
    assert len(codes_found("H24")) == 5


@pytest.mark.usefixtures("small_city")
def test_level_and_limit() -> None:
    assert codes_found("mẫu", level=Level.COMMUNE) == ["H24.30"]
    assert len(codes_found("mẫu", limit=2)) == 2


def test_search_sees_the_directory_of_the_day() -> None:
    ward = factories.make_agency("H24.30", "Phường Trại Cau mẫu", level=Level.COMMUNE)
    services.rename_agency(agency=ward, name="Phường An Biên mẫu", valid_from=MERGER)

    assert codes_found("trai cau", date(2025, 6, 30)) == ["H24.30"]
    assert codes_found("trai cau", MERGER) == []
    assert codes_found("an bien", MERGER) == ["H24.30"]


def test_closed_agencies_are_found_only_when_asked_for() -> None:
    old = factories.make_agency("H23.05", "Sở Y tế mẫu cũ")
    services.close_agency(agency=old, on_date=MERGER)

    assert codes_found("so y te", date(2025, 6, 30)) == ["H23.05"]
    assert codes_found("so y te") == codes_found("H23.05") == []
    hit = selectors.search_agencies("so y te", on_date=TODAY, include_closed=True)[0]
    assert (hit.code, hit.closed_on) == ("H23.05", MERGER)


def test_one_agency_among_ten_thousand(tmp_path: Path) -> None:
    path = tmp_path / "directory.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["code", "name", "level"])
        writer.writerows((f"H{n // 1000:02d}.{n:05d}", f"Ủy ban nhân dân xã mẫu {n}", "xã") for n in range(9_999))
        writer.writerow(["H77", "Ùy bản nhận dạn mẫu", "xã"])
    import_directory(path, valid_from=factories.LONG_AGO)

    assert codes_found("uy ban nhan dan xa mau 4711") == ["H04.04711"]
    assert codes_found("Ùy bản")[0] == "H77"  # the one with these accents, though 9,999 others fold to the same
    assert len(codes_found("uy ban")) == 50
    assert codes_found("H04.0471")[0] == "H04.04710"

"""``lienthong agencies``: one JSON document, clear refusals, and a directory that survives bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lienthong.cli.agencies import app
from lienthong.registry import revision, services
from lienthong.registry.models import Agency
from tests import factories

pytestmark = pytest.mark.django_db


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 or "--json" in arguments else result.stderr


def answer(*arguments: str, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", code=code))


@pytest.fixture
def department() -> Agency:
    city = factories.make_agency("H24", "UBND thành phố mẫu")
    return factories.make_agency("H24.05", "Sở Y tế mẫu", parent=city, abbreviation="SYT", old_code="000.00.05.H24")


def test_an_agency_from_its_beginning_to_its_end() -> None:
    run("add", "H24", "--name", "UBND thành phố mẫu", "--level", "thành phố", "--valid-from", "2020-01-01")
    added = answer(
        *("add", "h24.05", "--name", "Sở Y tế mẫu", "--level", "2", "--parent", "H24", "--abbreviation", "SYT"),
        *("--old-code", "000.00.05.H24", "--valid-from", "1/1/2020", "--mail", "so@mau.example"),
    )
    renamed = answer("rename", "H24.05", "--name", "Sở Y tế và Dân số mẫu", "--valid-from", "2025-07-01")
    moved = answer("move", "H24.05", "--no-parent", "--level", "khác", "--valid-from", "2025-08-01")
    closed = answer("close", "H24.05", "--on", "2025-09-01", "--successor", "H24", "--redirect")
    resolved = answer("resolve", "000.00.05.H24", "--on", "2025-09-01")

    assert (added["code"], added["contact"]["mail"], added["placements"][0]["parent"]) == (
        "H24.05",
        "so@mau.example",
        "H24",
    )
    assert [row["name"] for row in renamed["names"]] == ["Sở Y tế mẫu", "Sở Y tế và Dân số mẫu"]
    assert (moved["placements"][1]["level"], moved["placements"][1]["parent"]) == ("other", None)
    assert {(row["valid_to"], row["successor"], row["on_closed"]) for row in closed["codes"]} == {
        ("2025-09-01", "H24", "redirect")
    }
    assert (resolved["outcome"], resolved["successor_code"], resolved["closed_on"]) == ("closed", "H24", "2025-09-01")
    assert [row["code"] for row in answer("list")["agencies"]] == ["H24"]


@pytest.mark.usefixtures("department")
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["list"], "Sở Y tế mẫu"),
        (["search", "so", "y", "te"], "Sở Y tế mẫu"),
        (["search", "không", "có"], "Không tìm thấy"),
        (["show", "H24.05"], "000.00.05.H24"),
        (["resolve", "H24.05"], "Đang dùng"),
        (["columns"], "Mã cơ quan cấp trên"),
        (["rename", "H24.05", "--name", "Sở mẫu"], "Sở mẫu"),
        (["close", "H24.05", "--on", "2025-09-01", "--only-code"], "01/09/2025"),
        (["--help"], "Danh bạ cơ quan"),
        (["import", "--help"], "Chỉ kiểm tra"),
    ],
)
def test_people_are_answered_in_vietnamese(command: list[str], expected: str) -> None:
    assert expected in run(*command)


@pytest.mark.usefixtures("department")
def test_lists_are_cut_for_people_only_and_say_so() -> None:
    for _ in range(120):
        factories.make_agency()

    assert "100/122 cơ quan; còn 22" in run("list")
    assert len(answer("list")["agencies"]) == 122
    assert (answer("list", "--limit", "5")["count"], len(answer("list", "--limit", "5")["agencies"])) == (122, 5)


@pytest.mark.usefixtures("department")
@pytest.mark.parametrize(
    ("command", "code", "exit_code"),
    [
        (["show", "H77"], "registry.agency.unknown", 1),
        (["show", "\x00"], "registry.agency.unknown", 1),
        (["show"], "cli.usage", 2),
        (["add", "H25", "--level", "xã"], "cli.usage", 2),
        (["add", "H25", "--name", "Sở mẫu", "--level", "tầng"], "registry.agency.level_unknown", 1),
        (["add", "H24", "--name", "Sở mẫu", "--level", "xã"], "registry.agency.code_taken", 1),
        (["add", "H25", "--name", "Sở mẫu", "--level", "xã", "--parent", "H77"], "registry.agency.unknown", 1),
        (["add", "H25", "--name", "Sở mẫu", "--level", "xã", "--valid-from", "hôm qua"], "cli.date", 1),
        (
            ["add", "H25", "--name", "Sở mẫu", "--level", "xã", "--mail", "x" * 300],
            "registry.agency.contact_malformed",
            1,
        ),
        (["list", "--limit", "0"], "cli.usage", 2),
        (["list", "--on", "2025-13-01"], "cli.date", 1),
        (["list", "--khong-co"], "cli.usage", 2),
        (["move", "H24.05"], "cli.usage", 1),
        (["move", "H24", "--parent", "H24.05"], "registry.agency.cycle", 1),
        (["close", "H24"], "registry.agency.has_children", 1),
        (["close", "H24.05", "--redirect"], "registry.agency.redirect_to_nobody", 1),
        (["import", "/khong/co.csv"], "registry.file.unreadable", 1),
        (["export", "/khong/co.csv"], "registry.file.unwritable", 1),
    ],
)
def test_a_refusal_is_one_json_document_and_changes_nothing(command: list[str], code: str, exit_code: int) -> None:
    before = revision.current()

    error = answer(*command, code=exit_code)["error"]
    told = run(*command, code=exit_code)

    assert error["code"] == code
    assert error["next_step"]
    assert f"{code}: {error['message']}" in told
    assert revision.current() == before


def test_a_code_nobody_has_is_an_answer_with_exit_code_1() -> None:
    assert answer("resolve", "H77", code=1)["outcome"] == "unknown"


def test_import_export_round(tmp_path: Path) -> None:
    source, out = tmp_path / "city.csv", tmp_path / "out.xlsx"
    source.write_text("code,name,level,parent\nH24.05,Sở Y tế mẫu,2,H24\nH24,UBND thành phố mẫu,2,\n", encoding="utf-8")

    tried = answer("import", str(source), "--dry-run")
    done = answer("import", str(source), "--valid-from", "2020-01-01")
    again = answer("import", str(source))
    exported = answer("export", str(out))

    assert (tried["dry_run"], tried["applied"], tried["created"]) == (True, False, 2)
    assert (done["applied"], done["created"], done["errors"]) == (True, 2, [])
    assert again["changes"] == 0
    assert (exported["rows"], out.exists()) == (2, True)
    assert "0 thay đổi" in run("import", str(out))
    assert "Đã xuất 2 dòng" in run("export", str(out), "--overwrite")


def test_a_refused_import_shows_every_row(tmp_path: Path) -> None:
    source = tmp_path / "bad.csv"
    source.write_text("code,name,level\nH24,,2\nH25,Sở mẫu,tầng\n", encoding="utf-8")

    refused = answer("import", str(source), code=1)
    shown = CliRunner().invoke(app, ["import", str(source)])

    assert refused["error"]["code"] == "registry.import.refused"
    assert [(error["row"], error["column"]) for error in refused["errors"]] == [(2, "Tên cơ quan"), (3, "Cấp")]
    assert "registry.import.refused" in shown.stderr
    assert "tầng" in shown.stdout
    assert Agency.objects.count() == 0


def test_a_locked_system_shows_in_the_answer(department: Agency) -> None:
    factories.lock(factories.make_system(department).system)

    assert "đang bị khóa" in run("resolve", "H24.05")
    assert answer("show", "H24.05")["served_by"] == "HUB.H24.05.01"


def test_a_closed_agency_is_shown_with_its_history(department: Agency) -> None:
    services.close_agency(agency=department, on_date=factories.LONG_AGO)

    assert "Từ chối" in run("resolve", "H24.05")
    assert answer("search", "syt", "--closed")["agencies"][0]["closed_on"] == "2020-01-01"


def test_who_acts_for_whom_is_shown_to_both(department: Agency) -> None:
    commune = factories.make_agency("H24.32.15", "UBND xã mẫu")
    services.give_mandate(mandator=commune, mandatary=department, scope="both", valid_from=factories.LONG_AGO)

    assert "Gửi và nhận thay" in run("show", "H24.05")
    (shown,) = answer("show", "H24.32.15")["mandates"]
    assert (shown["mandator"], shown["mandatary"], shown["scope"]) == ("H24.32.15", "H24.05", "both")

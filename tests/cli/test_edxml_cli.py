"""``lienthong edxml inspect`` and ``validate``, as a person at a terminal uses them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.edxml_cases import Run, package_file
from tests.edxml102.examples import NEW, STATUS, put


def test_inspect_shows_a_document(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("inspect", package_file(tmp_path / "a.edxml", NEW))

    assert code == 0
    for shown in (
        "Gói văn bản",
        "Sở Nội vụ (000.00.05.H24)",
        "123/UBND-VP",
        "Tệp đính kèm (2)",
        "Phụ lục.pdf",
        "1 – Khẩn",
    ):
        assert shown in out


def test_inspect_shows_a_status(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("inspect", package_file(tmp_path / "a.edxml", STATUS))

    assert code == 0
    assert "03 – Đã tiếp nhận" in out
    assert "Trần Thị Bình" in out


def test_inspect_never_obeys_what_a_package_says(run: Run, tmp_path: Path) -> None:
    _, out, _ = run(
        "inspect", package_file(tmp_path / "a.edxml", put(NEW, "header.subject", "[red]a[/red]\u009b2J\u202eb"))
    )

    assert "[red]a[/red] 2J b" in out


def test_inspect_as_json(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("inspect", package_file(tmp_path / "a.edxml", put(NEW, "header.due_date", "mai")), "--json")
    shown = json.loads(out)

    assert code == 0
    assert shown["kind"] == "edoc"
    assert shown["package"]["header"]["from"]["organ_id"] == "000.00.00.H24"
    assert [(one["id"], one["severity"]) for one in shown["findings"]] == [("header.due_date.form", "warning")]


def test_inspect_says_why_a_file_is_no_package(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.edxml").write_bytes(b"1212<?xml version='1.0'?><edXML/>")

    code, out, _ = run("inspect", "a.edxml")

    assert code == 1
    assert "xml.before_declaration" in out


# -- validate


def test_validate_tells_sound_from_faulty(run: Run, tmp_path: Path) -> None:
    good = package_file(tmp_path / "tot.edxml", STATUS)
    bad = package_file(tmp_path / "hong.edxml", put(NEW, "header.document_id", ""))

    assert run("validate", good)[0] == 0
    code, out, _ = run("validate", good, bad)

    assert code == 1
    assert "header.document_id.missing" in out
    assert "tot.edxml: ĐẠT (0 lỗi" in out
    assert "hong.edxml: KHÔNG ĐẠT (1 lỗi" in out


def test_validate_is_stricter_about_what_we_send(run: Run, tmp_path: Path) -> None:
    file = package_file(tmp_path / "a.edxml", put(NEW, "header.subject", ""))

    assert run("validate", file)[0] == 0
    assert run("validate", file, "--mode", "emit")[0] == 1


def test_validate_goes_on_after_a_file_it_cannot_read(run: Run, tmp_path: Path) -> None:
    good = package_file(tmp_path / "tot.edxml", STATUS)

    code, out, err = run("validate", "khong-co.edxml", tmp_path, good)

    assert code == 2
    assert "tot.edxml: ĐẠT" in out
    assert "LT-E01" in err
    assert "LT-E02" in err


def test_validate_as_json(run: Run, tmp_path: Path) -> None:
    file = package_file(tmp_path / "a.edxml", put(STATUS, "status_code", "77"))

    code, out, _ = run("validate", file, "--json")

    assert code == 0
    (report,) = json.loads(out)
    assert report["ok"] is True
    assert report["findings"][0]["id"] == "status.status_code.unknown"


# -- the command itself


@pytest.mark.parametrize("command", ["inspect", "validate", "extract", "build"])
def test_help_is_vietnamese(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")

    assert code == 0
    assert "Hiện phần trợ giúp này rồi thoát." in out
    assert "Tùy chọn" in out
    assert "Show this" not in out


def test_it_needs_no_django() -> None:
    program = "import sys, lienthong.cli.edxml; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=30).returncode == 0

"""``lienthong registry``: a rehearsal by default, a table for people, one JSON document for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from lienthong.cli.registry import EXAMPLES, app
from lienthong.registry import revision
from lienthong.registry.models import Agency, ReformRun
from tests.registry.reform.town import PLAN, build_town

pytestmark = pytest.mark.django_db


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "240"})
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 or "--json" in arguments else result.stdout + result.stderr


def answer(*arguments: str, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", code=code))


@pytest.fixture
def town() -> dict[str, Agency]:
    return build_town()


@pytest.fixture
def plan_file(tmp_path: Path, town: dict[str, Agency]) -> str:
    file = tmp_path / "phuong-an.yaml"
    file.write_text(PLAN, encoding="utf-8")
    return str(file)


def test_without_apply_a_plan_is_only_rehearsed(plan_file: str) -> None:
    before = revision.current()

    told = run("reform", plan_file)
    trial = answer("reform", plan_file, "--dry-run")

    for words in (
        "Sắp xếp thành phố mẫu, từ ngày 01/07/2025. Căn cứ: Nghị quyết mẫu",
        "steps[1].merge.agencies[0]",
        "H99.30.11: đang dùng",
        "đóng từ 01/07/2025, kế thừa H99.41, chuyển tới cơ quan kế thừa",
        "Ai bị ảnh hưởng",
        "HUB.H99.30.11",
        "chưa ghi gì",
    ):
        assert words in told
    assert (trial["applied"], trial["run"], revision.current()) == (False, None, before)


def test_applying_is_recorded_and_tells_how_to_undo(plan_file: str) -> None:
    told = run("reform", plan_file, "--apply", "--operator", "Nguyễn Vận Hành (mẫu)")
    record = ReformRun.objects.get()

    assert f"lienthong registry undo {record.pk} --apply" in told
    assert "đã được thực hiện ở lần" in run("reform", plan_file, "--apply")
    assert answer("reform", plan_file)["was_applied"]
    (listed,) = answer("reforms")["runs"]
    assert (listed["id"], listed["operator"], listed["undone_by"]) == (record.pk, "Nguyễn Vận Hành (mẫu)", None)
    assert "Nguyễn Vận Hành (mẫu)" in run("reforms")


def test_the_json_document_has_every_change_and_everybody_reached(plan_file: str) -> None:
    done = answer("reform", plan_file, "--apply")

    assert done["applied"]
    assert done["count"] == len(done["changes"])
    assert done["changes"][0]["change"] == "ServiceChanged"
    assert {row["code"] for row in done["agencies"]} >= {"H99.30", "H99.41", "H98.11"}
    assert done["plan"]["date"] == "2025-07-01"


def test_an_undoing_is_rehearsed_printed_and_applied(plan_file: str) -> None:
    number = str(answer("reform", plan_file, "--apply")["run"])

    text = run("undo", number, "--plan")
    assert yaml.safe_load(text)["undoes"] == int(number)
    assert "chưa ghi gì" in run("undo", number)
    assert "Đã thực hiện" in run("undo", number, "--apply")
    assert f"hoàn tác lần {number}" in run("reforms")


def test_the_undo_file_is_a_plan_like_any_other(plan_file: str, tmp_path: Path) -> None:
    undo = tmp_path / "hoan-tac.yaml"
    number = answer("reform", plan_file, "--apply", "--undo-file", str(undo))["run"]

    assert answer("reform", str(undo), "--apply")["plan"]["undoes"] == number


def test_an_undo_file_that_cannot_be_written_does_not_hide_that_the_plan_was_applied(
    plan_file: str, tmp_path: Path
) -> None:
    result = CliRunner().invoke(
        app, ["reform", plan_file, "--apply", "--undo-file", str(tmp_path / "khong" / "x.yaml")]
    )

    number = ReformRun.objects.get().pk
    assert result.exit_code == 0
    assert f"lienthong registry undo {number} --plan" in result.stderr
    assert f"lần số {number}" in result.stdout


def test_faults_are_shown_with_line_place_code_and_next_step(tmp_path: Path, town: dict[str, Agency]) -> None:
    file = tmp_path / "sai.yaml"
    file.write_text(PLAN + "  - close: {agency: H77}\n  - abolish: {agency: H99}\n", encoding="utf-8")

    told = run("reform", str(file), code=1)
    refused = answer("reform", str(file), "--apply", code=1)

    assert "steps[9].close.agency" in told
    assert "registry.reform.agency_unknown" in told
    assert "registry.reform.refused: Phương án có 2 lỗi; không bước nào được thực hiện." in told
    assert refused["error"]["code"] == "registry.reform.refused"
    assert [(fault["path"], fault["line"], fault["code"]) for fault in refused["faults"]] == [
        ("steps[9].close.agency", 18, "registry.reform.agency_unknown"),
        ("steps[10].abolish", 19, "registry.reform.step_unknown"),
    ]
    assert ReformRun.objects.count() == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["reform", "khong-co.yaml"], "registry.reform.file_unreadable"),
        (["reform", "PLAN", "--apply", "--dry-run"], "cli.usage"),
        (["reform", "PLAN", "--undo-file", "x.yaml"], "cli.usage"),
        (["reform", "PLAN", "--apply", "--undo-file", "PLAN"], "cli.usage"),
        (["undo", "99"], "registry.reform.run_unknown"),
    ],
)
def test_what_cannot_be_done_is_refused(arguments: list[str], code: str, plan_file: str) -> None:
    refused = answer(*(plan_file if word == "PLAN" else word for word in arguments), code=1)

    assert refused["error"]["code"] == code
    assert refused["error"]["next_step"]
    assert ReformRun.objects.count() == 0


def test_help_and_an_empty_history_speak_vietnamese() -> None:
    assert "Chưa thực hiện phương án nào" in run("reforms")
    assert "chạy thử" in run("reform", "--help").lower()


def test_the_examples_are_copied_once(tmp_path: Path) -> None:
    copied = answer("example", str(tmp_path / "mau"))

    assert [Path(file).name for file in copied["files"]] == list(EXAMPLES)
    assert answer("example", str(tmp_path / "mau"), code=1)["error"]["code"] == "registry.file.unwritable"

"""``lienthong ledger``, ``evidence``, ``sequencer`` and ``verify``: an operator's morning, end to end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django import Settings
from typer.testing import CliRunner, Result

from lienthong.cli import evidence, ledger, sequencer, verify
from lienthong.ledger import keys
from lienthong.ledger.models import LedgerEvent
from tests.ledger.conftest import acceptance, append, fill, sql, superuser

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(transactional_db: None, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.DATA_DIR = tmp_path
    settings.LEDGER_KEY_FILE = tmp_path / "keys" / "ledger.key"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def run(module: object, *arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(module.app, list(arguments))  # type: ignore[attr-defined]
    assert result.exit_code == code, result.output
    return result


@pytest.mark.usefixtures("folder")
def test_what_waits_is_sequenced_once_and_shown() -> None:
    append(acceptance(1), acceptance(2))
    assert json.loads(run(ledger, "status", "--json").stdout)["waiting"] == 2
    assert run(sequencer, "--once").stdout == "Đã xếp 2 sự kiện; nhật ký có 2 sự kiện.\n"
    shown = run(ledger, "status").stdout
    assert "Sự kiện trong nhật ký" in shown
    assert "chưa cấu hình (LIENTHONG_TSA_URL)" in shown


@pytest.mark.usefixtures("folder")
def test_an_outage_of_time_stamps_is_an_exit_code(settings: Settings) -> None:
    fill(1)
    settings.TSA_URL = "http://127.0.0.1:9/tsr"
    assert "Dấu thời gian gián đoạn quá mức cho phép." in run(ledger, "status", code=1).stdout
    settings.TSA_REFUSE = True
    assert "Trục đang từ chối gói tin mới." in run(ledger, "status", code=1).stdout
    append(acceptance(2))
    refused = run(sequencer, "--once", code=2)
    assert "ledger.stamp.unavailable" in refused.stderr


@pytest.mark.usefixtures("folder")
def test_the_audit_names_the_first_broken_row() -> None:
    fill(5)
    assert "Nhật ký nguyên vẹn." in run(ledger, "audit").stdout
    victim = LedgerEvent.objects.order_by("id")[3].pk
    with superuser():
        sql("UPDATE ledger_event SET agency = 'H99.99' WHERE id = %s", victim)
    told = run(ledger, "audit", code=1).stdout
    assert f"Chỗ hỏng đầu tiên: Sự kiện đã bị sửa ở vị trí 3, dòng ledger_event id={victim}." in told
    report = json.loads(run(ledger, "audit", "--json", code=1).stdout)
    assert report["breaks"][0] | {"detail": ""} == {
        "damage": "event_changed", "position": 3, "row": f"ledger_event id={victim}", "detail": "",
    }  # fmt: skip


def test_a_checkpoint_kept_elsewhere_is_compared(folder: Path) -> None:
    fill(5)
    kept = folder / "giu-o-noi-khac.txt"
    kept.write_text((folder / "ledger" / "checkpoint").read_text())
    assert "Nhật ký nguyên vẹn." in run(ledger, "audit", "--checkpoint", str(kept)).stdout
    kept.write_text("không phải điểm kiểm")
    assert "không phải điểm kiểm" in run(ledger, "audit", "--checkpoint", str(kept), code=2).stderr


@pytest.mark.usefixtures("folder")
def test_a_rotated_key_is_printed_and_told() -> None:
    fill(1)
    old = keys.signing_key().public
    printed = run(ledger, "rotate-key").stdout
    new = keys.signing_key().public
    assert str(new) in printed
    event = LedgerEvent.objects.get(kind="KeyRotated")
    assert (event.data["old"], event.data["new"]) == (str(old), str(new))
    fill(1)
    run(ledger, "audit")


def test_evidence_goes_out_and_is_verified(folder: Path) -> None:
    document = "0190a000-0000-7000-8000-000000000001"
    append(acceptance(1, document=document))
    told = run(evidence, "export", document, "--out", "goi.asice").stdout
    assert "1 sự kiện, 0 gói tin" in told
    (folder / "khoa.txt").write_text(f"{keys.signing_key().public}\n")
    assert "Gói bằng chứng đúng" in run(verify, "goi.asice", "--key", "khoa.txt").stdout
    unknown = run(evidence, "export", "khong-co", "--out", "khac.asice", code=2)
    assert "ledger.evidence.none" in unknown.stderr
    assert "Dùng DocId trong biên nhận" in unknown.stderr
    assert not (folder / "khac.asice").exists()


def test_every_help_speaks_vietnamese() -> None:
    for command in (["ledger"], ["evidence"], ["verify"], ["sequencer"]):
        done = subprocess.run(
            [sys.executable, "-m", "lienthong", *command, "--help"],
            capture_output=True, text=True, timeout=60, check=False, cwd=ROOT, env={"PYTHONPATH": "src"},
        )  # fmt: skip
        assert "Hiện phần trợ giúp" in done.stdout

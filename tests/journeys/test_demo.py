"""``lienthong demo`` as a person or a program runs it: a process of its own in an empty folder."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from lienthong.cli.demo.checks import CHECKS
from lienthong.common.embedded_postgres import EmbeddedPostgres

pytestmark = pytest.mark.xdist_group("demo")

_TIMEOUT = 150


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the test run's own instance, and a database that must not be touched."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIENTHONG_")}
    return kept | {
        "LIENTHONG_DATA_DIR": str(folder),
        "LIENTHONG_DATABASE_URL": "postgresql://nobody@nowhere.invalid/real",
        "LIENTHONG_PORT": "0",
    }


def _command(*options: str) -> list[str]:
    return [sys.executable, "-m", "lienthong", "demo", *options]


def _run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command("--once", "--json", *options),
        env=_environment(folder), cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT, check=False,
    )  # fmt: skip


def _result(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Standard output is one JSON object and nothing else."""
    result: dict[str, Any] = json.loads(done.stdout)
    assert result["errors"] == [], done.stderr
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def first(folder: Path) -> subprocess.CompletedProcess[str]:
    return _run(folder)


def test_every_check_holds(first: subprocess.CompletedProcess[str]) -> None:
    result = _result(first)

    assert {name for name, holds in result["checks"].items() if holds is not True} == set()
    assert list(result["checks"]) == [check.name for check in CHECKS]
    assert {"byte_identical", "duplicate_gets_first_receipt", "urgent_overtakes", "refusal_reaches_sender",
            "statuses_fold", "recall_answered", "redirect_after_reform", "evidence_bundle_verifies",
            "tampering_found"} <= result["checks"].keys()  # fmt: skip
    assert first.returncode == 0


def test_it_counts_and_times(first: subprocess.CompletedProcess[str]) -> None:
    result = _result(first)

    assert result["counts"]["agencies"] == 32
    assert result["counts"]["systems"] == 18
    assert result["counts"]["recipients"] == 7
    assert result["counts"]["statuses_sent"] == 6 * 4 + 2 + 1 + 2 + 7 + 6
    assert {"database", "city", "server", "story"} <= result["timings_ms"].keys()


def test_it_leaves_nothing_running_and_nothing_outside_its_folder(
    folder: Path, first: subprocess.CompletedProcess[str]
) -> None:
    address = urlsplit(_result(first)["address"])

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port), timeout=2)
    for postgres in (folder / "demo" / "postgres", folder / "demo" / "national" / "postgres"):
        assert (postgres / "pg" / "PG_VERSION").exists()
        assert not (postgres / "pg" / "postmaster.pid").exists()
    assert [path.name for path in folder.iterdir()] == ["demo"]
    assert not (folder / "demo" / "twin").exists()
    assert (folder / "demo" / "systems.json").stat().st_mode & 0o777 == 0o600


def test_its_own_data_stay_good(folder: Path, first: subprocess.CompletedProcess[str]) -> None:
    environment = _environment(folder / "demo") | {"LIENTHONG_DATABASE_URL": ""}
    told = subprocess.run(
        [sys.executable, "-m", "lienthong", "ledger", "audit", "--bytes", "--json"],
        env=environment, capture_output=True, text=True, timeout=_TIMEOUT, check=False,
    )  # fmt: skip
    EmbeddedPostgres(folder / "demo" / "postgres").stop()
    report = json.loads(told.stdout)
    assert (report["sound"], report["differences"]) == (True, [])
    counts = _result(first)["counts"]
    # After the story letters go to the desk, and its reports come back.
    assert report["packages"] > counts["documents_sent"] + counts["statuses_sent"]


def test_a_second_run_works_on_what_the_first_left(folder: Path, first: subprocess.CompletedProcess[str]) -> None:
    again = _run(folder)

    assert again.returncode == 0, again.stderr
    assert _result(again)["counts"] == _result(first)["counts"]


def test_lost_secrets_are_replaced(folder: Path, first: subprocess.CompletedProcess[str]) -> None:
    for side in (folder / "demo", folder / "demo" / "national"):
        (side / "systems.json").unlink()

    assert _run(folder).returncode == 0


@pytest.fixture
def kept_serving(folder: Path, first: subprocess.CompletedProcess[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A demonstration that goes on serving, past the end of its story."""
    told = folder.parent / "told.txt"
    with told.open("wb") as out:
        process = subprocess.Popen(
            _command("--reset"), env=_environment(folder), cwd=folder, stdout=out, stderr=out, start_new_session=True
        )
    try:
        deadline = time.monotonic() + _TIMEOUT
        while "đang phục vụ" not in told.read_text() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert process.poll() is None, told.read_text()
        yield process
    finally:
        process.terminate()
        process.wait(_TIMEOUT)


def test_it_goes_on_serving_until_it_is_told_to_end(folder: Path, kept_serving: subprocess.Popen[bytes]) -> None:
    endpoint = urlsplit(json.loads((folder / "demo" / "systems.json").read_text())["endpoint"])
    socket.create_connection((endpoint.hostname, endpoint.port), timeout=2).close()

    other = _run(folder)
    assert other.returncode == 1
    assert [error["code"] for error in json.loads(other.stdout)["errors"]] == ["demo.already_running"]

    kept_serving.send_signal(signal.SIGTERM)
    assert kept_serving.wait(_TIMEOUT) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((endpoint.hostname, endpoint.port), timeout=2)

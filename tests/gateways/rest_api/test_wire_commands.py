"""``lienthong send``, ``inbox``, ``fetch``, ``confirm``, ``report`` against a real axis."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from typer.testing import CliRunner

from lienthong.cli.partner import app
from tests import packages
from tests.gateways.rest_api.partners import CLERK, DISTRICT, PAPER, Axis
from tests.gateways.rest_api.test_wire_multipart import metadata


class Desk:
    """A terminal of one partner."""

    def __init__(self, axis: Axis, settings: Settings) -> None:
        settings.API_URL = f"http://127.0.0.1:{axis.server.port}"
        self._axis, self._settings = axis, settings

    def run(self, role: str, *arguments: object, code: int = 0) -> str:
        self._settings.API_KEY = self._axis.keys.get(role, "")
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})
        assert result.exit_code == code, result.output
        return result.stdout if code == 0 or "--json" in arguments else result.stderr

    def answer(self, role: str, *arguments: object, code: int = 0) -> Any:
        return json.loads(self.run(role, *arguments, "--json", code=code))


@pytest.fixture
def desk(axis: Axis, settings: Settings) -> Desk:
    return Desk(axis, settings)


def test_from_sending_to_the_report(desk: Desk, tmp_path: Path) -> None:
    package = tmp_path / "cong-van.edxml"
    package.write_bytes(packages.document(CLERK, DISTRICT, PAPER, subject="Về việc họp giao ban (mẫu)"))

    sent = desk.run("clerk", "send", package)
    assert "chuyển 1/2" in sent
    assert "chưa kết nối trục" in sent
    assert "đã nhận từ trước" in desk.run("clerk", "send", package)

    assert "Về việc họp giao ban (mẫu)" in desk.run("district", "inbox", "--kind", "document", "--limit", "200")
    waiting = desk.answer("district", "inbox", "--kind", "document", "--limit", "200")["deliveries"]
    delivery = next(row["id"] for row in waiting if row["document"]["subject"] == "Về việc họp giao ban (mẫu)")

    written = desk.run("district", "fetch", delivery, "--into", tmp_path / "den", "--attachments").splitlines()
    assert Path(written[0]).read_bytes() == package.read_bytes()
    assert Path(written[1]).read_bytes() == packages.PDF
    assert "đã có" in desk.run("district", "fetch", delivery, "--into", tmp_path / "den", code=1)

    assert "Đã nhận" in desk.run("district", "confirm", delivery)
    assert "Trục đã nhận" in desk.run("district", "report", delivery, "03", "--staff", "Lê Thị Mẫu")


def test_files_become_a_document(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "to-trinh.pdf").write_bytes(packages.PDF)
    described = {name: value for name, value in metadata().items() if name != "attachments"}
    (tmp_path / "mo-ta.json").write_text(json.dumps(described), encoding="utf-8")

    (receipt,) = desk.answer("clerk", "send", tmp_path / "to-trinh.pdf", "--metadata", tmp_path / "mo-ta.json")[
        "receipts"
    ]

    assert [(row["code"], row["sent"]) for row in receipt["recipients"]] == [(DISTRICT, True)]


@pytest.mark.parametrize(
    ("role", "arguments", "code"),
    [
        ("nobody", ["inbox"], "cli.api_key_missing"),
        ("locked", ["inbox"], "api.system_locked"),
        ("clerk", ["send", "khong-co.edxml"], "cli.file_missing"),
        ("clerk", ["confirm", "01a202fc-d409-746b-8f39-1c80ea1dea9c"], "exchange.package_unknown"),
        ("clerk", ["report", "01a202fc-d409-746b-8f39-1c80ea1dea9c", "99"], "api.request_invalid"),
    ],
)
def test_a_refusal_is_told_with_its_next_step(desk: Desk, role: str, arguments: list[str], code: str) -> None:
    error = desk.answer(role, *arguments, code=1)["error"]

    assert error["code"] == code
    assert error["next_step"]
    assert code in desk.run(role, *arguments, code=1)


def test_an_axis_that_is_not_there(desk: Desk, settings: Settings) -> None:
    settings.API_URL = "http://127.0.0.1:9"
    assert desk.answer("clerk", "inbox", code=1)["error"]["code"] == "client.connection_failed"

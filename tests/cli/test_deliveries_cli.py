"""``lienthong deliveries`` and the commands of ``systems`` that concern delivery."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from lienthong.cli import deliveries, systems
from lienthong.exchange.models import DeliveryAction
from lienthong.gateways.webhook.addresses import find_webhook
from lienthong.registry.models import System
from tests import packages
from tests.exchange.conftest import Office, data_dir, department
from tests.exchange.dispatching.carriers import (
    REFUSED,
    ScriptedConnector,
    delivery_to,
    drain,
    open_pushed_office,
    state_at,
)

__all__ = ["data_dir", "department"]


def run(app: Any, *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "400"})
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 or "--json" in arguments else result.stderr


@pytest.fixture
def hoa_phuong(department: Office) -> Office:
    return open_pushed_office("H99.30", "Quận Hoa Phượng (mẫu)")


@pytest.fixture
def given_up(department: Office, hoa_phuong: Office) -> str:
    department.send(packages.document(department.code, hoa_phuong.code, number="12"))
    connector = ScriptedConnector()
    connector.say(hoa_phuong, REFUSED)
    drain(connector)
    return str(delivery_to(hoa_phuong).pk)


def test_people_and_programs_read_what_was_given_up(given_up: str, hoa_phuong: Office) -> None:
    shown = run(deliveries.app, "list", "--given-up")
    for text in (given_up, hoa_phuong.system_id, "12/CV-MAU", "Ngừng thử lại", "sai thể thức (mẫu)"):
        assert text in shown
    (row,) = json.loads(run(deliveries.app, "list", "--json"))["deliveries"]
    assert (row["id"], row["state"], row["cause"], row["actions"]) == (given_up, "given_up", "test.refused", [])


def test_nothing_to_do(department: Office) -> None:
    assert run(deliveries.app, "list", "--given-up") == "Không có lượt chuyển nào gặp sự cố.\n"


def test_each_action_is_written_down(given_up: str, hoa_phuong: Office) -> None:
    run(deliveries.app, "paper", given_up, "--reason", "Gửi giấy (mẫu)", "--by", "Văn thư mẫu")
    assert state_at(hoa_phuong).label == "Đã báo gửi bản giấy"
    assert "Báo giấy (Văn thư mẫu" in run(deliveries.app, "list")
    assert run(deliveries.app, "list", "--given-up") == "Không có lượt chuyển nào gặp sự cố.\n"


def test_without_a_name_the_person_at_the_machine_acted(given_up: str) -> None:
    run(deliveries.app, "resend", given_up, "--reason", "Mẫu")
    assert DeliveryAction.objects.get().actor != ""


def test_redirecting_names_the_new_delivery(given_up: str) -> None:
    other = open_pushed_office("H99.31", "Quận Hải Đăng (mẫu)")
    told = run(deliveries.app, "redirect", given_up, "--to", other.code, "--reason", "Mẫu", "--json")
    assert json.loads(told)["to_delivery"] == str(delivery_to(other).pk)


@pytest.mark.parametrize(
    ("command", "code", "exit_code"),
    [
        (["resend", "0" * 32, "--reason", "Mẫu"], "exchange.delivery_unknown", 1),
        (["paper", "x", "--reason", "Mẫu"], "exchange.delivery_unknown", 1),
        (["paper", "x", "--reason", ""], "exchange.reason_missing", 1),
        (["redirect", "x", "--reason", "Mẫu"], "cli.usage", 2),
    ],
)
def test_refusals_have_a_code_a_sentence_and_a_next_step(
    department: Office, command: list[str], code: str, exit_code: int
) -> None:
    error = json.loads(run(deliveries.app, *command, "--json", code=exit_code))["error"]
    assert error["code"] == code
    assert error["message"]
    assert error["next_step"]


def test_setting_and_removing_a_webhook(hoa_phuong: Office) -> None:
    system = System.objects.get(system_id=hoa_phuong.system_id)
    assert "https://vanban.mau.vn/" in run(systems.app, "set-webhook", system.system_id, "https://vanban.mau.vn/")
    assert find_webhook(system.pk) == "https://vanban.mau.vn/"
    assert json.loads(run(systems.app, "set-webhook", system.system_id, "--remove", "--json"))["kind"] == "pull"
    assert "cli.usage" in run(systems.app, "set-webhook", system.system_id, code=1)
    assert "webhook.url_malformed" in run(systems.app, "set-webhook", system.system_id, "vanban", code=1)


def test_maintenance(hoa_phuong: Office) -> None:
    def maintenance(*options: str, code: int = 0) -> str:
        return run(systems.app, "maintenance", hoa_phuong.system_id, *options, code=code)

    assert maintenance() == f"{hoa_phuong.system_id} không bảo trì.\n"
    assert "Nâng cấp (mẫu)" in maintenance("--for", "90m", "--reason", "Nâng cấp (mẫu)")
    window = json.loads(maintenance("--json"))["maintenance"]
    assert window["reason"] == "Nâng cấp (mẫu)"
    assert maintenance("--end") == f"{hoa_phuong.system_id} không bảo trì.\n"
    assert "maintenance.reason_missing" in maintenance("--for", "1h", code=1)
    assert "maintenance.over_before_start" in maintenance("--for", "0", "--reason", "Mẫu", code=1)

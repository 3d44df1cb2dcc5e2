"""``lienthong systems key``: the key is printed once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from lienthong.cli.systems import app
from tests import factories

pytestmark = pytest.mark.django_db


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["key", *arguments], env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 or "--json" in arguments else result.stderr


def answer(*arguments: str, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", code=code))


@pytest.fixture
def system_id() -> str:
    agency = factories.make_agency("H99.05", "Sở Y tế (mẫu)")
    return factories.make_system(agency, system_id="HUB.MAU").system.system_id


def test_a_keys_life(system_id: str) -> None:
    made = answer("add", system_id, "--scope", "documents:send", "--network", "10.0.5.0/24", "--expires-in", "90d")
    assert made["token"].startswith(f"ltk_{made['prefix']}_")
    assert made["token"] not in run("list", system_id)
    (row,) = answer("list", system_id)["keys"]
    assert (row["scopes"], row["allowed_networks"], row["is_live"]) == (["documents:send"], ["10.0.5.0/24"], True)

    rotated = answer("rotate", made["prefix"], "--overlap", "0")
    assert [row["is_live"] for row in answer("list", system_id)["keys"]] == [False, True]
    assert "Đã thu hồi" in run("revoke", rotated["prefix"])
    assert [row["is_live"] for row in answer("list", system_id)["keys"]] == [False, False]


def test_people_see_the_key_on_a_line_of_its_own(system_id: str) -> None:
    lines = run("add", system_id, "--label", "Văn thư (mẫu)").splitlines()

    assert "chỉ hiện một lần" in lines[-2]
    assert lines[-1].startswith("ltk_")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add", "HUB.KHAC"], "registry.system.unknown"),
        (["add", "HUB.MAU", "--scope", "mọi thứ"], "registry.api_key.scope_unknown"),
        (["add", "HUB.MAU", "--rate", "0"], "registry.api_key.rate_malformed"),
        (["rotate", "abcdefghijkl"], "registry.api_key.unknown"),
        (["revoke", "\x00"], "registry.api_key.unknown"),
    ],
)
def test_refusals(system_id: str, arguments: list[str], code: str) -> None:
    error = answer(*arguments, code=1)["error"]

    assert error["code"] == code
    assert error["next_step"]

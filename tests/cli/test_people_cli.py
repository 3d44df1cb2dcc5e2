"""``lienthong people``: the first administrator is made here, and the password is printed once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from lienthong.accounts.models import User
from lienthong.cli.people import app
from tests.factories import make_agency

pytestmark = pytest.mark.django_db


def run(*arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_the_first_administrator_comes_from_the_machine_itself() -> None:
    made = run("add", "quan", "--name", "Đặng Quân", "--role", "system_admin")
    user = User.objects.get(username="quan")
    assert user.check_password(made["password"])
    assert user.must_change_password
    assert run("list")["people"] == [
        {"username": "quan", "full_name": "Đặng Quân", "positions": ["Quản trị hệ thống"]},
    ]


def test_roles_are_given_and_ended() -> None:
    make_agency("H99.2", "UBND phường Mẫu B")
    run("add", "hanh", "--name", "Trần Thị Hạnh", "--role", "clerk", "--agency", "H99.2", "--title", "Văn thư")
    run("grant", "hanh", "--role", "officer", "--agency", "H99.2")
    assert run("list", "--search", "hanh")["people"][0]["positions"] == [
        "Văn thư, UBND phường Mẫu B",
        "Chuyên viên, UBND phường Mẫu B",
    ]
    run("end", "hanh", "--role", "officer", "--agency", "H99.2")
    assert run("end", "hanh", "--role", "officer", "--agency", "H99.2", code=1)["error"]["code"] == (
        "accounts.position.unknown"
    )


def test_an_account_is_closed_opened_and_given_another_password() -> None:
    first = run("add", "van", "--name", "Bùi Văn Vận", "--role", "operator")["password"]
    assert run("close", "van")["active"] is False
    assert run("reopen", "van")["active"] is True
    second = run("reset", "van")["password"]
    assert first != second
    assert User.objects.get(username="van").check_password(second)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add", "ai", "--name", "Ai", "--role", "king"], "accounts.role.unknown"),
        (["add", "ai.do", "--name", "Ai", "--role", "clerk"], "accounts.position.place"),
        (["add", "ai.do", "--name", "Ai", "--role", "clerk", "--agency", "X.Y"], "registry.agency.unknown"),
        (["reset", "khong-co"], "accounts.unknown"),
    ],
)
def test_what_cannot_be_says_why(arguments: list[str], code: str) -> None:
    assert run(*arguments, code=1)["error"]["code"] == code

"""``lienthong systems``: the secret is printed once, and never again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from lienthong.cli.systems import app
from lienthong.registry import directory, revision
from lienthong.registry.models import Agency, System
from lienthong.registry.resolution import SystemAccess
from tests import factories

pytestmark = pytest.mark.django_db


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 or "--json" in arguments else result.stderr


def answer(*arguments: str, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", code=code))


def access(system_id: str) -> SystemAccess:
    found = directory.find_system(system_id)
    assert found is not None
    return found


@pytest.fixture
def department() -> Agency:
    return factories.make_agency("H24.05", "Sở Y tế mẫu")


@pytest.fixture
def secret(department: Agency) -> str:
    return factories.make_system(department).secret


ID = "HUB.H24.05.01"


def test_adding_prints_one_object_with_the_id_and_the_secret(department: Agency) -> None:
    factories.make_agency("H24.06")

    made = answer("add", "--agency", "H24.05", "--agency", "h24.06", "--name", "Hệ thống mẫu", "--include-subordinates")

    assert made["system_id"] == ID
    assert access(ID).secrets == (made["secret"],)
    services = answer("show", ID)["services"]
    assert [(row["agency"], row["include_subordinates"]) for row in services] == [("H24.05", True), ("H24.06", True)]


def test_people_see_the_secret_on_a_line_of_its_own(department: Agency) -> None:
    lines = run("add", "--agency", "H24.05", "--kind", "push", "--system-id", "HUB.MAU").splitlines()

    assert lines[-1] == access("HUB.MAU").secrets[0]
    assert "chỉ hiện một lần" in lines[-2]


def test_no_other_command_shows_a_secret(secret: str) -> None:
    shown = [run("list"), run("show", ID), run("list", "--json"), run("show", ID, "--json")]

    assert all(ID in text and secret not in text for text in shown)


def test_rotation_and_revocation(secret: str) -> None:
    rotated = answer("rotate", ID, "--overlap", "90m", "--label", "khóa tháng 3")
    assert access(ID).secrets == (rotated["secret"], secret)

    credentials = answer("revoke", ID, "--credential", str(rotated["credential_id"] - 1))["credentials"]
    assert [row["is_live"] for row in credentials] == [False, True]
    assert access(ID).secrets == (rotated["secret"],)

    assert run("rotate", ID, "--overlap", "0").splitlines()[-1] == access(ID).secrets[0]
    assert len(access(ID).secrets) == 1
    run("revoke", ID, "--all")
    assert access(ID).secrets == ()


def test_locking_and_unlocking(secret: str) -> None:
    assert answer("lock", ID, "--reason", "Nghi lộ khóa (mẫu)")["state"] == "locked"
    assert access(ID).is_locked
    assert "Nghi lộ khóa (mẫu)" in run("show", ID)
    run("unlock", ID)
    assert not access(ID).is_locked


def test_serving_and_no_longer(secret: str) -> None:
    factories.make_agency("H24.06")
    run("serve", ID, "--agency", "H24.06", "--valid-from", "2025-01-01")
    ended = answer("unserve", ID, "--agency", "H24.06", "--on", "2025-07-01")

    assert [(row["agency"], row["valid_from"], row["valid_to"]) for row in ended["services"]] == [
        ("H24.05", "2020-01-01", None),
        ("H24.06", "2025-01-01", "2025-07-01"),
    ]


@pytest.mark.parametrize(
    ("command", "code", "exit_code"),
    [
        (["show", "KHONG.CO"], "registry.system.unknown", 1),
        (["show", "\x00"], "registry.system.unknown", 1),
        (["add"], "registry.system.id_missing", 1),
        (["add", "--agency", "H77"], "registry.agency.unknown", 1),
        (["add", "--agency", "H24.05", "--system-id", ID], "registry.system.id_taken", 1),
        (["add", "--agency", "H24.05", "--kind", "telex"], "registry.system.kind_unknown", 1),
        (["add", "--agency", "H24.05", "--valid-from", "mai"], "cli.date", 1),
        (["rotate", ID, "--overlap", "-1h"], "cli.duration", 1),
        (["rotate", ID, "--overlap", "5"], "cli.duration", 1),
        (["rotate", ID, "--overlap", "99999d"], "cli.duration", 1),
        (["revoke", ID], "cli.usage", 1),
        (["revoke", ID, "--credential", "999999"], "registry.system.credential_unknown", 1),
        (["revoke", ID, "--credential", "một"], "cli.usage", 2),
        (["revoke", ID, "--credential", "99999999999999999999"], "registry.system.credential_unknown", 1),
        (["lock", ID], "cli.usage", 2),
        (["lock", ID, "--reason", " "], "registry.system.reason_missing", 1),
        (["unserve", ID, "--agency", "H24"], "registry.agency.unknown", 1),
        (["serve", ID], "cli.usage", 2),
    ],
)
def test_a_refusal_is_one_json_document_and_changes_nothing(
    secret: str, command: list[str], code: str, exit_code: int
) -> None:
    before = revision.current()

    error = answer(*command, code=exit_code)["error"]

    assert error["code"] == code
    assert error["next_step"]
    assert error["message"] in run(*command, code=exit_code)
    assert (revision.current(), access(ID).secrets, System.objects.count()) == (before, (secret,), 1)

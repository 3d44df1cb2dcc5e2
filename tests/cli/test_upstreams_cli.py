"""``lienthong upstreams`` and ``run --profile``: what operators type, and what they see."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from lienthong.cli import profiles, upstreams
from lienthong.exchange.hubs.links import Side, peer_of
from lienthong.gateways.national.upstreams import account_of, upstream_by_id
from lienthong.registry import directory
from tests import factories
from tests.gateways.national.hub import FakeHub, Raw, fake_hub

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "khoa-mau-do-truc-kia-cap"


def run(*arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(upstreams.app, [*arguments, "--json"], env={"LIENTHONG_UPSTREAM_SECRET": SECRET})
    assert result.exit_code == code, result.output
    assert SECRET not in result.output
    return json.loads(result.stdout)


def add(endpoint: str, *more: str, code: int = 0) -> Any:
    return run("add", "TRUC.QG", "--endpoint", endpoint, "--remote-id", "VXP.TP.01", *more, code=code)


def test_an_upstream_is_added_with_its_secret_kept_apart() -> None:
    made = add("https://truc.example.vn/vxp", "--own", "h99", "--poll-max", "10", "--no-trace")
    assert (made["own_codes"], made["poll_max"], made["adds_trace"]) == (["H99"], 10.0, False)
    assert account_of(upstream_by_id("TRUC.QG")).secret == SECRET
    assert run("list")["count"] == 1


def test_what_the_other_side_changed_is_taken_over_and_the_rest_stays() -> None:
    add("https://truc.example.vn/vxp", "--own", "H99", "--poll-max", "10")
    made = run("change", "TRUC.QG", "--endpoint", "https://moi.example.vn/vxp", "--timeout", "20", "--no-trace")
    assert (made["endpoint"], made["remote_system_id"]) == ("https://moi.example.vn/vxp", "VXP.TP.01")
    assert (made["own_codes"], made["poll_max"], made["adds_trace"]) == (["H99"], 10.0, False)
    assert account_of(upstream_by_id("TRUC.QG")).secret == SECRET
    changed = CliRunner().invoke(
        upstreams.app, ["change", "TRUC.QG", "--secret"], env={"LIENTHONG_UPSTREAM_SECRET": "khoa-moi"}
    )
    assert changed.exit_code == 0, changed.output
    account = account_of(upstream_by_id("TRUC.QG"))
    assert (account.secret, account.timeout) == ("khoa-moi", 20.0)
    assert run("change", "TRUC.QG", "--poll-min", "99", code=1)["error"]["code"] == "national.upstream.times"


def test_every_reading_call_is_tried_and_told() -> None:
    with fake_hub() as hub:
        add(hub.url, "--own", "H99")
        hub.units = [
            {"id": "1", "code": "G99", "name": "Bộ Thử nghiệm (mẫu)", "level": 1, "version": 1},
            {
                "id": "2",
                "code": "H99",
                "name": "UBND Thành phố Mẫu",
                "level": 2,
                "version": 1,
                "centerCode": "VXP.TP.01",
            },
        ]
        found = run("check", "TRUC.QG")
        assert found["good"]
        assert "UBND Thành phố Mẫu" in found["calls"][-1]["told"]
        hub.wrong["getSentEdocList"] = [Raw(b"<html>")]
        hub.units.pop()
        found = run("check", "TRUC.QG", code=1)
        assert [one["call"] for one in found["calls"] if not one["good"]] == ["getSentEdocList", "getSynchronizeUnit"]
        assert hub.told == hub.sent == []


@pytest.mark.parametrize(
    ("endpoint", "more", "code"),
    [
        ("truc.example.vn", [], "national.upstream.endpoint"),
        ("ftp://truc.example.vn", [], "national.upstream.endpoint"),
        ("https://truc.example.vn", ["--remote-id", "a b"], "national.upstream.account"),
        ("https://truc.example.vn", ["--poll-min", "5", "--poll-max", "1"], "national.upstream.times"),
        ("https://truc.example.vn", ["--unknown-sender", "guess"], "national.upstream.unknown_sender"),
    ],
)
def test_what_cannot_work_is_refused_with_a_code(endpoint: str, more: list[str], code: str) -> None:
    assert add(endpoint, *more, code=1)["error"]["code"] == code
    assert run("list")["count"] == 0


def test_an_upstream_is_locked_and_opened_again() -> None:
    add("https://truc.example.vn/vxp")
    assert run("lock", "TRUC.QG", "--reason", "Bảo trì (mẫu)")["locked"]
    assert not run("lock", "TRUC.QG", "--off")["locked"]


def test_polling_and_syncing_by_hand() -> None:
    with fake_hub() as hub:
        add(hub.url)
        hub.units = [{"id": "1", "code": "G99", "name": "Bộ Thử nghiệm (mẫu)", "level": 1, "version": 1}]
        assert run("sync", "TRUC.QG")["created"] == 1
        assert run("poll", "TRUC.QG") == {
            "taken": 0,
            "repeated": 0,
            "refused": 0,
            "left": 0,
            "postponed": 0,
            "put_off": 0,
        }
        assert run("show", "TRUC.QG")["polled_at"]
        _answers_nonsense(hub)


def _answers_nonsense(hub: FakeHub) -> None:
    for call, command in (("getReceivedEdocList", "poll"), ("getSynchronizeUnit", "sync")):
        hub.wrong[call] = [Raw(b"<html>")]
        assert run(command, "TRUC.QG", code=1)["error"]["code"] == "national.upstream.failed"


def test_an_agency_is_given_another_way() -> None:
    add("https://truc.example.vn/vxp", "--no-directory")
    agency = factories.make_agency("H98", "UBND Thành phố Láng Giềng (mẫu)")
    run("route", "TRUC.QG", "--agency", "H98")
    assert [way.system.system_id for way in agency.services.select_related("system")] == ["TRUC.QG"]


def test_a_system_is_declared_a_hub_and_an_ordinary_one_again() -> None:
    system = factories.make_system(factories.make_agency("H99"), system_id="TRUC.H99").system

    def stands() -> tuple[Side, bool]:
        access = directory.find_system(system.system_id)
        assert access is not None
        peer = peer_of(access)
        return peer.side, peer.adds_trace

    run("hub", "TRUC.H99", "--trace")
    assert stands() == (Side.BELOW, True)
    run("hub", "TRUC.H99", "--off")
    assert stands() == (Side.SYSTEM, False)


def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(Exception, match="national"):
        profiles.enter("moon")
    assert profiles.enter(None) is None

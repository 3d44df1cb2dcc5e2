"""The door of the REST interface."""

from __future__ import annotations

import pytest

from tests.gateways.rest_api.partners import Axis, Partner


@pytest.mark.parametrize(
    "key", ["ltk_", "ltk_000000000000_" + "A" * 43, "x" * 5000, "ltk_000000000000_" + "A" * 42 + "é", "khóa"]
)
def test_a_key_that_is_none_opens_nothing(axis: Axis, key: str) -> None:
    answer = axis.http.get("/api/v1/axis", headers={"Authorization": b"Bearer " + key.encode()})

    assert (answer.status_code, answer.json()["code"]) == (401, "api.key_wrong")


def test_the_right_prefix_with_another_secret_opens_nothing(axis: Axis) -> None:
    other = axis.keys["clerk"][:-1] + ("A" if axis.keys["clerk"][-1] != "A" else "B")

    assert Partner(axis.http, other).ask("GET", "/axis").json()["code"] == "api.key_wrong"


def test_a_slow_key_has_to_wait(axis: Axis) -> None:
    slow = axis.partner("slow")
    first, second = slow.ask("GET", "/axis"), slow.ask("GET", "/axis")

    assert (first.status_code, second.status_code) == (200, 429)
    assert 1 <= int(second.headers["Retry-After"]) <= 60
    assert second.json()["code"] == "api.rate_exceeded"

    axis.change(
        "UPDATE registry_apikeyusage u SET used_at = used_at - interval '61 seconds' FROM registry_apikey k"
        " WHERE k.id = u.key_id AND k.prefix = %s",
        slow.key.split("_")[1],
    )
    assert slow.ask("GET", "/axis").status_code == 200


def test_a_key_opens_only_from_its_networks(axis: Axis) -> None:
    """The test's server trusts 127.0.0.1 as its proxy: what that says of the caller counts, and nothing before it."""
    key = axis.partner("elsewhere")

    assert key.ask("GET", "/axis").json()["code"] == "api.address_not_allowed"
    inside = key.ask("GET", "/axis", headers={"X-Forwarded-For": "192.0.2.1, 10.9.8.7"})
    assert inside.status_code == 200
    forged = key.ask("GET", "/axis", headers={"X-Forwarded-For": "10.9.8.7, 192.0.2.1"})
    assert forged.json()["detail"] == "Địa chỉ 192.0.2.1."


def test_expiry_and_revocation_hold_from_the_next_request_on(axis: Axis) -> None:
    key = axis.partner("reader")
    prefix = key.key.split("_")[1]
    assert key.ask("GET", "/axis").status_code == 200

    for column in ("expires_at", "revoked_at"):
        axis.change(f"UPDATE registry_apikey SET {column} = now() WHERE prefix = %s", prefix)
        assert key.ask("GET", "/axis").json()["code"] == "api.key_ended"
        axis.change(f"UPDATE registry_apikey SET {column} = NULL WHERE prefix = %s", prefix)


def test_lock_and_unlock_hold_from_the_next_request_on(axis: Axis) -> None:
    key = axis.outsider
    axis.change("UPDATE registry_system SET state = 'locked' WHERE system_id = 'HUB.H99.04'")
    assert key.ask("GET", "/axis").json()["code"] == "api.system_locked"
    axis.change("UPDATE registry_system SET state = 'active' WHERE system_id = 'HUB.H99.04'")
    assert key.get("/axis")["system_id"] == "HUB.H99.04"


@pytest.mark.parametrize(("method", "path", "status", "code"), [
    ("GET", "/nowhere", 404, "api.path_unknown"),
    ("GET", "", 404, "api.path_unknown"),
    ("GET", "/deliveries/not-an-id", 404, "api.path_unknown"),
    ("DELETE", "/documents", 405, "api.method_wrong"),
    ("GET", "/deliveries?cursor=abc", 422, "api.request_invalid"),
    ("GET", "/deliveries?limit=0", 422, "api.request_invalid"),
    ("GET", "/deliveries?kind=letter", 422, "api.request_invalid"),
])  # fmt: skip
def test_every_refusal_is_a_problem(axis: Axis, method: str, path: str, status: int, code: str) -> None:
    answer = axis.clerk.ask(method, path)

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["next_step"]

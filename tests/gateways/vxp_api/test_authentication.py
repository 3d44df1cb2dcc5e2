"""Who may come in. Pure: the registry is a function here."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from lienthong.gateways.vxp_api.authentication import HASH_HEADER, SIGN_HEADER, authenticate
from lienthong.gateways.vxp_api.faults import CallError, Fault
from lienthong.registry.resolution import SystemAccess
from tests.gateways.vxp_api.conftest import load_vectors

VECTORS = load_vectors()
SIGNED = VECTORS["hmac"] + VECTORS["worked_examples"]


def system(system_id: str, *secrets: str, locked: bool = False) -> SystemAccess:
    return SystemAccess(1, system_id, "Hệ thống mẫu", "pull", locked, secrets, 1)


def meta(raw: bytes, signature: str) -> dict[str, str]:
    """Header bytes as a WSGI server hands them over."""
    return {SIGN_HEADER: raw.decode("latin-1"), HASH_HEADER: signature}


def signed(values: dict[str, str], secret: str = "secret") -> dict[str, str]:
    raw = json.dumps({f"XroadVnpt-{name}": value for name, value in values.items()}, ensure_ascii=False).encode()
    return meta(raw, hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest())


def refused(headers: dict[str, str], found: SystemAccess | None) -> Fault:
    with pytest.raises(CallError) as error:
        authenticate(headers, lambda _: found)
    return error.value.fault


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: vector["name"])
def test_what_the_sdk_signed_is_let_in_with_its_parameters(vector: dict[str, Any]) -> None:
    expected = {parameter["name"]: parameter["value"] for parameter in vector["parameters"]}
    known = system(expected["systemid"], vector["secret"])
    raw = bytes.fromhex(vector["sign_header_utf8_hex"])
    found, parameters = authenticate(meta(raw, vector["hash_header"]), {known.system_id: known}.get)
    assert found is known
    assert {name: parameters.text(name) for name in expected} == expected


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: vector["name"])
def test_signatures_made_by_known_mistakes_are_refused(vector: dict[str, Any]) -> None:
    raw = bytes.fromhex(vector["sign_header_utf8_hex"])
    known = system(vector["parameters"][0]["value"], vector["secret"])
    for wrong in vector["must_not_equal"]:
        assert refused(meta(raw, wrong["hash_header"]), known) is Fault.SIGNATURE_WRONG


def test_each_of_several_live_secrets_opens() -> None:
    known = system("HUB.MAU", "newer", "older")
    for secret in known.secrets:
        assert authenticate(signed({"systemid": "HUB.MAU"}, secret), lambda _: known)[0] is known


def test_signature_in_capitals_is_the_same_signature() -> None:
    headers = signed({"systemid": "HUB.MAU"})
    headers[HASH_HEADER] = headers[HASH_HEADER].upper()
    assert authenticate(headers, lambda _: system("HUB.MAU", "secret"))


def test_header_changed_after_signing_is_refused() -> None:
    headers = signed({"systemid": "HUB.MAU", "docId": "1"})
    headers[SIGN_HEADER] = headers[SIGN_HEADER].replace('"1"', '"2"')
    assert refused(headers, system("HUB.MAU", "secret")) is Fault.SIGNATURE_WRONG


def test_system_without_a_live_secret_is_refused() -> None:
    assert refused(signed({"systemid": "HUB.MAU"}), system("HUB.MAU")) is Fault.SIGNATURE_WRONG


def test_unknown_system_is_refused() -> None:
    assert refused(signed({"systemid": "HUB.LA"}), None) is Fault.SYSTEM_UNKNOWN


def test_lock_is_told_only_to_who_holds_the_secret() -> None:
    locked = system("HUB.MAU", "secret", locked=True)
    assert refused(signed({"systemid": "HUB.MAU"}), locked) is Fault.SYSTEM_LOCKED
    assert refused(signed({"systemid": "HUB.MAU"}, "guess"), locked) is Fault.SIGNATURE_WRONG


@pytest.mark.parametrize("missing", [SIGN_HEADER, HASH_HEADER])
def test_unsigned_request_is_refused(missing: str) -> None:
    headers = signed({"systemid": "HUB.MAU"})
    del headers[missing]
    assert refused(headers, system("HUB.MAU", "secret")) is Fault.SIGNATURE_MISSING


def test_signed_json_without_a_system_is_refused() -> None:
    assert refused(signed({"docId": "1"}), system("HUB.MAU", "secret")) is Fault.PARAMETER_WRONG


def test_characters_cut_to_their_low_byte_are_refused() -> None:
    """What the SDK's library stack does to non-ASCII values when the endpoint names a port."""
    text = '{"XroadVnpt-systemid":"HUB.MAU","XroadVnpt-note":"Đơn vị"}'
    cut = bytes(ord(character) & 0xFF for character in text)
    headers = meta(cut, hmac.new(b"secret", text.encode(), hashlib.sha256).hexdigest())
    assert refused(headers, system("HUB.MAU", "secret")) is Fault.SIGN_HEADER_UNREADABLE


def test_odd_system_ids_are_not_asked_of_the_registry() -> None:
    asked: list[str] = []
    for system_id in ("x" * 65, "a\tb"):
        with pytest.raises(CallError):
            authenticate(signed({"systemid": system_id}), asked.append)
    assert asked == []

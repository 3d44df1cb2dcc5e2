"""The signing words against the vectors of vxp-protocol.md, section 15."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lienthong.common import vxp
from lienthong.common.clock import VIETNAM

_FILE = Path(__file__).parents[1] / "gateways" / "vxp_api" / "vectors.json"
VECTORS: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
SIGNED = VECTORS["hmac"] + VECTORS["worked_examples"]


def _named(vectors: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("vector", vectors, ids=lambda vector: vector["name"])


@_named(SIGNED)
def test_signature_is_what_the_sdk_sent(vector: dict[str, Any]) -> None:
    raw = bytes.fromhex(vector["sign_header_utf8_hex"])
    assert vxp.sign(vector["secret"], raw) == vector["hash_header"]


@_named(SIGNED)
def test_known_mistakes_give_another_signature(vector: dict[str, Any]) -> None:
    raw = bytes.fromhex(vector["sign_header_utf8_hex"])
    assert vxp.sign(vector["secret"], raw) not in {wrong["hash_header"] for wrong in vector["must_not_equal"]}


@_named(SIGNED)
def test_sign_header_is_byte_for_byte_the_sdks(vector: dict[str, Any]) -> None:
    parameters = {parameter["name"]: parameter["value"] for parameter in vector["parameters"]}
    assert vxp.sign_header(parameters).encode().hex() == vector["sign_header_utf8_hex"]


@_named(SIGNED)
def test_request_headers_carry_every_parameter_and_its_signature(vector: dict[str, Any]) -> None:
    parameters = {parameter["name"]: parameter["value"] for parameter in vector["parameters"]}
    headers = dict(vxp.request_headers(vector["secret"], parameters))
    assert headers["XroadVnpt-sign-header-key"] == vector["sign_header_key"]
    assert headers["XroadVnpt-hash-header"] == vector["hash_header"]
    assert headers["Content-Type"] == parameters["Content-Type"]
    assert all(headers[f"XroadVnpt-{name}"] == value for name, value in parameters.items())


@_named(VECTORS["unpadded_hash"])
def test_hash_is_written_without_padding(vector: dict[str, Any]) -> None:
    digest = bytes.fromhex(vector["sha256_padded"])
    assert vxp.unpadded_hex(digest) == vector["sha256_unpadded"]
    assert len(vector["sha256_unpadded"]) == vector["unpadded_length"]


@_named(VECTORS["unpadded_hash"])
def test_both_forms_of_a_hash_are_recognised(vector: dict[str, Any]) -> None:
    digest = bytes.fromhex(vector["sha256_padded"])
    assert vxp.matches_digest(vector["sha256_unpadded"], digest)
    assert vxp.matches_digest(vector["sha256_padded"].upper(), digest)
    assert not vxp.matches_digest(vector["sha256_unpadded"][:-1], digest)
    assert not vxp.matches_digest("", digest)


def test_time_stamp_has_milliseconds_where_others_have_a_zone() -> None:
    assert vxp.timestamp(datetime(2026, 11, 22, 14, 45, 30, 452_900, VIETNAM)) == "22112026T144530+0452"
    assert vxp.timestamp(datetime(2027, 3, 5, 14, 15, 16, 7_000, VIETNAM)) == "05032027T141516+0007"

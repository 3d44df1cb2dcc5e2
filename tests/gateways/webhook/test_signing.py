"""The signatures, against the worked vectors that receivers find in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

from lienthong.gateways.webhook.signing import is_link_signed, sign_link, sign_request

DOCUMENT = Path(__file__).parents[3] / "docs" / "operations" / "webhook.md"


def vector(name: str) -> str:
    """A line ``name: value`` of the worked example."""
    found = re.search(rf"^{name}: +(\S+)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, name
    return found[1]


def test_the_worked_vector_of_a_request() -> None:
    made = sign_request(
        vector("secret"), delivery_id=vector("delivery"), time=vector("time"), sha256=vector("body-sha256")
    )
    assert made == vector("signature")


def test_the_worked_vector_of_a_link() -> None:
    made = sign_link(
        vector("secret"), system_id=vector("system"), delivery_id=vector("delivery"), expires=int(vector("expires"))
    )
    assert made == vector("link-signature")


def test_each_part_of_a_link_is_covered() -> None:
    right = {"system_id": "HUB.MAU", "delivery_id": "0195", "expires": 1_900_000_000}
    signature = sign_link("bí mật", **right)
    assert is_link_signed(["khóa cũ", "bí mật"], signature, **right)
    assert not is_link_signed(["khóa khác"], signature, **right)
    assert not is_link_signed([], signature, **right)
    for changed in ({"system_id": "HUB.KHAC"}, {"delivery_id": "0196"}, {"expires": 1_900_000_001}):
        assert not is_link_signed(["bí mật"], signature, **{**right, **changed})

"""A SteeringType that the national client cannot read costs the receiver the whole file (protocol, section 7)."""

from __future__ import annotations

import io

import pytest

from edxml102.reader import read_package
from tests import packages


@pytest.mark.parametrize(
    ("text", "refused"),
    [("0", False), (" 1 ", True), ("", True), ("\n", True)],
)
def test_an_empty_or_padded_steering_type_is_refused(text: str, refused: bool) -> None:
    raw = packages.document("H99.01", "H99.02").replace(
        b"<edXML:SteeringType>0</edXML:SteeringType>", f"<edXML:SteeringType>{text}</edXML:SteeringType>".encode()
    )
    assert read_package(io.BytesIO(raw)).refused is refused

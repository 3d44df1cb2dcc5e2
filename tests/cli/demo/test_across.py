"""Whether a package that crossed an axis is still the one that was sent."""

from __future__ import annotations

from datetime import datetime

from edxml102.trace import locate, trace_header
from lienthong.cli.demo.across import is_intact
from tests import packages

SENT = packages.document("H99.01", "G98")


def handed_on(by: str) -> bytes:
    place = locate([SENT])
    assert place is not None
    hop = trace_header(place, organ_id=by, at=datetime(2024, 3, 15, 8))
    return SENT[: place.offset] + hop + SENT[place.offset :]


def test_one_hop_more_of_that_axis_leaves_it_intact() -> None:
    assert is_intact(SENT, handed_on("A99"), hop="A99")
    assert not is_intact(SENT, handed_on("A99"), hop="H99")
    assert not is_intact(SENT, SENT, hop="A99")


def test_any_other_byte_spoils_it() -> None:
    arrived = handed_on("A99")
    assert not is_intact(SENT, arrived.replace(b"Subject", b"subject"), hop="A99")
    assert not is_intact(SENT, arrived + b" ", hop="A99")
    assert not is_intact(SENT, arrived[:-1], hop="A99")


def test_a_signed_package_must_be_the_very_same() -> None:
    signature = b"<Signature><SignedInfo/><SignatureValue>bWF1</SignatureValue></Signature>"
    signed = SENT.replace(b"</edXML:edXMLHeader>", signature + b"</edXML:edXMLHeader>")
    assert is_intact(signed, signed, hop="A99")
    assert not is_intact(signed, signed.replace(b"bWF1", b"bWF2"), hop="A99")

"""A trace header is spliced in, and no other byte is touched."""

from __future__ import annotations

import io
import random
from datetime import datetime

import pytest

from edxml102.model import DocumentPackage
from edxml102.reader import read_package
from edxml102.trace import TracePlace, locate, spliced, trace_header
from tests import packages

AT = datetime(2024, 3, 15, 9, 30)
NS = 'xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016" xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"'


def skeleton(trace_list: str, *, signature: str = "", after: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\r\n<edXML {NS}><edXML:edXMLEnvelope><edXML:edXMLHeader>'
        f"<edXML:MessageHeader><edXML:Subject>Trích yếu có TraceHeader &amp; dấu</edXML:Subject></edXML:MessageHeader>"
        f"{trace_list}{signature}</edXML:edXMLHeader></edXML:edXMLEnvelope>{after}</edXML>\r\n"
    ).encode()


def hop(p: str = "edXML:", code: str = "H99.01") -> str:
    return f"<{p}TraceHeader><{p}OrganId>{code}</{p}OrganId></{p}TraceHeader>"


BUSSINESS = "<edXML:Bussiness><edXML:BussinessDocType>0</edXML:BussinessDocType></edXML:Bussiness>"


def splice(raw: bytes, *, chunk: int = 64 * 1024) -> tuple[bytes, bytes]:
    """The package after the hop, and what was put in."""
    place = locate(pieces(raw, chunk))
    assert place is not None
    insert = trace_header(place, organ_id="A99", at=AT)
    return b"".join(spliced(pieces(raw, chunk), place.offset, insert)), insert


def pieces(raw: bytes, size: int) -> list[bytes]:
    return [raw[at : at + size] for at in range(0, len(raw), size)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"<edXML:TraceHeaderList>{hop()}", f"{BUSSINESS}</edXML:TraceHeaderList>"),
        (f"<edXML:TraceHeaderList>{BUSSINESS}{hop()}{hop()}", "</edXML:TraceHeaderList>"),
        (f"<edXML:TraceHeaderList>\r\n  {BUSSINESS}\r\n  {hop()}", "\r\n</edXML:TraceHeaderList>"),
        ("<edXML:TraceHeaderList>", f"{BUSSINESS}</edXML:TraceHeaderList>"),
        ("<edXML:TraceHeaderList id='1' version='>'>", f"\r\n {BUSSINESS}</edXML:TraceHeaderList>"),
        ("<edXML:TraceHeaderList><edXML:TraceHeader/>", f"<!-- x --> {BUSSINESS}</edXML:TraceHeaderList>"),
        (f"<TraceHeaderList>{hop('')}", "</TraceHeaderList>"),
        ("<TraceHeaderList><TraceHeader/>", "</TraceHeaderList>"),
        (f"<ns0:TraceHeaderList>{hop('ns0:')}", "<?pi?></ns0:TraceHeaderList>"),
    ],
)
@pytest.mark.parametrize("chunk", [1, 7, 100_000])
def test_the_hop_stands_after_the_last_one_and_every_other_byte_is_as_it_was(
    before: str, after: str, chunk: int
) -> None:
    raw = skeleton(before + after)
    result, insert = splice(raw, chunk=chunk)
    at = raw.index(before.encode()) + len(before.encode())
    assert result == raw[:at] + insert + raw[at:]
    assert insert.strip().startswith(b"<" + before[1:].encode().partition(b"TraceHeaderList")[0] + b"TraceHeader><")


def test_the_new_hop_reads_back_last_with_the_white_space_of_the_others() -> None:
    raw = skeleton(f"<edXML:TraceHeaderList>\r\n    {hop()}\r\n</edXML:TraceHeaderList>")
    result, insert = splice(raw)
    assert insert.startswith(b"\r\n    <edXML:TraceHeader><edXML:OrganId>A99<")
    package = read_package(io.BytesIO(packages.document("H99.01", "G99"))).package
    assert isinstance(package, DocumentPackage)
    assert result.count(b"<edXML:TraceHeader>") == 2


def test_a_real_package_gains_one_hop_and_its_attachment_stays_whole() -> None:
    content = random.Random(7).randbytes(700_000)
    raw = packages.document("H99.01", "G99", content=content)
    first, _ = splice(raw, chunk=1000)
    second, _ = splice(first)
    read = read_package(io.BytesIO(second)).package
    assert isinstance(read, DocumentPackage)
    assert [(trace.organ_id, trace.timestamp) for trace in read.trace.traces[1:]] == [
        ("A99", "2024/03/15 09:30:00")
    ] * 2
    original = read_package(io.BytesIO(raw)).package
    assert isinstance(original, DocumentPackage)
    assert read.header == original.header
    assert read.attachments[0].view is not None
    assert original.attachments[0].view is not None
    assert read.attachments[0].view.sha256 == original.attachments[0].view.sha256


SIGNED_INFO = "<SignedInfo/><SignatureValue>x</SignatureValue>"
LIST = f"<edXML:TraceHeaderList>{hop()}{BUSSINESS}</edXML:TraceHeaderList>"


@pytest.mark.parametrize(
    "raw",
    [
        skeleton(LIST, signature=f"<Signature>{SIGNED_INFO}</Signature>"),
        skeleton(LIST, signature="<edXML:DigitalSignature><a/></edXML:DigitalSignature>"),
        skeleton(LIST, signature="<Signature>abc</Signature>"),
        skeleton(LIST, after=f"<Signature>{SIGNED_INFO}</Signature>"),
        skeleton(f"<Signature>{SIGNED_INFO}</Signature>{LIST}"),
        skeleton("<edXML:TraceHeaderList/>"),
        skeleton(""),
        b"<html>502 Bad Gateway</html>",
        b"<edXML><edXMLEnvelope><edXMLHeader><TraceHeaderList>",
        b"\x00\xff nonsense",
        b"",
        b"<!DOCTYPE edXML>" + skeleton(LIST).partition(b"\r\n")[2],
        packages.status("H99.01", "G99", "VB-1", "01"),
    ],
    ids=lambda raw: repr(raw[-60:]),
)
@pytest.mark.parametrize("chunk", [1, 64 * 1024])
def test_signed_packages_and_those_without_a_list_have_no_place(raw: bytes, chunk: int) -> None:
    assert locate(pieces(raw, chunk)) is None


@pytest.mark.parametrize("signature", ["", "<Signature/>", "<edXML:DigitalSignature> </edXML:DigitalSignature>"])
def test_an_empty_signature_signs_nothing(signature: str) -> None:
    assert locate([skeleton(LIST, signature=signature)]) is not None


def test_names_and_text_are_written_as_xml() -> None:
    insert = trace_header(TracePlace(0, "e:", b"\n"), organ_id="<&>", at=AT)
    assert insert == (
        b"\n<e:TraceHeader><e:OrganId>&lt;&amp;&gt;</e:OrganId>"
        b"<e:Timestamp>2024/03/15 09:30:00</e:Timestamp></e:TraceHeader>"
    )

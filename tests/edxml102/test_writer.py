"""The bytes of written packages: what clients of the national axis rely on, and what is never written."""

from __future__ import annotations

import base64
import hashlib
import io
import tracemalloc
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edxml102.errors import EdxmlError
from edxml102.model import NAMESPACE, DocumentPackage, Extra, Package, SignatureInfo
from edxml102.reader import read_package
from edxml102.writer import manifest_of, write_package
from tests.edxml102.examples import CONTENTS, NEW, REPLACEMENT, SOUND, STATUS, TODAY, UPDATE, put


class Trickle(io.RawIOBase):
    """A stream that answers with few bytes at a time, and holds none of them."""

    def __init__(self, size: int, at_once: int) -> None:
        self.left = size
        self.at_once = at_once

    def read(self, size: int = -1, /) -> bytes:
        given = min(self.left, self.at_once, size if size >= 0 else self.left)
        self.left -= given
        return b"\x5a" * given


class Count(io.RawIOBase):
    """Counts and forgets."""

    def write(self, data: Any, /) -> int:
        return len(data)


def write(package: Package, **arguments: Any) -> bytes:
    out = io.BytesIO()
    given = CONTENTS if isinstance(package, DocumentPackage) else {}
    write_package(package, out, **{"contents": given, "today": TODAY, **arguments})
    return out.getvalue()


def refusal(package: Package, **arguments: Any) -> set[tuple[str, str]]:
    out = io.BytesIO()
    with pytest.raises(EdxmlError) as caught:
        write_package(package, out, **{"contents": CONTENTS, "today": TODAY, **arguments})
    assert out.getvalue() == b""
    return {(finding.id, finding.path) for finding in caught.value.findings}


def local_names(element: ET.Element) -> list[str]:
    return [child.tag.rpartition("}")[2] for child in element]


def test_the_skeleton_is_the_one_in_circulation() -> None:
    text = write(NEW).decode()

    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<edXML xmlns="' + NAMESPACE + '">\n')
    assert f'<edXML:edXMLEnvelope xmlns:edXML="{NAMESPACE}">' in text
    assert '<edXML:edXMLManifest version="1.0">' in text
    assert "\n  <AttachmentEncoded>\n    <Attachment>\n      <ContentId>cid:1</ContentId>\n" in text
    assert f'<edXML:ContentTransferEncoded xmlns:edXML="{NAMESPACE}">JVBER' in text
    assert text.endswith("  </AttachmentEncoded>\n</edXML>\n")
    assert "\r" not in text


def test_every_element_is_in_the_namespace() -> None:
    tags = {element.tag for element in ET.fromstring(write(NEW)).iter()}

    assert all(tag.startswith("{" + NAMESPACE + "}") for tag in tags)


def test_the_header_follows_the_numbers_of_the_standard() -> None:
    header = ET.fromstring(write(NEW)).find(".//{*}MessageHeader")

    assert header is not None
    assert local_names(header) == [
        "From", "To", "To", "Code", "PromulgationInfo", "DocumentType", "Subject", "Content", "SignerInfo", "DueDate",
        "ToPlaces", "OtherInfo", "ResponseFor", "SteeringType", "DocumentId",
    ]  # fmt: skip


def test_a_status_is_a_header_only() -> None:
    root = ET.fromstring(write(STATUS))
    header = root.find("{*}edXMLEnvelope/{*}edXMLHeader/{*}MessageHeader")

    assert local_names(root) == ["edXMLEnvelope"]
    assert header is not None
    assert local_names(header) == ["From", "ResponseFor", "StaffInfo", "StatusCode", "Description", "Timestamp"]
    assert header.findtext("{*}StatusCode") == "03"


@pytest.mark.parametrize("package", [NEW, UPDATE, REPLACEMENT])
def test_what_the_national_client_needs_is_there(package: DocumentPackage) -> None:
    root = ET.fromstring(write(package))

    assert len(root.findall(".//{*}MessageHeader/{*}DocumentId")) == 1
    assert int(root.findtext(".//{*}SteeringType", default="")) >= 0
    for attachment in root.iter("{" + NAMESPACE + "}Attachment"):
        assert attachment.findtext("{*}AttachmentName")
        assert attachment.findtext("{*}ContentType")
        assert base64.b64decode(attachment.findtext("{*}ContentTransferEncoded", default=""), validate=True)


def test_an_update_and_a_replacement_name_what_they_touch() -> None:
    update, replacement = ET.fromstring(write(UPDATE)), ET.fromstring(write(REPLACEMENT))

    assert update.findtext(".//{*}BussinessDocumentInfo/{*}ReceiverList/{*}Receiver/{*}ReceiverType") == "1"
    assert replacement.findtext(".//{*}ReplacementInfoList/{*}ReplacementInfo/{*}OrganIdList/{*}OrganId")


@pytest.mark.parametrize("package", SOUND.values(), ids=SOUND.keys())
def test_a_package_built_again_is_the_same_to_the_byte(package: Package) -> None:
    assert write(package) == write(package)


def test_the_report_is_about_the_bytes_written() -> None:
    out = io.BytesIO()
    report = write_package(NEW, out, CONTENTS, today=TODAY)
    data = out.getvalue()

    assert (report.size, report.sha256) == (len(data), hashlib.sha256(data).digest())
    assert isinstance(report.package, DocumentPackage)
    for attachment in report.package.attachments:
        assert attachment.view is not None
        encoded = data[attachment.view.begin : attachment.view.end]
        assert base64.b64decode(encoded, validate=True) == CONTENTS[attachment.content_id]


def test_content_comes_from_files_streams_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(CONTENTS["1"])

    from_others = write(NEW, contents={"1": tmp_path / "a.pdf", "2": io.BytesIO(CONTENTS["2"])})

    assert from_others == write(NEW)


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_a_stream_may_answer_in_small_pieces(at_once: int) -> None:
    package = put(put(NEW, "attachments", NEW.attachments[:1]), "manifest", NEW.manifest[:1])

    out = io.BytesIO()
    write_package(package, out, {"1": Trickle(10_001, at_once)}, today=TODAY)
    out.seek(0)
    read = read_package(out)

    assert not read.refused
    assert read.package.attachments[0].view.size == 10_001


def test_memory_stays_flat() -> None:
    package = put(put(NEW, "attachments", NEW.attachments[:1]), "manifest", NEW.manifest[:1])

    tracemalloc.start()
    report = write_package(package, Count(), {"1": Trickle(48 * 2**20, 2**20)}, today=TODAY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert report.size > 64 * 2**20
    assert peak < 12 * 2**20


def test_a_package_that_breaks_a_rule_is_not_written() -> None:
    broken = put(put(NEW, "header.subject", ""), "header.steering_type", "x")

    found = refusal(broken)

    assert {
        ("header.subject.missing", "MessageHeader/Subject"),
        ("header.steering_type.form", "MessageHeader/SteeringType"),
    } <= found


def test_the_rules_can_be_left_out() -> None:
    assert b"<edXML:SteeringType>x<" in write(put(NEW, "header.steering_type", "x"), check=False)


def test_contents_match_the_attachments_one_to_one(tmp_path: Path) -> None:
    path = "AttachmentEncoded/Attachment[2]/ContentTransferEncoded"

    assert refusal(NEW, contents={"1": b""}) == {("attachment.content.not_given", path)}
    assert refusal(NEW, contents={**CONTENTS, "3": b""}) == {("attachment.content.not_used", "AttachmentEncoded")}
    assert refusal(NEW, contents={"1": b"", "2": tmp_path}) == {("attachment.content.unreadable", path)}
    assert refusal(STATUS, contents={"1": b""}) == {("attachment.content.not_used", "AttachmentEncoded")}


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1b", "\ufffe", "\uffff", "\ud800"])
@pytest.mark.parametrize("check", [True, False])
def test_characters_that_xml_cannot_say_are_refused(character: str, check: bool) -> None:
    subject = put(NEW, "header.subject", f"a{character}b")
    name = put(NEW, "attachments.0.description", character)
    attribute = put(NEW, "trace.id", character)

    assert refusal(subject, check=check) == {("xml.character", "MessageHeader/Subject")}
    assert refusal(name, check=check) == {("xml.character", "AttachmentEncoded/Attachment/Description")}
    assert refusal(attribute, check=check) == {("xml.character", "TraceHeaderList/@id")}


@pytest.mark.parametrize(
    "extra",
    [
        Extra(name="a b"),
        Extra(name=""),
        Extra(name="1a"),
        Extra(name="x", attributes=(("a=b", ""),)),
        Extra(name="x", attributes=(("xmlns:q", "urn:q"),)),
        Extra(name="x", children=(Extra(name="a><b"),)),
    ],
)
def test_names_that_xml_cannot_say_are_refused(extra: Extra) -> None:
    assert {finding for finding, _ in refusal(put(NEW, "header.extras", (extra,)))} == {"xml.name"}


def test_unknown_elements_are_written_back() -> None:
    extra = Extra(name="VendorNote", text="a", attributes=(("xlink:href", "b"),), children=(Extra(name="C"),))
    root = ET.fromstring(write(put(NEW, "header.from_.extras", (extra,))))

    note = root.find(".//{*}From/{*}VendorNote")

    assert note is not None
    assert note.text == "a"
    assert note.attrib == {"{http://www.w3.org/1999/xlink}href": "b"}
    assert local_names(note) == ["C"]


def test_an_old_signature_is_never_carried_over() -> None:
    assert refusal(replace(NEW, signature=SignatureInfo()), check=False) == {
        ("header.signature.not_rewritten", "Signature")
    }


def test_the_manifest_lists_the_attachments() -> None:
    assert [line.content_id for line in manifest_of(NEW.attachments)] == ["1", "2"]
    assert manifest_of(()) == ()


def test_a_document_without_attachments_has_an_empty_manifest() -> None:
    package = put(put(NEW, "attachments", ()), "manifest", ())
    root = ET.fromstring(write(package, contents={}))

    assert root.find(".//{*}edXMLManifest") is not None
    assert root.find("{*}AttachmentEncoded") is None

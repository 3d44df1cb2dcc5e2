"""What must be refused, each with a finding that helps (protocol, section 8), and every cap."""

from __future__ import annotations

import hashlib
import time
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest

from edxml102.errors import Severity
from edxml102.limits import Limits
from edxml102.reader import PackageReader, ReadResult
from tests.edxml102 import golden
from tests.edxml102.golden import HEADER, attachment, document, swap, zip_attachment, zipped

REFUSED = golden.refused()
VIETNAMESE_MARKS = {"\N{COMBINING DOT BELOW}", "\N{COMBINING HOOK ABOVE}", "\N{COMBINING ACUTE ACCENT}"}


def read(package: bytes, limits: Limits | None = None) -> ReadResult:
    reader = PackageReader(limits or Limits())
    reader.feed(package)
    return reader.close()


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_every_structural_hazard(name: str) -> None:
    finding_id, package = REFUSED[name]

    result = read(package)

    assert result.refused
    assert [finding.id for finding in result.findings] == [finding_id]
    assert (result.size, result.sha256) == (len(package), hashlib.sha256(package).digest())


@pytest.mark.parametrize("name", REFUSED)
def test_findings_are_vietnamese_sentences(name: str) -> None:
    for finding in read(REFUSED[name][1]).findings:
        assert finding.severity is Severity.ERROR
        assert finding.message.endswith(".")
        assert VIETNAMESE_MARKS & set(unicodedata.normalize("NFD", finding.message))
        assert unicodedata.is_normalized("NFC", finding.message)


@pytest.mark.parametrize(
    ("name", "line", "byte"),
    [
        ("junk_before", 1, 0),
        ("junk_after_bom", 1, 3),
        ("text_after_root", None, len(document())),
        ("bad_utf8", 8, swap(document(), "Sở Kiểm", b"S\xff Ki").index(b"\xff")),
        ("stray_byte", None, document(attachment("QUJ!")).index(b"QUJ!") + 3),
        ("doctype", 2, None),
        ("undefined_entity", 32, None),
    ],
)
def test_findings_say_where(name: str, line: int | None, byte: int | None) -> None:
    (finding,) = read(REFUSED[name][1]).findings

    assert line in (None, finding.line)
    assert byte in (None, finding.byte)


def test_junk_is_shown() -> None:
    assert "“1212”" in read(REFUSED["junk_before"][1]).findings[0].message


def test_a_namespace_that_was_found_is_named() -> None:
    assert "http://www.e-doc.example/Schema/" in read(REFUSED["wrong_namespace"][1]).findings[0].message


def test_texts_from_outside_are_short_and_printable_in_findings() -> None:
    package = document(zip_attachment(zipped("\u202e/" + "a" * 500), name="t" * 5000))

    (finding,) = read(package).findings

    assert len(finding.message) < 400
    assert finding.message.isprintable()


def test_lines_are_counted_across_base64_with_line_breaks() -> None:
    package = document(attachment("QUJD\r\n" * 1000))

    result = read(swap(package, "</Attachment>", "<ContentType/></Attachment>"))

    assert result.findings[0].line == package[: package.index(b"</Attachment>")].count(b"\n") + 1


def test_several_faults_are_reported_together() -> None:
    header = HEADER.replace("<edXML:Code>", "<edXML:DocumentId>x</edXML:DocumentId><edXML:Code>", 1)

    result = read(document(attachment("QUJ!"), zip_attachment(b"PDF"), header=header))

    assert {finding.id for finding in result.findings} == {
        "base64.invalid",
        "header.document_id.doubled",
        "attachment.not_zip",
    }
    assert result.package is not None


def test_after_a_refusal_bytes_are_still_hashed() -> None:
    reader = PackageReader()
    for _ in range(3):
        reader.feed(b"<!DOCTYPE a>" * 5000)

    result = reader.close()

    assert result.sha256 == hashlib.sha256(b"<!DOCTYPE a>" * 15000).digest()
    assert [finding.id for finding in result.findings] == ["xml.doctype"]


def test_one_fault_repeated_many_times_is_one_finding() -> None:
    header = HEADER.replace("<edXML:DueDate>", "<Subject/>" * 5000 + "<edXML:DueDate>")

    assert len(read(document(header=header)).findings) == 1


def test_folders_are_fine_in_an_archive_that_receivers_leave_packed() -> None:
    assert not read(document(zip_attachment(zipped("a/b.txt", "a/c.txt"), name="a.zip"))).findings


def test_a_password_makes_a_zip_unreadable_for_receivers() -> None:
    locked = bytearray(zipped("a.xls"))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1

    assert [finding.id for finding in read(document(zip_attachment(bytes(locked)))).findings] == ["zip.method"]


def test_an_archive_with_more_entries_than_are_looked_at_is_counted() -> None:
    result = read(document(zip_attachment(zipped(*(f"{n}.txt" for n in range(5000))))))

    assert [finding.id for finding in result.findings] == ["zip.many_entries"]
    assert "5000" in result.findings[0].message


# -- caps

LIMITS = Limits()


def deep(levels: int) -> bytes:
    return document(header=HEADER.replace("<edXML:DueDate>", "<a>" * levels + "</a>" * levels + "<edXML:DueDate>"))


def attributes(count: int) -> str:
    return "<a " + " ".join(f"b{n}='1'" for n in range(count)) + "/>"


def with_header(text: str) -> bytes:
    return document(header=HEADER.replace("<edXML:DueDate>", text + "<edXML:DueDate>"))


@pytest.mark.parametrize(
    ("finding_id", "limits", "fits", "over"),
    [
        ("limit.depth", LIMITS, deep(28), deep(29)),
        ("limit.elements", LIMITS, with_header("<a/>" * 19_000), with_header("<a/>" * 20_000)),
        ("limit.name", LIMITS, with_header(f"<{'a' * 128}/>"), with_header(f"<{'a' * 129}/>")),
        ("limit.name", LIMITS, with_header(f"<a {'a' * 128}='1'/>"), with_header(f"<a {'a' * 129}='1'/>")),
        (
            "limit.attributes",
            LIMITS,
            with_header(attributes(32)),
            with_header(attributes(33)),
        ),
        ("limit.header", LIMITS, with_header("<a>xxxx</a>" * 15_000), with_header(f"<a>{'x' * 200_000}</a>" * 22)),
        ("limit.token", LIMITS, with_header(f"<a>{'x' * 262_144}</a>"), with_header(f"<a>{'x' * 262_145}</a>")),
        ("limit.token", LIMITS, with_header(f"<!--{'x' * 200_000}-->"), with_header(f"<!--{'x' * 300_000}-->")),
        ("limit.token", LIMITS, with_header(f"<a b='{'x' * 200_000}'/>"), with_header(f"<a b='{'x' * 300_000}'/>")),
        ("limit.attachments", LIMITS, document(*[attachment("")] * 200), document(*[attachment("")] * 201)),
        (
            "limit.attachment",
            replace(LIMITS, attachment_bytes=30_000),
            document(attachment("QUJD" * 10_000)),
            document(attachment("QUJD" * 10_001)),
        ),
        (
            "limit.attachment",
            replace(LIMITS, attachment_bytes=30_000),
            document(attachment(f"<![CDATA[{'QUJD' * 10_000}]]>")),
            document(attachment(f"<![CDATA[{'QUJD' * 20_000}]]>")),
        ),
        ("limit.package", replace(LIMITS, package_bytes=len(document())), document(), document() + b"\n"),
        (
            "zip.too_big",
            replace(LIMITS, zip_bytes=1000),
            document(zip_attachment(zipped("a.xls", content=b"x" * 1000))),
            document(zip_attachment(zipped("a.xls", content=b"x" * 1001))),
        ),
    ],
)
def test_caps(finding_id: str, limits: Limits, fits: bytes, over: bytes) -> None:
    assert read(fits, limits).findings == ()

    result = read(over, limits)

    assert [finding.id for finding in result.findings] == [finding_id]
    assert result.refused


def test_a_content_in_cdata_does_not_count_as_header() -> None:
    package = document(attachment(f"<![CDATA[{'QUJD' * 300_000}]]>"))

    assert not read(package, replace(LIMITS, header_bytes=100_000)).findings


NAME = "ContentTransferEncoded"


@pytest.mark.parametrize(
    "make",
    [
        lambda: document().replace(b"<edXML:Subject>", b"<!--" + b"x" * 8_000_000),
        lambda: document().replace(b"<edXML:Subject>", b"<a b='" + b"&amp;" * 2_000_000),
        lambda: document().replace(b"<edXML:Subject>", b"<!--" + f"{NAME}>".encode() * 300_000),
        lambda: with_header(f"<!--{f'{NAME}>' * 5_000}-->" * 30),
        lambda: with_header(f"<a b='{NAME}>'/>" * 10_000),
        lambda: with_header("<a>x<b/>" * 25 + "x<b/>" * 15_000 + "</a>" * 25),
        lambda: document(*[attachment("QUJD" * 3 + "&#65;" * 4)] * 200),
        lambda: document(attachment("QUJD&#65;&#65;&#65;&#65;" * 40_000)),
        lambda: document(attachment("<!-- -->QUJD" * 60_000)),
        lambda: document(zip_attachment(b"PK\x03\x04" + b"PK\x05\x06" * 60_000)),
        lambda: document(*[attachment("") + "<AttachmentEncoded/>"] * 200),
    ],
    ids=[
        "huge_comment", "huge_attribute", "names_in_a_huge_comment", "names_in_comments", "names_in_attributes",
        "mixed_text", "references", "many_references", "comments_in_content", "end_records", "lists",
    ],
)  # fmt: skip
def test_hostile_packages_are_read_in_bounded_time(make: Callable[[], bytes]) -> None:
    package = make()
    started = time.process_time()

    read(package)

    assert time.process_time() - started < 1.5

"""What must be read: every variation in circulation (specification 3.4; protocol, section 7)."""

from __future__ import annotations

import hashlib
import io

import pytest

from edxml102 import model
from edxml102.errors import EdxmlError, Severity
from edxml102.reader import PackageReader, ReadResult, decode_attachment, read_package
from tests.edxml102 import golden
from tests.edxml102.golden import HEADER, PDF, attachment, document, status, swap

ACCEPTED = golden.accepted()


def read(package: bytes) -> ReadResult:
    reader = PackageReader()
    reader.feed(package)
    return reader.close()


def read_document(package: bytes) -> model.DocumentPackage:
    result = read(package)
    assert not result.refused, result.findings
    assert isinstance(result.package, model.DocumentPackage)
    return result.package


def contents(package: bytes) -> list[bytes]:
    """What decode_attachment gives; its hash and size must be the ones that reading found."""
    decoded = []
    for item in read_document(package).attachments:
        assert item.view is not None
        data = b"".join(decode_attachment(io.BytesIO(package), item.view, chunk_size=7))
        assert (len(data), hashlib.sha256(data).digest()) == (item.view.size, item.view.sha256)
        decoded.append(data)
    return decoded


@pytest.mark.parametrize("name", ACCEPTED)
def test_it_reads_every_variation_in_circulation(name: str) -> None:
    result = read(ACCEPTED[name])

    assert [finding for finding in result.findings if finding.severity is Severity.ERROR] == []
    assert result.package is not None
    assert (result.size, result.sha256) == (len(ACCEPTED[name]), hashlib.sha256(ACCEPTED[name]).digest())


SAME_HEADER = (
    "no_prefix", "all_prefixed", "other_prefix", "undeclared_prefix", "namespace_per_element", "crlf", "bom",
    "bom_without_declaration", "no_declaration", "blank_lines_without_declaration", "lower_case_encoding",
    "trailing_blanks", "trailing_comment", "comments", "processing_instructions", "odd_start_tag", "base64_lines",
)  # fmt: skip


@pytest.mark.parametrize("name", SAME_HEADER)
def test_form_does_not_change_what_is_read(name: str) -> None:
    plain, other = read_document(document()), read_document(ACCEPTED[name])

    assert other.header == plain.header
    assert other.trace == plain.trace
    assert other.manifest == plain.manifest
    assert contents(ACCEPTED[name]) == [PDF]


def test_it_reads_every_field_of_a_document() -> None:
    package = read_document(document(signature=golden.SIGNATURE.format(namespace=golden.DSIG)))
    header, bussiness = package.header, package.trace.bussiness

    assert header.from_.organ_id == "000.00.05.H24"
    assert header.from_.organization_in_charge == "UBND thành phố Mẫu"
    assert header.from_.fax == ""
    assert [organ.organ_id for organ in header.to] == ["000.00.30.H24", "H24.30.12"]
    assert header.code.text == "118/SKT-VP"
    assert header.promulgation_info.place == "thành phố Mẫu"
    assert header.document_type.type_name == "Công văn"
    assert header.content == "Nội dung mẫu & không có thật"
    assert header.signer_info.full_name == "Trần Thị Mẫu"
    assert header.due_date == "2026/03/20"
    assert header.to_places == ("Như trên", "Lưu: VT")
    assert header.other_info.appendixes == ("Phụ lục 1",)
    assert header.response_for[0].code == "7/QTN"
    assert header.steering_type == "0"
    assert header.document_id == golden.DOCUMENT_ID
    assert (package.trace.id, package.trace.version) == ("tr-1", "1.0")
    assert package.trace.traces[0].timestamp == "2026/03/02 08:15:00"
    assert (bussiness.document_type, bussiness.reason, bussiness.paper) == ("2", "Sửa nơi nhận", "0")
    assert bussiness.document_info[0].receivers[0].receiver_type == "1"
    assert bussiness.staff_info[0].staff == "Lê Văn Thử"
    assert bussiness.replacements[0].organ_ids == ("000.00.30.H24",)
    assert package.signature is not None
    assert package.signature.subject_name == "CN=Mẫu"
    assert package.manifest[0].attachment_name == "118-SKT-VP.pdf"
    assert package.attachments[0].description == "Bản ký số"
    assert not package.extras
    assert not header.extras


def test_it_tells_a_status_by_its_status_code() -> None:
    package = read(status()).package

    assert isinstance(package, model.StatusPackage)
    assert package.status_code == "03"
    assert package.response_for.organ_id == "000.00.05.H24"
    assert package.staff_info == model.StaffInfo(staff="Phạm Thử", department="Văn thư")
    assert package.description == "Đã tiếp nhận"
    assert package.timestamp == "2026/03/02 09:00:00"


def test_a_status_without_staff_has_none() -> None:
    package = read(swap(status(), "StaffInfo>", "Khac>")).package

    assert isinstance(package, model.StatusPackage)
    assert package.staff_info is None
    assert package.extras[0].name == "Khac"


def test_parts_that_a_status_cannot_have_are_kept_as_extras() -> None:
    package = read(swap(status(), "</edXML>", f"<AttachmentEncoded>{attachment()}</AttachmentEncoded></edXML>")).package

    assert isinstance(package, model.StatusPackage)
    assert [extra.name for extra in package.extras] == ["AttachmentEncoded"]


@pytest.mark.parametrize("name", ["double_cid", "no_cid"])
def test_content_ids_lose_every_leading_cid(name: str) -> None:
    package = read_document(ACCEPTED[name])

    assert package.manifest[0].content_id == package.attachments[0].content_id == "1"


def test_a_reference_may_name_its_attachment_by_href_only() -> None:
    href = swap(document(), "<edXML:Reference>", '<edXML:Reference xlink:href="cid:1">')

    package = read_document(swap(href, "<edXML:ContentId>cid:1</edXML:ContentId>", ""))

    assert package.manifest[0].content_id == "1"


def test_the_manifest_may_be_called_manifest() -> None:
    assert read_document(ACCEPTED["manifest_name"]).manifest == read_document(document()).manifest


@pytest.mark.parametrize("signature", ["", "<edXML:DigitalSignature/>", "<Signature> </Signature>"])
def test_an_empty_signature_is_none(signature: str) -> None:
    assert read_document(document(signature=signature)).signature is None


@pytest.mark.parametrize(("name", "verifiable"), [("signature_qcvn", False), ("signature_dsig", True)])
def test_only_a_signature_of_the_dsig_namespace_can_be_verified(name: str, verifiable: bool) -> None:
    signature = read_document(ACCEPTED[name]).signature

    assert signature is not None
    assert signature.is_verifiable is verifiable
    assert signature.signature_method.endswith("#rsa-sha256")
    assert signature.reference_uris == ("",)
    assert signature.digest_methods == ("http://www.w3.org/2001/04/xmlenc#sha256",)


def test_a_signature_takes_its_prefix_from_the_nearest_declaration() -> None:
    signature = golden.SIGNATURE.format(namespace=golden.DSIG).replace("<", "<ds:").replace("<ds:/", "</ds:")

    package = read_document(document(signature=signature.replace("xmlns=", "xmlns:ds=")))

    assert package.signature is not None
    assert package.signature.is_verifiable


def test_unknown_elements_are_kept_whole() -> None:
    extra = read_document(ACCEPTED["unknown_elements"]).header.extras[0]

    assert extra == model.Extra(
        name="La", text="d", attributes=(("b:x", "1"),), children=(model.Extra(name="Con", text="c"),)
    )


@pytest.mark.parametrize("place", ["From", "Code", "SignerInfo", "OtherInfo", "DocumentType", "PromulgationInfo"])
def test_unknown_elements_are_kept_in_their_group(place: str) -> None:
    header = HEADER.replace(f"</edXML:{place}>", f"<Moi>x</Moi></edXML:{place}>", 1)

    assert str(read_document(document(header=header)).header).count("Extra(name='Moi', text='x'") == 1


@pytest.mark.parametrize(
    ("old", "where"),
    [
        ("</edXML:ToPlaces>", "header"),
        ("</edXML:TraceHeader>", "trace"),
        ("</edXML:Receiver>", "trace"),
        ("</edXML:OrganIdList>", "trace"),
        ("</edXML:Reference>", "manifest"),
        ("</Attachment>", "attachments"),
        ("</AttachmentEncoded>", "extras"),
        ("</edXML:edXMLBody>", "extras"),
        ("</edXML:edXMLEnvelope>", "extras"),
        ("</edXML>", "extras"),
    ],
)
def test_unknown_elements_are_kept_anywhere(old: str, where: str) -> None:
    package = read_document(swap(document(), old, "<Moi>x</Moi>" + old))

    assert "Extra(name='Moi', text='x'" in str(getattr(package, where))


def test_text_beside_children_is_kept() -> None:
    header = HEADER.replace("<edXML:DueDate>", "<La>a<b>x</b>c<b/>d</La><edXML:DueDate>")

    assert read_document(document(header=header)).header.extras[0].text == "acd"


def test_a_text_field_with_children_keeps_both() -> None:
    header = read_document(document(header=HEADER.replace("V/v thử", "V/v <i>thử</i>"))).header

    assert header.subject == "V/v  nghiệm liên thông giữa các đơn vị mẫu"
    assert header.extras[0].children == (model.Extra(name="i", text="thử"),)


def test_cdata_in_a_text_is_text() -> None:
    assert read_document(ACCEPTED["cdata_text"]).header.subject.startswith("V/v <ContentTransferEncoded> thử nghiệm")


def test_an_empty_group_is_there_but_empty() -> None:
    responses = read_document(ACCEPTED["empty_groups"]).header.response_for

    assert [response.is_empty for response in responses] == [False, True]


def test_texts_are_stripped_outside_and_kept_inside() -> None:
    header = HEADER.replace(">Sở Kiểm thử<", ">\r\n\t Sở  Kiểm\nthử \n<")

    assert read_document(document(header=header)).header.from_.organ_name == "Sở  Kiểm\nthử"


@pytest.mark.parametrize(
    "name",
    [
        "cdata_content",
        "cdata_half",
        "comment_in_content",
        "comment_after_content",
        "content_before_type",
        "many_brackets_in_tag",
        "crlf",
    ],
)
def test_content_is_decoded_however_it_is_written(name: str) -> None:
    assert contents(ACCEPTED[name]) == [PDF]


def test_character_references_in_content_are_resolved() -> None:
    assert contents(ACCEPTED["character_reference"]) == [b"\0\0\0ABC\0\0\0"]


def test_two_attachments_have_their_own_content() -> None:
    assert contents(ACCEPTED["two_attachments"]) == [PDF, b"ABC"]


@pytest.mark.parametrize("name", ["empty_content", "self_closed_content", "only_a_comment_in_content"])
def test_no_content_is_an_attachment_of_no_bytes(name: str) -> None:
    assert contents(ACCEPTED[name]) == [b""]


def test_an_attachment_without_content_element_has_no_view() -> None:
    package = swap(document("<Attachment><AttachmentName>a.pdf</AttachmentName></Attachment>"), "\n", " ")

    assert read_document(package).attachments[0].view is None


@pytest.mark.parametrize("name", ["bom", "base64_lines", "cdata_content", "odd_start_tag", "document"])
def test_a_view_is_the_range_between_the_tags(name: str) -> None:
    package = ACCEPTED[name]
    view = read_document(package).attachments[0].view

    assert view is not None
    assert package[: view.begin].endswith(b">")
    assert package[view.end :].startswith(b"</edXML:ContentTransferEncoded>")
    assert view.cdata is (name == "cdata_content")


def test_a_package_without_attachments_is_read() -> None:
    assert read_document(ACCEPTED["no_attachments"]).attachments == ()


def test_a_repeated_element_is_kept_once_and_reported_once() -> None:
    package = swap(document(), "<edXML:DueDate>", "<Subject>b</Subject><Subject/><edXML:DueDate>")

    result = read(package)

    assert isinstance(result.package, model.DocumentPackage)
    assert result.package.header.subject.startswith("V/v")
    assert [(finding.id, finding.path) for finding in result.findings] == [("element.doubled", "MessageHeader/Subject")]
    assert result.findings[0].line == package[: package.index(b"<Subject>")].count(b"\n") + 1
    assert not result.refused


@pytest.mark.parametrize("name", ["empty_zip"])
def test_an_empty_archive_is_only_worth_a_warning(name: str) -> None:
    assert [finding.id for finding in read(ACCEPTED[name]).findings] == ["zip.empty"]


def test_decoding_other_bytes_than_were_read_raises() -> None:
    package = document()
    view = read_document(package).attachments[0].view
    assert view is not None

    stray = package[: view.begin] + b"!" + package[view.begin + 1 :]
    for other in (package[: view.begin + 40], stray, package[1:]):
        with pytest.raises(EdxmlError):
            b"".join(decode_attachment(io.BytesIO(other), view))


def test_a_stream_is_read_to_its_end() -> None:
    result = read_package(io.BytesIO(document()), chunk_size=100)

    assert result == read(document())


def test_a_reader_is_used_once() -> None:
    reader = PackageReader()
    reader.close()

    with pytest.raises(EdxmlError):
        reader.feed(b"x")
    with pytest.raises(EdxmlError):
        reader.close()

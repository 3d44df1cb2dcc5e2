"""Packages as bytes for every quirk and hazard, put together from parts of our own; every name and text is invented.

They are written by hand and not by ``edxml102.writer``, so that a fault in the writer cannot hide one in the reader.
"""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode

NS = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
PDF = b"%PDF-1.4\n% mau\n" + bytes(range(256)) * 3
DOCUMENT_ID = "000.00.05.H24,2026/03/02,118/SKT-VP"

HEADER = """\
<edXML:MessageHeader>
  <edXML:From>
    <edXML:OrganId>000.00.05.H24</edXML:OrganId>
    <edXML:OrganizationInCharge>UBND thành phố Mẫu</edXML:OrganizationInCharge>
    <edXML:OrganName>Sở Kiểm thử</edXML:OrganName>
    <edXML:OrganAdd>Số 1 đường Thử Nghiệm</edXML:OrganAdd>
    <edXML:Email>sokt@mau.example</edXML:Email>
    <edXML:Telephone>(0225) 000 0001</edXML:Telephone>
    <edXML:Fax/>
    <edXML:Website>sokt.mau.example</edXML:Website>
  </edXML:From>
  <edXML:To>
    <edXML:OrganId>000.00.30.H24</edXML:OrganId>
    <edXML:OrganName>Quận Thử Nghiệm</edXML:OrganName>
  </edXML:To>
  <edXML:To>
    <edXML:OrganId>H24.30.12</edXML:OrganId>
    <edXML:OrganName>Phường Ví Dụ</edXML:OrganName>
  </edXML:To>
  <edXML:Code><edXML:CodeNumber>118</edXML:CodeNumber><edXML:CodeNotation>SKT-VP</edXML:CodeNotation></edXML:Code>
  <edXML:PromulgationInfo>
    <edXML:Place>thành phố Mẫu</edXML:Place>
    <edXML:PromulgationDate>2026/03/02</edXML:PromulgationDate>
  </edXML:PromulgationInfo>
  <edXML:DocumentType>
    <edXML:Type>2</edXML:Type><edXML:TypeDetail>18</edXML:TypeDetail><edXML:TypeName>Công văn</edXML:TypeName>
  </edXML:DocumentType>
  <edXML:Subject>V/v thử nghiệm liên thông giữa các đơn vị mẫu</edXML:Subject>
  <edXML:Content>Nội dung mẫu &amp; không có thật</edXML:Content>
  <edXML:SignerInfo>
    <edXML:Competence>KT.</edXML:Competence>
    <edXML:Position>Phó Giám đốc</edXML:Position>
    <edXML:FullName>Trần Thị Mẫu</edXML:FullName>
  </edXML:SignerInfo>
  <edXML:DueDate>2026/03/20</edXML:DueDate>
  <edXML:ToPlaces><edXML:Place>Như trên</edXML:Place><edXML:Place>Lưu: VT</edXML:Place></edXML:ToPlaces>
  <edXML:OtherInfo>
    <edXML:Priority>1</edXML:Priority>
    <edXML:PageAmount>3</edXML:PageAmount>
    <edXML:Appendixes><edXML:Appendix>Phụ lục 1</edXML:Appendix></edXML:Appendixes>
  </edXML:OtherInfo>
  <edXML:ResponseFor>
    <edXML:OrganId>000.00.30.H24</edXML:OrganId>
    <edXML:Code>7/QTN</edXML:Code>
    <edXML:PromulgationDate>2026/02/20</edXML:PromulgationDate>
    <edXML:DocumentId>000.00.30.H24,2026/02/30,7/QTN</edXML:DocumentId>
  </edXML:ResponseFor>
  <edXML:SteeringType>0</edXML:SteeringType>
  <edXML:DocumentId>000.00.05.H24,2026/03/02,118/SKT-VP</edXML:DocumentId>
</edXML:MessageHeader>
"""
TRACE = """\
<edXML:TraceHeaderList id="tr-1" version="1.0">
  <edXML:TraceHeader>
    <edXML:OrganId>000.00.05.H24</edXML:OrganId><edXML:Timestamp>2026/03/02 08:15:00</edXML:Timestamp>
  </edXML:TraceHeader>
  <edXML:Bussiness>
    <edXML:BussinessDocType>2</edXML:BussinessDocType>
    <edXML:BussinessDocReason>Sửa nơi nhận</edXML:BussinessDocReason>
    <edXML:BussinessDocumentInfo>
      <edXML:DocumentInfo>0</edXML:DocumentInfo>
      <edXML:DocumentReceiver>1</edXML:DocumentReceiver>
      <edXML:ReceiverList>
        <edXML:Receiver>
          <edXML:OrganId>H24.30.12</edXML:OrganId><edXML:ReceiverType>1</edXML:ReceiverType>
        </edXML:Receiver>
      </edXML:ReceiverList>
    </edXML:BussinessDocumentInfo>
    <edXML:DocumentId>000.00.05.H24,2026/03/01,117/SKT-VP</edXML:DocumentId>
    <edXML:StaffInfo>
      <edXML:Department>Văn phòng</edXML:Department><edXML:Staff>Lê Văn Thử</edXML:Staff>
    </edXML:StaffInfo>
    <edXML:Paper>0</edXML:Paper>
    <edXML:ReplacementInfoList>
      <edXML:ReplacementInfo>
        <edXML:DocumentId>000.00.05.H24,2025/12/01,9/SKT-VP</edXML:DocumentId>
        <edXML:OrganIdList><edXML:OrganId>000.00.30.H24</edXML:OrganId></edXML:OrganIdList>
      </edXML:ReplacementInfo>
    </edXML:ReplacementInfoList>
  </edXML:Bussiness>
</edXML:TraceHeaderList>
"""
SIGNATURE = """\
<Signature xmlns="{namespace}">
  <SignedInfo>
    <CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>
    <SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
    <Reference URI=""><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/></Reference>
  </SignedInfo>
  <SignatureValue>bWF1</SignatureValue>
  <KeyInfo><X509Data><X509SubjectName>CN=Mẫu</X509SubjectName></X509Data></KeyInfo>
</Signature>
"""
STATUS = """\
<edXML:MessageHeader>
  <edXML:From>
    <edXML:OrganId>000.00.30.H24</edXML:OrganId><edXML:OrganName>Quận Thử Nghiệm</edXML:OrganName>
  </edXML:From>
  <edXML:ResponseFor>
    <edXML:OrganId>000.00.05.H24</edXML:OrganId>
    <edXML:Code>118/SKT-VP</edXML:Code>
    <edXML:PromulgationDate>2026/03/02</edXML:PromulgationDate>
    <edXML:DocumentId>000.00.05.H24,2026/03/02,118/SKT-VP</edXML:DocumentId>
  </edXML:ResponseFor>
  <edXML:StaffInfo><edXML:Staff>Phạm Thử</edXML:Staff><edXML:Department>Văn thư</edXML:Department></edXML:StaffInfo>
  <edXML:StatusCode> 03 </edXML:StatusCode>
  <edXML:Description>Đã tiếp nhận</edXML:Description>
  <edXML:Timestamp>2026/03/02 09:00:00</edXML:Timestamp>
</edXML:MessageHeader>
"""


def base64_of(content: bytes) -> str:
    return b64encode(content).decode()


class _Pipe(io.BytesIO):
    """Cannot seek, so sizes are written after the data, as Java's ZipOutputStream does."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation


def zipped(
    *names: str, content: bytes = b"mau", compression: int = zipfile.ZIP_DEFLATED, streamed: bool = False
) -> bytes:
    """A zip of entries with these exact names, even bad ones."""
    stream = _Pipe() if streamed else io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name in names:
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.compress_type = compression
            archive.writestr(info, content)
    return stream.getvalue()


def attachment(
    text: str | None = None, *, name: str = "118-SKT-VP.pdf", kind: str = "application/pdf", cid: str = "cid:1"
) -> str:
    """One Attachment; ``text`` is what stands in ContentTransferEncoded."""
    text = base64_of(PDF) if text is None else text
    return (
        f"<Attachment><ContentId>{cid}</ContentId><AttachmentName>{name}</AttachmentName>"
        f"<Description>Bản ký số</Description><ContentType>{kind}</ContentType>"
        f'<edXML:ContentTransferEncoded xmlns:edXML="{NS}">{text}</edXML:ContentTransferEncoded></Attachment>'
    )


def zip_attachment(content: bytes, *, name: str = "bang-tinh.xls", cid: str = "cid:1") -> str:
    return attachment(base64_of(content), name=name, kind="application/zip", cid=cid)


def document(
    *attachments: str,
    declaration: str = DECLARATION,
    header: str = HEADER,
    trace: str = TRACE,
    signature: str = "",
    after: str = "\n",
) -> bytes:
    """A whole document package; one PDF attachment unless others are given."""
    given = "\n".join(attachments or (attachment(),))
    return (
        f'{declaration}<edXML xmlns="{NS}">\n<edXML:edXMLEnvelope xmlns:edXML="{NS}"><edXML:edXMLHeader>\n'
        f"{header}{trace}{signature}</edXML:edXMLHeader>\n<edXML:edXMLBody>"
        '<edXML:edXMLManifest version="1.0"><edXML:Reference>'
        "<edXML:ContentId>cid:1</edXML:ContentId><edXML:ContentType>application/zip</edXML:ContentType>"
        "<edXML:Description>Bản ký số</edXML:Description><edXML:AttachmentName>118-SKT-VP.pdf</edXML:AttachmentName>"
        "</edXML:Reference></edXML:edXMLManifest></edXML:edXMLBody></edXML:edXMLEnvelope>\n"
        f"<AttachmentEncoded>\n{given}\n</AttachmentEncoded>\n</edXML>{after}"
    ).encode()


def status(header: str = STATUS) -> bytes:
    """A whole status package."""
    return (
        f'{DECLARATION}<edXML xmlns="{NS}"><edXML:edXMLEnvelope xmlns:edXML="{NS}"><edXML:edXMLHeader>\n'
        f"{header}</edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>\n"
    ).encode()


def swap(package: bytes, old: str, new: str | bytes, count: int = -1) -> bytes:
    """Change a package by hand; the old text must be there."""
    before, after = old.encode(), new.encode() if isinstance(new, str) else new
    assert before in package, old
    return package.replace(before, after, count)


def accepted() -> dict[str, bytes]:
    """Every variation in circulation that must be read (sections 3.4 and 7), by name."""
    plain = document()
    bare = document(declaration="")
    envelope = f'<edXML:edXMLEnvelope xmlns:edXML="{NS}">'
    per_element = swap(plain, "<edXML:Subject>", f'<x:Subject xmlns:x="{NS}">')
    lines = "\r\n".join(base64_of(PDF)[at : at + 76] for at in range(0, len(base64_of(PDF)), 76))
    half = len(base64_of(PDF)) // 2 + 1
    return {
        "document": plain,
        "status": status(),
        "no_prefix": swap(swap(swap(plain, envelope, "<edXMLEnvelope>"), "<edXML:", "<"), "</edXML:", "</"),
        "all_prefixed": swap(swap(plain, "<Attachment", "<edXML:Attachment"), "</Attachment", "</edXML:Attachment"),
        "other_prefix": swap(swap(swap(plain, "<edXML:", "<ns0:"), "</edXML:", "</ns0:"), "xmlns:edXML=", "xmlns:ns0="),
        "undeclared_prefix": swap(plain, "<edXML:Reference>", '<edXML:Reference xlink:href="cid:1">'),
        "namespace_per_element": swap(per_element, "</edXML:Subject>", "</x:Subject>"),
        "crlf": swap(plain, "\n", "\r\n"),
        "bom": b"\xef\xbb\xbf" + plain,
        "bom_without_declaration": b"\xef\xbb\xbf" + bare,
        "no_declaration": bare,
        "blank_lines_without_declaration": b"\r\n  " + bare,
        "declaration_without_encoding": document(declaration='<?xml version="1.0"?>'),
        "lower_case_encoding": document(declaration="<?xml version='1.0' encoding='utf-8'?>"),
        "trailing_blanks": plain + b"\r\n \t\r\n",
        "trailing_comment": plain + b"<!-- x --><?x y?>",
        "manifest_name": swap(plain, "edXMLManifest", "Manifest"),
        "double_cid": swap(plain, "cid:1", "cid:cid:1"),
        "no_cid": swap(plain, "cid:1", "1"),
        "empty_digital_signature": document(signature="<edXML:DigitalSignature/>"),
        "signature_qcvn": document(signature=SIGNATURE.format(namespace=NS)),
        "signature_dsig": document(signature=SIGNATURE.format(namespace=DSIG)),
        "unknown_elements": swap(plain, "<edXML:DueDate>", '<a:La b:x="1"><a:Con>c</a:Con>d</a:La><edXML:DueDate>'),
        "comments": swap(plain, "<edXML:", "<!-- <edXML:ContentTransferEncoded> --><edXML:", 30),
        "processing_instructions": swap(plain, "<edXML:Code>", "<?ContentTransferEncoded a>b?><edXML:Code>"),
        "cdata_text": swap(plain, "V/v thử", "<![CDATA[V/v <ContentTransferEncoded> thử]]>"),
        "cdata_content": document(attachment(f"<![CDATA[{base64_of(PDF)}]]>")),
        "cdata_half": document(attachment(f"{base64_of(PDF)[:half]}<![CDATA[\n{base64_of(PDF)[half:]}]]> \n")),
        "comment_in_content": document(attachment(f"<!-- x -->{base64_of(PDF)}<?x?>")),
        "only_a_comment_in_content": document(attachment("<!-- x -->")),
        "comment_after_content": document(attachment(f"{base64_of(PDF)}<!-- x -->")),
        "character_reference": document(attachment("&#65;" * 4 + "QUJD" + "&#x41;" * 4)),
        "base64_lines": document(attachment(f"\r\n{lines}\r\n")),
        "empty_content": document(attachment("")),
        "self_closed_content": document(attachment("#")).replace(b">#</edXML:ContentTransferEncoded>", b" />"),
        "odd_start_tag": swap(plain, "Encoded xmlns:edXML=", "Encoded a='>>' b=\">\" \n xmlns:edXML="),
        "many_brackets_in_tag": swap(plain, "Encoded xmlns:edXML=", f"Encoded a='{'>' * 20}' xmlns:edXML="),
        "no_attachments": swap(document("#"), "<AttachmentEncoded>\n#\n</AttachmentEncoded>", ""),
        "two_attachments": document(attachment(), attachment("QUJD", cid="2", name="phu-luc.txt", kind="text/plain")),
        "content_before_type": document(
            attachment().replace("<ContentType>application/pdf</ContentType>", "").replace("</Attachment>", "")
            + "<ContentType>application/pdf</ContentType></Attachment>"
        ),
        "empty_groups": swap(plain, "<edXML:SteeringType>", "<edXML:ResponseFor><edXML:Code/></edXML:ResponseFor>"
                             "<edXML:SteeringType>"),
        "flat_zip": document(zip_attachment(zipped("bang-tinh.xls"))),
        "streamed_zip": document(zip_attachment(zipped("a.xls", streamed=True))),
        "stored_zip": document(zip_attachment(zipped("a.xls", compression=zipfile.ZIP_STORED), name="a.doc")),
        "zip_named_zip": document(zip_attachment(zipped("a.txt", "thu-muc/b.txt"), name="nhieu-tep.zip")),
        "type_missing_but_zip": document(attachment(base64_of(zipped("a.xls")), name="a.xls", kind="")),
        "empty_zip": document(zip_attachment(zipped())),
        "docx_as_itself": document(attachment(base64_of(zipped("word/document.xml", "a/b")), name="a.docx",
                                              kind="application/docx")),
    }  # fmt: skip


def refused() -> dict[str, tuple[str, bytes]]:
    """Every structural hazard (section 8) with the id of its finding, by name."""
    plain = document()
    inside = "<AttachmentEncoded><Attachment/></AttachmentEncoded>"
    encoded = zipped("a.xls")
    return {
        "empty": ("xml.empty", b""),
        "blank": ("xml.empty", b" \r\n"),
        "doctype": ("xml.doctype", swap(plain, "<edXML xmlns", "<!DOCTYPE edXML><edXML xmlns")),
        "external_entity": (
            "xml.doctype",
            swap(plain, "<edXML xmlns", '<!DOCTYPE edXML [<!ENTITY a SYSTEM "file:///tep">]><edXML xmlns'),
        ),
        "undefined_entity": ("xml.malformed", swap(plain, "&amp;", "&khong;")),
        "junk_before": ("xml.before_declaration", b"1212" + plain),
        "blank_line_before": ("xml.before_declaration", b"\r\n" + plain),
        "comment_before": ("xml.before_declaration", b"<!-- x -->" + plain),
        "junk_without_declaration": ("xml.before_declaration", b"x" + document(declaration="")),
        "junk_after_bom": ("xml.before_declaration", b"\xef\xbb\xbf1" + plain),
        "text_after_root": ("xml.after_root", plain + b"x"),
        "second_root": ("xml.after_root", plain + b"<edXML/>"),
        "truncated": ("xml.truncated", plain[:-20]),
        "truncated_in_content": ("xml.truncated", plain[:-200]),
        "mismatched_tags": ("xml.malformed", swap(plain, "</edXML:Subject>", "</edXML:subject>")),
        "latin1_declared": ("xml.encoding", document(declaration='<?xml version="1.0" encoding="ISO-8859-1"?>')),
        "windows_declared": ("xml.encoding", document(declaration='<?xml version="1.0" encoding="windows-1258"?>')),
        "utf16": ("xml.encoding", plain.decode().encode("utf-16")),
        "utf16_without_mark": ("xml.encoding", plain.decode().encode("utf-16-le")),
        "bad_utf8": ("xml.encoding", swap(plain, "Sở Kiểm", b"S\xff Ki")),
        "surrogate": ("xml.encoding", swap(plain, "Sở Kiểm", b"\xed\xa0\x80")),
        "us_ascii_with_marks": ("xml.encoding", document(declaration='<?xml version="1.0" encoding="US-ASCII"?>')),
        "control_character": ("xml.malformed", swap(plain, "Sở Kiểm", "S\x01")),
        "no_namespace": ("xml.namespace", plain.replace(f' xmlns="{NS}"'.encode(), b"").replace(b"xmlns:edXML", b"x")),
        "wrong_namespace": ("xml.namespace", swap(plain, NS, "http://www.e-doc.example/Schema/")),
        "other_root": ("xml.root", b"<html><body/></html>"),
        "no_envelope": ("envelope.missing", f'<edXML xmlns="{NS}"/>'.encode()),
        "no_header": ("header.missing", status("")),
        "two_envelopes": ("envelope.doubled", swap(plain, "<AttachmentEncoded>", f'<edXMLEnvelope xmlns="{NS}"/>'
                                                   "<AttachmentEncoded>")),
        "two_headers": ("header.doubled", document(header=HEADER + "<MessageHeader/>")),
        "two_document_ids": ("header.document_id.doubled", document(header=HEADER.replace(
            "<edXML:Code>", "<edXML:DocumentId>x</edXML:DocumentId><edXML:Code>", 1))),
        "attachments_in_envelope": ("attachment.inside_envelope", swap(plain, "<edXML:edXMLBody>", inside
                                                                        + "<edXML:edXMLBody>")),
        "attachments_in_body": ("attachment.inside_envelope", swap(plain, "</edXML:edXMLBody>", inside
                                                                    + "</edXML:edXMLBody>")),
        "attachments_in_header": ("attachment.inside_envelope", document(header=HEADER.replace(
            "</edXML:MessageHeader>", inside + "</edXML:MessageHeader>"))),
        "two_attachment_lists": ("attachment.list.doubled", swap(plain, "</edXML>", "<AttachmentEncoded/></edXML>")),
        "two_contents": ("attachment.content.doubled", document(attachment().replace(
            "</Attachment>", "<ContentTransferEncoded>QUJD</ContentTransferEncoded></Attachment>"))),
        "stray_byte": ("base64.invalid", document(attachment("QUJ!"))),
        "placeholder": ("base64.invalid", document(attachment("${noi_dung_tep}"))),
        "unicode_in_base64": ("base64.invalid", document(attachment("QUJĐ"))),
        "cut_base64": ("base64.invalid", document(attachment("QUJDQ"))),
        "data_after_padding": ("base64.invalid", document(attachment("QQ==\nQUJD"))),
        "stray_in_cdata": ("base64.invalid", document(attachment("<![CDATA[QU?D]]>"))),
        "element_in_content": ("base64.invalid", document(attachment("QUJD<a/>QUJD"))),
        "content_in_content": ("base64.invalid", document(attachment("<edXML:ContentTransferEncoded/>"))),
        "bracket_in_content": ("xml.malformed", document(attachment("QUJD< QUJD"))),
        "not_zip": ("attachment.not_zip", document(zip_attachment(PDF))),
        "not_zip_named_zip": ("attachment.not_zip", document(zip_attachment(PDF, name="a.zip"))),
        "no_type_and_not_zip": ("attachment.not_zip", document(attachment(kind=""))),
        "zip_folder": ("zip.path", document(zip_attachment(zipped("thu-muc/a.xls")))),
        "zip_backslash": ("zip.path", document(zip_attachment(zipped("thu-muc\\a.xls")))),
        "zip_slip": ("zip.path", document(zip_attachment(zipped("../a.xls"), name="a.zip"))),
        "zip_root": ("zip.path", document(zip_attachment(zipped("/a.xls")))),
        "zip_drive": ("zip.path", document(zip_attachment(zipped("C:a.xls")))),
        "zip_many": ("zip.many_entries", document(zip_attachment(zipped("a.xls", "b.xls")))),
        "zip_upper_case_suffix": ("zip.many_entries", document(zip_attachment(zipped("a", "b"), name="A.ZIP"))),
        "zip_same_entry": ("zip.same_entry", document(zip_attachment(encoded), zip_attachment(encoded, name="b.xls"))),
        "zip_ratio": ("zip.ratio", document(zip_attachment(zipped("a.xls", content=b"\0" * 20_000_000)))),
        "zip_cut": ("zip.broken", document(zip_attachment(encoded[:-8]))),
        "zip_gap": ("zip.broken", document(zip_attachment(encoded[:40] + b"x" + encoded[40:]))),
        "zip_two_names": ("zip.broken", document(zip_attachment(encoded.replace(b"a.xls", b"/.xls", 1)))),
        "zip_stored_and_streamed": (
            "zip.method",
            document(zip_attachment(zipped("a.xls", compression=zipfile.ZIP_STORED, streamed=True))),
        ),
        "zip_method": ("zip.method", document(zip_attachment(zipped("a.xls", compression=zipfile.ZIP_LZMA)))),
    }  # fmt: skip

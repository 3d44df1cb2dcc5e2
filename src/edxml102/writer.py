"""Write packages: the envelope of QCVN 102:2016 in the order of its tables, attachments streamed as base64.

Everything that can be wrong is looked for before the first byte leaves, so nothing is written of a package that is
refused. Memory stays the same whatever the size of the attachments.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

import pybase64

from edxml102 import rules
from edxml102._write_header import write_header, write_status
from edxml102._write_xml import DECLARED, ROOT, Sheet
from edxml102.errors import EdxmlError, Finding, Severity, has_errors
from edxml102.model import (
    Attachment,
    AttachmentView,
    DocumentPackage,
    ManifestReference,
    Package,
    StatusPackage,
)

Content = BinaryIO | Path | bytes
"""Decoded bytes of an attachment: a stream is read from where it stands to its end, and left open."""

_CHUNK = 3 * 256 * 1024  # bytes read at once; a multiple of 3, so that base64 pads only at the end

_DESCRIPTION = (
    ("AttachmentName", "attachment_name"),
    ("Description", "description"),
    ("FieldName", "field_name"),
    ("MimeType", "mime_type"),
    ("Format", "format"),
    ("ContentType", "content_type"),
)
_REFERENCE = (("ContentType", "content_type"), ("Description", "description"), ("AttachmentName", "attachment_name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written: size in bytes, SHA-256, and the package as the reader will read it, views included."""

    size: int
    sha256: bytes
    package: Package


def write_package(
    package: Package,
    out: BinaryIO,
    contents: Mapping[str, Content] | None = None,
    *,
    check: bool = True,
    today: date | None = None,
) -> Written:
    """Write ``package`` to ``out``; ``contents`` holds the bytes of each attachment by its ``content_id``.

    Raises ``EdxmlError`` with the findings, before anything is written, when the package breaks a rule for emitting
    (section 3; ``today`` as in ``rules.check``), when content is missing or left over, when a text holds what XML
    cannot say, or when the package carries a signature, which holds only for the bytes it was made on. ``check=False``
    leaves out the rules of the standard only. An ``OSError`` while content is read leaves ``out`` incomplete.
    """
    given = contents or {}
    sheet = Sheet()
    _write(sheet, package)
    findings = [*sheet.findings, *_unwritable(package, given)]
    if check:
        findings.extend(rules.check(package, mode=rules.Mode.EMIT, today=today))
    if has_errors(findings):
        raise EdxmlError("Gói tin chưa đúng quy chuẩn nên không được ghi.", tuple(findings))
    sink = _Sink(out)
    first, *rest = sheet.finish()
    sink.write(first)
    if isinstance(package, StatusPackage):
        return sink.written(package)
    attachments = []
    for attachment, piece in zip(package.attachments, rest, strict=True):
        attachments.append(replace(attachment, view=_pour(given[attachment.content_id], sink)))
        sink.write(piece)
    return sink.written(replace(package, attachments=tuple(attachments)))


def manifest_of(attachments: Iterable[Attachment]) -> tuple[ManifestReference, ...]:
    """List ``attachments`` the way the body of a package does (3.2.3)."""
    return tuple(
        ManifestReference(
            content_id=item.content_id,
            content_type=item.content_type,
            description=item.description,
            attachment_name=item.attachment_name,
        )
        for item in attachments
    )


class _Sink:
    """Counts and hashes what passes."""

    def __init__(self, out: BinaryIO) -> None:
        self.size = 0
        self._out = out
        self._sha256 = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._out.write(data)
        self._sha256.update(data)
        self.size += len(data)

    def written(self, package: Package) -> Written:
        return Written(size=self.size, sha256=self._sha256.digest(), package=package)


def _write(sheet: Sheet, package: Package) -> None:
    with sheet.element("edXML", ROOT):
        with sheet.prefixed(), sheet.element("edXMLEnvelope", DECLARED):
            with sheet.element("edXMLHeader"):
                write_status(sheet, package) if isinstance(package, StatusPackage) else write_header(sheet, package)
            if isinstance(package, DocumentPackage):
                with sheet.element("edXMLBody"), sheet.element("edXMLManifest", (("version", "1.0"),)):
                    for reference in package.manifest:
                        _write_reference(sheet, reference)
        if isinstance(package, DocumentPackage):
            _write_attachments(sheet, package)


def _write_reference(sheet: Sheet, reference: ManifestReference) -> None:
    with sheet.element("Reference"):
        _write_content_id(sheet, reference.content_id)
        sheet.leaves(reference, _REFERENCE)
        sheet.extras(reference)


def _write_attachments(sheet: Sheet, package: DocumentPackage) -> None:
    if package.attachments:
        with sheet.element("AttachmentEncoded"):
            for attachment in package.attachments:
                _write_attachment(sheet, attachment)
    sheet.extras(package)


def _write_attachment(sheet: Sheet, attachment: Attachment) -> None:
    with sheet.element("Attachment"):
        _write_content_id(sheet, attachment.content_id)
        sheet.leaves(attachment, _DESCRIPTION)
        sheet.extras(attachment)
        # The national SDK writes this one child with the prefix; declared here, strict parsers read it too (quirk 1).
        with sheet.prefixed():
            sheet.hole("ContentTransferEncoded", DECLARED)


def _write_content_id(sheet: Sheet, content_id: str) -> None:
    if content_id:
        sheet.leaf("ContentId", f"cid:{content_id}")


def _unwritable(package: Package, given: Mapping[str, Content]) -> Iterator[Finding]:
    """Yield what cannot be written, whatever the standard says: contents that do not match, an old signature."""
    if isinstance(package, DocumentPackage) and package.signature is not None:
        message = (
            "Không ghi lại được chữ ký của gói khác: chữ ký chỉ đúng với từng byte đã ký. "
            "Hãy bỏ chữ ký khỏi gói, dựng gói rồi ký."
        )
        yield Finding("header.signature.not_rewritten", Severity.ERROR, "Signature", message)
    attachments = package.attachments if isinstance(package, DocumentPackage) else ()
    known = {attachment.content_id for attachment in attachments}
    for n, attachment in enumerate(attachments, 1):
        content = given.get(attachment.content_id)
        path = f"AttachmentEncoded/Attachment[{n}]/ContentTransferEncoded"
        if content is None:
            message = f"Chưa đưa nội dung của tệp có mã “{attachment.content_id}”."
            yield Finding("attachment.content.not_given", Severity.ERROR, path, message)
        elif isinstance(content, Path) and not content.is_file():
            message = f"Không đọc được tệp “{content}”. Hãy kiểm tra đường dẫn."
            yield Finding("attachment.content.unreadable", Severity.ERROR, path, message)
    for content_id in given.keys() - known:
        message = f"Nội dung có mã “{content_id}” không thuộc tệp đính kèm nào trong gói."
        yield Finding("attachment.content.not_used", Severity.ERROR, "AttachmentEncoded", message)


def _pour(content: Content, sink: _Sink) -> AttachmentView:
    """Write ``content`` as base64 without line breaks."""
    begin, size, sha256 = sink.size, 0, hashlib.sha256()
    with _opened(content) as stream:
        while data := _full(stream):
            sink.write(pybase64.b64encode(data))
            sha256.update(data)
            size += len(data)
    return AttachmentView(begin=begin, end=sink.size, size=size, sha256=sha256.digest())


@contextmanager
def _opened(content: Content) -> Iterator[BinaryIO]:
    if isinstance(content, Path):
        with content.open("rb") as stream:
            yield stream
    elif isinstance(content, bytes):
        yield io.BytesIO(content)
    else:
        yield content


def _full(stream: BinaryIO) -> bytes:
    """Read a whole chunk: sockets and pipes answer with less, and base64 must not be padded in between."""
    data = stream.read(_CHUNK)
    while data and len(data) % 3:
        more = stream.read(_CHUNK)
        if not more:
            break
        data += more
    return data

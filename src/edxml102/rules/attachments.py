"""Rules for the manifest and the attachments (table 3.2.3). Whether zip data is what it says is ``zipcheck``'s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import attrgetter

from edxml102.model import Attachment, DocumentPackage, ManifestReference
from edxml102.rules.table import (
    ADVICE,
    ARRIVAL,
    FATAL,
    FINE,
    HERE,
    STRICT,
    Context,
    Field,
    Form,
    Group,
    Hit,
    Limit,
    Rule,
    field,
    hit,
    rule,
    rules_of,
)

_REFERENCE = "edXMLManifest/Reference[{n}]"
_ATTACHMENT = "AttachmentEncoded/Attachment[{n}]"
_NAME_LIMIT = Limit(200, 500)  # an older and a newer validator


def is_plain_name(name: str) -> bool:
    return "/" not in name and "\\" not in name and name not in (".", "..")


REFERENCES: Group[DocumentPackage, ManifestReference] = Group(
    key="manifest",
    path=_REFERENCE,
    label="ở dòng kê thứ {n}",
    clause="3.2.3",
    rows=attrgetter("manifest"),
)
ATTACHMENTS: Group[DocumentPackage, Attachment] = Group(
    key="attachment",
    path=_ATTACHMENT,
    label="của tệp đính kèm thứ {n}",
    clause="3.2.3",
    rows=attrgetter("attachments"),
)
PLAIN_NAME = Form("path", is_plain_name, "có phần đường dẫn. Hãy chỉ ghi tên tệp.")
REFERENCE_FIELDS: tuple[Field[ManifestReference], ...] = (
    field("content_id", "ContentId", "mã nội dung", "", need=STRICT),
    field("content_type", "ContentType", "kiểu nội dung", "", need=STRICT),
    field("description", "Description", "mô tả", "", limit=500),
    field("attachment_name", "AttachmentName", "tên tệp", "", need=STRICT, limit=_NAME_LIMIT),
)
ATTACHMENT_FIELDS: tuple[Field[Attachment], ...] = (
    field("content_id", "ContentId", "mã nội dung", "", need=STRICT),
    field("content_type", "ContentType", "kiểu nội dung", "", need=STRICT),
    field("description", "Description", "mô tả", "", limit=500),
    field("attachment_name", "AttachmentName", "tên tệp", "", need=FATAL, limit=_NAME_LIMIT, forms=(PLAIN_NAME,)),
)


@rule(
    "attachment.missing",
    ADVICE,
    "AttachmentEncoded",
    "3.5",
    "Văn bản mới hoặc văn bản thay thế không có tệp đính kèm nào. Hãy kèm tệp văn bản đã ký.",
)
def attachment_missing(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    return FINE if package.attachments or package.trace.bussiness.document_type in ("1", "2") else HERE


@rule(
    "attachment.content.missing",
    ARRIVAL,
    _ATTACHMENT + "/ContentTransferEncoded",
    "3.2.3",
    "Tệp đính kèm thứ {n} không có nội dung (ContentTransferEncoded): bên nhận sẽ mất cả gói.",
)
def content_missing(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    return [hit(n, "") for n, item in enumerate(package.attachments, 1) if item.view is None]


@rule(
    "attachment.content_id.duplicate",
    STRICT,
    _ATTACHMENT + "/ContentId",
    "3.2.3",
    "Mã nội dung “{value}” trùng ở nhiều tệp đính kèm. Hãy đặt mỗi tệp một mã.",
)
def attachment_duplicate(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    return _repeated(item.content_id for item in package.attachments)


@rule(
    "manifest.content_id.duplicate",
    STRICT,
    _REFERENCE + "/ContentId",
    "3.2.3",
    "Mã nội dung “{value}” trùng ở nhiều dòng kê. Hãy đặt mỗi tệp một mã.",
)
def manifest_duplicate(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    return _repeated(item.content_id for item in package.manifest)


@rule(
    "manifest.content_id.unmatched",
    STRICT,
    _REFERENCE + "/ContentId",
    "3.2.3",
    "Dòng kê “{value}” không có tệp đính kèm tương ứng. Hãy đính kèm tệp hoặc bỏ dòng kê.",
)
def manifest_unmatched(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    return _strangers(package.manifest, package.attachments)


@rule(
    "attachment.content_id.unlisted",
    STRICT,
    _ATTACHMENT + "/ContentId",
    "3.2.3",
    "Tệp đính kèm có mã “{value}” không nằm trong bảng kê. Hãy thêm dòng kê (Reference).",
)
def attachment_unlisted(package: DocumentPackage, context: Context) -> Sequence[Hit]:
    return _strangers(package.attachments, package.manifest)


def _repeated(ids: Iterable[str]) -> Sequence[Hit]:
    present = list(ids)
    if len(set(present)) == len(present):
        return FINE
    return [hit(present.index(text) + 1, text) for text, count in Counter(present).items() if text and count > 1]


def _strangers(
    ours: Sequence[Attachment | ManifestReference], theirs: Sequence[Attachment | ManifestReference]
) -> Sequence[Hit]:
    known = {item.content_id for item in theirs}
    return [
        hit(n, item.content_id) for n, item in enumerate(ours, 1) if item.content_id and item.content_id not in known
    ]


ATTACHMENT_RULES: tuple[Rule[DocumentPackage], ...] = (
    *rules_of(REFERENCES, REFERENCE_FIELDS),
    manifest_duplicate,
    manifest_unmatched,
    attachment_missing,
    *rules_of(ATTACHMENTS, ATTACHMENT_FIELDS),
    content_missing,
    attachment_duplicate,
    attachment_unlisted,
)

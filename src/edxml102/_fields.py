"""Which element becomes which field: the tables of sections 3.2 and 3.3, read from left to right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from edxml102 import model
from edxml102._envelope import CONTENT_TAG
from edxml102._node import Node


def strip_cid(text: str) -> str:
    """Remove blanks and every leading ``cid:`` (quirk 2)."""
    text = text.strip()
    while text[:4].lower() == "cid:":
        text = text[4:].lstrip()
    return text


def text_of(node: Node) -> str:
    return node.text.strip()


def _content_id(node: Node) -> str:
    return strip_cid(node.text)


def _view(node: Node) -> model.AttachmentView | None:
    return node.content.view if node.content else None


class Field(NamedTuple):
    """One element: plain text, or a group when ``group`` is set; ``inside`` names what a wrapper element repeats."""

    attribute: str
    group: Group | None = None
    many: bool = False
    inside: str = ""
    read: Callable[[Node], Any] = text_of


class Group(NamedTuple):
    """An element with children, and the value it becomes."""

    factory: Callable[..., Any]
    fields: dict[str, Field]
    lists: tuple[str, ...]  # attributes that are tuples


def _group(factory: Callable[..., Any], **fields: Field | str) -> Group:
    full = {name: Field(field) if isinstance(field, str) else field for name, field in fields.items()}
    lists = tuple(field.attribute for field in full.values() if field.many or field.inside)
    return Group(factory, full, lists)


ORGAN = _group(
    model.Organ,
    OrganId="organ_id",
    OrganizationInCharge="organization_in_charge",
    OrganName="organ_name",
    OrganAdd="organ_add",
    Email="email",
    Telephone="telephone",
    Fax="fax",
    Website="website",
)
RESPONSE_FOR = _group(
    model.ResponseFor,
    OrganId="organ_id",
    Code="code",
    PromulgationDate="promulgation_date",
    DocumentId="document_id",
)
STAFF_INFO = _group(
    model.StaffInfo,
    Department="department",
    DepartmentId="department_id",
    Staff="staff",
    StaffId="staff_id",
    Mobile="mobile",
    Email="email",
)
_CODE = _group(model.Code, CodeNumber="number", CodeNotation="notation")
_PROMULGATION = _group(model.PromulgationInfo, Place="place", PromulgationDate="promulgation_date")
_TYPE = _group(model.DocumentType, Type="type", TypeDetail="type_detail", TypeName="type_name")
_SIGNER = _group(model.SignerInfo, Competence="competence", Position="position", FullName="full_name")
_OTHER = _group(
    model.OtherInfo,
    Priority="priority",
    SphereOfPromulgation="sphere_of_promulgation",
    TyperNotation="typer_notation",
    PromulgationAmount="promulgation_amount",
    PageAmount="page_amount",
    Appendixes=Field("appendixes", inside="Appendix"),
    Direction="direction",
    ReplyFors="reply_fors",
    ReferenceCodes="reference_codes",
)
HEADER = _group(
    model.MessageHeader,
    From=Field("from_", ORGAN),
    To=Field("to", ORGAN, many=True),
    Code=Field("code", _CODE),
    PromulgationInfo=Field("promulgation_info", _PROMULGATION),
    DocumentType=Field("document_type", _TYPE),
    Subject="subject",
    Content="content",
    SignerInfo=Field("signer_info", _SIGNER),
    DueDate="due_date",
    ToPlaces=Field("to_places", inside="Place"),
    OtherInfo=Field("other_info", _OTHER),
    ResponseFor=Field("response_for", RESPONSE_FOR, many=True),
    SteeringType="steering_type",
    DocumentId="document_id",
    ResponseForTask=Field("task_codes", inside="TaskCode"),
    ApplicationType="application_type",
)
STATUS = _group(
    model.StatusPackage,
    From=Field("from_", ORGAN),
    ResponseFor=Field("response_for", RESPONSE_FOR),
    StaffInfo=Field("staff_info", STAFF_INFO),
    StatusCode="status_code",
    Description="description",
    Timestamp="timestamp",
)

_RECEIVER = _group(model.Receiver, OrganId="organ_id", ReceiverType="receiver_type")
_DOCUMENT_INFO = _group(
    model.BussinessDocumentInfo,
    DocumentInfo="document_info",
    DocumentReceiver="document_receiver",
    ReceiverList=Field("receivers", _RECEIVER, inside="Receiver"),
)
_REPLACEMENT = _group(
    model.ReplacementInfo,
    DocumentId="document_id",
    OrganIdList=Field("organ_ids", inside="OrganId"),
)
_BUSSINESS = _group(
    model.Bussiness,
    BussinessDocType="document_type",
    BussinessDocReason="reason",
    BussinessDocumentInfo=Field("document_info", _DOCUMENT_INFO, many=True),
    DocumentId="document_id",
    StaffInfo=Field("staff_info", STAFF_INFO, many=True),
    Paper="paper",
    ReplacementInfoList=Field("replacements", _REPLACEMENT, inside="ReplacementInfo"),
)
_TRACE = _group(model.TraceHeader, OrganId="organ_id", Timestamp="timestamp")
TRACES = _group(
    model.TraceHeaderList,
    TraceHeader=Field("traces", _TRACE, many=True),
    Bussiness=Field("bussiness", _BUSSINESS),
    Paper="paper",
)
REFERENCE = _group(
    model.ManifestReference,
    ContentId=Field("content_id", read=_content_id),
    ContentType="content_type",
    Description="description",
    AttachmentName="attachment_name",
)
ATTACHMENT = _group(
    model.Attachment,
    ContentId=Field("content_id", read=_content_id),
    AttachmentName="attachment_name",
    Description="description",
    ContentType="content_type",
    FieldName="field_name",
    MimeType="mime_type",
    Format="format",
    **{CONTENT_TAG: Field("view", read=_view)},
)

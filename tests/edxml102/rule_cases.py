"""The cases of ``test_rules``: for every rule one change to a sound package that breaks it, and where it is found."""

from __future__ import annotations

from typing import Any, NamedTuple

from edxml102.model import Organ, Package, ResponseFor
from tests.edxml102.examples import (
    CLERK,
    COMMUNE,
    DEPARTMENT,
    EARLIER,
    NEW,
    RECALL,
    REPLACEMENT,
    STATUS,
    UPDATE,
    put,
)


class Fault(NamedTuple):
    """One change to a sound package, the rule it breaks and where."""

    rule: str
    base: Package
    change: str
    value: Any
    path: str


H, T, B = "MessageHeader", "TraceHeaderList", "TraceHeaderList/Bussiness"
I = f"{B}/BussinessDocumentInfo"  # noqa: E741 - a column head of the table below
R = f"{B}/ReplacementInfoList"
A, M = "AttachmentEncoded/Attachment", "edXMLManifest/Reference"
CHANGE = "trace.bussiness.document_info"
OLD = "trace.bussiness.replacements"

FAULTS = [
    Fault("header.from.organ_id.missing", NEW, "header.from_.organ_id", "", f"{H}/From/OrganId"),
    Fault("header.from.organ_name.missing", NEW, "header.from_.organ_name", "", f"{H}/From/OrganName"),
    Fault("header.from.email.form", NEW, "header.from_.email", "vanthu", f"{H}/From/Email"),
    Fault("header.from.organ_id.scheme", NEW, "header.from_.organ_id", "vxp.saas.02", f"{H}/From/OrganId"),
    Fault("header.to.organ_id.scheme", NEW, "header.to.1.organ_id", "UBND", f"{H}/To[2]/OrganId"),
    Fault("status.from.organ_id.scheme", STATUS, "from_.organ_id", "h24", f"{H}/From/OrganId"),
    Fault("trace.header.organ_id.scheme", NEW, "trace.traces.0.organ_id", "null", f"{T}/TraceHeader[1]/OrganId"),
    Fault("header.document_id.form", NEW, "header.document_id", "000.00.00.H24,2026,123", f"{H}/DocumentId"),
    Fault("header.to.missing", NEW, "header.to", (), f"{H}/To"),
    Fault("header.to.organ_id.missing", NEW, "header.to.1.organ_id", "", f"{H}/To[2]/OrganId"),
    Fault("header.to.organ_name.missing", NEW, "header.to.0.organ_name", "", f"{H}/To[1]/OrganName"),
    Fault("header.to.email.form", NEW, "header.to.0.email", "a@b@c.vn", f"{H}/To[1]/Email"),
    Fault("header.to.organ_id.duplicate", NEW, "header.to", (COMMUNE, DEPARTMENT, DEPARTMENT), f"{H}/To[2]/OrganId"),
    Fault("header.code.number.missing", NEW, "header.code.number", "", f"{H}/Code/CodeNumber"),
    Fault("header.code.notation.missing", NEW, "header.code.notation", "", f"{H}/Code/CodeNotation"),
    Fault(
        "header.promulgation_info.place.missing",
        NEW,
        "header.promulgation_info.place",
        "",
        f"{H}/PromulgationInfo/Place",
    ),
    Fault(
        "header.promulgation_info.promulgation_date.missing",
        NEW,
        "header.promulgation_info.promulgation_date",
        "",
        f"{H}/PromulgationInfo/PromulgationDate",
    ),
    Fault(
        "header.promulgation_info.promulgation_date.form",
        NEW,
        "header.promulgation_info.promulgation_date",
        "2026/02/30",
        f"{H}/PromulgationInfo/PromulgationDate",
    ),
    Fault(
        "header.promulgation_info.promulgation_date.future",
        NEW,
        "header.promulgation_info.promulgation_date",
        "2026/11/23",
        f"{H}/PromulgationInfo/PromulgationDate",
    ),
    Fault("header.document_type.type.missing", NEW, "header.document_type.type", "", f"{H}/DocumentType/Type"),
    Fault("header.document_type.type.form", NEW, "header.document_type.type", "hai", f"{H}/DocumentType/Type"),
    Fault("header.document_type.type.unknown", NEW, "header.document_type.type", "18", f"{H}/DocumentType/Type"),
    Fault(
        "header.document_type.type_detail.form",
        NEW,
        "header.document_type.type_detail",
        "x",
        f"{H}/DocumentType/TypeDetail",
    ),
    Fault(
        "header.document_type.type_detail.unknown",
        NEW,
        "header.document_type.type_detail",
        "33",
        f"{H}/DocumentType/TypeDetail",
    ),
    Fault(
        "header.document_type.type_name.missing",
        NEW,
        "header.document_type.type_name",
        "",
        f"{H}/DocumentType/TypeName",
    ),
    Fault(
        "header.document_type.type_name.mismatch",
        NEW,
        "header.document_type.type_name",
        "Giấy mời",
        f"{H}/DocumentType/TypeName",
    ),
    Fault("header.subject.missing", NEW, "header.subject", "", f"{H}/Subject"),
    Fault("header.signer_info.position.missing", NEW, "header.signer_info.position", "", f"{H}/SignerInfo/Position"),
    Fault("header.signer_info.full_name.missing", NEW, "header.signer_info.full_name", "", f"{H}/SignerInfo/FullName"),
    Fault("header.due_date.form", NEW, "header.due_date", "15/12/2026", f"{H}/DueDate"),
    Fault("header.to_places.total_too_long", NEW, "header.to_places", ("x" * 143,) * 7, f"{H}/ToPlaces"),
    Fault("header.other_info.priority.missing", NEW, "header.other_info.priority", "", f"{H}/OtherInfo/Priority"),
    Fault("header.other_info.priority.unknown", NEW, "header.other_info.priority", "5", f"{H}/OtherInfo/Priority"),
    Fault(
        "header.other_info.promulgation_amount.form",
        NEW,
        "header.other_info.promulgation_amount",
        "-3",
        f"{H}/OtherInfo/PromulgationAmount",
    ),
    Fault(
        "header.other_info.promulgation_amount.digits",
        NEW,
        "header.other_info.promulgation_amount",
        "1200",
        f"{H}/OtherInfo/PromulgationAmount",
    ),
    Fault(
        "header.other_info.page_amount.form", NEW, "header.other_info.page_amount", "2,5", f"{H}/OtherInfo/PageAmount"
    ),
    Fault(
        "header.other_info.page_amount.digits",
        NEW,
        "header.other_info.page_amount",
        "1000",
        f"{H}/OtherInfo/PageAmount",
    ),
    Fault("header.other_info.direction.form", NEW, "header.other_info.direction", "có", f"{H}/OtherInfo/Direction"),
    Fault("header.response_for.empty", NEW, "header.response_for", (EARLIER, ResponseFor()), f"{H}/ResponseFor[2]"),
    Fault(
        "header.response_for.organ_id.missing", NEW, "header.response_for.0.organ_id", "", f"{H}/ResponseFor[1]/OrganId"
    ),
    Fault("header.response_for.code.missing", NEW, "header.response_for.0.code", "", f"{H}/ResponseFor[1]/Code"),
    Fault(
        "header.response_for.promulgation_date.missing",
        NEW,
        "header.response_for.0.promulgation_date",
        "",
        f"{H}/ResponseFor[1]/PromulgationDate",
    ),
    Fault(
        "header.response_for.promulgation_date.form",
        NEW,
        "header.response_for.0.promulgation_date",
        "2026-11-02",
        f"{H}/ResponseFor[1]/PromulgationDate",
    ),
    Fault(
        "header.response_for.document_id.missing",
        NEW,
        "header.response_for.0.document_id",
        "",
        f"{H}/ResponseFor[1]/DocumentId",
    ),
    Fault("header.steering_type.missing", NEW, "header.steering_type", "", f"{H}/SteeringType"),
    Fault("header.steering_type.form", NEW, "header.steering_type", "một", f"{H}/SteeringType"),
    Fault("header.steering_type.unknown", NEW, "header.steering_type", "3", f"{H}/SteeringType"),
    Fault("header.document_id.missing", NEW, "header.document_id", "", f"{H}/DocumentId"),
    Fault("trace.version.missing", NEW, "trace.version", "", f"{T}/@version"),
    Fault("trace.header.missing", NEW, "trace.traces", (), f"{T}/TraceHeader"),
    Fault("trace.header.organ_id.missing", NEW, "trace.traces.0.organ_id", "", f"{T}/TraceHeader[1]/OrganId"),
    Fault(
        "trace.header.organ_id.deep", NEW, "trace.traces.0.organ_id", "H24.01.02.03.04", f"{T}/TraceHeader[1]/OrganId"
    ),
    Fault("trace.header.timestamp.missing", NEW, "trace.traces.0.timestamp", "", f"{T}/TraceHeader[1]/Timestamp"),
    Fault(
        "trace.header.timestamp.form",
        NEW,
        "trace.traces.0.timestamp",
        "2026/11/20 24:00:00",
        f"{T}/TraceHeader[1]/Timestamp",
    ),
    Fault("bussiness.document_type.missing", NEW, "trace.bussiness.document_type", "", f"{B}/BussinessDocType"),
    Fault("bussiness.document_type.unknown", RECALL, "trace.bussiness.document_type", "4", f"{B}/BussinessDocType"),
    Fault("bussiness.reason.missing", RECALL, "trace.bussiness.reason", "", f"{B}/BussinessDocReason"),
    Fault("bussiness.document_id.missing", UPDATE, "trace.bussiness.document_id", "", f"{B}/DocumentId"),
    Fault("bussiness.paper.missing", NEW, "trace.bussiness.paper", "", f"{B}/Paper"),
    Fault("bussiness.paper.form", NEW, "trace.bussiness.paper", "2", f"{B}/Paper"),
    Fault("bussiness.document_info.missing", UPDATE, CHANGE, (), I),
    Fault("bussiness.document_info.unexpected", RECALL, CHANGE, UPDATE.trace.bussiness.document_info, I),
    Fault("bussiness.document_info.repeated", UPDATE, CHANGE, UPDATE.trace.bussiness.document_info * 2, I),
    Fault(
        "bussiness.document_info.document_info.missing", UPDATE, f"{CHANGE}.0.document_info", "", f"{I}[1]/DocumentInfo"
    ),
    Fault(
        "bussiness.document_info.document_info.form", UPDATE, f"{CHANGE}.0.document_info", "có", f"{I}[1]/DocumentInfo"
    ),
    Fault(
        "bussiness.document_info.document_receiver.missing",
        UPDATE,
        f"{CHANGE}.0.document_receiver",
        "",
        f"{I}[1]/DocumentReceiver",
    ),
    Fault(
        "bussiness.document_info.document_receiver.form",
        UPDATE,
        f"{CHANGE}.0.document_receiver",
        "true",
        f"{I}[1]/DocumentReceiver",
    ),
    Fault("bussiness.receiver.missing", UPDATE, f"{CHANGE}.0.receivers", (), f"{I}[1]/ReceiverList"),
    Fault(
        "bussiness.receiver.organ_id.missing",
        UPDATE,
        f"{CHANGE}.0.receivers.0.organ_id",
        "",
        f"{I}/ReceiverList/Receiver[1]/OrganId",
    ),
    Fault(
        "bussiness.receiver.receiver_type.missing",
        UPDATE,
        f"{CHANGE}.0.receivers.0.receiver_type",
        "",
        f"{I}/ReceiverList/Receiver[1]/ReceiverType",
    ),
    Fault(
        "bussiness.receiver.receiver_type.form",
        UPDATE,
        f"{CHANGE}.0.receivers.0.receiver_type",
        "2",
        f"{I}/ReceiverList/Receiver[1]/ReceiverType",
    ),
    Fault("bussiness.staff_info.repeated", NEW, "trace.bussiness.staff_info", (CLERK, CLERK), f"{B}/StaffInfo"),
    Fault(
        "bussiness.staff_info.email.form", NEW, "trace.bussiness.staff_info.0.email", "binh", f"{B}/StaffInfo[1]/Email"
    ),
    Fault("bussiness.replacement.missing", REPLACEMENT, OLD, (), R),
    Fault("bussiness.replacement.unexpected", NEW, OLD, REPLACEMENT.trace.bussiness.replacements, R),
    Fault(
        "bussiness.replacement.document_id.missing",
        REPLACEMENT,
        f"{OLD}.0.document_id",
        "",
        f"{R}/ReplacementInfo[1]/DocumentId",
    ),
    Fault(
        "bussiness.replacement.holders_missing",
        REPLACEMENT,
        f"{OLD}.0.organ_ids",
        (),
        f"{R}/ReplacementInfo[1]/OrganIdList",
    ),
    Fault(
        "bussiness.replacement.organ_id.missing",
        REPLACEMENT,
        f"{OLD}.0.organ_ids",
        ("H24", ""),
        f"{R}/ReplacementInfo/OrganIdList/OrganId[2]",
    ),
    Fault("manifest.content_id.missing", NEW, "manifest.0.content_id", "", f"{M}[1]/ContentId"),
    Fault("manifest.content_type.missing", NEW, "manifest.0.content_type", "", f"{M}[1]/ContentType"),
    Fault("manifest.attachment_name.missing", NEW, "manifest.1.attachment_name", "", f"{M}[2]/AttachmentName"),
    Fault("manifest.content_id.duplicate", NEW, "manifest.1.content_id", "1", f"{M}[1]/ContentId"),
    Fault(
        "manifest.content_id.unmatched",
        NEW,
        "manifest",
        (*NEW.manifest, put(NEW.manifest[0], "content_id", "3")),
        f"{M}[3]/ContentId",
    ),
    Fault("attachment.missing", put(NEW, "manifest", ()), "attachments", (), "AttachmentEncoded"),
    Fault("attachment.content_id.missing", NEW, "attachments.0.content_id", "", f"{A}[1]/ContentId"),
    Fault("attachment.content_type.missing", NEW, "attachments.0.content_type", "", f"{A}[1]/ContentType"),
    Fault("attachment.attachment_name.missing", NEW, "attachments.0.attachment_name", "", f"{A}[1]/AttachmentName"),
    Fault(
        "attachment.attachment_name.path", NEW, "attachments.1.attachment_name", "..\\a.pdf", f"{A}[2]/AttachmentName"
    ),
    Fault("attachment.content.missing", NEW, "attachments.1.view", None, f"{A}[2]/ContentTransferEncoded"),
    Fault("attachment.content_id.duplicate", NEW, "attachments.1.content_id", "1", f"{A}[1]/ContentId"),
    Fault("attachment.content_id.unlisted", NEW, "manifest", NEW.manifest[:1], f"{A}[2]/ContentId"),
    Fault("status.from.organ_id.missing", STATUS, "from_", Organ(organ_name="Sở Nội vụ"), f"{H}/From/OrganId"),
    Fault("status.from.organ_name.missing", STATUS, "from_.organ_name", "", f"{H}/From/OrganName"),
    Fault("status.from.email.form", STATUS, "from_.email", "a b@c.vn", f"{H}/From/Email"),
    Fault("status.response_for.organ_id.missing", STATUS, "response_for.organ_id", "", f"{H}/ResponseFor/OrganId"),
    Fault("status.response_for.code.missing", STATUS, "response_for.code", "", f"{H}/ResponseFor/Code"),
    Fault(
        "status.response_for.promulgation_date.missing",
        STATUS,
        "response_for.promulgation_date",
        "",
        f"{H}/ResponseFor/PromulgationDate",
    ),
    Fault(
        "status.response_for.promulgation_date.form",
        STATUS,
        "response_for.promulgation_date",
        "20/11/2026",
        f"{H}/ResponseFor/PromulgationDate",
    ),
    Fault(
        "status.response_for.document_id.missing", STATUS, "response_for.document_id", "", f"{H}/ResponseFor/DocumentId"
    ),
    Fault("status.staff_info.email.form", STATUS, "staff_info.email", "binh@", f"{H}/StaffInfo/Email"),
    Fault("status.status_code.missing", STATUS, "status_code", "", f"{H}/StatusCode"),
    Fault("status.status_code.unknown", STATUS, "status_code", "103", f"{H}/StatusCode"),
    Fault("status.description.missing", put(STATUS, "status_code", "02"), "description", " ", f"{H}/Description"),
    Fault("status.timestamp.missing", STATUS, "timestamp", "", f"{H}/Timestamp"),
    Fault("status.timestamp.form", STATUS, "timestamp", "2026/11/20", f"{H}/Timestamp"),
    Fault("status.timestamp.before_promulgation", STATUS, "timestamp", "2026/11/19 23:59:59", f"{H}/Timestamp"),
]

ORGAN_LIMITS = {
    "organ_id": (35, 35),
    "organization_in_charge": (200, 200),
    "organ_name": (200, 200),
    "organ_add": (250, 250),
    "email": (100, 100),
    "telephone": (20, 20),
    "fax": (20, 20),
    "website": (100, 255),
}
STAFF_LIMITS = {"department": 200, "staff": 50, "mobile": 20, "email": 100}
LIMITS: list[tuple[str, Package, str, int, int]] = [
    *((f"header.from.{key}", NEW, f"header.from_.{key}", *both) for key, both in ORGAN_LIMITS.items()),
    *((f"header.to.{key}", NEW, f"header.to.0.{key}", *both) for key, both in ORGAN_LIMITS.items()),
    *((f"status.from.{key}", STATUS, f"from_.{key}", *both) for key, both in ORGAN_LIMITS.items()),
    *(
        (f"bussiness.staff_info.{key}", NEW, f"trace.bussiness.staff_info.0.{key}", n, n)
        for key, n in STAFF_LIMITS.items()
    ),
    *((f"status.staff_info.{key}", STATUS, f"staff_info.{key}", n, n) for key, n in STAFF_LIMITS.items()),
    ("header.code.number", NEW, "header.code.number", 11, 11),
    ("header.code.notation", NEW, "header.code.notation", 30, 30),
    ("header.promulgation_info.place", NEW, "header.promulgation_info.place", 50, 50),
    ("header.document_type.type_name", NEW, "header.document_type.type_name", 100, 100),
    ("header.subject", NEW, "header.subject", 500, 500),
    ("header.content", NEW, "header.content", 500, 500),
    ("header.signer_info.competence", NEW, "header.signer_info.competence", 100, 100),
    ("header.signer_info.position", NEW, "header.signer_info.position", 100, 100),
    ("header.signer_info.full_name", NEW, "header.signer_info.full_name", 50, 50),
    ("header.other_info.sphere_of_promulgation", NEW, "header.other_info.sphere_of_promulgation", 100, 100),
    ("header.other_info.typer_notation", NEW, "header.other_info.typer_notation", 10, 10),
    ("header.other_info.appendix", NEW, "header.other_info.appendixes.0", 250, 250),
    ("header.to_places", NEW, "header.to_places.1", 150, 150),
    ("header.response_for.organ_id", NEW, "header.response_for.0.organ_id", 35, 35),
    ("header.response_for.code", NEW, "header.response_for.0.code", 42, 42),
    ("header.response_for.document_id", NEW, "header.response_for.0.document_id", 200, 200),
    ("header.document_id", NEW, "header.document_id", 200, 200),
    ("trace.header.organ_id", NEW, "trace.traces.0.organ_id", 35, 35),
    ("bussiness.reason", RECALL, "trace.bussiness.reason", 500, 1000),
    ("bussiness.document_id", RECALL, "trace.bussiness.document_id", 200, 200),
    ("bussiness.receiver.organ_id", UPDATE, f"{CHANGE}.0.receivers.0.organ_id", 35, 35),
    ("bussiness.replacement.document_id", REPLACEMENT, f"{OLD}.0.document_id", 200, 200),
    ("bussiness.replacement.organ_id", REPLACEMENT, f"{OLD}.0.organ_ids.0", 35, 35),
    ("manifest.description", NEW, "manifest.0.description", 500, 500),
    ("manifest.attachment_name", NEW, "manifest.0.attachment_name", 200, 500),
    ("attachment.description", NEW, "attachments.0.description", 500, 500),
    ("attachment.attachment_name", NEW, "attachments.0.attachment_name", 200, 500),
    ("status.response_for.organ_id", STATUS, "response_for.organ_id", 35, 35),
    ("status.response_for.code", STATUS, "response_for.code", 42, 42),
    ("status.response_for.document_id", STATUS, "response_for.document_id", 200, 200),
    ("status.description", STATUS, "description", 1000, 1000),
]

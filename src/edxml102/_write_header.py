"""The header of packages, element by element in the order 1.1 to 1.14, 2.1 and 2.2 (tables 3.2 and 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

from edxml102._write_xml import HasExtras, Sheet, Table
from edxml102.model import (
    Bussiness,
    BussinessDocumentInfo,
    DocumentPackage,
    MessageHeader,
    OtherInfo,
    ReplacementInfo,
    StatusPackage,
    TraceHeaderList,
)

_ORGAN = (
    ("OrganId", "organ_id"),
    ("OrganizationInCharge", "organization_in_charge"),
    ("OrganName", "organ_name"),
    ("OrganAdd", "organ_add"),
    ("Email", "email"),
    ("Telephone", "telephone"),
    ("Fax", "fax"),
    ("Website", "website"),
)
_CODE = (("CodeNumber", "number"), ("CodeNotation", "notation"))
_PROMULGATION = (("Place", "place"), ("PromulgationDate", "promulgation_date"))
_DOCUMENT_TYPE = (("Type", "type"), ("TypeDetail", "type_detail"), ("TypeName", "type_name"))
_SIGNER = (("Competence", "competence"), ("Position", "position"), ("FullName", "full_name"))
_OTHER = (
    ("Priority", "priority"),
    ("SphereOfPromulgation", "sphere_of_promulgation"),
    ("TyperNotation", "typer_notation"),
    ("PromulgationAmount", "promulgation_amount"),
    ("PageAmount", "page_amount"),
)
_OTHER_EXTENSIONS = (("ReplyFors", "reply_fors"), ("Direction", "direction"), ("ReferenceCodes", "reference_codes"))
_RESPONSE = (
    ("OrganId", "organ_id"),
    ("Code", "code"),
    ("PromulgationDate", "promulgation_date"),
    ("DocumentId", "document_id"),
)
_STAFF = (
    ("Department", "department"),
    ("DepartmentId", "department_id"),
    ("Staff", "staff"),
    ("StaffId", "staff_id"),
    ("Mobile", "mobile"),
    ("Email", "email"),
)
_TRACE = (("OrganId", "organ_id"), ("Timestamp", "timestamp"))
_RECEIVER = (("OrganId", "organ_id"), ("ReceiverType", "receiver_type"))


def write_header(sheet: Sheet, package: DocumentPackage) -> None:
    """Write ``MessageHeader`` and ``TraceHeaderList`` of a document."""
    with sheet.element("MessageHeader"):
        _write_message(sheet, package.header)
    if package.trace != TraceHeaderList():
        _write_trace(sheet, package.trace)


def write_status(sheet: Sheet, package: StatusPackage) -> None:
    """Write ``MessageHeader`` of a status report."""
    with sheet.element("MessageHeader"):
        _write_present(sheet, "From", package.from_, _ORGAN)
        _write_present(sheet, "ResponseFor", package.response_for, _RESPONSE)
        if package.staff_info is not None:
            sheet.group("StaffInfo", package.staff_info, _STAFF)
        sheet.leaves(
            package, (("StatusCode", "status_code"), ("Description", "description"), ("Timestamp", "timestamp"))
        )
        sheet.extras(package)


def _write_message(sheet: Sheet, header: MessageHeader) -> None:
    _write_present(sheet, "From", header.from_, _ORGAN)
    _write_each(sheet, "To", header.to, _ORGAN)
    _write_present(sheet, "Code", header.code, _CODE)
    _write_present(sheet, "PromulgationInfo", header.promulgation_info, _PROMULGATION)
    _write_present(sheet, "DocumentType", header.document_type, _DOCUMENT_TYPE)
    sheet.leaves(header, (("Subject", "subject"), ("Content", "content")))
    _write_present(sheet, "SignerInfo", header.signer_info, _SIGNER)
    sheet.leaves(header, (("DueDate", "due_date"),))
    _write_texts(sheet, "ToPlaces", "Place", header.to_places)
    _write_other(sheet, header.other_info)
    _write_each(sheet, "ResponseFor", header.response_for, _RESPONSE)
    sheet.leaves(header, (("SteeringType", "steering_type"), ("DocumentId", "document_id")))
    _write_texts(sheet, "ResponseForTask", "TaskCode", header.task_codes)
    sheet.leaves(header, (("ApplicationType", "application_type"),))
    sheet.extras(header)


def _write_other(sheet: Sheet, other: OtherInfo) -> None:
    if other == OtherInfo():
        return
    with sheet.element("OtherInfo"):
        sheet.leaves(other, _OTHER)
        _write_texts(sheet, "Appendixes", "Appendix", other.appendixes)
        sheet.leaves(other, _OTHER_EXTENSIONS)
        sheet.extras(other)


def _write_trace(sheet: Sheet, trace: TraceHeaderList) -> None:
    attributes = tuple((name, value) for name, value in (("id", trace.id), ("version", trace.version)) if value)
    with sheet.element("TraceHeaderList", attributes):
        _write_each(sheet, "TraceHeader", trace.traces, _TRACE)
        if trace.bussiness != Bussiness():
            _write_bussiness(sheet, trace.bussiness)
        sheet.leaves(trace, (("Paper", "paper"),))
        sheet.extras(trace)


def _write_bussiness(sheet: Sheet, bussiness: Bussiness) -> None:
    with sheet.element("Bussiness"):
        sheet.leaves(bussiness, (("BussinessDocType", "document_type"), ("BussinessDocReason", "reason")))
        for info in bussiness.document_info:
            _write_change(sheet, info)
        sheet.leaves(bussiness, (("DocumentId", "document_id"),))
        _write_each(sheet, "StaffInfo", bussiness.staff_info, _STAFF)
        sheet.leaves(bussiness, (("Paper", "paper"),))
        if bussiness.replacements:
            with sheet.element("ReplacementInfoList"):
                for replacement in bussiness.replacements:
                    _write_replacement(sheet, replacement)
        sheet.extras(bussiness)


def _write_change(sheet: Sheet, info: BussinessDocumentInfo) -> None:
    with sheet.element("BussinessDocumentInfo"):
        sheet.leaves(info, (("DocumentInfo", "document_info"), ("DocumentReceiver", "document_receiver")))
        if info.receivers:
            with sheet.element("ReceiverList"):
                _write_each(sheet, "Receiver", info.receivers, _RECEIVER)
        sheet.extras(info)


def _write_replacement(sheet: Sheet, replacement: ReplacementInfo) -> None:
    with sheet.element("ReplacementInfo"):
        sheet.leaves(replacement, (("DocumentId", "document_id"),))
        _write_texts(sheet, "OrganIdList", "OrganId", replacement.organ_ids)
        sheet.extras(replacement)


def _write_present(sheet: Sheet, name: str, group: HasExtras, table: Table) -> None:
    """Write a group unless everything in it is empty."""
    if group.extras or any(getattr(group, attribute) for _, attribute in table):
        sheet.group(name, group, table)


def _write_each(sheet: Sheet, name: str, groups: Sequence[HasExtras], table: Table) -> None:
    for group in groups:
        sheet.group(name, group, table)


def _write_texts(sheet: Sheet, name: str, leaf: str, texts: tuple[str, ...]) -> None:
    if texts:
        with sheet.element(name):
            for text in texts:
                sheet.leaf(leaf, text)

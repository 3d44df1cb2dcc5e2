"""From what a clerk filled in to a package of QCVN 102:2016, and from findings about it back to the fields. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from edxml102.errors import EdxmlError, Finding, Severity
from edxml102.identifiers import make_document_id
from edxml102.model import (
    Attachment,
    Bussiness,
    Code,
    DocumentPackage,
    DocumentType,
    MessageHeader,
    Organ,
    OtherInfo,
    PromulgationInfo,
    ResponseFor,
    SignerInfo,
    StaffInfo,
    TraceHeader,
    TraceHeaderList,
)
from edxml102.writer import manifest_of
from edxml102.ziprule import content_type_of
from lienthong.common import clock
from lienthong.records.outgoing.errors import Fault
from lienthong.records.outgoing.metadata import Metadata
from lienthong.records.outgoing.notation import parse_type, type_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The agency that issues, as packages name it."""

    code: str
    name: str
    address: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Addressee:
    """An agency that gets the package."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file in its order; ``content_id`` names it in the package."""

    content_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Answered:
    """An earlier document that this one answers or acts on."""

    organ_id: str
    code: str
    issued_on: date | None
    document_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """All that makes a package. ``made_at`` stands in the trace only, so building again gives the same document."""

    sender: Sender
    metadata: Metadata
    number: str
    notation: str
    document_id: str
    addressees: Sequence[Addressee]
    files: Sequence[FileEntry] = ()
    answers: Sequence[Answered] = ()
    bussiness: Bussiness = field(default_factory=lambda: Bussiness(document_type="0", paper="0"))
    made_at: datetime


def document_id_of(sender: str, issued_on: date, number: str, notation: str) -> str:
    """Form A; where a part does not fit the form, the same text all the same: nothing may hang on its shape."""
    try:
        return make_document_id(sender, issued_on, number, notation)
    except EdxmlError:
        return f"{sender},{issued_on:%Y/%m/%d},{number}/{notation}"


def compose(envelope: Envelope) -> DocumentPackage:
    """The package, without its contents."""
    attachments = tuple(
        Attachment(content_id=one.content_id, attachment_name=one.name, content_type=content_type_of(one.name))
        for one in envelope.files
    )
    return DocumentPackage(
        header=_header(envelope),
        trace=TraceHeaderList(
            version="1.0",
            traces=(TraceHeader(organ_id=envelope.sender.code, timestamp=package_time(envelope.made_at)),),
            bussiness=envelope.bussiness,
        ),
        manifest=manifest_of(attachments),
        attachments=attachments,
    )


def _header(envelope: Envelope) -> MessageHeader:
    data = envelope.metadata
    return MessageHeader(
        from_=organ_of(envelope.sender),
        to=tuple(Organ(organ_id=one.code, organ_name=one.name[:200]) for one in envelope.addressees),
        code=Code(number=envelope.number, notation=envelope.notation),
        promulgation_info=PromulgationInfo(place=data.place.strip(), promulgation_date=package_date(data.issued_on)),
        document_type=_type(data.type_code),
        subject=_line(data.subject),
        signer_info=SignerInfo(
            competence=_line(data.signer_competence),
            position=_line(data.signer_position),
            full_name=_line(data.signer_name),
        ),
        due_date=package_date(data.due_on),
        to_places=data.to_place_lines,
        other_info=OtherInfo(
            priority=str(data.priority),
            sphere_of_promulgation=_line(data.sphere),
            promulgation_amount=_count(data.copies),
            page_amount=_count(data.page_amount),
        ),
        response_for=tuple(
            ResponseFor(
                organ_id=one.organ_id,
                code=one.code,
                promulgation_date=package_date(one.issued_on),
                document_id=one.document_id,
            )
            for one in envelope.answers
        ),
        steering_type="0",
        document_id=envelope.document_id,
    )


def organ_of(sender: Sender) -> Organ:
    return Organ(
        organ_id=sender.code,
        organ_name=sender.name[:200],
        organ_add=sender.address[:250],
        email=sender.email[:100] if "@" in sender.email else "",
        telephone=sender.phone[:20],
    )


def staff_of(data: Metadata) -> tuple[StaffInfo, ...]:
    """The person in charge, where one is named."""
    if not (data.staff_name or data.staff_department):
        return ()
    return (
        StaffInfo(
            department=_line(data.staff_department),
            staff=_line(data.staff_name),
            mobile=_line(data.staff_mobile),
            email=_line(data.staff_email),
        ),
    )


def _type(code: str) -> DocumentType:
    key = parse_type(code)
    if key is None:
        return DocumentType()
    return DocumentType(type=key[0].code, type_detail=str(key[1]), type_name=type_name(code))


def _line(text: str) -> str:
    return " ".join(text.split())


def _count(value: int | None) -> str:
    return "" if value is None else str(value)


def package_date(day: date | None) -> str:
    return f"{day:%Y/%m/%d}" if day else ""


def package_time(moment: datetime) -> str:
    return f"{clock.in_vietnam(moment):%Y/%m/%d %H:%M:%S}"


# --- Findings, at the field that they are about -----------------------------------------------------------------------

_FIELD_OF = (
    ("MessageHeader/From", "sender"),
    ("MessageHeader/To[", "recipients"),
    ("MessageHeader/ToPlaces", "to_places"),
    ("MessageHeader/To", "recipients"),
    ("MessageHeader/Code", "number"),
    ("MessageHeader/PromulgationInfo/Place", "place"),
    ("MessageHeader/PromulgationInfo", "issued_on"),
    ("MessageHeader/DocumentType", "type_code"),
    ("MessageHeader/Subject", "subject"),
    ("MessageHeader/SignerInfo/Competence", "signer_competence"),
    ("MessageHeader/SignerInfo/Position", "signer_position"),
    ("MessageHeader/SignerInfo", "signer_name"),
    ("MessageHeader/DueDate", "due_on"),
    ("MessageHeader/OtherInfo/Priority", "priority"),
    ("MessageHeader/OtherInfo/PageAmount", "page_amount"),
    ("MessageHeader/OtherInfo/PromulgationAmount", "copies"),
    ("MessageHeader/OtherInfo/Sphere", "sphere"),
    ("MessageHeader/DocumentId", "number"),
    ("TraceHeaderList/Bussiness/StaffInfo", "staff_name"),
    ("TraceHeaderList/Bussiness/BussinessDocReason", "reason"),
    ("AttachmentEncoded", "files"),
    ("edXMLManifest", "files"),
)


def fault_of(finding: Finding) -> Fault:
    """A finding of the rules, at the field of the form."""
    field_name = next((name for start, name in _FIELD_OF if finding.path.startswith(start)), "")
    return Fault(field_name, finding.id, finding.message)


def split_findings(findings: Iterable[Finding]) -> tuple[list[Fault], list[Fault]]:
    """What refuses the package, and what is only worth knowing."""
    errors: list[Fault] = []
    remarks: list[Fault] = []
    for finding in findings:
        (errors if finding.severity is Severity.ERROR else remarks).append(fault_of(finding))
    return errors, remarks

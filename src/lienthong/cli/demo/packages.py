"""The packages that the sample agencies' systems build. Every person and text is invented."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from edxml102.codes import Priority, StatusCode
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
    StatusPackage,
    TraceHeader,
    TraceHeaderList,
)
from edxml102.reader import decode_attachment, read_package
from edxml102.writer import manifest_of, write_package
from lienthong.cli.demo.city import COMMITTEE, SampleAgency
from lienthong.cli.demo.national_axis import BY_CODE
from lienthong.common import clock

_PLACE = "Thành phố Mẫu"
_OFFICIAL_LETTER = DocumentType(type="2", type_detail="18", type_name="Công văn")
_ATTACHMENT = Attachment(content_id="1", attachment_name="cong-van-mau.pdf", content_type="application/pdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document before it is packed. ``to`` holds codes as they are addressed, old or new; ``recalls`` the identifier
    of the document that this one recalls, for the ``reason``."""

    sender: SampleAgency
    to: Sequence[str]
    number: int
    subject: str
    pdf: bytes
    priority: Priority = Priority.ORDINARY
    day: date = field(default_factory=clock.today)
    recalls: str = ""
    reason: str = ""

    @property
    def document_id(self) -> str:
        return make_document_id(self.sender.code, self.day, str(self.number), self.sender.notation)

    @property
    def code(self) -> str:
        return f"{self.number}/{self.sender.notation}"


def pack(draft: Draft, *, staff: str = "Nguyễn Văn Mẫu") -> bytes:
    """The edXML package of a document. Another ``staff`` gives other bytes of the same document."""
    package = DocumentPackage(
        header=_header(draft),
        trace=TraceHeaderList(
            version="1.0",
            traces=(TraceHeader(organ_id=draft.sender.code, timestamp=package_time(clock.now())),),
            bussiness=Bussiness(
                document_type="1" if draft.recalls else "0",
                document_id=draft.recalls,
                reason=draft.reason,
                staff_info=(StaffInfo(department="Văn phòng", staff=staff),),
                paper="0",
            ),
        ),
        manifest=manifest_of([_ATTACHMENT]),
        attachments=(_ATTACHMENT,),
    )
    out = io.BytesIO()
    write_package(package, out, {_ATTACHMENT.content_id: draft.pdf}, today=clock.today())
    return out.getvalue()


def _header(draft: Draft) -> MessageHeader:
    return MessageHeader(
        from_=_organ(draft.sender.code),
        to=tuple(_organ(code) for code in draft.to),
        code=Code(number=str(draft.number), notation=draft.sender.notation),
        promulgation_info=PromulgationInfo(place=_PLACE, promulgation_date=f"{draft.day:%Y/%m/%d}"),
        document_type=_OFFICIAL_LETTER,
        subject=draft.subject,
        signer_info=SignerInfo(position="Thủ trưởng (mẫu)", full_name="Trần Thị Mẫu"),
        other_info=OtherInfo(priority=draft.priority.code, page_amount="1"),
        steering_type="0",
        document_id=draft.document_id,
    )


def _organ(code: str) -> Organ:
    agency = BY_CODE.get(code)
    above = COMMITTEE.name if agency and agency.parent else ""
    return Organ(
        organ_id=code, organ_name=agency.name if agency else "Cơ quan không có (mẫu)", organization_in_charge=above
    )


def pack_report(
    document: DocumentPackage, *, reporter: SampleAgency, status: StatusCode, description: str, at: datetime
) -> bytes:
    """The status package with which ``reporter`` reports on a document it received."""
    header = document.header
    package = StatusPackage(
        from_=replace(_organ(reporter.code), organ_name=reporter.name),
        response_for=ResponseFor(
            organ_id=header.from_.organ_id,
            code=header.code.text,
            promulgation_date=header.promulgation_info.promulgation_date,
            document_id=header.document_id,
        ),
        staff_info=StaffInfo(department="Văn thư", staff="Lê Văn Mẫu"),
        status_code=status.code,
        description=description,
        timestamp=package_time(at),
    )
    out = io.BytesIO()
    write_package(package, out, today=clock.today())
    return out.getvalue()


def read_document(data: bytes) -> DocumentPackage:
    """:raises ValueError: the bytes are no document package"""
    package = read_package(io.BytesIO(data)).package
    if not isinstance(package, DocumentPackage):
        raise ValueError("không phải gói văn bản")  # noqa: TRY004 - about the bytes, not about a type
    return package


def read_report(data: bytes) -> StatusPackage:
    """:raises ValueError: the bytes are no status package"""
    package = read_package(io.BytesIO(data)).package
    if not isinstance(package, StatusPackage):
        raise ValueError("không phải gói trạng thái")  # noqa: TRY004 - about the bytes, not about a type
    return package


def first_attachment(data: bytes, package: DocumentPackage) -> bytes:
    """The decoded bytes of the first attachment, ``b""`` when there is none."""
    view = next((attachment.view for attachment in package.attachments if attachment.view), None)
    return b"".join(decode_attachment(io.BytesIO(data), view)) if view else b""


def package_time(moment: datetime) -> str:
    return f"{clock.in_vietnam(moment):%Y/%m/%d %H:%M:%S}"

"""Sound packages of every kind, made up, and a way to change one thing in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from edxml102.model import (
    Attachment,
    AttachmentView,
    Bussiness,
    BussinessDocumentInfo,
    Code,
    DocumentPackage,
    DocumentType,
    MessageHeader,
    Organ,
    OtherInfo,
    PromulgationInfo,
    Receiver,
    ReplacementInfo,
    ResponseFor,
    SignerInfo,
    StaffInfo,
    StatusPackage,
    TraceHeader,
    TraceHeaderList,
)
from edxml102.writer import manifest_of

TODAY = date(2026, 11, 22)
CONTENTS = {"1": b"%PDF-1.7 cong van", "2": b"%PDF-1.7 phu luc"}

CITY = Organ(
    organ_id="000.00.00.H24",
    organization_in_charge="Chính phủ",
    organ_name="Ủy ban nhân dân thành phố",
    organ_add="Số 1 đường Hoa Phượng",
    email="vanthu@thanhpho.gov.vn",
    telephone="(0225) 3000 000",
    fax="0225 3000 001",
    website="thanhpho.gov.vn",
)
DEPARTMENT = Organ(organ_id="000.00.05.H24", organ_name="Sở Nội vụ", email="snv@thanhpho.gov.vn")
COMMUNE = Organ(organ_id="000.12.30.H24", organ_name="Ủy ban nhân dân xã An Hòa")
CLERK = StaffInfo(department="Văn phòng", staff="Trần Thị Bình", mobile="0900000001", email="binh@thanhpho.gov.vn")
EARLIER = ResponseFor(
    organ_id="000.00.05.H24",
    code="15/SNV-VP",
    promulgation_date="2026/11/02",
    document_id="000.00.05.H24,2026/11/02,15/SNV-VP",
)
ATTACHMENTS = tuple(
    Attachment(
        content_id=content_id,
        attachment_name=name,
        description="Bản chính",
        content_type="application/pdf",
        view=AttachmentView(begin=0, end=4, size=3, sha256=bytes(32)),
    )
    for content_id, name in (("1", "cong-van.pdf"), ("2", "Phụ lục.pdf"))
)
HEADER = MessageHeader(
    from_=CITY,
    to=(DEPARTMENT, COMMUNE),
    code=Code(number="123", notation="UBND-VP"),
    promulgation_info=PromulgationInfo(place="Hải Phòng", promulgation_date="2026/11/20"),
    document_type=DocumentType(type="2", type_detail="18", type_name="Công văn"),
    subject="V/v triển khai liên thông văn bản",
    content="Triển khai liên thông văn bản bốn cấp",
    signer_info=SignerInfo(competence="TM. ỦY BAN NHÂN DÂN", position="Chủ tịch", full_name="Nguyễn Văn An"),
    due_date="2026/12/15",
    to_places=("Như trên;", "Lưu: VT."),
    other_info=OtherInfo(
        priority="1",
        sphere_of_promulgation="Toàn thành phố",
        typer_notation="NVB",
        promulgation_amount="3",
        page_amount="2",
        appendixes=("Phụ lục I",),
        direction="false",
    ),
    response_for=(EARLIER,),
    steering_type="0",
    document_id="000.00.00.H24,2026/11/20,123/UBND-VP",
)
TRACE = TraceHeaderList(
    version="1.0",
    traces=(TraceHeader(organ_id="000.00.00.H24", timestamp="2026/11/20 08:30:00"),),
    bussiness=Bussiness(document_type="0", staff_info=(CLERK,), paper="0"),
)
NEW = DocumentPackage(header=HEADER, trace=TRACE, manifest=manifest_of(ATTACHMENTS), attachments=ATTACHMENTS)
RECALL = replace(
    NEW,
    trace=replace(
        TRACE,
        bussiness=Bussiness(document_type="1", reason="Sai thể thức", document_id=EARLIER.document_id, paper="0"),
    ),
)
UPDATE = replace(
    NEW,
    trace=replace(
        TRACE,
        bussiness=Bussiness(
            document_type="2",
            reason="Thêm nơi nhận",
            document_info=(
                BussinessDocumentInfo(
                    document_info="0",
                    document_receiver="1",
                    receivers=(Receiver(organ_id="000.12.30.H24", receiver_type="1"),),
                ),
            ),
            document_id=EARLIER.document_id,
            paper="0",
        ),
    ),
)
REPLACEMENT = replace(
    NEW,
    trace=replace(
        TRACE,
        bussiness=Bussiness(
            document_type="3",
            reason="Thay văn bản cũ",
            paper="1",
            replacements=(ReplacementInfo(document_id=EARLIER.document_id, organ_ids=("000.12.30.H24",)),),
        ),
    ),
)
STATUS = StatusPackage(
    from_=DEPARTMENT,
    response_for=ResponseFor(
        organ_id="000.00.00.H24",
        code="123/UBND-VP",
        promulgation_date="2026/11/20",
        document_id=HEADER.document_id,
    ),
    staff_info=CLERK,
    status_code="03",
    description="Đã vào sổ văn bản đến",
    timestamp="2026/11/20 09:15:00",
)
SOUND = {"new": NEW, "recall": RECALL, "update": UPDATE, "replacement": REPLACEMENT, "status": STATUS}


def put(group: Any, path: str, value: Any) -> Any:
    """Copy ``group`` with ``value`` at a dotted path; a number is a position (``header.to.0.organ_id``)."""
    name, _, rest = path.partition(".")
    if name.isdigit():
        at = int(name)
        return (*group[:at], put(group[at], rest, value) if rest else value, *group[at + 1 :])
    return replace(group, **{name: put(getattr(group, name), rest, value) if rest else value})

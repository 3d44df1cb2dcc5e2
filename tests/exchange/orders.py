"""Packages that recall, update or replace a document. Everything is invented."""

from __future__ import annotations

import io
from itertools import count

from edxml102.model import (
    Attachment,
    Bussiness,
    BussinessDocumentInfo,
    Code,
    DocumentPackage,
    DocumentType,
    MessageHeader,
    Organ,
    OtherInfo,
    PromulgationInfo,
    ReplacementInfo,
    ResponseFor,
    SignerInfo,
    TraceHeader,
    TraceHeaderList,
)
from edxml102.writer import write_package

_numbers = count(1)


def recall(sender: str, *receivers: str, target: str, reason: str = "Ban hành nhầm (mẫu)", **header: str) -> bytes:
    """Names what it recalls in ``Bussiness/DocumentId``."""
    return _order(sender, receivers, Bussiness(document_type="1", reason=reason, document_id=target), **header)


def recall_by_response(sender: str, *receivers: str, owner: str, target: str, **header: str) -> bytes:
    """Names it in ``ResponseFor``, as the sample packages do."""
    response = ResponseFor(organ_id=owner, code="1/CV-MAU", promulgation_date="2024/03/15", document_id=target)
    return _order(sender, receivers, Bussiness(document_type="1", reason="Nhầm (mẫu)"), (response,), **header)


def recall_by_own_id(sender: str, *receivers: str, target: str) -> bytes:
    """Names it only by carrying its identifier."""
    return _order(sender, receivers, Bussiness(document_type="1", reason="Nhầm (mẫu)"), document_id=target)


def update(sender: str, *receivers: str, target: str, data: str = "1", **header: str) -> bytes:
    change = BussinessDocumentInfo(document_info=data, document_receiver="0")
    bussiness = Bussiness(document_type="2", reason="Sửa trích yếu (mẫu)", document_id=target, document_info=(change,))
    return _order(sender, receivers, bussiness, **header)


def replacement(sender: str, *receivers: str, replaced: dict[str, tuple[str, ...]], **header: str) -> bytes:
    """``replaced``: identifier → codes of those who hold it."""
    infos = tuple(ReplacementInfo(document_id=one, organ_ids=holders) for one, holders in replaced.items())
    return _order(
        sender, receivers, Bussiness(document_type="3", reason="Sai nội dung (mẫu)", replacements=infos), **header
    )


def _order(
    sender: str,
    receivers: tuple[str, ...],
    bussiness: Bussiness,
    response_for: tuple[ResponseFor, ...] = (),
    *,
    document_id: str | None = None,
    number: str | None = None,
    subject: str = "Về việc xử lý văn bản đã gửi (mẫu)",
    signed_on: str = "2024/03/16",
    content: bytes = b"%PDF-1.4\n% invented order\n",
) -> bytes:
    number = number or f"TH{next(_numbers)}"
    header = MessageHeader(
        from_=Organ(organ_id=sender, organ_name=f"Cơ quan mẫu {sender}"),
        to=tuple(Organ(organ_id=code, organ_name=f"Cơ quan mẫu {code}") for code in receivers),
        code=Code(number=number, notation="CV-MAU"),
        promulgation_info=PromulgationInfo(place="Thành phố mẫu", promulgation_date=signed_on),
        document_type=DocumentType(type="2", type_detail="18", type_name="Công văn"),
        subject=subject,
        signer_info=SignerInfo(position="Giám đốc mẫu", full_name="Nguyễn Văn Mẫu"),
        other_info=OtherInfo(priority="0"),
        response_for=response_for,
        steering_type="0",
        document_id=document_id or f"{sender},2024/03/16,{number}/CV-MAU",
    )
    trace = TraceHeaderList(
        traces=(TraceHeader(organ_id=sender, timestamp="2024/03/16 08:00:00"),), bussiness=bussiness
    )
    attachment = Attachment(content_id="1", attachment_name="van-ban-mau.pdf", content_type="application/pdf")
    out = io.BytesIO()
    write_package(
        DocumentPackage(header=header, trace=trace, attachments=(attachment,)), out, {"1": content}, check=False
    )
    return out.getvalue()

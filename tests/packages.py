"""Packages for tests, built by the library's own writer. Every agency, person and text is invented."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import count
from typing import Any

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
    StatusPackage,
    TraceHeader,
    TraceHeaderList,
)
from edxml102.reader import read_package
from edxml102.writer import manifest_of, write_package

_numbers = count(1)
PDF = b"%PDF-1.4\n% invented sample\n" + bytes(range(256)) * 4


def document(
    sender: str,
    *receivers: str,
    number: str | None = None,
    document_id: str | None = None,
    subject: str = "Về việc thử nghiệm liên thông (mẫu)",
    priority: str = "0",
    business_type: str = "0",
    content: bytes = PDF,
    staff: str = "Người gửi mẫu",
) -> bytes:
    """A document package as bytes; a fresh number and identifier unless given."""
    number = number or str(next(_numbers))
    header = MessageHeader(
        from_=Organ(organ_id=sender, organ_name=f"Cơ quan mẫu {sender}"),
        to=tuple(Organ(organ_id=code, organ_name=f"Cơ quan mẫu {code}") for code in receivers),
        code=Code(number=number, notation="CV-MAU"),
        promulgation_info=PromulgationInfo(place="Thành phố mẫu", promulgation_date="2024/03/15"),
        document_type=DocumentType(type="2", type_detail="18", type_name="Công văn"),
        subject=subject,
        signer_info=SignerInfo(position="Giám đốc mẫu", full_name="Nguyễn Văn Mẫu"),
        other_info=OtherInfo(priority=priority),
        steering_type="0",
        document_id=document_id or f"{sender},2024/03/15,{number}/CV-MAU",
    )
    trace = TraceHeaderList(
        traces=(TraceHeader(organ_id=sender, timestamp="2024/03/15 08:00:00"),),
        bussiness=Bussiness(document_type=business_type, reason=staff if business_type != "0" else "", paper="0"),
    )
    attachment = Attachment(content_id="1", attachment_name="van-ban-mau.pdf", content_type="application/pdf")
    package = DocumentPackage(header=header, trace=trace, attachments=(attachment,))
    return _written(package, {"1": content})


def document_of(
    sender: str,
    *receivers: str,
    files: tuple[bytes, ...],
    organ_name: str,
    full_name: str,
    names: tuple[str, ...] = (),
    **details: Any,
) -> bytes:
    """A document package with several files and a signer of one's choice, manifest included."""
    plain = read_package(io.BytesIO(document(sender, *receivers, **details))).package
    assert isinstance(plain, DocumentPackage)
    header = replace(
        plain.header,
        from_=replace(plain.header.from_, organ_name=organ_name),
        signer_info=replace(plain.header.signer_info, full_name=full_name),
    )
    attachments = tuple(
        Attachment(
            content_id=str(n),
            attachment_name=names[n - 1] if n <= len(names) else f"tep-{n}.pdf",
            content_type="application/pdf",
        )
        for n in range(1, len(files) + 1)
    )
    package = replace(plain, header=header, attachments=attachments, manifest=manifest_of(attachments))
    return _written(package, {str(n): content for n, content in enumerate(files, 1)})


def status(
    reporter: str,
    issuer: str,
    document_id: str,
    code: str,
    *,
    description: str = "",
    timestamp: str = "2024/03/15 09:00:00",
) -> bytes:
    """A status package as bytes."""
    package = StatusPackage(
        from_=Organ(organ_id=reporter, organ_name=f"Cơ quan mẫu {reporter}"),
        response_for=ResponseFor(
            organ_id=issuer, code="1/CV-MAU", promulgation_date="2024/03/15", document_id=document_id
        ),
        status_code=code,
        description=description,
        timestamp=timestamp,
    )
    return _written(package, {})


def _written(package: DocumentPackage | StatusPackage, contents: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    write_package(package, out, contents, check=False)
    return out.getvalue()

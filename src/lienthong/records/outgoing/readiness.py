"""Whether a document can be numbered and sent as it is: every fault at its field, and what is worth knowing besides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from edxml102.model import DocumentPackage
from lienthong.common import clock
from lienthong.common.text import grouped
from lienthong.exchange.guards.secrecy import find_marks
from lienthong.exchange.rule_sets import rule_set
from lienthong.exchange.signatures.results import Result
from lienthong.records.models import Book, Direction
from lienthong.records.numbering import next_number
from lienthong.records.outgoing.building import compose, envelope_of, findings_of, size_of
from lienthong.records.outgoing.errors import Fault
from lienthong.records.outgoing.metadata import faults_of, label_of
from lienthong.records.outgoing.models import OutgoingDocument, OutgoingFile, OutgoingRecipient
from lienthong.records.outgoing.recipients import UPSTREAM_LIMIT, Reach
from lienthong.records.outgoing.services.files import main_file
from lienthong.records.outgoing.services.recipients import resolve_agencies
from lienthong.registry.models import SystemKind

_TWIN_DAYS = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """``faults`` stop it; ``remarks`` do not; ``twins`` are documents that look the same. ``code`` is what it would be
    called if it were numbered now; ``electronic`` and ``paper`` count recipients."""

    faults: tuple[Fault, ...]
    remarks: tuple[Fault, ...]
    twins: tuple[OutgoingDocument, ...]
    code: str
    size: int
    electronic: int
    paper: int

    @property
    def is_ready(self) -> bool:
        return not self.faults


def check_readiness(document: OutgoingDocument) -> Readiness:
    """Look at everything, and report it together."""
    files = list(document.files.order_by("place"))
    recipients = list(document.recipients.order_by("pk"))
    envelope = envelope_of(document, number=_number_shown(document))
    package = compose(envelope)
    errors, remarks = findings_of(package)
    faults = [
        *faults_of(document.metadata, today=clock.today()),
        *_file_faults(files),
        *_recipient_faults(document, recipients),
        *_notation_faults(envelope.notation),
        *_secrecy_faults(package),
    ]
    told = {fault.field for fault in faults}
    by_axis = any(one.by_axis for one in recipients)
    return Readiness(
        faults=(*faults, *(error for error in errors if by_axis and error.field not in told)),
        remarks=(*_signature_remarks(files), *remarks),
        twins=tuple(twins_of(document)),
        code=f"{envelope.number}/{envelope.notation}",
        size=size_of(document),
        electronic=sum(one.by_axis for one in recipients),
        paper=sum(one.on_paper for one in recipients),
    )


def _number_shown(document: OutgoingDocument) -> int:
    year = (document.issued_on or clock.today()).year
    book = document.book_id or default_book(document.agency_id).pk
    return next_number(book_id=book, year=year)


def default_book(agency_id: int) -> Book:
    """The register of outgoing documents of an agency; made with its first document."""
    books = Book.objects.filter(agency=agency_id, direction=Direction.OUTGOING)
    found = books.filter(is_active=True).order_by("pk").first()
    if found is None:  # two clerks may number their agency's first documents at once
        found, _ = books.get_or_create(agency_id=agency_id, direction=Direction.OUTGOING, name="Sổ văn bản đi")
    return found


def _file_faults(files: list[OutgoingFile]) -> Iterator[Fault]:
    main = main_file(files)
    if not files:
        yield Fault("files", "LT-V30", "Chưa có tệp văn bản. Kéo tệp PDF đã ký số vào ô Tệp.")
    elif main is None:
        yield Fault("files", "LT-V31", "Chưa có tệp PDF: văn bản chính phải là PDF đã ký số.")
    for file in files:
        if not file.is_complete:
            yield Fault("files", "LT-V32", f"“{file.name}” chưa tải xong. Chờ tải xong, hoặc bỏ tệp này.")
        elif file.verdict == Result.INVALID.value:
            yield Fault("files", "LT-V33", f"“{file.name}”: chữ ký số không hợp lệ. Ký lại từ bản gốc rồi thay tệp.")


def _recipient_faults(document: OutgoingDocument, recipients: list[OutgoingRecipient]) -> Iterator[Fault]:
    if not recipients:
        yield Fault("recipients", "LT-V34", "Chưa chọn nơi nhận.")
    electronic = [one for one in recipients if one.by_axis]
    answers = resolve_agencies([one.agency_id for one in electronic])
    size = size_of(document)
    for one in electronic:
        answer = answers.get(one.agency_id)
        if answer is None:
            yield Fault("recipients", "LT-V35", f"{one.name} đã đóng. Chọn cơ quan kế thừa.")
            continue
        reach = Reach.of(answer.system_kind, locked=answer.system_locked)
        if reach is not Reach.CONNECTED:
            yield Fault("recipients", "LT-V36", f"{one.name}: {reach.label.lower()}. Đổi sang gửi giấy, hoặc bỏ ra.")
        elif answer.system_kind == SystemKind.UPSTREAM and size > UPSTREAM_LIMIT:
            limit = grouped(UPSTREAM_LIMIT // 1024**2)
            yield Fault("recipients", "LT-V37", f"{one.name} chỉ nhận gói tới {limit} MB. Giảm cỡ tệp.")


def _notation_faults(notation: str) -> Iterator[Fault]:
    if not notation:
        yield Fault("unit", "LT-V38", "Cơ quan chưa có tên viết tắt nên chưa lập được ký hiệu. Báo quản trị trục.")


_MARKED_FIELDS = {"Subject": "subject", "AttachmentName": "files", "Code/CodeNotation": "unit"}


def _secrecy_faults(package: DocumentPackage) -> Iterator[Fault]:
    """What the door would refuse is told before a number is used up for it (legal 8)."""
    for mark in find_marks(package, rule_set(clock.today()).secrecy):
        field = _MARKED_FIELDS.get(mark.field, "subject")
        message = f"Có dấu hiệu bí mật nhà nước ở {label_of(field)}: văn bản mật không được đưa lên hệ thống này."
        yield Fault(field, "LT-V42", message)


def _signature_remarks(files: list[OutgoingFile]) -> Iterator[Fault]:
    main = main_file(files)
    if main and main.is_complete and main.verdict == Result.UNSIGNED.value:
        message = "Văn bản chính chưa có chữ ký số: nơi nhận chỉ coi là bản để biết, không thay bản giấy."
        yield Fault("files", "LT-V40", message)
    if main and main.verdict in (Result.INDETERMINATE.value, Result.VALID_WITH_WARNINGS.value):
        worst = [one["message"] for one in main.findings if one["effect"] in ("indeterminate", "warning")]
        yield Fault("files", "LT-V41", f"Chữ ký số của văn bản chính: {' '.join(worst[:2])}")


def twins_of(document: OutgoingDocument) -> list[OutgoingDocument]:
    """Other documents of the agency that look the same: same type and abstract within a month (NĐ 30 Phụ lục VI,
    III.1h)."""
    if not document.folded:
        return []
    since = document.created_at - _TWIN_DAYS
    others = OutgoingDocument.objects.filter(
        agency=document.agency_id, type_code=document.type_code, folded=document.folded, numbered_at__gte=since
    )
    own = [one for one in (document.pk, document.target_id) if one]
    return list(others.exclude(pk__in=own).order_by("-numbered_at")[:3])

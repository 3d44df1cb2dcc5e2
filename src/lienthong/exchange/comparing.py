"""Events of one kind against the rows they tell of. Each comparison looks at a batch with a query per table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from lienthong.exchange.models import Delivery, Document, Package, Recipient, Report
from lienthong.exchange.routing import Outcome
from lienthong.exchange.signatures.acts import report_hash, stored_part
from lienthong.exchange.signatures.models import SignatureCheck
from lienthong.exchange.states import DeliveryState
from lienthong.ledger.kinds import EventKind
from lienthong.ledger.models import LedgerEvent


class Mismatch(Enum):
    """How rows or bytes differ from what the ledger tells."""

    ROW_DELETED = ("row_deleted", "Dòng dữ liệu đã bị xóa")
    ROW_CHANGED = ("row_changed", "Dòng dữ liệu đã bị sửa")
    ROW_UNTOLD = ("row_untold", "Dòng dữ liệu chen vào, không có sự kiện nào")
    BYTES_DAMAGED = ("bytes_damaged", "Gói tin đã lưu bị hỏng hoặc mất")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that differs: ``row`` names table and key, ``event`` (row id) what told of it, ``position`` its place in
    the log where it has one."""

    mismatch: Mismatch
    row: str
    detail: str = ""
    event: int | None = None
    position: int | None = None


Found = Iterator[Difference]
_Facts = Mapping[str, tuple[object, object]]  # what was told, and what the row says now, by its name for people


def _row(model: type[Any], key: object) -> str:
    return f"{model._meta.db_table} id={key}"


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _keys(texts: Iterable[object]) -> list[UUID]:
    return [key for key in map(_uuid, texts) if key is not None]


def _compared(event: LedgerEvent, row: str, facts: _Facts) -> Found:
    wrong = [name for name, (told, now) in facts.items() if told != now]
    if wrong:
        yield Difference(Mismatch.ROW_CHANGED, row, "khác ở: " + ", ".join(wrong), event.pk)


def _gone(event: LedgerEvent, row: str) -> Difference:
    return Difference(Mismatch.ROW_DELETED, row, "", event.pk)


def given_id(document: Document) -> str:
    """The identifier its sender gave it; one that was blocked has made room for the corrected document."""
    return document.document_id.removesuffix(f"#{document.pk}")


def _acceptances(events: Sequence[LedgerEvent]) -> Found:
    told = [event for event in events if isinstance(event.data.get("receipt"), dict)]
    packages = Package.objects.in_bulk(_keys(event.data["receipt"].get("package") for event in told))
    documents = Document.objects.in_bulk(_keys(event.document for event in told))
    codes: dict[UUID, set[str]] = defaultdict(set)
    for holder, code in Recipient.objects.filter(document__in=list(documents)).values_list("document_id", "code"):
        codes[holder].add(code)
    for event in told:
        receipt = event.data["receipt"]
        package = packages.get(_uuid(receipt.get("package")) or UUID(int=0))
        yield from _package(event, package, str(receipt.get("package")), size=receipt.get("size"))
        document = documents.get(_uuid(event.document) or UUID(int=0))
        if document is None:
            yield _gone(event, _row(Document, event.document))
            continue
        yield from _compared(
            event,
            _row(Document, document.pk),
            {
                "mã văn bản": (event.data.get("document_id"), given_id(document)),
                "loại nghiệp vụ": (event.data.get("business_type"), document.business_type),
                "nơi gửi": (receipt.get("sender"), document.from_code),
            },
        )
        for code in sorted(_kept(receipt) - codes[document.pk]):
            yield _gone(event, f"{Recipient._meta.db_table} document={document.pk} code={code}")


def _kept(receipt: Mapping[str, Any]) -> set[str]:
    """The addressees of a receipt that have a row: another axis serves those it kept for itself (ADR 0050)."""
    elsewhere = Outcome.ALREADY_THERE.value
    return {one["code"] for one in receipt.get("recipients", ()) if one.get("outcome") != elsewhere}


def _package(event: LedgerEvent, package: Package | None, key: str, *, size: object) -> Found:
    if package is None:
        yield _gone(event, _row(Package, key))
        return
    facts: dict[str, tuple[object, object]] = {
        "mã băm": (bytes(event.sha256), bytes(package.sha256)),
        "độ dài": (size, package.length),
        "lúc nhận": (event.at, package.received_at),
    }
    if event.subject_type == "document":
        facts["văn bản"] = (event.document, str(package.document_id))
    yield from _compared(event, _row(Package, package.pk), facts)


def _reports(events: Sequence[LedgerEvent]) -> Found:
    keys = _keys(event.subject_id for event in events)
    packages = Package.objects.in_bulk(keys)
    reports = {report.package_id: report for report in Report.objects.filter(package__in=keys)}
    for event in events:
        key = _uuid(event.subject_id) or UUID(int=0)
        size = (event.data.get("receipt") or {}).get("size")
        yield from _package(event, packages.get(key), event.subject_id, size=size)
        report = reports.get(key)
        if report is None:
            yield _gone(event, f"{Report._meta.db_table} package={event.subject_id}")
            continue
        facts = {
            "mã trạng thái": (event.data.get("status_code"), report.code),
            "mã văn bản": (event.data.get("document_id"), report.document_id),
        }
        yield from _compared(event, _row(Report, report.pk), facts)


def _consignments(events: Sequence[LedgerEvent]) -> Found:
    deliveries = Delivery.objects.in_bulk(_keys(event.subject_id for event in events))
    for event in events:
        delivery = deliveries.get(_uuid(event.subject_id) or UUID(int=0))
        if delivery is None:
            yield _gone(event, _row(Delivery, event.subject_id))
            continue
        facts = {"gói tin": (event.data.get("package"), str(delivery.package_id))}
        yield from _compared(event, _row(Delivery, delivery.pk), facts)


def _handovers(events: Sequence[LedgerEvent]) -> Found:
    deliveries = Delivery.objects.in_bulk(_keys(event.subject_id for event in events))
    for event in events:
        delivery = deliveries.get(_uuid(event.subject_id) or UUID(int=0))
        if delivery is not None:  # one that is gone is named at its consignment
            facts = {"tình trạng": (DeliveryState.DELIVERED.value, delivery.state)}
            yield from _compared(event, _row(Delivery, delivery.pk), facts)


def _signatures(events: Sequence[LedgerEvent]) -> Found:
    stored: dict[tuple[str, int], list[SignatureCheck]] = defaultdict(list)
    for check in SignatureCheck.objects.filter(package__in=_keys(event.subject_id for event in events)):
        stored[str(check.package_id), check.round].append(check)
    for event in events:
        number = event.data.get("round")
        parts = stored.get((event.subject_id, number)) if isinstance(number, int) else None
        row = f"{SignatureCheck._meta.db_table} package={event.subject_id} round={number}"
        if not parts:
            yield _gone(event, row)
            continue
        now = report_hash([stored_part(part) for part in parts]).hex()
        yield from _compared(event, row, {"kết quả kiểm tra chữ ký": (event.data.get("report"), now)})


COMPARISONS: dict[str, Callable[[Sequence[LedgerEvent]], Found]] = {
    EventKind.SUBMISSION_ACCEPTANCE.value: _acceptances,
    EventKind.STATUS_REPORTED.value: _reports,
    EventKind.CONTENT_CONSIGNMENT.value: _consignments,
    EventKind.CONTENT_HANDOVER.value: _handovers,
    EventKind.SIGNATURES_CHECKED.value: _signatures,
}

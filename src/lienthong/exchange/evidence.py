"""Evidence about documents: receipts and bundles, for the agencies concerned and for the operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.exchange.deliveries import StoredPackage
from lienthong.exchange.models import Delivery, Package
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.segments import Address
from lienthong.ledger import bundles, selectors
from lienthong.ledger.append import append_events
from lienthong.ledger.bundles import PackageBytes
from lienthong.ledger.errors import LedgerError
from lienthong.ledger.events import Actor, Subject, new_event
from lienthong.ledger.kinds import EventKind
from lienthong.ledger.models import LedgerEvent
from lienthong.registry.resolution import SystemAccess

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Exported:
    """What a bundle holds."""

    events: int
    packages: int


def export_bundle(*, doc_id: str, out: Path, actor: Actor, with_packages: bool = True) -> Exported:
    """Write the evidence of a document (``DocId`` of its receipt) or of one delivery (``docId`` at its recipient) to a
    file, and note who took it. Asks nobody's leave: ``may_see`` does.

    :raises LedgerError: ``ledger.evidence.*``
    :raises Refusal: PACKAGE_DAMAGED, when the stored package is no longer what was accepted
    """
    bundles.bring_log_up_to_date()
    events = find_events(doc_id)
    packages = _packages(events) if with_packages else []
    draft = out.with_name(f".{out.name}.part")
    try:
        with draft.open("wb") as file:
            bundles.write_bundle(file, events=events, packages=packages)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    _note_export(doc_id, events, actor)
    return Exported(len(events), len(packages))


def find_events(doc_id: str) -> list[LedgerEvent]:
    """The events of a document, or of one delivery.

    :raises LedgerError: ``ledger.evidence.none``
    """
    found = selectors.events_of_document(doc_id) or selectors.events_of_delivery(doc_id)
    if not found:
        raise LedgerError(
            "ledger.evidence.none",
            f"Không có sự kiện nào mang mã {doc_id[:64]}.",
            "Dùng DocId trong biên nhận của trục, hoặc docId trong danh sách văn bản đến.",
        )
    return found


def read_receipt(doc_id: str) -> str:
    """The signed receipt of a document's first acceptance, found by its own id or by that of a delivery.

    :raises LedgerError: ``ledger.evidence.none``
    """
    receipts = filter(None, map(bundles.receipt_of, find_events(doc_id)))
    return next(receipts, "")


def may_see(system: SystemAccess, doc_id: str) -> None:
    """The policy: a system sees the evidence of what it sent, whole, and of its own deliveries.

    :raises Refusal: PACKAGE_UNKNOWN, for everything else alike
    """
    try:
        identifier = UUID(doc_id)
    except ValueError:
        identifier = None
    if identifier is not None:
        sent = Package.objects.filter(Q(document=identifier) | Q(pk=identifier), system=system.pk)
        if sent.exists() or Delivery.objects.filter(pk=identifier, system=system.pk).exists():
            return
    raise Refusal(Reason.PACKAGE_UNKNOWN, f"docId {doc_id[:64]}.")


def _packages(events: Sequence[LedgerEvent]) -> list[PackageBytes]:
    """The stored packages that the events speak of, each content once."""
    wanted = {bytes(event.sha256) for event in events}
    documents = {event.document for event in events if event.document}
    packages = {event.subject_id for event in events if event.subject_type == "package"}
    rows = Package.objects.filter(Q(document__in=documents) | Q(pk__in=packages)).order_by("received_at")
    stored = [
        StoredPackage(Address(row.segment, row.offset, row.length, bytes(row.sha256)))
        for row in rows
        if bytes(row.sha256) in wanted
    ]
    return list({one.sha256: _bytes_of(one) for one in stored}.values())


def _bytes_of(package: StoredPackage) -> PackageBytes:
    return PackageBytes(package.sha256, package.size, lambda: package.chunks(_CHUNK))


def _note_export(doc_id: str, events: Sequence[LedgerEvent], actor: Actor) -> None:
    event = new_event(
        EventKind.EVIDENCE_EXPORTED,
        at=clock.now(),
        actor=actor,
        subject=Subject("bundle", doc_id),
        data={"events": len(events)},
    )
    with transaction.atomic(), connection.wrap_database_errors:
        append_events(hot_cursor(), [event])

"""The whole life of a package, found by any identifier, and without its content: operators do not read documents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from lienthong.common.folding import fold_code
from lienthong.exchange.models import Delivery, DeliveryAction, Document, Package, Recipient, Report
from lienthong.exchange.states import ActionKind, DeliveryState, RecipientState
from lienthong.ledger.kinds import EventKind
from lienthong.ledger.models import LedgerEvent
from lienthong.ledger.selectors import positions_of
from lienthong.registry.models import AgencyIdentifier

_MOST = 50
_HASH = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Hit:
    """One package found. ``document`` is ``None`` for a status report about a document that did not pass here."""

    package: UUID
    document: UUID | None
    kind: str
    code: str
    from_code: str
    from_name: str
    at: datetime


def find(text: str) -> list[Hit]:
    """Packages by an id of ours (of a document, package or delivery), a document id of the standard, number or number
    and notation in any punctuation, SHA-256, or the code of a sender (its newest). At most fifty."""
    text = text.strip()
    if not text or "\x00" in text:
        return []
    for look in (_by_uuid, _by_hash, _by_document_id, _by_number, _by_sender):
        if found := look(text):
            return found
    return []


def _by_uuid(text: str) -> list[Hit]:
    try:
        wanted = UUID(text)
    except ValueError:
        return []
    chosen = Q(pk=wanted) | Q(document_id=wanted) | Q(pk__in=Delivery.objects.filter(pk=wanted).values("package_id"))
    return _hits(chosen)


def _by_hash(text: str) -> list[Hit]:
    return _hits(Q(sha256=bytes.fromhex(text))) if _HASH.fullmatch(text) else []


def _by_document_id(text: str) -> list[Hit]:
    return _of_documents(Q(document_id=text))


def _by_number(text: str) -> list[Hit]:
    number, notation = _split(text)
    if not number:
        return []
    rows = Document.objects.filter(number__in={number, number.lstrip("0") or number}).order_by("-pk")[:2000]
    wanted = fold_code(notation)
    fitting = [row.pk for row in rows if fold_code(row.notation).startswith(wanted)]
    return _of_documents(Q(pk__in=fitting[:_MOST]))


def _split(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"\s*([0-9]+[0-9A-Za-z]*)\s*[/\-. ]?\s*(.*)", text)
    return (match[1], match[2]) if match else ("", "")


def _by_sender(text: str) -> list[Hit]:
    agency = AgencyIdentifier.objects.filter(code__iexact=text).values_list("agency_id", flat=True).first()
    if agency is None:
        return []
    newest = Document.objects.filter(agency_id=agency).order_by("-received_at").values_list("pk", flat=True)[:_MOST]
    return _of_documents(Q(pk__in=list(newest)))


def _of_documents(chosen: Q) -> list[Hit]:
    documents = list(Document.objects.filter(chosen).order_by("-pk").values_list("pk", flat=True)[:_MOST])
    return _hits(Q(document_id__in=documents)) if documents else []


def _hits(chosen: Q) -> list[Hit]:
    rows = Package.objects.filter(chosen).select_related("document", "report__recipient__document", "report__reporter")
    return [_hit(row) for row in rows.order_by("-pk")[:_MOST]]


def _hit(row: Package) -> Hit:
    document = row.document
    report: Report | None = getattr(row, "report", None)
    if document is None and report is not None and report.recipient is not None:
        document = report.recipient.document
    code = _code(document) if document else (report.document_id if report else "")
    from_code, name = ("", "") if report or document is None else (document.from_code, document.from_name)
    if report is not None:
        code, from_code = f"{code} – trạng thái {report.code}", _sender_of(row)
    return Hit(row.pk, document.pk if document else None, row.kind, code, from_code, name, row.received_at)


def _sender_of(row: Package) -> str:
    return row.deliveries.values_list("from_code", flat=True).first() or ""


def _code(document: Document) -> str:
    return f"{document.number}/{document.notation}" if document.notation else document.number


# --- One life -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. ``position`` is that of its event in the log, where it has one."""

    at: datetime
    text: str
    who: str = ""
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One delivery and those it is for, with the report each of them last made."""

    id: str
    system_id: str
    kind: str
    to: list[tuple[str, str, str]]
    state: DeliveryState
    cause: str
    error: str
    attempts: int
    created_at: datetime
    delivered_at: datetime | None
    actions: list[str]

    @property
    def needs_person(self) -> bool:
        return self.state is DeliveryState.GIVEN_UP


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A document's packages, deliveries and events. No subject, no file name, no bytes."""

    id: str
    document_id: str
    code: str
    type_name: str
    from_code: str
    from_name: str
    priority: int
    received_at: datetime
    packages: list[dict[str, Any]]
    ways: list[Way]
    not_sent: list[tuple[str, str, str]]
    entries: list[Entry]


def life_of(document: UUID) -> Life | None:
    """Everything known of a document; ``None`` when there is none. A fixed number of queries."""
    row = Document.objects.filter(pk=document).first()
    if row is None:
        return None
    packages = list(Package.objects.filter(document=row).order_by("pk"))
    recipients = list(Recipient.objects.filter(document=row).order_by("pk"))
    deliveries = list(Delivery.objects.filter(package__in=packages).select_related("system").order_by("pk"))
    acts = list(DeliveryAction.objects.filter(delivery__in=deliveries).order_by("pk"))
    return Life(
        id=str(row.pk),
        document_id=row.document_id,
        code=_code(row),
        type_name=row.type_name,
        from_code=row.from_code,
        from_name=row.from_name,
        priority=row.priority,
        received_at=row.received_at,
        packages=[
            {"id": str(one.pk), "sha256": bytes(one.sha256).hex(), "size": one.length, "at": one.received_at,
             "files": len(one.attachments), "findings": len(one.findings)}
            for one in packages
        ],
        ways=[_way(one, recipients, acts) for one in deliveries],
        not_sent=[(one.code, one.name, one.reason) for one in recipients if one.delivery_id is None],
        entries=_entries(row),
    )  # fmt: skip


def _way(delivery: Delivery, recipients: list[Recipient], acts: list[DeliveryAction]) -> Way:
    return Way(
        id=str(delivery.pk),
        system_id=delivery.system.system_id,
        kind=delivery.system.kind,
        to=[
            (one.code, one.name, RecipientState(one.state).label)
            for one in recipients
            if one.delivery_id == delivery.pk
        ],
        state=DeliveryState(delivery.state),
        cause=delivery.cause,
        error=delivery.last_error,
        attempts=delivery.attempts,
        created_at=delivery.created_at,
        delivered_at=delivery.delivered_at,
        actions=[f"{ActionKind(one.action).label}: {one.reason} ({one.actor})" for one in acts
                 if one.delivery_id == delivery.pk],
    )  # fmt: skip


def _entries(document: Document) -> list[Entry]:
    """The events that tell of the document, in order."""
    events = list(LedgerEvent.objects.filter(document=str(document.pk)).order_by("id"))
    positions = positions_of(events)
    return [
        Entry(event.at, _label(event), event.user or event.agency or event.system or "Trục", positions.get(event.pk))
        for event in events
    ]


def _label(event: LedgerEvent) -> str:
    kind = EventKind.known(event.kind)
    code = event.data.get("status_code")
    return (kind.label if kind else event.kind) + (f": {code}" if code else "")

"""What proves an outgoing document: the signed receipt, its place in the log, the bundle that is checked offline."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from lienthong.accounts.actors import Actor
from lienthong.exchange.evidence import export_bundle
from lienthong.exchange.models import Delivery
from lienthong.ledger import selectors
from lienthong.ledger.kinds import EventKind
from lienthong.records.outgoing import access
from lienthong.records.outgoing.acts import ledger_actor, note
from lienthong.records.outgoing.errors import NotPossibleError
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.records.outgoing.states import OutgoingAct


@dataclass(frozen=True, slots=True)
class Proof:
    """What the page shows. ``position`` is ``None`` until the log took the event in (seconds)."""

    doc_id: str
    received_at: datetime
    position: int | None
    log_size: int | None
    has_receipt: bool


def proof_of(document: OutgoingDocument) -> Proof | None:
    """The proof of a sent document; ``None`` of one that the axis does not have."""
    if document.exchange_id is None or document.sent_at is None:
        return None
    events = selectors.events_of_document(str(document.exchange_id))
    accepted = [event for event in events if event.kind == EventKind.SUBMISSION_ACCEPTANCE.value][:1]
    positions = selectors.positions_of(accepted)
    head = selectors.latest_head()
    position = positions.get(accepted[0].pk) if accepted else None
    return Proof(
        str(document.exchange_id), document.sent_at, position, head.size if head else None, bool(document.receipt)
    )


@contextmanager
def bundle(*, actor: Actor, document: UUID, delivery: UUID | None = None) -> Iterator[tuple[Path, str]]:
    """The evidence of a document, or of one of its deliveries, as a file that goes away again, and its name.

    :raises NotPossibleError: nothing was sent, or the delivery is another document's
    :raises LedgerError: ``ledger.evidence.*``
    """
    found = access.find(actor, document)
    if found.exchange_id is None:
        raise NotPossibleError("Văn bản chưa gửi qua trục nên chưa có bằng chứng.", "Gửi văn bản trước.")
    if delivery and not Delivery.objects.filter(pk=delivery, package__document=found.exchange_id).exists():
        raise NotPossibleError("Không có lượt chuyển này.", "Tải lại trang.")
    with transaction.atomic():
        note(found, OutgoingAct.EVIDENCE, who=actor.signature)
    folder = settings.DATA_DIR / "outgoing"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "bang-chung.asice"
        export_bundle(doc_id=str(delivery or found.exchange_id), out=path, actor=ledger_actor(actor))
        yield path, f"bang-chung-{found.code.replace('/', '-')}.asice"

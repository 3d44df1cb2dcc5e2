"""What issuers ask of documents that came: taken over from the axis, which alone decides what is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lienthong.common import clock
from lienthong.exchange.models import Recipient, RecipientAsk
from lienthong.exchange.rule_sets import rule_set
from lienthong.exchange.states import Ask, RecipientState
from lienthong.records import history
from lienthong.records.models import IncomingDocument


@dataclass(frozen=True, slots=True)
class OpenAsk:
    """One open question. ``asking``: the recipient row of the document that asks; none where a report (13) does."""

    ask: Ask
    at: datetime
    reason: str
    asking: UUID | None = None


def refresh_asks(incoming: IncomingDocument) -> None:
    """Take over what is asked of the document, and of those that it asks itself. Inside the caller's transaction."""
    for one in {incoming, *_targets(incoming)}:
        _refresh(one)


def targets_of(incoming: IncomingDocument) -> list[IncomingDocument]:
    """The agency's documents that a recall, update or replacement acts on."""
    return list(_targets(incoming))


def _targets(incoming: IncomingDocument) -> Iterator[IncomingDocument]:
    made = RecipientAsk.objects.filter(asking__document=incoming.origin_id, asking__code__in=incoming.codes)
    origins = made.values_list("recipient__document_id", flat=True)
    yield from IncomingDocument.objects.filter(agency=incoming.agency_id, origin__in=list(origins)).exclude(
        pk=incoming.pk
    )


def _refresh(incoming: IncomingDocument) -> None:
    if incoming.standing.is_ended:
        return
    found = _open_ask(incoming)
    asked = found.ask.value if found else ""
    if (incoming.asked, incoming.asked_at) == (asked, found.at if found else None):
        return
    incoming.asked = asked
    incoming.asked_at = found.at if found else None
    incoming.ask_reason = found.reason if found else ""
    incoming.asking = _incoming_of(incoming, found.asking) if found else None
    incoming.save(update_fields=["asked", "asked_at", "ask_reason", "asking"])
    if found:
        label = f"Bên gửi yêu cầu {found.ask.label.lower()}"
        history.note(incoming, "asked", label, at=clock.now(), detail=found.reason)


def _open_ask(incoming: IncomingDocument) -> OpenAsk | None:
    """A later question takes the place of an earlier one."""
    rows = Recipient.objects.filter(document=incoming.origin_id, code__in=incoming.codes)
    asked = RecipientAsk.objects.filter(recipient__in=rows, answered_at=None).exclude(kind=Ask.REPLACE.value)
    latest = asked.order_by("-id").first()
    if latest is not None:
        return OpenAsk(Ask(latest.kind), latest.asked_at, latest.reason, latest.asking_id)
    back = rows.filter(state=RecipientState.TAKEBACK_ASKED.value).first()
    if back is not None:
        return OpenAsk(Ask.TAKE_BACK, back.status_at or incoming.arrived_at, back.status_description)
    return _own_ask(incoming)


def _own_ask(incoming: IncomingDocument) -> OpenAsk | None:
    """A recall or update of something that never came here is answered all the same."""
    ask = rule_set(incoming.promulgation_date).ask_of(incoming.business_type)
    if ask is None or not ask.is_order or any(_targets(incoming)):
        return None
    return OpenAsk(ask, incoming.arrived_at, incoming.reason)


def _incoming_of(incoming: IncomingDocument, asking: UUID | None) -> IncomingDocument | None:
    if asking is None:
        return None
    origin = Recipient.objects.filter(pk=asking).values_list("document_id", flat=True).first()
    return IncomingDocument.objects.filter(agency=incoming.agency_id, origin=origin).first()

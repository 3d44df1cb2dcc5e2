"""How a step of an exercise is known to be done: questions to the same tables that the pages write, never to clicks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from edxml102.codes import BusinessType, StatusCode
from lienthong.common import clock
from lienthong.common.folding import fold
from lienthong.exchange.models import Delivery, DeliveryAction, Recipient, RecipientAsk
from lienthong.exchange.states import ActionKind, DeliveryState
from lienthong.records.incoming_states import IncomingState
from lienthong.records.models import Endorsement, IncomingDocument
from lienthong.records.outgoing.models import OutgoingDocument, Reminder
from lienthong.records.outgoing.states import OutgoingState
from lienthong.registry.models import Level
from lienthong.registry.tree import city_tree

_ACCEPTED = (StatusCode.ACCEPTED, StatusCode.ASSIGNED, StatusCode.IN_HANDLING, StatusCode.FINISHED)


@dataclass(frozen=True, slots=True)
class Trainee:
    """Who does the exercise, where, since when, with which material."""

    user_id: int
    agency_id: int | None
    since: datetime
    material: dict[str, Any]
    answer: str = ""


# --- Incoming ---------------------------------------------------------------------------------------------------------


def _incoming(trainee: Trainee) -> QuerySet[IncomingDocument]:
    """The document of the exercise at the trainee's agency."""
    wanted = trainee.material.get("document_id", "")
    if not wanted:
        return IncomingDocument.objects.none()
    return IncomingDocument.objects.filter(agency=trainee.agency_id, document_id=wanted)


def opened(trainee: Trainee) -> bool:
    """The trainee's agency has opened it since the exercise began."""
    return _incoming(trainee).filter(opened_at__gte=trainee.since).exists()


def registered(trainee: Trainee) -> bool:
    return _incoming(trainee).exclude(arrival_number=None).exists()


def issuer_knows_it_is_accepted(trainee: Trainee) -> bool:
    return _told_issuer(trainee, *_ACCEPTED)


def assigned_with_deadline(trainee: Trainee) -> bool:
    """A leader's note that names an officer and a day."""
    notes = Endorsement.objects.filter(incoming__in=_incoming(trainee), undone_at=None, made_at__gte=trainee.since)
    return notes.exclude(due_date=None).exclude(officers=None).exists()


def issuer_knows_it_is_assigned(trainee: Trainee) -> bool:
    return _incoming(trainee).exclude(state=IncomingState.REGISTERED).exists() and _told_issuer(
        trainee, StatusCode.ASSIGNED, StatusCode.IN_HANDLING, StatusCode.FINISHED
    )


def _told_issuer(trainee: Trainee, *codes: StatusCode) -> bool:
    rows = Recipient.objects.filter(pk__in=_incoming(trainee).values("recipient_id"))
    return rows.filter(status_code__in=[code.code for code in codes]).exists()


# --- Outgoing ---------------------------------------------------------------------------------------------------------


def _outgoing(trainee: Trainee) -> QuerySet[OutgoingDocument]:
    return OutgoingDocument.objects.filter(agency=trainee.agency_id, created_at__gte=trainee.since)


def _sent(trainee: Trainee) -> QuerySet[OutgoingDocument]:
    ordinary = BusinessType.NEW.code
    return OutgoingDocument.objects.filter(
        agency=trainee.agency_id, business_type=ordinary, state=OutgoingState.SENT.value
    )


def drafted(trainee: Trainee) -> bool:
    """A document of today's with a complete file."""
    return _outgoing(trainee).exclude(files=None).exclude(files__sha256=b"").exclude(subject="").exists()


def addressed_to_all_communes(trainee: Trainee) -> bool:
    return bool(_to_all_communes(trainee, _outgoing(trainee)))


def sent_to_all_communes(trainee: Trainee) -> bool:
    return bool(_to_all_communes(trainee, _sent(trainee).filter(sent_at__gte=trainee.since)))


def reminded_somebody_late(trainee: Trainee) -> bool:
    found = _to_all_communes(trainee, _sent(trainee).filter(sent_at__gte=trainee.since))
    return Reminder.objects.filter(document__in=found, at__gte=trainee.since).exists()


def _to_all_communes(trainee: Trainee, rows: QuerySet[OutgoingDocument]) -> list[OutgoingDocument]:
    """Those addressed to every open commune of the city but the trainee's own."""
    if trainee.agency_id is None:
        return []
    communes = {
        node.agency_id
        for node in city_tree(trainee.agency_id, clock.today())
        if node.level == Level.COMMUNE and node.agency_id != trainee.agency_id
    }
    found = rows.prefetch_related("recipients").order_by("-updated_at")[:20]
    return [one for one in found if communes <= {recipient.agency_id for recipient in one.recipients.all()}]


def sent_something(trainee: Trainee) -> bool:
    return _sent(trainee).exists()


def recalled_something(trainee: Trainee) -> bool:
    return _recalls(trainee).exists()


def recall_answered(trainee: Trainee) -> bool:
    """Some recipient has agreed."""
    recalls = _recalls(trainee).values("exchange_id")
    return RecipientAsk.objects.filter(asking__document_id__in=recalls, agreed=True).exists()


def _recalls(trainee: Trainee) -> QuerySet[OutgoingDocument]:
    recall = BusinessType.RECALL.code
    return _outgoing(trainee).filter(business_type=recall, state=OutgoingState.SENT.value)


# --- Operating --------------------------------------------------------------------------------------------------------


def _redirections(trainee: Trainee) -> QuerySet[DeliveryAction]:
    wanted = trainee.material.get("document", "")
    if not wanted:
        return DeliveryAction.objects.none()
    return DeliveryAction.objects.filter(
        delivery__package__document_id=wanted, action=ActionKind.REDIRECT.value, at__gte=trainee.since
    )


def redirected(trainee: Trainee) -> bool:
    return _redirections(trainee).exists()


def redirected_and_delivered(trainee: Trainee) -> bool:
    done = Delivery.objects.filter(state=DeliveryState.DELIVERED.value)
    return _redirections(trainee).filter(to_delivery__in=done).exists()


# --- Knowing ----------------------------------------------------------------------------------------------------------


def answered(trainee: Trainee) -> bool:
    """What was typed is the answer, whatever its case, accents and blanks."""
    wanted = fold(str(trainee.material.get("answer", "")))
    return bool(wanted) and fold(trainee.answer) == wanted

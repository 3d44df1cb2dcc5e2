"""What else an agency has about a document: what it answers, asks, replaces, repeats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from lienthong.accounts.actors import Actor
from lienthong.accounts.models import Position
from lienthong.common import clock
from lienthong.exchange.models import Document
from lienthong.records.access import readable_incoming
from lienthong.records.models import IncomingDocument
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.records.outgoing.selectors import may_see, visible
from lienthong.records.outgoing.states import OutgoingState


@dataclass(frozen=True, slots=True)
class Related:
    """One document and what it is to the one that is open: it came in, was made here to go out, or neither (a system of
    the agency sent it)."""

    relation: str
    code: str
    subject: str
    incoming: IncomingDocument | None = None
    outgoing: OutgoingDocument | None = None


def related_of(actor: Actor, incoming: IncomingDocument) -> list[Related]:
    """Everything the actor may see, each document once."""
    seen, found = {incoming.pk}, list[Related]()
    for relation, documents in _relations(readable_incoming(actor), incoming):
        for one in documents[:_MOST]:
            if one.pk not in seen:
                seen.add(one.pk)
                found.append(Related(relation, one.code, one.subject, one))
    return [*found, *_sent(actor, incoming), *_replies(actor, incoming)]


def related_of_outgoing(actor: Actor, document: OutgoingDocument) -> list[Related]:
    """What an outgoing document answers, and what came in answer to it, as far as the actor may see."""
    own = readable_incoming(actor)
    answered = [str(one.get("document_id", "")) for one in document.answers]
    found = [Related("Trả lời", one.code, one.subject, one) for one in own.filter(document_id__in=answered)[:_MOST]]
    if not document.document_id:
        return found
    came = own.filter(responds_to__contains=[document.document_id]).order_by("id")[:_MOST]
    return [*found, *(Related("Được trả lời bằng", one.code, one.subject, one) for one in came)]


def _sent(actor: Actor, incoming: IncomingDocument) -> Iterator[Related]:
    """What it answers: those made here by their page, those of the agency's own system by name."""
    if not incoming.responds_to:
        return
    made: dict[UUID, OutgoingDocument] = {}
    if may_see(actor):
        mine = visible(actor).filter(document_id__in=incoming.responds_to).exclude(exchange_id=None)[:_MOST]
        made = {one.exchange_id: one for one in mine if one.exchange_id}
    sent = Document.objects.filter(agency=incoming.agency_id, document_id__in=incoming.responds_to)
    for one in sent[:_MOST]:
        yield Related("Trả lời văn bản đi", _code(one), one.subject, outgoing=made.get(one.pk))


def _replies(actor: Actor, incoming: IncomingDocument) -> Iterator[Related]:
    if not incoming.document_id or not may_see(actor):
        return
    answers = visible(actor).filter(answers__contains=[{"document_id": incoming.document_id}])
    for one in answers.exclude(state=OutgoingState.DISCARDED.value).order_by("created_at")[:_MOST]:
        yield Related("Được trả lời bằng", one.code or one.standing.label, one.subject, outgoing=one)


_MOST = 20


def officers_of(agency_id: int) -> list[tuple[int, str]]:
    """The people of an agency who can be given a document, by name."""
    today = clock.today()
    held = Position.objects.filter(agency=agency_id, user__is_active=True, valid_from__lte=today)
    held = held.filter(Q(valid_to=None) | Q(valid_to__gt=today)).exclude(role__in=["statistics", "inspector"])
    names = dict(held.values_list("user_id", "user__full_name"))
    return sorted(names.items(), key=lambda pair: pair[1].split()[-1:])


def _relations(
    own: QuerySet[IncomingDocument], incoming: IncomingDocument
) -> Iterator[tuple[str, QuerySet[IncomingDocument]]]:
    yield "Có thể trùng với", _one(own, incoming.duplicate_of_id)
    yield "Yêu cầu về văn bản này", _one(own, incoming.asking_id)
    yield "Được yêu cầu", own.filter(asking=incoming.pk, asked__gt="")
    yield "Được thay thế bởi", _one(own, incoming.replaced_by_id)
    yield "Thay thế", own.filter(replaced_by=incoming.pk, state="replaced")
    if incoming.responds_to:
        yield "Liên quan đến", own.filter(document_id__in=incoming.responds_to)


def _one(own: QuerySet[IncomingDocument], pk: UUID | None) -> QuerySet[IncomingDocument]:
    return own.filter(pk=pk) if pk else own.none()


def _code(document: Document) -> str:
    return f"{document.number}/{document.notation}" if document.notation else document.number

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


@dataclass(frozen=True, slots=True)
class Related:
    """One document and what it is to the one that is open. ``incoming`` is ``None`` for what the agency sent."""

    relation: str
    code: str
    subject: str
    incoming: IncomingDocument | None = None


def related_of(actor: Actor, incoming: IncomingDocument) -> list[Related]:
    """Everything the actor may see, each document once."""
    seen, found = {incoming.pk}, list[Related]()
    for relation, documents in _relations(readable_incoming(actor), incoming):
        for one in documents[:20]:
            if one.pk not in seen:
                seen.add(one.pk)
                found.append(Related(relation, one.code, one.subject, one))
    sent = Document.objects.filter(agency=incoming.agency_id, document_id__in=incoming.responds_to)
    return [*found, *(Related("Trả lời văn bản đi", _code(one), one.subject) for one in sent[:20])]


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

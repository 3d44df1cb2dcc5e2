"""Reads of outgoing documents: lists, counters, the register, search. Every one is bound to the actor's agency, and for
those who only draft to what they drafted themselves (``access.may_follow``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from edxml102.codes import BusinessType
from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct, NotAllowedError, may_on_documents
from lienthong.common.folding import fold, fold_code
from lienthong.exchange.chasing import list_overdue
from lienthong.exchange.models import Delivery
from lienthong.records.outgoing.models import OutgoingDocument, OutgoingRecipient, Reminder
from lienthong.records.outgoing.notation import type_name
from lienthong.records.outgoing.standing import Tally
from lienthong.records.outgoing.states import OutgoingState

_MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingFilter:
    """What a list is narrowed to; ``view`` is a member's value of ``View``."""

    view: str = "all"
    words: str = ""
    type_code: str = ""
    priority: int | None = None
    since: date | None = None
    until: date | None = None
    author_id: int | None = None


@dataclass(frozen=True, slots=True)
class OutgoingPosition:
    """Where a page ended."""

    updated_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class OutgoingLine:
    """A document in a list, with how far it came; ``tally`` is ``None`` before it was sent."""

    document: OutgoingDocument
    recipients: int
    tally: Tally | None


VIEWS = {
    "all": "Tất cả",
    "care": "Cần xử lý",
    "late": "Quá hạn",
    "draft": "Bản thảo",
    "unsent": "Có số, chưa gửi",
    "sending": "Đang gửi",
    "sent": "Đã gửi",
    "order": "Thu hồi, cập nhật",
}


def visible(actor: Actor) -> QuerySet[OutgoingDocument]:
    """The outgoing documents that the actor may read.

    :raises NotAllowedError: they may read none
    """
    agency = actor.agency_id
    if agency is not None and may_on_documents(actor, DocumentAct.READ, agency_id=agency):
        return OutgoingDocument.objects.filter(agency=agency).exclude(_UNTOUCHED)
    if agency is not None and may_on_documents(actor, DocumentAct.COMPOSE, agency_id=agency):
        return OutgoingDocument.objects.filter(agency=agency, author=actor.user_id).exclude(_UNTOUCHED)
    raise NotAllowedError("Bạn không có quyền xem văn bản đi. Liên hệ quản trị của cơ quan nếu cần quyền này.")


def may_see(actor: Actor) -> bool:
    """Whether the actor reads some: those of the agency, or those they drafted."""
    agency = actor.agency_id
    acts = (DocumentAct.READ, DocumentAct.COMPOSE)
    return agency is not None and any(may_on_documents(actor, act, agency_id=agency) for act in acts)


def numbered_unsent(actor: Actor) -> QuerySet[OutgoingDocument]:
    """What has a number and waits to be sent, the oldest first."""
    return visible(actor).filter(state=OutgoingState.NUMBERED.value).order_by("numbered_at")


def list_outgoing(
    actor: Actor, wanted: OutgoingFilter, *, after: OutgoingPosition | None = None, limit: int = 50
) -> list[OutgoingLine]:
    """A page of the list, latest change first, from behind ``after`` on."""
    rows = _narrowed(visible(actor), actor, wanted)
    if after is not None:
        rows = rows.filter(Q(updated_at__lt=after.updated_at) | Q(updated_at=after.updated_at, id__lt=after.id))
    return lines_of(list(rows.order_by("-updated_at", "-id")[:limit]))


def _narrowed(rows: QuerySet[OutgoingDocument], actor: Actor, wanted: OutgoingFilter) -> QuerySet[OutgoingDocument]:
    rows = _of_view(rows, actor, wanted.view)
    if wanted.words:
        rows = _matching(rows, wanted.words)
    if wanted.type_code:
        rows = rows.filter(type_code=wanted.type_code)
    if wanted.priority is not None:
        rows = rows.filter(priority__gte=wanted.priority)
    if wanted.since:
        rows = rows.filter(issued_on__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(issued_on__lte=wanted.until)
    if wanted.author_id:
        rows = rows.filter(author=wanted.author_id)
    return rows


def _of_view(rows: QuerySet[OutgoingDocument], actor: Actor, view: str) -> QuerySet[OutgoingDocument]:
    state = OutgoingState
    if view == "care":
        return rows.filter(_needs_care(actor.agency_id or 0))
    if view == "late":
        return rows.filter(exchange_id__in=_late(actor.agency_id or 0))
    if view == "order":
        return rows.filter(business_type__in=[BusinessType.RECALL.code, BusinessType.UPDATE.code])
    states = {
        "draft": [state.DRAFT],
        "unsent": [state.NUMBERED, state.REFUSED],
        "sending": [state.SENDING],
        "sent": [state.SENT, state.ON_PAPER],
    }.get(view)
    if states:
        return rows.filter(state__in=[one.value for one in states])
    return rows.exclude(state=state.DISCARDED.value)


_UNTOUCHED = Q(state=OutgoingState.DRAFT.value, updated_at=F("created_at"), target=None)
"""Drafts that were only opened: no list shows them."""


def _needs_care(agency_id: int) -> Q:
    """The axis refused it, could not bring it somewhere, gave up or blocked a delivery: pinned until somebody acts."""
    given_up = (
        Delivery.objects.filter(state__in=["given_up", "blocked"], package__document__agency=agency_id)
        .values_list("package__document_id", flat=True)
        .distinct()[:_MOST_COUNTED]
    )
    unreached = OutgoingRecipient.objects.filter(document=OuterRef("pk"), paper_sent_at=None).exclude(trouble="")
    refused = Q(state=OutgoingState.REFUSED.value)
    return refused | Q(exchange_id__in=list(given_up)) | Q(Exists(unreached), state=OutgoingState.SENT.value)


def _late(agency_id: int) -> list[UUID]:
    return list({one.document for one in list_overdue(issuer_id=agency_id)})[:_MOST_COUNTED]


def pinned(actor: Actor, *, limit: int = 20) -> list[OutgoingLine]:
    """What failed and waits for somebody, the most urgent first."""
    rows = visible(actor).filter(_needs_care(actor.agency_id or 0)).order_by("-priority", "updated_at")
    return lines_of(list(rows[:limit]))


def counters(actor: Actor) -> dict[str, int]:
    """How many documents each view holds; those that may be many are counted up to a bound."""
    rows = visible(actor).exclude(state=OutgoingState.DISCARDED.value)
    return {
        view: _of_view(rows, actor, view)[: _MOST_COUNTED + 1].count() for view in VIEWS if view not in ("all", "sent")
    }


def signers_of(agency_id: int) -> list[str]:
    """Who signed the agency's latest documents, to choose from."""
    names = (
        OutgoingDocument.objects.filter(agency=agency_id)
        .exclude(numbered_at=None)
        .order_by("-numbered_at")
        .values_list("signer_name", flat=True)[:_SIGNERS_OF]
    )
    return list(dict.fromkeys(filter(None, names)))


_SIGNERS_OF = 50


# --- Search -----------------------------------------------------------------------------------------------------------


def _matching(rows: QuerySet[OutgoingDocument], words: str) -> QuerySet[OutgoingDocument]:
    """Number and notation in any punctuation, or words of the abstract with or without diacritics."""
    found = Q()
    for word in fold(words).split():
        found &= Q(folded__contains=word)
    code = fold_code(words)
    return rows.filter(Q(folded_code__startswith=code) | found) if code else rows


def search_outgoing(actor: Actor, words: str, *, limit: int = 50) -> list[OutgoingLine]:
    """Documents that the words or the number name, newest first; for the search page."""
    if not fold(words):
        return []
    rows = _matching(visible(actor).exclude(state=OutgoingState.DISCARDED.value), words)
    return lines_of(list(rows.order_by("-numbered_at", "-updated_at")[:limit]))


# --- The register -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingEntryLine:
    """A line of the outgoing register (NĐ 30 Phụ lục IV): ``receivers`` as printed, ``keeper`` who drafted it."""

    document_pk: UUID
    number: int
    code: str
    issued_on: date | None
    year: int
    type_code: str
    subject: str
    signer: str
    receivers: str
    keeper: str
    copies: int | None
    note: str
    state: OutgoingState

    @property
    def content(self) -> str:
        """Kind of document and abstract, as the register has them in one column."""
        return ": ".join(filter(None, [type_name(self.type_code), self.subject]))


def outgoing_register(  # noqa: PLR0913 - what a register is printed by
    actor: Actor,
    *,
    book_id: int,
    year: int,
    since: date | None = None,
    until: date | None = None,
    after_number: int = 0,
    limit: int = 200,
) -> list[OutgoingEntryLine]:
    """The register of a book and year in the order of its numbers, from behind ``after_number`` on; what was cancelled
    stands in it too, with the reason."""
    rows = visible(actor).filter(book=book_id, year=year, number__gt=after_number)
    if since:
        rows = rows.filter(issued_on__gte=since)
    if until:
        rows = rows.filter(issued_on__lte=until)
    found = list(rows.order_by("number").select_related("author")[:limit])
    receivers = _receivers([row.pk for row in found])
    return [_entry(row, receivers.get(row.pk, "")) for row in found]


def _entry(row: OutgoingDocument, receivers: str) -> OutgoingEntryLine:
    state = row.standing
    cancelled = f"{state.label}: {row.reason}" if state is OutgoingState.CANCELLED else ""
    recalled = "Đã thu hồi" if row.frozen_at else ""
    return OutgoingEntryLine(
        document_pk=row.pk,
        number=row.number or 0,
        code=row.code,
        issued_on=row.issued_on,
        year=row.year or 0,
        type_code=row.type_code,
        subject=row.subject,
        signer=row.signer_name,
        receivers="; ".join(row.metadata.to_place_lines) or receivers,
        keeper=row.staff_department or row.author.full_name,
        copies=row.copies,
        note=cancelled or recalled,
        state=state,
    )


_SHOWN_RECEIVERS = 3


def _receivers(documents: Sequence[UUID]) -> dict[UUID, str]:
    """The first recipients of each, and how many more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT document_id, (array_agg(name ORDER BY id))[:%s], count(*) FROM outgoing_outgoingrecipient"
            " WHERE document_id = ANY(%s) GROUP BY document_id",
            [_SHOWN_RECEIVERS, list(documents)],
        )
        return {
            document: "; ".join(names) + (f" và {count - len(names)} nơi khác" if count > len(names) else "")
            for document, names, count in cursor.fetchall()
        }


def reminders_for(agency_id: int, documents: Sequence[UUID]) -> list[Reminder]:
    """What the issuers of these documents (the axis's ids) reminded the agency of, latest first: for its inbox."""
    rows = Reminder.objects.filter(agency=agency_id, in_pages=True, document__exchange_id__in=documents)
    return list(rows.select_related("document").order_by("-at"))


# --- How far documents came -------------------------------------------------------------------------------------------

_TALLY = """
SELECT o.document_id, count(*) AS all_of_them,
       count(*) FILTER (WHERE NOT o.by_axis OR v.state = 'on_paper'
                              OR (o.trouble <> '' AND o.paper_sent_at IS NOT NULL)) AS paper,
       count(*) FILTER (WHERE o.by_axis AND v.state IS DISTINCT FROM 'on_paper'
                          AND (v.state = 'delivered' OR r.state IN ('arrived', 'rejected', 'accepted', 'assigned',
                                                                    'in_progress', 'done', 'agreed',
                                                                    'declined'))) AS arrived,
       count(*) FILTER (WHERE r.state IN ('accepted', 'assigned', 'in_progress', 'done')) AS accepted,
       count(*) FILTER (WHERE r.state IN ('rejected', 'declined')) AS refused,
       count(*) FILTER (WHERE v.state IN ('given_up', 'blocked')
                              OR (o.trouble <> '' AND o.paper_sent_at IS NULL)) AS trouble
  FROM outgoing_outgoingrecipient o
  JOIN outgoing_outgoingdocument d ON d.id = o.document_id
  LEFT JOIN exchange_recipient r ON r.document_id = d.exchange_id AND r.code = o.code
  LEFT JOIN exchange_delivery v ON v.id = r.delivery_id
 WHERE o.document_id = ANY(%s) GROUP BY o.document_id
"""


def lines_of(documents: Sequence[OutgoingDocument]) -> list[OutgoingLine]:
    """The documents with how far each came; one query for all."""
    with connection.cursor() as cursor:
        cursor.execute(_TALLY, [[one.pk for one in documents]])
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return [_line(one, found.get(one.pk, (0, 0, 0, 0, 0, 0))) for one in documents]


def _line(document: OutgoingDocument, counted: tuple[Any, ...]) -> OutgoingLine:
    count, paper, arrived, accepted, refused, trouble = counted
    sent = document.standing is OutgoingState.SENT
    total = count - paper
    told = Tally(
        total=total,
        arrived=arrived,
        accepted=accepted,
        refused=refused,
        missing=max(0, total - arrived - trouble),
        trouble=trouble,
        late=0,
        paper=paper,
    )
    return OutgoingLine(document, count, told if sent else None)

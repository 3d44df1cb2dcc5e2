"""The board of one sent document: every recipient with every state and time, worst first. A bounded number of queries,
however many recipients there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max

from lienthong.exchange.chasing import Overdue, list_overdue
from lienthong.exchange.history import AskRecord, asks_of
from lienthong.exchange.states import DeliveryState, RecipientState
from lienthong.records.outgoing.models import OutgoingDocument, OutgoingRecipient
from lienthong.records.outgoing.standing import Counted, Facts, Tally, Word, has_arrived, tally, word_of
from lienthong.registry.models import AgencyContact

_STEP_NAMES = {"01": "Đến", "02": "Từ chối", "03": "Tiếp nhận", "04": "Phân công", "05": "Xử lý", "06": "Xong"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One recipient. ``steps``: when each status was first reported, by code; ``delivery``: what brings it the package,
    together with others that the same system serves."""

    agency_id: int
    code: str
    name: str
    word: Word
    has_arrived: bool
    by_axis: bool
    on_paper: bool
    delivery: UUID | None
    transport: DeliveryState | None
    state: RecipientState | None
    delivered_at: datetime | None
    steps: dict[str, datetime] = field(default_factory=dict)
    description: str = ""
    asks: tuple[AskRecord, ...] = ()
    overdue: Overdue | None = None
    reminders: int = 0
    reminded_at: datetime | None = None
    phone: str = ""
    mail: str = ""

    @property
    def times(self) -> list[tuple[str, datetime]]:
        """Every step with its time, in order."""
        delivered = [("Giao", self.delivered_at)] if self.delivered_at else []
        steps = [(label, self.steps[code]) for code, label in _STEP_NAMES.items() if code in self.steps]
        return sorted([*delivered, *steps], key=lambda step: step[1])

    @property
    def is_given_up(self) -> bool:
        return self.transport is DeliveryState.GIVEN_UP


@dataclass(frozen=True, slots=True)
class Board:
    """All recipients of a document, those in trouble first."""

    document: OutgoingDocument
    rows: tuple[BoardRow, ...]
    tally: Tally


_AXIS = """
SELECT r.code, r.id, r.state, r.reason, r.status_description, v.id, v.state, v.delivered_at, v.attempts, v.last_error
  FROM exchange_recipient r LEFT JOIN exchange_delivery v ON v.id = r.delivery_id
 WHERE r.document_id = %s
"""
_STEPS = """
SELECT r.code, p.code, min(p.event_time)
  FROM exchange_recipient r JOIN exchange_report p ON p.recipient_id = r.id
 WHERE r.document_id = %s GROUP BY r.code, p.code
"""


def board_of(document: OutgoingDocument) -> Board:
    """The board; whoever asks has been let in by ``access.find``."""
    recipients = list(document.recipients.order_by("pk"))
    axis = {row[0]: row[1:] for row in _rows(_AXIS, document)}
    steps: dict[str, dict[str, datetime]] = defaultdict(dict)
    for code, status, at in _rows(_STEPS, document):
        steps[code][status] = at
    context = _Context(document, axis, steps, recipients)
    rows = sorted((context.row(one) for one in recipients), key=lambda row: (row.word.rank, row.code))
    return Board(
        document, tuple(rows), tally([Counted(row.word, row.overdue is not None, row.has_arrived) for row in rows])
    )


def _rows(sql: str, document: OutgoingDocument) -> Sequence[tuple[Any, ...]]:
    if document.exchange_id is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, [document.exchange_id])
        return list(cursor.fetchall())


class _Context:
    """What all rows share."""

    def __init__(
        self,
        document: OutgoingDocument,
        axis: dict[str, tuple[Any, ...]],
        steps: dict[str, dict[str, datetime]],
        recipients: Sequence[OutgoingRecipient],
    ) -> None:
        self.axis, self.steps = axis, steps
        self.asks = asks_of([row[0] for row in axis.values()]) if axis else {}
        late = list_overdue(document=document.exchange_id) if document.exchange_id else []
        self.overdue = {one.recipient_code: one for one in late}
        reminders = document.reminders.values("agency_id").annotate(count=Count("id"), last=Max("at"))
        self.reminders = {row["agency_id"]: (row["count"], row["last"]) for row in reminders}
        contacts = AgencyContact.objects.filter(agency__in=[one.agency_id for one in recipients])
        self.contacts = {row.agency_id: row for row in contacts}

    def row(self, one: OutgoingRecipient) -> BoardRow:
        recipient, state, reason, told, delivery, transport, delivered_at, attempts, error = self.axis.get(
            one.code, (None, None, "", "", None, None, None, 0, "")
        )
        known = DeliveryState(transport) if transport else None
        standing = RecipientState(state) if state else None
        overdue = self.overdue.get(one.code)
        facts = Facts(
            by_axis=one.by_axis,
            transport=known,
            state=standing or RecipientState.SENT,
            why=error or one.trouble or reason or "",
            description=told or "",
            attempts=attempts or 0,
            is_late=overdue is not None,
            paper_told=one.paper_sent_at is not None,
        )
        count, last = self.reminders.get(one.agency_id, (0, None))
        contact = self.contacts.get(one.agency_id)
        return BoardRow(
            agency_id=one.agency_id,
            code=one.code,
            name=one.name,
            word=word_of(facts),
            has_arrived=has_arrived(facts),
            by_axis=one.by_axis,
            on_paper=one.on_paper,
            delivery=delivery,
            transport=known,
            state=standing,
            delivered_at=delivered_at,
            steps=self.steps.get(one.code, {}),
            description=told or "",
            asks=tuple(self.asks.get(recipient, ())) if recipient else (),
            overdue=overdue,
            reminders=count,
            reminded_at=last,
            phone=contact.phone if contact else "",
            mail=contact.mail if contact else "",
        )

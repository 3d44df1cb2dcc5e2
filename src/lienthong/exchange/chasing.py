"""Reads for chasing: what a recipient owes an issuer and has not done in time.

The limit, and the rule that sets it, come from the rule set of the day the document (or the one that asks) was signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from django.conf import settings
from django.db import connection

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.common.working_days import working_days
from lienthong.exchange.rule_sets import Deadline, Duty, rule_set
from lienthong.exchange.states import Ask, RecipientState


@dataclass(frozen=True, slots=True)
class Overdue:
    """Something a recipient owes. ``document`` is the axis's id of the document it is about, ``asking`` that of the
    recall or update that waits for its answer; ``since``: when the time began; ``assumed``: the law names no figure."""

    duty: Duty
    issuer_code: str
    issuer_name: str
    recipient_code: str
    recipient_name: str
    document: UUID
    document_id: str
    code: str
    subject: str
    since: datetime
    due: datetime
    rule_set: str
    rule: str
    assumed: bool
    asking: UUID | None = None


_COLUMNS: LiteralString = (
    "d.from_code, d.from_name, r.code, r.name, d.id, d.document_id, d.number, d.notation, d.subject"
)
# Who has not reported 01, or neither accepted nor refused, or was asked to give back. The time does not begin before
# the document was there to fetch, whatever the recipient's clock says. A recall or update is chased by what it asks.
_REPORTS: LiteralString = (
    "SELECT r.state, GREATEST(v.created_at, CASE WHEN r.state <> 'sent' THEN r.status_at END),"  # noqa: S608 - literals
    f"      d.promulgation_date, NULL::uuid, {_COLUMNS}"
    "  FROM exchange_document d"
    "  JOIN exchange_recipient r ON r.document_id = d.id"
    "  JOIN exchange_delivery v ON v.id = r.delivery_id"
    " WHERE r.state IN ('sent', 'arrived', 'takeback_asked')"
    "   AND NOT EXISTS (SELECT FROM exchange_ask x WHERE x.asking_id = r.id AND x.kind IN ('recall', 'update'))"
)
_ASKS: LiteralString = (
    f"SELECT a.kind, a.asked_at, u.promulgation_date, u.id, {_COLUMNS}"  # noqa: S608 - literals
    "  FROM exchange_ask a"
    "  JOIN exchange_recipient r ON r.id = a.recipient_id"
    "  JOIN exchange_document d ON d.id = r.document_id"
    "  JOIN exchange_recipient s ON s.id = a.asking_id"
    "  JOIN exchange_document u ON u.id = s.document_id"
    " WHERE a.answered_at IS NULL AND a.kind IN ('recall', 'update') AND r.state <> ALL(%(final)s)"
)
_OF_ISSUER: LiteralString = (
    " AND (%(issuer)s::bigint IS NULL OR d.agency_id = %(issuer)s)"
    " AND (%(document)s::uuid IS NULL OR d.id = %(document)s)"
)
_FINAL = [state.value for state in RecipientState if state.final]
_DUTIES = {
    RecipientState.SENT.value: Duty.RECEIPT,
    RecipientState.ARRIVED.value: Duty.ACCEPTANCE,
    RecipientState.TAKEBACK_ASKED.value: Duty.TAKE_BACK,
    Ask.RECALL.value: Duty.RECALL,
    Ask.UPDATE.value: Duty.UPDATE,
}


def list_overdue(
    *, issuer_id: int | None = None, document: UUID | None = None, at: datetime | None = None
) -> list[Overdue]:
    """What is owed and late at ``at`` (now), the longest overdue first.

    :param issuer_id: key of the agency whose documents are chased; ``None``: of all
    :param document: the axis's id of the only document asked about
    """
    moment = at or clock.now()
    with connection.wrap_database_errors:
        cursor = hot_cursor()
        narrowed = {"issuer": issuer_id, "document": document}
        rows = cursor.execute(_ASKS + _OF_ISSUER, {**narrowed, "final": _FINAL}).fetchall()
        rows += cursor.execute(_REPORTS + _OF_ISSUER, narrowed).fetchall()
    return sorted(_late(rows, moment), key=lambda one: (one.due, one.issuer_code, one.recipient_code, one.document_id))


def _late(rows: list[tuple[Any, ...]], at: datetime) -> Iterator[Overdue]:
    days = working_days(settings.WORKING_DAYS)
    for kind, since, signed_on, asking, *about in rows:
        rules = rule_set(signed_on)
        deadline = rules.deadline(_DUTIES[kind], signed_on)
        if deadline is not None and since is not None:
            due = days.end_of(since, deadline.working_days)
            if due <= at:
                yield _overdue(about, deadline, rules.id, since=since, due=due, asking=asking)


def _overdue(  # noqa: PLR0913 - the parts of one line
    about: list[Any], deadline: Deadline, rules: str, *, since: datetime, due: datetime, asking: UUID | None
) -> Overdue:
    issuer, issuer_name, recipient, recipient_name, document, document_id, number, notation, subject = about
    return Overdue(
        duty=deadline.duty,
        issuer_code=issuer,
        issuer_name=issuer_name,
        recipient_code=recipient,
        recipient_name=recipient_name,
        document=document,
        document_id=document_id,
        code=f"{number}/{notation}" if notation else number,
        subject=subject,
        since=since,
        due=due,
        rule_set=rules,
        rule=deadline.source.cited,
        assumed=deadline.source.assumed,
        asking=asking,
    )

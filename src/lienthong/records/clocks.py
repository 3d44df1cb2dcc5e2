"""Deadlines of stored documents: rows in, clocks out."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from lienthong.common.working_days import working_days
from lienthong.exchange.rule_sets import rule_set
from lienthong.exchange.states import Ask
from lienthong.records.deadlines import Deadline, DocumentTimes, deadlines, pressing
from lienthong.records.incoming_states import is_order
from lienthong.records.models import IncomingDocument, ReportState


def deadlines_of(incoming: IncomingDocument) -> list[Deadline]:
    """All clocks of one document, with when the issuer was told of its arrival (one query)."""
    told = incoming.reports.filter(status_code="01", state=ReportState.SENT).values_list("sent_at", flat=True).first()
    return _deadlines(incoming, told)


def pressing_of(incoming: IncomingDocument, now: datetime) -> Deadline | None:
    """The clock a list shows; what the machine does by itself (01) is left out, and no query is made."""
    return pressing(_deadlines(incoming, incoming.arrived_at), now)


def _deadlines(incoming: IncomingDocument, told_at: datetime | None) -> list[Deadline]:
    if is_order(incoming.business_type) and not incoming.asked:
        return []  # its question runs at the document it is about
    signed_on = incoming.promulgation_date
    return deadlines(_times(incoming, told_at), rule_set(signed_on), working_days(settings.WORKING_DAYS), signed_on)


def _times(incoming: IncomingDocument, told_at: datetime | None) -> DocumentTimes:
    return DocumentTimes(
        arrived_at=incoming.arrived_at,
        urgent=incoming.priority > 0,
        is_paper=incoming.is_paper,
        told_at=told_at,
        registered_at=incoming.registered_at or (incoming.arrived_at if is_order(incoming.business_type) else None),
        assigned_at=incoming.assigned_at or (incoming.asked_at if is_order(incoming.business_type) else None),
        asked=Ask(incoming.asked) if incoming.asked else None,
        asked_at=incoming.asked_at,
        handling_due=incoming.handling_due,
        reply_due=incoming.due_date,
        closed_at=incoming.ended_at,
    )

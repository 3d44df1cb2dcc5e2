"""What every act on an incoming document has in common: history, evidence, and the report that follows from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from edxml102.codes import StatusCode
from lienthong.accounts.actors import Actor
from lienthong.common.sql import hot_cursor
from lienthong.ledger import events
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Subject, new_event
from lienthong.ledger.kinds import EventKind
from lienthong.records import history
from lienthong.records.incoming_states import Step, after, steps_of
from lienthong.records.models import IncomingDocument
from lienthong.records.outbox import queue_report
from lienthong.records.refusals import Reason, RecordsRefusal
from lienthong.records.wakeups import tell_pages

REASON_LIMIT = 1000  # characters of a reason (edxml 9.3) or a leader's note


def check_step(incoming: IncomingDocument, step: Step) -> None:
    """:raises RecordsRefusal: ANSWER_FIRST, STEP_NOT_ALLOWED"""
    if step in steps_of(incoming.standing, business_type=incoming.business_type, is_asked=bool(incoming.asked)):
        return
    if incoming.asked:
        raise RecordsRefusal(Reason.ANSWER_FIRST)
    raise RecordsRefusal(Reason.STEP_NOT_ALLOWED, f"Văn bản đang ở trạng thái “{incoming.standing.label}”.")


def move(incoming: IncomingDocument, step: Step) -> None:
    """Bring the document to where the step leads; the caller saves it."""
    check_step(incoming, step)
    incoming.state = after(step, incoming.standing)


def record(  # noqa: PLR0913 - one part of the act each
    incoming: IncomingDocument,
    step: Step,
    actor: Actor,
    *,
    at: datetime,
    detail: str = "",
    data: dict[str, Any] | None = None,
    code: StatusCode | None = None,
    told: str = "",
) -> None:
    """Write down an act in the caller's transaction: history, event, report, and the call to open pages.

    :param code: what the issuer is told, when it is not the step's own
    :param told: description of that report
    """
    history.note(
        incoming,
        step.value,
        step.label,
        at=at,
        detail=detail,
        actor=actor.signature,
        user_id=actor.user_id,
        data=data,
    )
    leave_event(incoming, step.event, actor, at=at, detail=detail)
    report = code or step.code
    if report is not None:
        queue_report(incoming, report, at=at, description=told, staff=actor.signature, remote=actor.remote)
    tell_pages(incoming.agency_id)


def leave_event(incoming: IncomingDocument, kind: EventKind, actor: Actor, *, at: datetime, detail: str = "") -> None:
    """Append the act to the ledger: what was done to which document, never what it says."""
    event = new_event(
        kind,
        at=at,
        actor=events.Actor(agency=actor.agency_code, remote=actor.remote, user=actor.signature),
        subject=Subject("incoming", str(incoming.pk), str(incoming.origin_id or "")),
        data={"detail": detail} if detail else {},
    )
    with connection.wrap_database_errors:
        append_events(hot_cursor(), [event])


def checked_text(text: str, *, field: str, required: bool = False) -> str:
    """One text of a form.

    :raises RecordsRefusal: REASON_MISSING, TOO_LONG
    """
    clean = " ".join(text.split())
    if required and not clean:
        raise RecordsRefusal(Reason.REASON_MISSING, field=field)
    if len(clean) > REASON_LIMIT:
        raise RecordsRefusal(Reason.TOO_LONG, f"Tối đa {REASON_LIMIT} ký tự.", field=field)
    return clean

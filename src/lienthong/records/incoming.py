"""What people do with incoming documents. Every act is one transaction: state, history, event, and the report that the
issuer will get. Nothing here waits for the axis."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from lienthong.accounts.actors import Actor
from lienthong.accounts.models import Position
from lienthong.accounts.policies import DocumentAct, require_on_documents
from lienthong.common import clock
from lienthong.ledger.kinds import EventKind
from lienthong.records import history
from lienthong.records.access import incoming_of, locked_for
from lienthong.records.acting import checked_text, leave_event, move, record
from lienthong.records.asks import targets_of
from lienthong.records.duplicates import find_duplicate
from lienthong.records.facts import DocumentFacts
from lienthong.records.incoming_states import IncomingState, Step
from lienthong.records.models import Endorsement, IncomingDocument
from lienthong.records.numbering import take_number
from lienthong.records.refusals import Reason, RecordsRefusal
from lienthong.records.search.indexing import index_incoming
from lienthong.records.wakeups import tell_pages


def register(*, actor: Actor, incoming_id: UUID, book_id: int, note: str = "") -> IncomingDocument:
    """Accept a document and enter it in a book (NĐ 30/2020 art. 22): it gets the next number of this year, and the
    issuer is told (03). It cannot be undone.

    :raises RecordsRefusal: NOT_FOUND, STEP_NOT_ALLOWED, ANSWER_FIRST, BOOK_*
    """
    with transaction.atomic():
        incoming = locked_for(actor, DocumentAct.REGISTER, incoming_id)
        move(incoming, Step.REGISTER)
        now = clock.now()
        incoming.note = checked_text(note, field="note")
        _number(incoming, book_id, clock.in_vietnam(now).date(), actor, now)
        incoming.save()
        _mark_replaced(incoming, now)
        said = f"Số đến {incoming.arrival_number}"
        record(incoming, Step.REGISTER, actor, at=now, detail=said, told=said)
    return incoming


def register_paper(  # noqa: PLR0913 - what the clerk fills in
    *, actor: Actor, book_id: int, facts: DocumentFacts, arrival_date: date, note: str = "", anyway: bool = False
) -> IncomingDocument:
    """Enter a document that came on paper: the same book, the same series (NĐ 30/2020 art. 22.2).

    :param arrival_date: the day it came; not in the future, not in another year than this
    :param anyway: the clerk has seen that there is one like it
    :raises RecordsRefusal: DUPLICATE, FIELD_MISSING, DATE_WRONG, BOOK_*
    """
    require_on_documents(actor, DocumentAct.REGISTER, agency_id=actor.agency_id or 0)
    _check_facts(facts, arrival_date)
    with transaction.atomic():
        twin = find_duplicate(agency_id=actor.agency_id or 0, facts=facts, from_agency_id=None)
        if twin is not None and not anyway:
            raise RecordsRefusal(Reason.DUPLICATE, f"Số đến {twin.arrival_number or 'chưa có'}: {twin.code}.")
        now = clock.now()
        incoming = _from_facts(facts, actor, now)
        incoming.duplicate_of = twin
        incoming.state = IncomingState.REGISTERED
        incoming.note = checked_text(note, field="note")
        _number(incoming, book_id, arrival_date, actor, now)
        incoming.save()
        index_incoming(incoming)
        record(incoming, Step.REGISTER, actor, at=now, detail=f"Số đến {incoming.arrival_number}, bản giấy")
    return incoming


def refuse(*, actor: Actor, incoming_id: UUID, reason: str) -> IncomingDocument:
    """Return a document to its issuer (02), before acceptance and with a reason (QĐ 28/2018 art. 9.1). It cannot be
    undone.

    :raises RecordsRefusal: NOT_FOUND, STEP_NOT_ALLOWED, ANSWER_FIRST, REASON_MISSING, TOO_LONG
    """
    with transaction.atomic():
        incoming = locked_for(actor, DocumentAct.REFUSE, incoming_id)
        why = checked_text(reason, field="reason", required=True)
        move(incoming, Step.REFUSE)
        incoming.ended_at = now = clock.now()
        incoming.save(update_fields=["state", "ended_at"])
        record(incoming, Step.REFUSE, actor, at=now, detail=why, told=why)
    return incoming


def assign(  # noqa: PLR0913 - the parts of a leader's note
    *,
    actor: Actor,
    incoming_id: UUID,
    text: str,
    officers: Collection[int],
    lead: int | None = None,
    due_date: date | None = None,
) -> Endorsement:
    """A leader's note (bút phê): who handles the document, who of them leads, until when. The issuer is told (04).

    :param officers: users of the agency; the first leads unless ``lead`` says who
    :raises RecordsRefusal: NOT_FOUND, STEP_NOT_ALLOWED, ANSWER_FIRST, OFFICER_UNKNOWN, DATE_WRONG, TOO_LONG
    """
    with transaction.atomic():
        incoming = locked_for(actor, DocumentAct.ASSIGN, incoming_id)
        said = checked_text(text, field="text")
        names = _officer_names(incoming.agency_id, officers)
        if lead is not None and lead not in names:
            raise RecordsRefusal(Reason.OFFICER_UNKNOWN, field="lead")
        if due_date is not None and due_date < clock.today():
            raise RecordsRefusal(Reason.DATE_WRONG, "Hạn xử lý đã qua.", field="due_date")
        move(incoming, Step.ASSIGN)
        now = clock.now()
        incoming.endorsements.filter(undone_at=None).update(undone_at=now)
        made = Endorsement.objects.create(
            incoming=incoming,
            text=said,
            lead_id=lead or next(iter(names)),
            due_date=due_date,
            made_by=actor.signature,
            made_at=now,
        )
        made.officers.set(names)
        incoming.handlers = ", ".join(names.values())
        incoming.handling_due, incoming.assigned_at = due_date, now
        incoming.save(update_fields=["state", "handlers", "handling_due", "assigned_at"])
        detail = " – ".join(filter(None, [incoming.handlers, said]))
        record(incoming, Step.ASSIGN, actor, at=now, detail=detail, data={"endorsement": made.pk})
    return made


def undo_assign(*, actor: Actor, incoming_id: UUID) -> IncomingDocument:
    """Take an assignment back, as long as nobody began. What the issuer was told stays told (codes never go back).

    :raises RecordsRefusal: NOT_FOUND, STEP_NOT_ALLOWED, ANSWER_FIRST
    """
    with transaction.atomic():
        incoming = locked_for(actor, DocumentAct.ASSIGN, incoming_id)
        move(incoming, Step.UNDO_ASSIGN)
        now = clock.now()
        incoming.endorsements.filter(undone_at=None).update(undone_at=now)
        incoming.handlers, incoming.handling_due, incoming.assigned_at = "", None, None
        incoming.save(update_fields=["state", "handlers", "handling_due", "assigned_at"])
        record(incoming, Step.UNDO_ASSIGN, actor, at=now)
    return incoming


def start(*, actor: Actor, incoming_id: UUID) -> IncomingDocument:
    """Somebody works on it (05).

    :raises RecordsRefusal: NOT_FOUND, STEP_NOT_ALLOWED, ANSWER_FIRST
    """
    with transaction.atomic():
        incoming = locked_for(actor, DocumentAct.HANDLE, incoming_id)
        move(incoming, Step.START)
        incoming.save(update_fields=["state"])
        record(incoming, Step.START, actor, at=clock.now())
    return incoming


def finish(*, actor: Actor, incoming_id: UUID, result: str = "") -> IncomingDocument:
    """It is done (06); ``result`` says in words how, and goes to the issuer.

    :raises RecordsRefusal: NOT_FOUND, STEP_NOT_ALLOWED, ANSWER_FIRST, TOO_LONG
    """
    with transaction.atomic():
        incoming = locked_for(actor, DocumentAct.HANDLE, incoming_id)
        said = checked_text(result, field="result")
        move(incoming, Step.FINISH)
        incoming.ended_at = now = clock.now()
        incoming.save(update_fields=["state", "ended_at"])
        record(incoming, Step.FINISH, actor, at=now, detail=said, told=said)
    return incoming


def mark_opened(*, actor: Actor, incoming_id: UUID) -> IncomingDocument:
    """Note who opened a document first, and when; opening again changes nothing.

    :raises RecordsRefusal: NOT_FOUND
    """
    incoming = incoming_of(actor, incoming_id)
    if incoming.opened_at is not None:
        return incoming
    with transaction.atomic():
        now = clock.now()
        fresh = IncomingDocument.objects.filter(pk=incoming.pk, opened_at=None)
        if fresh.update(opened_at=now, opened_by=actor.signature):
            incoming.opened_at, incoming.opened_by = now, actor.signature
            history.note(incoming, "opened", "Mở xem", at=now, actor=actor.signature, user_id=actor.user_id)
            leave_event(incoming, EventKind.INCOMING_OPENED, actor, at=now)
            tell_pages(incoming.agency_id)
    return incoming


def mark_unopened(*, actor: Actor, incoming_id: UUID) -> IncomingDocument:
    """Show it as unread again. That it was opened stays in its history.

    :raises RecordsRefusal: NOT_FOUND
    """
    incoming = incoming_of(actor, incoming_id)
    with transaction.atomic():
        incoming.opened_at, incoming.opened_by = None, ""
        incoming.save(update_fields=["opened_at", "opened_by"])
        label = "Đánh dấu chưa đọc"
        history.note(incoming, "unopened", label, at=clock.now(), actor=actor.signature, user_id=actor.user_id)
        tell_pages(incoming.agency_id)
    return incoming


# --- Parts ----------------------------------------------------------------------------------------------------------


def _number(incoming: IncomingDocument, book_id: int, day: date, actor: Actor, now: datetime) -> None:
    number = take_number(agency_id=incoming.agency_id, book_id=book_id, year=day.year)
    incoming.book_id, incoming.arrival_year, incoming.arrival_number = book_id, day.year, number
    incoming.arrival_date, incoming.registered_at, incoming.registered_by = day, now, actor.signature


def _mark_replaced(incoming: IncomingDocument, now: datetime) -> None:
    """Accepting a replacement ends the documents it replaces (NĐ 30/2020 art. 18.3)."""
    if incoming.business_type != "3":
        return
    for old in targets_of(incoming):
        if not old.standing.is_ended:
            old.state, old.replaced_by, old.ended_at = IncomingState.REPLACED, incoming, now
            old.save(update_fields=["state", "replaced_by", "ended_at"])
            history.note(old, "replaced", "Được thay thế", at=now, detail=f"Bởi văn bản {incoming.code}")


def _from_facts(facts: DocumentFacts, actor: Actor, now: datetime) -> IncomingDocument:
    return IncomingDocument(
        agency_id=actor.agency_id or 0,
        arrived_at=now,
        opened_at=now,
        opened_by=actor.signature,
        code_folded=facts.code_folded,
        from_name=facts.from_name,
        number=facts.number,
        notation=facts.notation,
        promulgation_date=facts.promulgation_date,
        type_name=facts.type_name,
        subject=facts.subject,
        signer_name=facts.signer_name,
        priority=facts.priority,
        due_date=facts.due_date,
        page_amount=facts.page_amount,
    )


def _check_facts(facts: DocumentFacts, arrival_date: date) -> None:
    for field, value in (("from_name", facts.from_name), ("subject", facts.subject)):
        if not value.strip():
            raise RecordsRefusal(Reason.FIELD_MISSING, field=field)
    today = clock.today()
    if arrival_date > today or arrival_date.year != today.year:
        raise RecordsRefusal(Reason.DATE_WRONG, f"Ngày đến phải trong năm {today.year}.", field="arrival_date")
    if facts.promulgation_date is not None and facts.promulgation_date > arrival_date:
        raise RecordsRefusal(Reason.DATE_WRONG, "Ngày ban hành sau ngày đến.", field="promulgation_date")


def _officer_names(agency_id: int, officers: Collection[int]) -> dict[int, str]:
    """Names by user, in the order they were chosen.

    :raises RecordsRefusal: OFFICER_UNKNOWN
    """
    today = clock.today()
    held = Position.objects.filter(agency=agency_id, user__in=list(officers), user__is_active=True)
    held = held.filter(valid_from__lte=today).filter(Q(valid_to=None) | Q(valid_to__gt=today))
    names = dict(held.values_list("user_id", "user__full_name"))
    if not officers or set(officers) - names.keys():
        raise RecordsRefusal(Reason.OFFICER_UNKNOWN, field="officers")
    return {officer: names[officer] for officer in officers}

"""Numbering and sending. The number is given and the wish to send is kept in one transaction; the package then goes to
the axis. A crash in between loses nothing: whatever still is *Đang gửi* is built again and sent again, and the axis
answers what it already has with the first receipt (docs/adr/0111)."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from edxml102.errors import EdxmlError
from edxml102.model import PackageKind
from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct
from lienthong.common import clock
from lienthong.common.failpoints import hit
from lienthong.common.folding import fold_code
from lienthong.exchange.refusals import Refusal
from lienthong.exchange.submissions import Receipt
from lienthong.ledger.kinds import EventKind
from lienthong.records.desk import send_package
from lienthong.records.numbering import take_number
from lienthong.records.outgoing import access
from lienthong.records.outgoing.acts import note, prove
from lienthong.records.outgoing.building import built, notation_for, sender_of
from lienthong.records.outgoing.composing import document_id_of, fault_of
from lienthong.records.outgoing.errors import (
    ChangedMeanwhileError,
    DuplicateWarningError,
    Fault,
    NotPossibleError,
    NotReadyError,
)
from lienthong.records.outgoing.metadata import faults_of
from lienthong.records.outgoing.models import OutgoingDocument
from lienthong.records.outgoing.notation import MAX_NOTATION, number_text
from lienthong.records.outgoing.readiness import check_readiness, default_book, twins_of
from lienthong.records.outgoing.services import file_store
from lienthong.records.outgoing.states import OutgoingAct, OutgoingState, move
from lienthong.records.refusals import RecordsRefusal
from lienthong.records.search.indexing import index_outgoing
from lienthong.records.wakeups import wake_worker

_LEASE = timedelta(minutes=10)  # longer than building and storing the largest package
_PAUSE = timedelta(seconds=20)
_log = logging.getLogger(__name__)


# --- Numbering --------------------------------------------------------------------------------------------------------


@transaction.atomic
def give_number(
    *, actor: Actor, document: UUID, version: int | None = None, twins_seen: bool = False
) -> OutgoingDocument:
    """Enter the document in the register: its number is printed on the paper and signed before it is sent.

    :param twins_seen: the clerk read the warning about documents that look the same
    :raises NotReadyError: fields are missing or wrong
    :raises DuplicateWarningError: ask the clerk first
    :raises NotPossibleError: it has a number
    :raises ChangedMeanwhileError: somebody else saved meanwhile
    """
    found = _locked(actor, document, version)
    if move(found.standing, OutgoingAct.NUMBER) is None:
        raise NotPossibleError(f"Văn bản này đã có số {found.code}.", "Mở lại văn bản.")
    faults = faults_of(found.metadata, today=clock.today())
    if faults:
        raise NotReadyError(faults)
    _number(found, actor, twins_seen=twins_seen)
    index_outgoing(found)
    return found


def _locked(actor: Actor, document: UUID, version: int | None) -> OutgoingDocument:
    found = access.lock(actor, document, DocumentAct.SEND)
    if version is not None and version != found.version and found.typed_by != actor.signature:
        raise ChangedMeanwhileError(by=found.typed_by, version=found.version)
    return found


def _number(document: OutgoingDocument, actor: Actor, *, twins_seen: bool) -> None:
    twins = twins_of(document)
    if twins and not twins_seen:
        told = ", ".join(f"{one.code} ngày {one.issued_on:%d/%m/%Y}" for one in twins)
        message = f"Đã có văn bản cùng loại, cùng trích yếu: {told}."
        raise DuplicateWarningError(message, "Xem lại trước khi cấp số mới.")
    sender, abbreviation = sender_of(document.agency_id)
    issued_on = document.issued_on or clock.today()
    book = document.book or default_book(document.agency_id)
    number = take_number(agency_id=document.agency_id, book_id=book.pk, year=issued_on.year)
    document.book, document.year, document.number = book, issued_on.year, number
    document.number_text = number_text(number)
    document.notation = notation_for(document, abbreviation)[:MAX_NOTATION]
    document.folded_code = fold_code(document.code)
    document.document_id = document_id_of(sender.code, issued_on, document.number_text, document.notation)
    document.numbered_at = clock.now()
    _move(document, OutgoingAct.NUMBER, actor.signature, detail=document.code)
    _refuse_same_number(document)
    document.save()
    prove(document, EventKind.OUTGOING_NUMBERED, actor=actor, data={"book": book.name, "number": number})


def _refuse_same_number(document: OutgoingDocument) -> None:
    """Two books may run into the same number and notation, which nobody could tell apart (NĐ 30 Phụ lục VI, III.1h)."""
    same = OutgoingDocument.objects.filter(agency=document.agency_id, document_id=document.document_id)
    if same.filter(business_type=document.business_type).exclude(pk=document.pk).exists():
        raise NotPossibleError(
            f"Số {document.code} ngày này đã có ở sổ khác.",
            "Ghi đơn vị soạn thảo để ký hiệu khác đi, hoặc chọn sổ khác.",
        )


def _move(document: OutgoingDocument, act: OutgoingAct, who: str, *, detail: str = "") -> None:
    after = move(document.standing, act)
    if after is None:
        raise NotPossibleError(
            f"Không thực hiện được “{act.label}” khi văn bản: {document.standing.label.lower()}.", "Tải lại trang."
        )
    now = clock.now()
    document.state, document.updated_at, document.updated_by = after.value, now, who
    note(document, act, who=who, detail=detail)


# --- Sending ----------------------------------------------------------------------------------------------------------


def send(
    *, actor: Actor, document: UUID, version: int | None, not_secret: bool, twins_seen: bool = False
) -> OutgoingDocument:
    """Number the document where it has none, and send it. Never inside a transaction.

    :raises NotReadyError: every fault, together
    :raises DuplicateWarningError, NotPossibleError, ChangedMeanwhileError: as in ``give_number``
    """
    found = wish_to_send(actor=actor, document=document, version=version, not_secret=not_secret, twins_seen=twins_seen)
    return carry_out(found.pk) if found.standing is OutgoingState.SENDING else found


@transaction.atomic
def wish_to_send(
    *, actor: Actor, document: UUID, version: int | None, not_secret: bool, twins_seen: bool = False
) -> OutgoingDocument:
    """Keep, with the number, that it is to be sent; what goes on paper only is issued at once. Asked a second time it
    changes nothing.

    :raises NotReadyError, DuplicateWarningError, NotPossibleError, ChangedMeanwhileError: as in ``send``
    """
    found = access.lock(actor, document, DocumentAct.SEND)
    if found.standing in (OutgoingState.SENDING, OutgoingState.SENT, OutgoingState.ON_PAPER):
        return found
    found = _locked(actor, document, version)
    readiness = check_readiness(found)
    faults = list(readiness.faults)
    if not not_secret:
        faults.append(Fault("not_secret", "LT-V39", "Chưa xác nhận văn bản không chứa bí mật nhà nước."))
    if faults:
        raise NotReadyError(faults)
    if found.standing is OutgoingState.DRAFT:
        _number(found, actor, twins_seen=twins_seen)
    _confirm_not_secret(found, actor)
    if readiness.electronic:
        _move(found, OutgoingAct.SEND, actor.signature, detail=f"{readiness.electronic} nơi nhận qua trục")
        found.send_asked_at, found.sender_remote, found.lease_until = clock.now(), actor.remote, None
        found.refusal_code, found.refusal, found.faults = "", "", []
    else:
        _issue_on_paper(found, actor)
    found.save()
    index_outgoing(found)
    return found


def _confirm_not_secret(document: OutgoingDocument, actor: Actor) -> None:
    document.not_secret_by, document.not_secret_at = actor.signature, clock.now()
    note(document, OutgoingAct.NOT_SECRET, who=actor.signature)
    prove(document, EventKind.NOT_SECRET_CONFIRMED, actor=actor, data={"files": document.files.count()})


def _issue_on_paper(document: OutgoingDocument, actor: Actor) -> None:
    _move(document, OutgoingAct.ISSUE_ON_PAPER, actor.signature, detail=f"{document.recipients.count()} nơi nhận")
    document.sent_at = clock.now()
    document.recipients.update(paper_sent_at=document.sent_at)
    prove(document, EventKind.OUTGOING_ON_PAPER, actor=actor)


@transaction.atomic
def cancel(*, actor: Actor, document: UUID, reason: str) -> OutgoingDocument:
    """Give up a document that has a number: it stays in the register, struck out, with the reason.

    :raises NotPossibleError: it was sent, or no reason is given
    """
    found = access.lock(actor, document, DocumentAct.SEND)
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise NotPossibleError("Chưa ghi lý do hủy.", "Lý do được ghi vào sổ cạnh số đã cấp.")
    _move(found, OutgoingAct.CANCEL, actor.signature, detail=reason)
    found.reason = reason
    file_store.forget(list(found.files.all()))
    found.save()
    prove(found, EventKind.OUTGOING_CANCELLED, actor=actor, data={"reason": reason})
    return found


# --- The outbox -------------------------------------------------------------------------------------------------------


def carry_out(document: UUID) -> OutgoingDocument:
    """Build the package and hand it to the axis, unless somebody else is doing so. Never inside a transaction."""
    claimed = _claim(document)
    row = OutgoingDocument.objects.select_related("target", "book").get(pk=document)
    if not claimed:
        return row
    try:
        receipt = _submit(row)
    except (Refusal, RecordsRefusal, EdxmlError, OSError) as error:
        return _failed(row, error)
    return _accepted(row, receipt)


def _failed(row: OutgoingDocument, error: Exception) -> OutgoingDocument:
    """What passes is tried again; what does not waits for a person, who corrects it and keeps the number."""
    match error:
        case Refusal() if error.reason.temporary:
            return _postpone(row, error.reason.sentence)
        case Refusal():
            return _refused(row, error.reason.code, _told(error), [fault_of(one) for one in error.findings])
        case RecordsRefusal():
            return _refused(row, error.reason.code, error.text, [])
        case EdxmlError():
            return _refused(row, "edxml", str(error), [fault_of(one) for one in error.findings])
    _log.warning("outgoing %s: %s", row.pk, error)
    return _postpone(row, "Máy chủ chưa đọc được tệp của văn bản.")


def _claim(document: UUID) -> bool:
    now = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    rows = OutgoingDocument.objects.filter(free, pk=document, state=OutgoingState.SENDING.value)
    return rows.update(lease_until=now + _LEASE, attempts=F("attempts") + 1) == 1


def _submit(row: OutgoingDocument) -> Receipt:
    with built(row) as package:
        hit("outgoing.before_accept")
        receipt = send_package(
            agency_id=row.agency_id, body=package, remote=row.sender_remote, only=PackageKind.DOCUMENT
        )
    hit("outgoing.after_accept")
    return receipt


def _told(refusal: Refusal) -> str:
    return " ".join(filter(None, [refusal.reason.sentence, refusal.detail, refusal.reason.next_step]))


@transaction.atomic
def _accepted(row: OutgoingDocument, receipt: Receipt) -> OutgoingDocument:
    found = OutgoingDocument.objects.select_for_update(of=("self",)).select_related("target").get(pk=row.pk)
    if found.standing is not OutgoingState.SENDING:
        return found
    _move(found, OutgoingAct.ACCEPT, "Trục liên thông", detail=receipt.doc_id)
    found.exchange_id, found.sent_at = UUID(receipt.doc_id), receipt.received_at
    found.receipt, found.lease_until = receipt.signed, None
    found.recipients.filter(on_paper=True).update(paper_sent_at=receipt.received_at)
    for one in receipt.recipients:
        if not one.outcome.good:
            found.recipients.filter(code=one.code).update(trouble=one.reason or one.outcome.label)
    found.save()
    index_outgoing(found)
    wake_worker()
    file_store.release(list(found.files.all()))
    _freeze_target(found)
    return found


def _freeze_target(order: OutgoingDocument) -> None:
    """A recall of every recipient freezes the document and its metadata (QĐ 28 art. 8.2; NĐ 30 Phụ lục VI, III.8)."""
    target = order.target
    if target is None or not (order.is_order and order.business.code == "1"):
        return
    reached = set(order.recipients.values_list("agency_id", flat=True))
    if set(target.recipients.filter(by_axis=True).values_list("agency_id", flat=True)) <= reached:
        OutgoingDocument.objects.filter(pk=target.pk, frozen_at=None).update(frozen_at=clock.now())


@transaction.atomic
def _refused(row: OutgoingDocument, code: str, text: str, faults: list[Fault]) -> OutgoingDocument:
    found = OutgoingDocument.objects.select_for_update().get(pk=row.pk)
    if found.standing is not OutgoingState.SENDING:
        return found
    _move(found, OutgoingAct.REFUSE, "Trục liên thông", detail=text[:1000])
    found.refusal_code, found.refusal, found.lease_until = code, text[:2000], None
    found.faults = [{"field": one.field, "code": one.code, "message": one.message} for one in faults[:50]]
    found.save()
    return found


def _postpone(row: OutgoingDocument, why: str) -> OutgoingDocument:
    OutgoingDocument.objects.filter(pk=row.pk, state=OutgoingState.SENDING.value).update(
        lease_until=clock.now() + _PAUSE, refusal=why
    )
    return OutgoingDocument.objects.get(pk=row.pk)


def resume_sending(*, limit: int = 20) -> int:
    """Send what was left under way by a process that ended, or could not be sent just then; answers how many went.
    Workers do this all the time."""
    free = Q(lease_until=None) | Q(lease_until__lte=clock.now())
    rows = OutgoingDocument.objects.filter(free, state=OutgoingState.SENDING.value).order_by(
        "-priority", "send_asked_at"
    )
    waiting = list(rows.values_list("pk", flat=True)[:limit])
    return sum(carry_out(one).standing is not OutgoingState.SENDING for one in waiting)

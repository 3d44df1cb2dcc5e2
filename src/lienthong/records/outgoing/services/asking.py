"""What an agency asks of those who hold a document it sent: to give it back (recall, take back) or to show other data
(update). A replacement is an ordinary draft (``drafting.create_replacement``).

A recall or update is a package of its own, about the document, without a number or file; it goes out through the same
outbox. Taking back is a status report (13) to each recipient. Who may be asked what, and when, comes from the rule set
of the day the document was signed; the answers are read from the axis.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from edxml102.codes import BusinessType, StatusCode
from edxml102.errors import EdxmlError
from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct
from lienthong.common import clock
from lienthong.exchange.models import Recipient
from lienthong.exchange.refusals import Refusal
from lienthong.exchange.rule_sets import rule_set
from lienthong.exchange.states import Ask, RecipientState
from lienthong.records.desk import Report, report_status
from lienthong.records.outgoing import access
from lienthong.records.outgoing.acts import note
from lienthong.records.outgoing.building import sender_of
from lienthong.records.outgoing.errors import Fault, NotPossibleError, NotReadyError
from lienthong.records.outgoing.metadata import FIELD_NAMES, clipped, faults_of
from lienthong.records.outgoing.models import OutgoingDocument, OutgoingRecipient
from lienthong.records.outgoing.services.sending import carry_out
from lienthong.records.outgoing.states import FIXED_BY_NUMBER, OutgoingAct, OutgoingState
from lienthong.records.refusals import RecordsRefusal

_LONGEST_REASON = 500
_MARK = {Ask.RECALL: "TH", Ask.UPDATE: "CN"}
_TYPE = {Ask.RECALL: BusinessType.RECALL, Ask.UPDATE: BusinessType.UPDATE}
_ACT = {Ask.RECALL: OutgoingAct.RECALL, Ask.UPDATE: OutgoingAct.UPDATE}


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of asking one recipient; ``message`` says why it did not work."""

    code: str
    name: str
    done: bool
    message: str = ""


def askable(document: OutgoingDocument, ask: Ask) -> list[str]:
    """Codes of the recipients that can be asked this now."""
    if document.exchange_id is None:
        return []
    moves = rule_set(document.issued_on).moves
    rows = (
        Recipient.objects.filter(document=document.exchange_id).order_by("id").values_list("code", "state", "outcome")
    )
    return [code for code, state, _ in rows if moves.can_ask(ask, RecipientState(state))]


def recall(*, actor: Actor, document: UUID, reason: str, agencies: Collection[int] | None = None) -> OutgoingDocument:
    """Ask recipients (by default all who hold it) to cancel the document; answers the order that went out.

    :raises NotPossibleError: nobody can be asked, it was not sent, or no reason is given
    """
    order = _order(actor, document, _Wish(Ask.RECALL, reason, agencies, {}))
    return carry_out(order.pk)


def update(
    *,
    actor: Actor,
    document: UUID,
    reason: str,
    changes: Mapping[str, Any],
    agencies: Collection[int] | None = None,
) -> OutgoingDocument:
    """Ask recipients to show other data about the document; its files stay what they are (NĐ 30 art. 18.3).

    :raises NotPossibleError: as in ``recall``, or nothing would change
    :raises NotReadyError: the new data are wrong
    """
    order = _order(actor, document, _Wish(Ask.UPDATE, reason, agencies, changes))
    return carry_out(order.pk)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is asked, why, of whom (``None``: of all who hold it), and the data to show from then on."""

    ask: Ask
    reason: str
    agencies: Collection[int] | None
    changes: Mapping[str, Any]


@transaction.atomic
def _order(actor: Actor, document: UUID, wish: _Wish) -> OutgoingDocument:
    target, ask = _askable_document(actor, document), wish.ask
    reason = _checked(wish.reason)
    recipients = _asked_recipients(target, ask, wish.agencies)
    order = _new_order(ask, target, actor, reason)
    if ask is Ask.UPDATE:
        _apply(order, target, wish.changes)
    order.save(force_insert=True)
    OutgoingRecipient.objects.bulk_create(
        OutgoingRecipient(document=order, agency_id=one.agency_id, code=one.code, name=one.name) for one in recipients
    )
    told = f"{len(recipients)} nơi nhận: {reason}"
    note(target, _ACT[ask], who=actor.signature, detail=told)
    note(order, OutgoingAct.SEND, who=actor.signature, detail=told)
    return order


def _askable_document(actor: Actor, document: UUID) -> OutgoingDocument:
    target = access.lock(actor, document, DocumentAct.ASK)
    if target.standing is not OutgoingState.SENT or target.is_order:
        raise NotPossibleError("Chỉ làm được với văn bản đã gửi qua trục.", "Xem trạng thái của văn bản.")
    if target.frozen_at:
        raise NotPossibleError("Văn bản đã thu hồi, mọi dữ liệu được giữ nguyên.", "Ban hành văn bản mới nếu cần.")
    return target


def _checked(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise NotPossibleError("Chưa ghi lý do.", "Nơi nhận đọc được lý do này.")
    return reason[:_LONGEST_REASON]


def _asked_recipients(target: OutgoingDocument, ask: Ask, agencies: Collection[int] | None) -> list[OutgoingRecipient]:
    rows = target.recipients.filter(code__in=askable(target, ask)).order_by("pk")
    found = [one for one in rows if agencies is None or one.agency_id in agencies]
    if not found:
        raise NotPossibleError(f"Không nơi nhận nào còn {ask.label.lower()} được.", "Xem trạng thái của từng nơi nhận.")
    return found


def _new_order(ask: Ask, target: OutgoingDocument, actor: Actor, reason: str) -> OutgoingDocument:
    now, kind = clock.now(), _TYPE[ask]
    data = {name: getattr(target, name) for name in FIELD_NAMES}
    if ask is Ask.RECALL:
        data |= {"subject": _recall_subject(target), "issued_on": clock.today(), "due_on": None}
    count = target.orders.filter(business_type=kind.code).count() + 1
    return OutgoingDocument(
        agency_id=target.agency_id,
        author_id=actor.user_id,
        state=OutgoingState.SENDING.value,
        business_type=kind.code,
        target=target,
        reason=reason,
        created_at=now,
        updated_at=now,
        updated_by=actor.signature,
        typed_by=actor.signature,
        number_text=target.number_text,
        notation=target.notation,
        document_id=f"{target.document_id}#{_MARK[ask]}{count}",
        send_asked_at=now,
        sender_remote=actor.remote,
        **data,
    )


def _recall_subject(target: OutgoingDocument) -> str:
    return f"Thu hồi văn bản số {target.code} ngày {target.issued_on:%d/%m/%Y}: {target.subject}"[:500]


def _apply(order: OutgoingDocument, target: OutgoingDocument, changes: Mapping[str, Any]) -> None:
    wanted = {name: value for name, value in clipped(changes).items() if name not in FIXED_BY_NUMBER}
    if all(getattr(target, name) == value for name, value in wanted.items()):
        raise NotPossibleError("Chưa có dữ liệu nào khác với văn bản đã gửi.", "Sửa ô cần cập nhật.")
    for name, value in wanted.items():
        setattr(order, name, value)
    faults: list[Fault] = faults_of(order.metadata, today=clock.today())
    if faults:
        raise NotReadyError(faults)


# --- Taking back ------------------------------------------------------------------------------------------------------


def take_back(*, actor: Actor, document: UUID, reason: str, agencies: Collection[int]) -> list[Asked]:
    """Ask recipients that have not accepted the document to give it back (13); each is told by itself.

    :raises NotPossibleError: none of them can be asked any more
    """
    with transaction.atomic():
        target = _askable_document(actor, document)
        reason = _checked(reason)
        recipients = _asked_recipients(target, Ask.TAKE_BACK, agencies)
        names = ", ".join(one.name for one in recipients[:5])
        note(target, OutgoingAct.TAKE_BACK, who=actor.signature, detail=f"{len(recipients)} nơi ({names}): {reason}")
    sender, _ = sender_of(target.agency_id)
    at = clock.now()
    return [
        _ask_back(
            actor,
            one,
            Report(
                from_code=sender.code,
                from_name=sender.name,
                to_code=one.code,
                document_id=target.document_id,
                number_notation=target.code,
                promulgation_date=target.issued_on,
                code=StatusCode.TAKE_BACK.code,
                at=at,
                description=reason,
                staff=actor.name[:50],
            ),
            target.agency_id,
        )
        for one in recipients
    ]


def _ask_back(actor: Actor, one: OutgoingRecipient, report: Report, agency_id: int) -> Asked:
    try:
        report_status(agency_id=agency_id, report=report, remote=actor.remote)
    except Refusal as refusal:
        return Asked(one.code, one.name, done=False, message=f"{refusal.reason.sentence} {refusal.reason.next_step}")
    except RecordsRefusal as refusal:
        return Asked(one.code, one.name, done=False, message=refusal.text)
    except EdxmlError as error:
        return Asked(one.code, one.name, done=False, message=str(error))
    return Asked(one.code, one.name, done=True)

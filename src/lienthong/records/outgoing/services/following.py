"""What people do about recipients without the document, or without an answer: remind, send again, redirect, paper."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct
from lienthong.common import clock
from lienthong.exchange import attention
from lienthong.exchange.models import Delivery
from lienthong.ledger.kinds import EventKind
from lienthong.records.outgoing import access
from lienthong.records.outgoing.acts import note, prove
from lienthong.records.outgoing.errors import NotPossibleError
from lienthong.records.outgoing.models import OutgoingDocument, Reminder
from lienthong.records.outgoing.services.recipients import resolve_agencies
from lienthong.records.outgoing.states import OutgoingAct, OutgoingState
from lienthong.registry.models import SystemKind

REMIND_AGAIN_AFTER = timedelta(hours=1)


@transaction.atomic
def remind(*, actor: Actor, document: UUID, agencies: Collection[int], note_text: str = "") -> list[Reminder]:
    """Remind recipients. Those at the desk see it in their pages at once; the others are to be called, and the reminder
    keeps that they were. Who was reminded within the hour is left out.

    :raises NotPossibleError: nobody is left to remind
    """
    found = access.lock(actor, document, DocumentAct.SEND)
    if found.standing is not OutgoingState.SENT:
        raise NotPossibleError("Văn bản chưa gửi nên chưa có gì để nhắc.", "Gửi văn bản trước.")
    now = clock.now()
    lately = set(found.reminders.filter(at__gt=now - REMIND_AGAIN_AFTER).values_list("agency_id", flat=True))
    rows = [one for one in found.recipients.filter(agency__in=agencies).order_by("pk") if one.agency_id not in lately]
    if not rows:
        raise NotPossibleError("Các nơi này vừa được nhắc trong một giờ qua.", "Gọi điện nếu cần gấp.")
    reached = resolve_agencies([one.agency_id for one in rows])
    made = Reminder.objects.bulk_create(
        Reminder(
            document=found,
            code=one.code,
            agency_id=one.agency_id,
            in_pages=one.agency_id in reached and reached[one.agency_id].system_kind == SystemKind.DESK,
            note=" ".join(note_text.split())[:500],
            at=now,
            who=actor.signature,
        )
        for one in rows
    )
    note(found, OutgoingAct.REMIND, who=actor.signature, detail=", ".join(one.name for one in rows[:10]))
    prove(found, EventKind.RECIPIENT_REMINDED, actor=actor, data={"to": [one.code for one in rows]})
    return made


def resend(*, actor: Actor, document: UUID, deliveries: Collection[UUID], reason: str) -> int:
    """Try deliveries that were given up again; answers how many.

    :raises Refusal: as ``exchange.attention.resend``
    """
    with transaction.atomic():
        found, ids = _given_up(actor, document, deliveries)
        for delivery in ids:
            attention.resend(delivery_id=str(delivery), actor=_axis_actor(actor), reason=reason)
        note(found, OutgoingAct.RESEND, who=actor.signature, detail=f"{len(ids)} lượt chuyển: {reason}"[:500])
    return len(ids)


def redirect(*, actor: Actor, document: UUID, delivery: UUID, to_code: str, reason: str) -> str:
    """Bring a delivery that was given up to another agency's system; answers the new delivery's id.

    :raises Refusal: as ``exchange.attention.redirect``
    """
    with transaction.atomic():
        found, ids = _given_up(actor, document, [delivery])
        made = attention.redirect(
            delivery_id=str(ids[0]), to_code=to_code.strip().upper(), actor=_axis_actor(actor), reason=reason
        )
        note(found, OutgoingAct.REDIRECT, who=actor.signature, detail=f"tới {to_code}: {reason}"[:500])
    return made


@transaction.atomic
def tell_paper(*, actor: Actor, document: UUID, agencies: Collection[int], reason: str) -> int:
    """Recipients that the axis did not reach got paper: what was pinned for them is done. Answers how many.

    :raises NotPossibleError: the axis brings it to all of them, or no reason is given
    """
    found = access.lock(actor, document, DocumentAct.SEND)
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise NotPossibleError("Chưa ghi lý do.", "Ghi ngày, cách gửi bản giấy.")
    unreached = found.recipients.filter(agency__in=agencies, paper_sent_at=None).exclude(trouble="")
    codes = list(found.recipients.filter(agency__in=agencies).values_list("code", flat=True))
    given_up = Delivery.objects.filter(
        package__document=found.exchange_id, state="given_up", recipients__code__in=codes
    ).distinct()
    ids = list(given_up.values_list("pk", flat=True))
    done = unreached.update(paper_sent_at=clock.now(), on_paper=True)
    for delivery in ids:
        attention.send_paper(delivery_id=str(delivery), actor=_axis_actor(actor), reason=reason)
    if not (done or ids):
        raise NotPossibleError("Trục đã chuyển tới các nơi này, không cần bản giấy.", "Xem lại trạng thái nơi nhận.")
    note(found, OutgoingAct.PAPER, who=actor.signature, detail=reason)
    return done + len(ids)


def _given_up(actor: Actor, document: UUID, deliveries: Collection[UUID]) -> tuple[OutgoingDocument, list[UUID]]:
    """The deliveries, where they are of this document and wait for somebody: no other agency's can be named."""
    found = access.lock(actor, document, DocumentAct.SEND)
    rows = Delivery.objects.filter(pk__in=deliveries, package__document=found.exchange_id, state="given_up")
    ids = list(rows.order_by("pk").values_list("pk", flat=True)) if found.exchange_id else []
    if not ids:
        raise NotPossibleError("Không còn lượt chuyển nào ngừng thử lại.", "Tải lại trang; có thể đã có người xử lý.")
    return found, ids


def _axis_actor(actor: Actor) -> attention.Actor:
    return attention.Actor(name=actor.signature)

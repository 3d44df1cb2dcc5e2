"""Answers to what issuers ask: recall, update, take-back. The codes come from the rule set of the day of signing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from edxml102.codes import StatusCode
from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct
from lienthong.common import clock
from lienthong.exchange.rule_sets import rule_set
from lienthong.exchange.states import Ask
from lienthong.records.access import locked_for
from lienthong.records.acting import checked_text, record
from lienthong.records.forwarding import cancel_forwarded
from lienthong.records.incoming_states import IncomingState, Step, is_order
from lienthong.records.models import IncomingDocument
from lienthong.records.refusals import Reason, RecordsRefusal
from lienthong.records.search.indexing import index_incoming

_SHOWN = (
    "number", "notation", "code_folded", "promulgation_date", "type_name", "subject", "signer_name", "signer_position",
    "priority", "due_date", "page_amount",
)  # fmt: skip
_PREFERRED = {True: StatusCode.AGREED, False: StatusCode.DECLINED}


def answer_ask(*, actor: Actor, incoming_id: UUID, agreed: bool, reason: str = "") -> IncomingDocument:
    """Agree to what the issuer asks of a document, or decline with a reason.

    Agreeing to a recall or take-back cancels it: off the lists, content no longer shown, data and trace kept (QĐ
    28/2018 art. 9.2). Agreeing to an update changes what is shown of it; what was shown before stays in its history.

    :raises RecordsRefusal: NOT_FOUND, NOTHING_ASKED, REASON_MISSING, TOO_LONG
    """
    with transaction.atomic():
        incoming = locked_for(actor, DocumentAct.ANSWER, incoming_id)
        if not incoming.asked:
            raise RecordsRefusal(Reason.NOTHING_ASKED)
        said = checked_text(reason, field="reason", required=not agreed)
        ask, now = Ask(incoming.asked), clock.now()
        before = _agree(incoming, ask, now) if agreed else {}
        _settle(incoming, now)
        index_incoming(incoming)
        step = Step.AGREE if agreed else Step.DECLINE
        detail = " – ".join(filter(None, [ask.label, said]))
        code = answer_code(incoming, ask, agreed=agreed)
        record(incoming, step, actor, at=now, detail=detail, data={"before": before}, code=code, told=said)
    return incoming


def answer_code(incoming: IncomingDocument, ask: Ask, *, agreed: bool) -> StatusCode:
    """The code that says so under the rules of the document's day: 15 and 16 where they are among those allowed."""
    moves = rule_set(incoming.promulgation_date).moves.asks[ask]
    allowed = moves.agree if agreed else moves.decline
    if _PREFERRED[agreed].code in allowed:
        return _PREFERRED[agreed]
    found = StatusCode.known(min(allowed))
    if found is None:
        raise RuntimeError(f"the rule set answers {ask} with codes that nobody knows: {allowed}")
    return found


def _agree(incoming: IncomingDocument, ask: Ask, now: datetime) -> dict[str, Any]:
    """Do what is asked; answers the data shown until now, where they change."""
    if is_order(incoming.business_type):  # about a document that never came to the agency
        return {}
    if ask is not Ask.UPDATE:
        incoming.state, incoming.ended_at = IncomingState.CANCELLED, now
        cancel_forwarded(incoming, now)
        return {}
    order = incoming.asking
    if order is None:
        return {}
    changed = [name for name in _SHOWN if getattr(order, name) != getattr(incoming, name)]
    before = {name: _plain(getattr(incoming, name)) for name in changed}
    for name in changed:
        setattr(incoming, name, getattr(order, name))
    return before


def _settle(incoming: IncomingDocument, now: datetime) -> None:
    """Nothing is asked any more, and the document that asked is done with."""
    order = incoming.asking
    if order is not None:
        order.state, order.ended_at = IncomingState.ANSWERED, now
        order.save(update_fields=["state", "ended_at"])
    if is_order(incoming.business_type):
        incoming.state, incoming.ended_at = IncomingState.ANSWERED, now
    incoming.asked, incoming.asking, incoming.asked_at, incoming.ask_reason = "", None, None, ""
    incoming.save()


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str) else str(value or "")

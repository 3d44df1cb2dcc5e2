"""Deliveries that were given up: who must know of them, and the three things people do about them.

*Gửi lại* tries again with a fresh budget, *chuyển hướng* brings the package to another agency's system, *báo giấy*
closes the delivery because paper was sent. Each leaves a row that says who, when and why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from lienthong.common import clock
from lienthong.common.ids import new_id
from lienthong.common.sql import hot_cursor
from lienthong.exchange import store
from lienthong.exchange.delivery_acts import note_action
from lienthong.exchange.models import Delivery, DeliveryAction, Package, Recipient
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.routing import Outcome, Route, route_code
from lienthong.exchange.states import ActionKind, DeliveryState
from lienthong.ledger import events
from lienthong.ledger.kinds import EventKind
from lienthong.registry import directory
from lienthong.registry.resolution import SystemAccess

_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a person's name, and the system they act through when they are not the operator. Such a system reaches
    only deliveries of what it sent itself."""

    name: str
    system: SystemAccess | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionTaken:
    """One thing somebody did about a delivery."""

    action: ActionKind
    actor: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubled:
    """A delivery that was given up. ``cause`` is a stable code, ``error`` a sentence for people."""

    id: str
    system_id: str
    kind: str
    rank: int
    from_code: str
    to_codes: tuple[str, ...]
    notation: str
    subject: str
    state: DeliveryState
    cause: str
    error: str
    attempts: int
    created_at: datetime
    given_up_at: datetime
    actions: tuple[ActionTaken, ...]


# --- Reads ----------------------------------------------------------------------------------------------------------


def list_given_up(*, sender: SystemAccess | None = None, limit: int = 1000) -> list[Troubled]:
    """Deliveries that wait for somebody to act, most urgent and oldest first.

    :param sender: only of what this system sent; by default all, for the operator
    """
    return _list((DeliveryState.GIVEN_UP,), sender, limit)


def list_troubled(*, sender: SystemAccess | None = None, limit: int = 1000) -> list[Troubled]:
    """Every delivery that is not delivered after at least one failure, or that somebody acted on."""
    failing = (DeliveryState.FAILED, DeliveryState.GIVEN_UP, DeliveryState.ON_PAPER, DeliveryState.REDIRECTED)
    return _list(failing, sender, limit)


def _list(states: Iterable[DeliveryState], sender: SystemAccess | None, limit: int) -> list[Troubled]:
    rows = (
        Delivery.objects.select_related("package__document", "system")
        .prefetch_related("actions", "recipients")
        .filter(state__in=[state.value for state in states])
        .order_by("-rank", "id")
    )
    if sender is not None:
        rows = rows.filter(package__system_id=sender.pk)
    return [_troubled(row) for row in rows[:limit]]


def _troubled(row: Delivery) -> Troubled:
    document = row.package.document
    number = f"{document.number}/{document.notation}" if document and document.notation else ""
    return Troubled(
        id=str(row.pk),
        system_id=row.system.system_id,
        kind=row.kind,
        rank=row.rank,
        from_code=row.from_code,
        to_codes=tuple(recipient.code for recipient in row.recipients.all()) or (row.to_code,),
        notation=number,
        subject=document.subject if document else "",
        state=DeliveryState(row.state),
        cause=row.cause,
        error=row.last_error,
        attempts=row.attempts,
        created_at=row.created_at,
        given_up_at=row.updated_at,
        actions=tuple(
            ActionTaken(action=ActionKind(one.action), actor=one.actor, reason=one.reason, at=one.at)
            for one in sorted(row.actions.all(), key=lambda one: one.pk)
        ),
    )


# --- Writes ---------------------------------------------------------------------------------------------------------


def resend(*, delivery_id: str, actor: Actor, reason: str) -> None:
    """Try again, with a fresh budget and under the same delivery id: a receiver that has it after all will say so.

    :raises Refusal: DELIVERY_UNKNOWN, DELIVERY_NOT_GIVEN_UP, REASON_MISSING
    """
    reason = _checked_reason(reason)
    with transaction.atomic():
        delivery = _given_up(delivery_id, actor)
        _begin_again(delivery)
        _record(delivery, ActionKind.RESEND, actor, reason)
        _wake(delivery)


def redirect(*, delivery_id: str, to_code: str, actor: Actor, reason: str) -> str:
    """Bring the package to the system of another agency (or of the same one, served by another system now); answers
    the id of the new delivery, or of the one by which that system got the package before.

    :raises Refusal: DELIVERY_UNKNOWN, DELIVERY_NOT_GIVEN_UP, REDIRECT_NOWHERE, REASON_MISSING
    """
    reason = _checked_reason(reason)
    route = route_code(directory.resolve(to_code, clock.today()))
    with transaction.atomic():
        delivery = _given_up(delivery_id, actor)
        if not route.outcome.good or route.system_pk == delivery.system_id:
            told = route.reason or "nơi này vẫn nhận qua đúng hệ thống đang lỗi"
            raise Refusal(Reason.REDIRECT_NOWHERE, f"{to_code}: {told}.")
        other, is_new = _deliver_to(delivery, route)
        _point_recipients(delivery, other, route, reason)
        _close(delivery, DeliveryState.REDIRECTED)
        _record(delivery, ActionKind.REDIRECT, actor, reason, to_delivery=other, consigned=is_new)
        _wake(other)
    return str(other.pk)


def send_paper(*, delivery_id: str, actor: Actor, reason: str) -> None:
    """Close a delivery because the document was sent on paper.

    :raises Refusal: DELIVERY_UNKNOWN, DELIVERY_NOT_GIVEN_UP, REASON_MISSING
    """
    reason = _checked_reason(reason)
    with transaction.atomic():
        delivery = _given_up(delivery_id, actor)
        _close(delivery, DeliveryState.ON_PAPER)
        _record(delivery, ActionKind.PAPER, actor, reason)


def _checked_reason(reason: str) -> str:
    reason = " ".join(reason.split())[:_LONGEST_REASON]
    if not reason:
        raise Refusal(Reason.REASON_MISSING)
    return reason


def _given_up(delivery_id: str, actor: Actor) -> Delivery:
    """The one function that loads a delivery to act on: locked, and only for who may."""
    try:
        rows = Delivery.objects.select_for_update(of=("self",)).filter(pk=UUID(delivery_id))
    except ValueError:
        raise Refusal(Reason.DELIVERY_UNKNOWN, delivery_id[:64]) from None
    if actor.system is not None:
        rows = rows.filter(package__in=Package.objects.filter(system_id=actor.system.pk))
    delivery = rows.first()
    if delivery is None:
        raise Refusal(Reason.DELIVERY_UNKNOWN, delivery_id)
    if delivery.state != DeliveryState.GIVEN_UP.value:
        raise Refusal(Reason.DELIVERY_NOT_GIVEN_UP, f"Đang là: {DeliveryState(delivery.state).label}.")
    return delivery


def _deliver_to(delivery: Delivery, route: Route) -> tuple[Delivery, bool]:
    """One delivery per package and system: where the system has the package or is about to get it, that one serves.
    One that had ended otherwise (redirected, on paper, given up, cancelled) begins again: somebody waits for it now.
    Answers the delivery and whether it stands ready only now."""
    now = clock.now()
    other, is_new = Delivery.objects.select_for_update(of=("self",)).get_or_create(
        package_id=delivery.package_id,
        system_id=route.system_pk,
        defaults={
            "id": new_id(),
            "kind": delivery.kind,
            "rank": delivery.rank,
            "state": DeliveryState.WAITING.value,
            "from_code": delivery.from_code,
            "to_code": route.code,
            "created_at": now,
            "updated_at": now,
            "available_at": now,
        },
    )
    state = DeliveryState(other.state)
    if is_new or state.is_open or state is DeliveryState.DELIVERED:
        return other, is_new
    other.to_code = route.code
    _begin_again(other)
    return other, True


def _begin_again(delivery: Delivery) -> None:
    """Wait to be carried or fetched, with a fresh budget."""
    delivery.state, delivery.attempts = DeliveryState.WAITING.value, 0
    delivery.available_at = delivery.tried_since = delivery.updated_at = clock.now()
    delivery.save(update_fields=["state", "attempts", "available_at", "tried_since", "updated_at", "to_code"])


def _point_recipients(delivery: Delivery, other: Delivery, route: Route, reason: str) -> None:
    """The addressees stay as the sender wrote them; what changes is who gets the document for them."""
    told = f"Đã chuyển hướng tới {route.name} ({route.code}): {reason}"
    Recipient.objects.filter(delivery=delivery).update(
        delivery=other, to_agency_id=route.agency_id, outcome=Outcome.REDIRECTED.value, reason=told
    )


def _close(delivery: Delivery, state: DeliveryState) -> None:
    delivery.state, delivery.updated_at = state.value, clock.now()
    delivery.save(update_fields=["state", "updated_at"])


_EVENTS = {
    ActionKind.RESEND: EventKind.DELIVERY_RESENT,
    ActionKind.REDIRECT: EventKind.DELIVERY_REDIRECTED,
    ActionKind.PAPER: EventKind.DELIVERY_ON_PAPER,
}


def _record(  # noqa: PLR0913 - one field each
    delivery: Delivery,
    action: ActionKind,
    actor: Actor,
    reason: str,
    *,
    to_delivery: Delivery | None = None,
    consigned: bool = False,
) -> None:
    now = clock.now()
    DeliveryAction.objects.create(
        delivery=delivery, action=action.value, actor=actor.name, reason=reason, at=now, to_delivery=to_delivery
    )
    with connection.wrap_database_errors:
        note_action(
            hot_cursor(),
            _EVENTS[action],
            delivery.pk,
            actor=events.Actor(system=actor.system.system_id if actor.system else "", user=actor.name),
            reason=reason,
            at=now,
            to_delivery=to_delivery.pk if to_delivery else None,
            consigned=consigned,
        )


def _wake(delivery: Delivery) -> None:
    with connection.wrap_database_errors:
        store.wake_workers(hot_cursor(), {(delivery.package_id, delivery.system_id): delivery.pk})

"""What became, beyond another axis, of addressees it took a package for. Called in the caller's transaction."""

from __future__ import annotations

from django.db.models import QuerySet

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.exchange.models import Recipient
from lienthong.exchange.routing import Outcome
from lienthong.exchange.states import RecipientState
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor, Subject, new_event
from lienthong.ledger.kinds import EventKind

_ON_ITS_WAY = (Outcome.ACCEPTED.value, Outcome.REDIRECTED.value)


def note_lost(*, package_id: str, system_pk: int, code: str, reason: str) -> None:
    """The other axis cannot reach the addressee: the sender sees it, unless the agency has already spoken for itself.
    Told once more it changes nothing."""
    told = f"{Outcome.FAILED_BEYOND.label}: {reason}".rstrip(": ")
    lost = _recipients(package_id, system_pk, code).filter(outcome__in=_ON_ITS_WAY, state=RecipientState.SENT.value)
    for recipient in lost.select_for_update(of=("self",)).select_related("delivery__package", "delivery__system"):
        recipient.outcome, recipient.reason = Outcome.FAILED_BEYOND.value, told
        recipient.save(update_fields=["outcome", "reason"])
        _record(recipient, reason)


def note_reached(*, package_id: str, system_pk: int, code: str) -> None:
    """The other axis reached the addressee after all."""
    lost = _recipients(package_id, system_pk, code).filter(outcome=Outcome.FAILED_BEYOND.value)
    lost.update(outcome=Outcome.ACCEPTED.value, reason="")


def _recipients(package_id: str, system_pk: int, code: str) -> QuerySet[Recipient]:
    return Recipient.objects.filter(delivery__package_id=package_id, delivery__system_id=system_pk, code=code)


def _record(recipient: Recipient, reason: str) -> None:
    delivery = recipient.delivery
    if delivery is None:
        raise RuntimeError(f"recipient {recipient.pk} has no delivery")
    event = new_event(
        EventKind.RELAY_FAILURE,
        at=clock.now(),
        actor=Actor(delivery.system.system_id),
        subject=Subject("delivery", str(delivery.pk), str(recipient.document_id)),
        sha256=bytes(delivery.package.sha256),
        data={"to": [recipient.code], "code": Outcome.FAILED_BEYOND.value, "reason": reason[:1000]},
    )
    append_events(hot_cursor(), [event])

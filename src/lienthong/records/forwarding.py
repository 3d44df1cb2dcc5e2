"""Passing a document on to a unit below that works at the same desk (edxml 9.3). Nothing is copied: the unit gets a
line of its own about the same package. The issuer is not told, as the unit is no addressee of theirs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct
from lienthong.common import clock
from lienthong.records import history
from lienthong.records.access import locked_for
from lienthong.records.acting import check_step, checked_text, record
from lienthong.records.desk import desk_access
from lienthong.records.incoming_states import IncomingState, Step
from lienthong.records.models import IncomingDocument
from lienthong.records.refusals import Reason, RecordsRefusal
from lienthong.records.search.indexing import index_incoming
from lienthong.records.wakeups import tell_pages, wake_worker
from lienthong.registry.models import AgencyName, AgencyPlacement

_KEPT = (
    "package_id", "from_agency_id", "from_code", "from_name", "document_id", "business_type", "number", "notation",
    "code_folded", "promulgation_date", "type_name", "subject", "signer_name", "signer_position", "priority",
    "due_date", "page_amount", "responds_to",
)  # fmt: skip


def units_below(agency_id: int) -> list[tuple[int, str]]:
    """The agencies directly below, with their names today, that work at the desk."""
    today = clock.today()
    on_day = Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gt=today))
    below = AgencyPlacement.objects.filter(on_day, parent=agency_id).values_list("agency", flat=True)
    names = AgencyName.objects.filter(on_day, agency__in=below).order_by("name").values_list("agency", "name")
    return [(agency, name) for agency, name in names if _at_desk(agency)]


def forward(*, actor: Actor, incoming_id: UUID, units: Collection[int], text: str = "") -> list[IncomingDocument]:
    """Pass a document on; a unit that has it already gets it no second time.

    :raises RecordsRefusal: NOT_FOUND, STEP_NOT_ALLOWED, ANSWER_FIRST, NOT_BELOW, TOO_LONG
    """
    with transaction.atomic():
        incoming = locked_for(actor, DocumentAct.FORWARD, incoming_id)
        check_step(incoming, Step.FORWARD)
        said = checked_text(text, field="text")
        names = dict(units_below(incoming.agency_id))
        if not units or set(units) - names.keys():
            raise RecordsRefusal(Reason.NOT_BELOW, field="units")
        now = clock.now()
        made = [_pass_on(incoming, unit, actor, said, now) for unit in units if not _has_it(incoming, unit)]
        told = ", ".join(names[unit] for unit in units)
        record(incoming, Step.FORWARD, actor, at=now, detail=" – ".join(filter(None, [told, said])))
        wake_worker()
    return made


def cancel_forwarded(incoming: IncomingDocument, now: datetime) -> None:
    """A document that its issuer got back is no longer read in the units below either."""
    for below in incoming.forwarded.all():
        if not below.standing.is_ended:
            below.state, below.ended_at = IncomingState.CANCELLED, now
            below.save(update_fields=["state", "ended_at"])
            history.note(below, "cancelled", "Hủy do bên gửi thu hồi hoặc lấy lại", at=now)
            index_incoming(below)
            tell_pages(below.agency_id)
            cancel_forwarded(below, now)


def _pass_on(incoming: IncomingDocument, unit: int, actor: Actor, said: str, now: datetime) -> IncomingDocument:
    kept = {name: getattr(incoming, name) for name in _KEPT}
    below = IncomingDocument.objects.create(
        agency_id=unit, forwarded_from=incoming, arrived_at=now, reason=said, **kept
    )
    detail = " – ".join(filter(None, [actor.agency_name or actor.agency_code, said]))
    history.note(below, "arrived", "Cấp trên chuyển đến", at=now, detail=detail, actor=actor.signature)
    index_incoming(below)
    tell_pages(unit)
    return below


def _has_it(incoming: IncomingDocument, unit: int) -> bool:
    return IncomingDocument.objects.filter(agency=unit, forwarded_from=incoming).exists()


def _at_desk(agency: int) -> bool:
    try:
        desk_access(agency)
    except RecordsRefusal:
        return False
    return True

"""Writing the changes of a plan through the registry's services, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from lienthong.registry import services
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Agency, AgencyIdentifier, Scheme, System
from lienthong.registry.reform.changes import (
    Change,
    CodeChanged,
    CodeGiven,
    Created,
    MandateChanged,
    Moved,
    Renamed,
    ServiceChanged,
)
from lienthong.registry.reform.plan import Plan
from lienthong.registry.reform.reading import Draft


def write_changes(changes: Sequence[Change], draft: Draft, plan: Plan) -> None:
    """Write them in their order.

    :raises PlanRefused: a service refuses what the plan's own check let pass; the caller's transaction must end
    """
    for change in changes:
        try:
            _write(change, plan)
        except RegistryError as error:
            draft.faults.add_foreign(change.path, error.code, error.message, error.next_step)
            draft.faults.refuse()


def _write(change: Change, plan: Plan) -> None:
    match change:
        case Created():
            _create(change, plan)
        case CodeGiven():
            services.add_identifier(agency=_agency(change.agency), code=change.code, valid_from=plan.day)
        case CodeChanged():
            _change_code(change, plan)
        case Renamed():
            services.rename_agency(
                agency=_agency(change.agency),
                name=change.after.name,
                abbreviation=change.after.abbreviation,
                valid_from=plan.day,
            )
        case Moved():
            services.move_agency(
                agency=_agency(change.agency),
                level=change.after.level,
                parent=_agency_or_none(change.after.parent),
                valid_from=plan.day,
            )
        case ServiceChanged():
            _change_service(change, plan)
        case MandateChanged():
            _change_mandate(change, plan)


def _create(change: Created, plan: Plan) -> None:
    services.create_agency(
        code=change.agency,
        old_code=change.old_code or "",
        scheme=Scheme(change.scheme) if change.scheme else None,
        name=change.naming.name,
        abbreviation=change.naming.abbreviation,
        level=change.place.level,
        parent=_agency_or_none(change.place.parent),
        valid_from=plan.day,
    )


def _change_code(change: CodeChanged, plan: Plan) -> None:
    """Only the undoing of a run lets a code end on another day than the plan's."""
    identifier = AgencyIdentifier.objects.select_related("agency").get(code=change.code)
    successor, fate = _agency_or_none(change.after.successor), change.after
    if fate.valid_to == plan.day:
        services.close_identifier(
            identifier=identifier, on_date=plan.day, successor=successor, on_closed=fate.on_closed
        )
    else:
        services.restore_identifier(
            identifier=identifier, valid_to=fate.valid_to, successor=successor, on_closed=fate.on_closed
        )


def _change_service(change: ServiceChanged, plan: Plan) -> None:
    system, agency = System.objects.get(system_id=change.system), _agency(change.agency)
    if change.after is None:
        services.stop_serving(system=system, agency=agency, on_date=plan.day)
    else:
        services.serve_agency(system=system, agency=agency, include_subordinates=change.after, valid_from=plan.day)


def _change_mandate(change: MandateChanged, plan: Plan) -> None:
    mandator, mandatary, terms = _agency(change.agency), _agency(change.mandatary), change.after
    if terms is None:
        services.end_mandate(mandator=mandator, mandatary=mandatary, on_date=plan.day)
    else:
        services.give_mandate(
            mandator=mandator, mandatary=mandatary, scope=terms.scope, valid_from=plan.day, valid_to=terms.until
        )


def _agency(code: str) -> Agency:
    return AgencyIdentifier.objects.select_related("agency").get(code=code).agency


def _agency_or_none(code: str | None) -> Agency | None:
    return _agency(code) if code else None

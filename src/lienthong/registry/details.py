"""All that is recorded about one agency or one system, for people who look after the registry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q

from lienthong.common import clock
from lienthong.registry.directory import resolve
from lienthong.registry.models import (
    Agency,
    AgencyContact,
    AgencyIdentifier,
    AgencyName,
    AgencyPlacement,
    ApiKey,
    Credential,
    Mandate,
    Scheme,
    System,
    SystemService,
)
from lienthong.registry.selectors import identifier_by_code, system_by_id


@dataclass(frozen=True, slots=True)
class CodeDetail:
    code: str
    scheme: str
    valid_from: date
    valid_to: date | None
    successor: str | None
    on_closed: str | None


@dataclass(frozen=True, slots=True)
class NameDetail:
    name: str
    abbreviation: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PlacementDetail:
    level: str
    parent: str | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class ContactDetail:
    mail: str
    phone: str
    fax: str
    address: str


@dataclass(frozen=True, slots=True)
class ServiceDetail:
    """A system serves an agency: ``system_id`` and ``agency`` (a code) name both."""

    system_id: str
    agency: str
    agency_name: str
    include_subordinates: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class MandateDetail:
    """``mandatary`` acts for ``mandator``; both are codes."""

    mandator: str
    mandatary: str
    scope: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class AgencyDetail:
    """``served_by`` is the system that carries the agency's documents today, its own or an ancestor's."""

    id: int
    code: str
    outcome: str
    served_by: str | None
    codes: list[CodeDetail]
    names: list[NameDetail]
    placements: list[PlacementDetail]
    contact: ContactDetail
    services: list[ServiceDetail]
    mandates: list[MandateDetail]


@dataclass(frozen=True, slots=True)
class CredentialDetail:
    """A credential without its secret, which nobody can read again."""

    id: int
    label: str
    key_id: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class ApiKeyDetail:
    """A key of the REST interface without its secret; ``last_used_at`` is forgotten when the database crashes."""

    prefix: str
    label: str
    scopes: list[str]
    allowed_networks: list[str]
    rate_per_minute: int
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class SystemDetail:
    system_id: str
    name: str
    kind: str
    state: str
    locked_reason: str
    created_at: datetime
    services: list[ServiceDetail]
    credentials: list[CredentialDetail]


def agency_detail(code: str, *, on_date: date) -> AgencyDetail:
    """Everything about the agency of a code.

    :raises RegistryError: ``registry.agency.unknown``
    """
    identifier = identifier_by_code(code)
    agency = identifier.agency
    found = resolve(identifier.code, on_date)
    contact = AgencyContact.objects.filter(agency=agency).first() or AgencyContact()
    serving = System.objects.get(pk=found.system_pk) if found.system_pk else None
    return AgencyDetail(
        id=agency.pk,
        code=best_codes([agency.pk])[agency.pk],
        outcome=found.outcome.value,
        served_by=serving.system_id if serving else None,
        codes=_codes(agency),
        names=[
            NameDetail(row.name, row.abbreviation, row.valid_from, row.valid_to)
            for row in AgencyName.objects.filter(agency=agency).order_by("valid_from")
        ],
        placements=_placements(agency),
        contact=ContactDetail(contact.mail, contact.phone, contact.fax, contact.address),
        services=_services(SystemService.objects.filter(agency=agency)),
        mandates=_mandates(agency),
    )


def system_details() -> list[SystemDetail]:
    """Every system, by its id."""
    return [_system(system) for system in System.objects.order_by("system_id")]


def system_detail(system_id: str) -> SystemDetail:
    """Everything about one system.

    :raises RegistryError: ``registry.system.unknown``
    """
    return _system(system_by_id(system_id))


def api_key_details(system_id: str) -> list[ApiKeyDetail]:
    """The keys of a system, oldest first.

    :raises RegistryError: ``registry.system.unknown``
    """
    system = system_by_id(system_id)
    now = clock.now()
    rows = ApiKey.objects.filter(system=system).order_by("pk").annotate(last_used_at=F("usage__used_at"))
    return [
        ApiKeyDetail(
            prefix=row.prefix,
            label=row.label,
            scopes=row.scopes,
            allowed_networks=row.allowed_networks,
            rate_per_minute=row.rate_per_minute,
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
            is_live=row.revoked_at is None and (row.expires_at is None or row.expires_at > now),
        )
        for row in rows
    ]


def best_codes(agencies: Iterable[int | None]) -> dict[int | None, str]:
    """The code that each agency is best addressed by, open ones first."""
    order = {scheme: place for place, scheme in enumerate(Scheme.values)}
    rows = AgencyIdentifier.objects.filter(agency__in=[pk for pk in agencies if pk is not None])
    best = sorted(rows, key=lambda row: (row.valid_to is None, -order[row.scheme], -row.pk))
    return {row.agency_id: row.code for row in best}  # the last one, the best, stays


def _codes(agency: Agency) -> list[CodeDetail]:
    rows = list(AgencyIdentifier.objects.filter(agency=agency).order_by("valid_from", "pk"))
    successors = best_codes(row.successor_id for row in rows)
    return [
        CodeDetail(
            code=row.code,
            scheme=row.scheme,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            successor=successors.get(row.successor_id),
            on_closed=row.on_closed if row.valid_to else None,
        )
        for row in rows
    ]


def _placements(agency: Agency) -> list[PlacementDetail]:
    rows = list(AgencyPlacement.objects.filter(agency=agency).order_by("valid_from"))
    parents = best_codes(row.parent_id for row in rows)
    return [PlacementDetail(row.level, parents.get(row.parent_id), row.valid_from, row.valid_to) for row in rows]


def _mandates(agency: Agency) -> list[MandateDetail]:
    rows = list(Mandate.objects.filter(Q(mandator=agency) | Q(mandatary=agency)).order_by("valid_from", "pk"))
    codes = best_codes(pk for row in rows for pk in (row.mandator_id, row.mandatary_id))
    return [
        MandateDetail(codes[row.mandator_id], codes[row.mandatary_id], row.scope, row.valid_from, row.valid_to)
        for row in rows
    ]


def _services(services: Iterable[SystemService]) -> list[ServiceDetail]:
    rows = list(services)
    systems = System.objects.in_bulk({row.system_id for row in rows})
    agencies = {row.agency_id for row in rows}
    codes = best_codes(agencies)
    names = dict(AgencyName.objects.filter(agency__in=agencies, valid_to=None).values_list("agency_id", "name"))
    found = [
        ServiceDetail(
            system_id=systems[row.system_id].system_id,
            agency=codes[row.agency_id],
            agency_name=names[row.agency_id],
            include_subordinates=row.include_subordinates,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows
    ]
    return sorted(found, key=lambda service: (service.system_id, service.agency, service.valid_from))


def _system(system: System) -> SystemDetail:
    live = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=clock.now()))
    living = set(Credential.objects.filter(live, system=system).values_list("pk", flat=True))
    return SystemDetail(
        system_id=system.system_id,
        name=system.name,
        kind=system.kind,
        state=system.state,
        locked_reason=system.locked_reason,
        created_at=system.created_at,
        services=_services(SystemService.objects.filter(system=system)),
        credentials=[
            CredentialDetail(
                id=row.pk,
                label=row.label,
                key_id=row.key_id,
                created_at=row.created_at,
                expires_at=row.expires_at,
                revoked_at=row.revoked_at,
                is_live=row.pk in living,
            )
            for row in Credential.objects.filter(system=system).order_by("pk")
        ],
    )

"""Put the made-up city into the registry of the demonstration's instance. Done again, it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from lienthong.cli.demo import city
from lienthong.cli.demo.folder import Access
from lienthong.registry import services
from lienthong.registry.models import Agency, AgencyIdentifier, System


def build_city(known: Mapping[str, Access]) -> dict[str, Access]:
    """Create what is missing; answers how to open each system.

    :param known: what an earlier run kept; a system whose secret was lost gets another
    """
    return build(city.AGENCIES, city.SYSTEMS, known)


def build(
    samples: Sequence[city.SampleAgency], systems: Sequence[city.SampleSystem], known: Mapping[str, Access]
) -> dict[str, Access]:
    """The same with any samples, each agency after the one above it."""
    agencies = _agencies(samples)
    return {system.system_id: _access(system, agencies[system.agency], known) for system in systems}


def _agencies(samples: Sequence[city.SampleAgency]) -> dict[str, Agency]:
    codes = [code for sample in samples for code in (sample.code, sample.old_code)]
    rows = AgencyIdentifier.objects.select_related("agency").filter(code__in=codes)
    agencies = {row.code: row.agency for row in rows}
    for sample in samples:
        if sample.code not in agencies:
            agencies[sample.code] = _create(sample, agencies.get(sample.parent))
    return agencies


def _create(sample: city.SampleAgency, parent: Agency | None) -> Agency:
    return services.create_agency(
        code=sample.code,
        old_code=sample.old_code,
        name=sample.name,
        abbreviation=sample.abbreviation,
        level=sample.level,
        parent=parent,
        valid_from=city.VALID_FROM,
    )


def _access(sample: city.SampleSystem, agency: Agency, known: Mapping[str, Access]) -> Access:
    system = System.objects.filter(system_id=sample.system_id).first()
    if system is None:
        return Access(sample.agency, sample.name, _add(sample, agency))
    if sample.system_id in known:
        return known[sample.system_id]
    return Access(sample.agency, sample.name, services.rotate_secret(system=system, overlap=timedelta(0)).secret)


def _add(sample: city.SampleSystem, agency: Agency) -> str:
    return services.add_system(
        agencies=[agency],
        system_id=sample.system_id,
        name=sample.name,
        include_subordinates=sample.include_subordinates,
        valid_from=city.VALID_FROM,
    ).secret

"""Objects for tests, made by the services that make them in production. Every agency and person is invented ("mẫu")."""

from __future__ import annotations

from datetime import date
from itertools import count

from lienthong.registry import services
from lienthong.registry.models import Agency, Level, System, SystemKind
from lienthong.registry.services import NewSystem

LONG_AGO = date(2020, 1, 1)
_numbers = count(1)


def make_agency(
    code: str | None = None,
    name: str | None = None,
    *,
    level: Level | str = Level.CITY,
    parent: Agency | None = None,
    valid_from: date = LONG_AGO,
    abbreviation: str = "",
    old_code: str = "",
) -> Agency:
    """An agency, open since long ago, with a code of its own unless one is given."""
    number = next(_numbers)
    return services.create_agency(
        code=code or f"H99.{number:04d}",
        name=name or f"Sở mẫu số {number}",
        level=level,
        parent=parent,
        valid_from=valid_from,
        abbreviation=abbreviation,
        old_code=old_code,
    )


def make_system(
    *agencies: Agency,
    system_id: str | None = None,
    kind: SystemKind | str = SystemKind.PULL,
    name: str = "Hệ thống mẫu",
    include_subordinates: bool = False,
    valid_from: date = LONG_AGO,
) -> NewSystem:
    """A system serving the agencies; answers ``.system`` and its ``.secret``."""
    return services.add_system(
        agencies=agencies,
        system_id=system_id or (None if agencies else f"HUB.MAU.{next(_numbers):04d}"),
        kind=kind,
        name=name,
        include_subordinates=include_subordinates,
        valid_from=valid_from,
    )


def lock(system: System, reason: str = "Khóa thử (mẫu)") -> None:
    """Lock a system."""
    services.lock_system(system=system, reason=reason)

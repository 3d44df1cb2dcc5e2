"""Maintenance of a system: a dated time in which what the axis carries to it waits, at no cost to its budget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lienthong.common import clock
from lienthong.exchange.models import Maintenance
from lienthong.ledger.kinds import EventKind
from lienthong.registry.acts import note_system
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import System


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """When, why, and who said so."""

    system_id: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    actor: str


def set_maintenance(
    *, system: System, until: datetime, reason: str, actor: str, since: datetime | None = None
) -> MaintenanceWindow:
    """Let deliveries to a system wait until a moment. Another time for the same system ends the one before.

    :raises RegistryError: ``maintenance.*``
    """
    now = clock.now()
    since = since or now
    if until <= max(since, now):
        raise RegistryError(
            "maintenance.over_before_start", "Thời gian bảo trì phải kết thúc sau lúc này.", "Chọn lúc kết thúc khác."
        )
    if not reason.strip():
        raise RegistryError(
            "maintenance.reason_missing", "Bảo trì phải nêu lý do.", "Thêm --reason 'Nâng cấp máy chủ'."
        )
    with transaction.atomic():
        System.objects.select_for_update().get(pk=system.pk)  # two operators, one after the other
        _end_open(system, now)
        note_system(EventKind.MAINTENANCE_SET, system, since=since.isoformat(), until=until.isoformat(),
                    reason=reason.strip(), by=actor)  # fmt: skip
        made = Maintenance.objects.create(
            system=system, starts_at=since, ends_at=until, reason=reason.strip(), actor=actor, created_at=now
        )
    return _window(made)


def end_maintenance(*, system: System) -> bool:
    """Go on now; answers whether there was anything to end."""
    with transaction.atomic():
        System.objects.select_for_update().get(pk=system.pk)
        ended = _end_open(system, clock.now())
        if ended:
            note_system(EventKind.MAINTENANCE_ENDED, system)
        return ended


def current_maintenance(system: System) -> MaintenanceWindow | None:
    """The maintenance that lasts at this moment or is still to come."""
    found = Maintenance.objects.select_related("system").filter(system=system, ends_at__gt=clock.now())
    first = found.order_by("starts_at").first()
    return _window(first) if first else None


def _end_open(system: System, now: datetime) -> bool:
    """What was planned and has not begun is forgotten; what lasts ends."""
    planned, _ = Maintenance.objects.filter(system=system, starts_at__gte=now).delete()
    ended = Maintenance.objects.filter(system=system, starts_at__lt=now, ends_at__gt=now).update(ends_at=now)
    return bool(planned or ended)


def _window(row: Maintenance) -> MaintenanceWindow:
    return MaintenanceWindow(row.system.system_id, row.starts_at, row.ends_at, row.reason, row.actor)

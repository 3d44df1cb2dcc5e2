"""Changes of the registry as events of the ledger, inside the transaction that makes them. Never a secret."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.ledger.actors import current_actor
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Subject, new_event
from lienthong.ledger.kinds import EventKind
from lienthong.registry.models import Agency, ReformRun, System


def note_agency(kind: EventKind, agency: Agency, /, **data: object) -> None:
    """Something changed about an agency; ``data`` is what it is now."""
    _note(kind, Subject("agency", str(agency.pk)), data)


def note_system(kind: EventKind, system: System, /, **data: object) -> None:
    """Something changed about a system."""
    _note(kind, Subject("system", system.system_id), {"pk": system.pk, **data})


def note_reform(run: ReformRun, /, counts: Mapping[str, int]) -> None:
    """A reform plan was applied; ``counts``: how many changes of each kind. Each change has its own event besides."""
    data: dict[str, object] = {"name": run.name, "effective_on": run.effective_on, "sha256": run.sha256,
                               "changes": sum(counts.values()), "undoes": run.undoes_id}  # fmt: skip
    _note(EventKind.REFORM_APPLIED, Subject("reform", str(run.pk)), data | {"counts": dict(counts)})


def note_master_key(kind: EventKind, key_id: str, /) -> None:
    """A master key was taken into use or away; its id is the beginning of its hash."""
    _note(kind, Subject("master_key", key_id), {})


def note_directory(**data: object) -> None:
    """A file was taken into the directory."""
    _note(EventKind.DIRECTORY_IMPORTED, Subject("directory", ""), data)


def _note(kind: EventKind, subject: Subject, data: dict[str, object]) -> None:
    told = {name: _plain(value) for name, value in data.items() if value is not None}
    event = new_event(kind, at=clock.now(), actor=current_actor(), subject=subject, data=told)
    with connection.wrap_database_errors:
        append_events(hot_cursor(), [event])


def _plain(value: object) -> object:
    """What the canonical form knows: dates and codes become text."""
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, int) else str(value)

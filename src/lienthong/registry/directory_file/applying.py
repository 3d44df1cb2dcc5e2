"""Writing a plan to the database in batches, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import TypeVar

from django.db import connection
from django.db.models import F, Model

from lienthong.common import clock
from lienthong.registry import revision
from lienthong.registry.directory_file.planning import AgencyState, CodeState, Handle, Plan
from lienthong.registry.models import Agency, AgencyContact, AgencyIdentifier, AgencyName, AgencyPlacement
from lienthong.registry.text import searchable

_BATCH = 2000
_ANALYSE_FROM = 1000  # rows after which the database's old statistics mislead its planner

Progress = Callable[[int, int], None]
AnyModel = TypeVar("AnyModel", bound=Model)
Item = TypeVar("Item")


class _Writer:
    """Writes in batches and tells how far it is."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def insert(self, model: type[AnyModel], rows: Iterable[AnyModel]) -> list[AnyModel]:
        written = []
        for batch in _batches(rows):
            written += model._default_manager.bulk_create(batch)
            self._advance(len(batch))
        return written

    def update(self, model: type[AnyModel], rows: Iterable[AnyModel], fields: list[str]) -> None:
        for batch in _batches(rows):
            model._default_manager.bulk_update(batch, fields)
            self._advance(len(batch))

    def _advance(self, count: int) -> None:
        self._done += count
        self._progress(self._done, self._total)


def apply_plan(plan: Plan, progress: Progress) -> None:
    """Write what differs. When nothing does, nothing is written and the revision stays."""
    if not plan.changes:
        return
    writer = _Writer(progress, 4 * len(plan.created) + plan.changes - len(plan.created))
    key = _create_agencies(plan.created, writer)
    _write_names(plan, key, writer)
    _write_placements(plan, key, writer)
    _write_contacts(plan, key, writer)
    _write_codes(plan, key, writer)
    _touch(
        {state.handle for state in (*plan.renamed, *plan.moved, *plan.reached)}
        | {state.agency for state in plan.changed_codes}
    )
    revision.advance()
    if plan.changes >= _ANALYSE_FROM:
        _analyse()


Keys = Callable[[Handle], int]


def _create_agencies(created: list[AgencyState], writer: _Writer) -> Keys:
    moment = clock.now()
    agencies = writer.insert(Agency, (Agency(created_at=moment, modified_at=moment) for _ in created))
    fresh = {state.handle: agency.pk for state, agency in zip(created, agencies, strict=True)}
    return lambda handle: handle if isinstance(handle, int) else fresh[handle]


def _write_names(plan: Plan, key: Keys, writer: _Writer) -> None:
    known = [state.known for state in plan.renamed if state.known]
    _end(AgencyName, {row.name_pk: row.named_from for row in known}, plan.day)
    writer.insert(
        AgencyName,
        (
            AgencyName(
                agency_id=key(state.handle),
                name=state.name,
                abbreviation=state.abbreviation,
                folded=searchable(state.name, state.abbreviation),
                valid_from=plan.day if state.known else state.valid_from,
            )
            for state in (*plan.created, *plan.renamed)
        ),
    )


def _write_placements(plan: Plan, key: Keys, writer: _Writer) -> None:
    known = [state.known for state in plan.moved if state.known]
    _end(AgencyPlacement, {row.placement_pk: row.placed_from for row in known}, plan.day)
    writer.insert(
        AgencyPlacement,
        (
            AgencyPlacement(
                agency_id=key(state.handle),
                level=state.level,
                parent_id=None if state.parent is None else key(state.parent),
                valid_from=plan.day if state.known else state.valid_from,
            )
            for state in (*plan.created, *plan.moved)
        ),
    )


def _write_contacts(plan: Plan, key: Keys, writer: _Writer) -> None:
    AgencyContact.objects.filter(pk__in=[key(state.handle) for state in plan.reached]).delete()
    writer.insert(
        AgencyContact,
        (AgencyContact(agency_id=key(state.handle), **state.contact) for state in (*plan.created, *plan.reached)),
    )


def _write_codes(plan: Plan, key: Keys, writer: _Writer) -> None:
    fresh = (_identifier(state, key) for state in plan.changed_codes if state.known is None)
    writer.insert(AgencyIdentifier, fresh)
    changed = (_identifier(state, key) for state in plan.changed_codes if state.known is not None)
    writer.update(AgencyIdentifier, changed, ["valid_to", "successor", "on_closed"])


def _identifier(state: CodeState, key: Keys) -> AgencyIdentifier:
    return AgencyIdentifier(
        pk=state.known.pk if state.known else None,
        agency_id=key(state.agency),
        scheme=state.scheme,
        code=state.code,
        valid_from=state.valid_from,
        valid_to=state.valid_to,
        successor_id=None if state.successor is None else key(state.successor),
        on_closed=state.on_closed,
    )


def _end(model: type[AgencyName | AgencyPlacement], started: dict[int, date], day: date) -> None:
    """End the open rows on the day; one that began that very day never held and goes."""
    rows = model._default_manager
    rows.filter(pk__in=[pk for pk, start in started.items() if start == day]).delete()
    rows.filter(pk__in=[pk for pk, start in started.items() if start != day]).update(valid_to=day)


def _touch(handles: set[Handle]) -> None:
    known = [handle for handle in handles if isinstance(handle, int)]
    Agency.objects.filter(pk__in=known).update(modified_at=clock.now(), version=F("version") + 1)


def _analyse() -> None:
    tables = [model._meta.db_table for model in (Agency, AgencyContact, AgencyIdentifier, AgencyName, AgencyPlacement)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(tables))


def _batches(rows: Iterable[Item]) -> Iterator[list[Item]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        yield batch

"""Keeping the directory in step with an upstream's: what has changed since the last time, in batches.

Every batch is one transaction with its own mark of what was taken over, so that a run broken off goes on where it
stopped. Agencies of our own side are never touched. Nothing is deleted: a unit that the upstream deleted is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection

from lienthong.common import clock
from lienthong.gateways.national.client import VxpClient
from lienthong.gateways.national.locks import Purpose, held_alone
from lienthong.gateways.national.models import RemoteUnit, Upstream
from lienthong.gateways.national.units import Incoming, Lists, merge, ours
from lienthong.gateways.national.upstreams import account_of
from lienthong.registry import revision
from lienthong.registry.codes import normalise
from lienthong.registry.directory_file import snapshot
from lienthong.registry.directory_file.applying import apply_plan
from lienthong.registry.directory_file.columns import Cells
from lienthong.registry.directory_file.planning import FileRow, Plan, RowError, make_plan
from lienthong.registry.errors import RegistryError

BATCH = 5_000
_LEVELS = (1, 2, 3, 4)
_REPLANS = 50

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class SyncReport:
    """What a run did; ``skipped`` says of each unit that could not be taken over why."""

    listed: int = 0
    own: int = 0
    unchanged: int = 0
    created: int = 0
    changed: int = 0
    closed: int = 0
    routed: int = 0
    skipped: list[str] = field(default_factory=list)


def synchronise(upstream: Upstream, progress: Progress = lambda _done, _total: None) -> SyncReport:
    """Fetch the upstream's directory and take over what differs.

    :raises VxpError: it could not be fetched whole; nothing was changed
    :raises RegistryError: ``national.sync.running``
    """
    with held_alone(Purpose.SYNC, upstream.pk) as alone:
        if not alone:
            raise RegistryError(
                "national.sync.running", "Danh bạ của trục này đang được đồng bộ.", "Đợi lần đồng bộ đang chạy xong."
            )
        asked_at = clock.now()
        with account_of(upstream).client() as client:
            lists = fetch_lists(client)
        report = _take_over(upstream, merge(lists), progress)
    Upstream.objects.filter(pk=upstream.pk).update(synced_at=asked_at)
    return report


def fetch_lists(client: VxpClient) -> Lists:
    """The three lists; the one of new codes tier by tier, as its rows do not say theirs."""
    units = client.get_synchronize_unit()
    agencies = client.get_agencies_list()
    return Lists(units, agencies, {level: client.get_agencies_list_qd20(level=level) for level in _LEVELS})


def _take_over(upstream: Upstream, rows: list[Incoming], progress: Progress) -> SyncReport:
    own = ours(
        rows,
        own_codes=upstream.own_codes,
        own_center=upstream.remote_system_id,
        local=_local_codes(upstream.own_codes),
    )
    stamps = dict(RemoteUnit.objects.filter(upstream=upstream).values_list("remote_id", "stamp"))
    foreign = [row for row in rows if row.remote_id not in own]
    changed = [row for row in foreign if stamps.get(row.remote_id) != row.stamp]
    report = SyncReport(listed=len(rows), own=len(own), unchanged=len(foreign) - len(changed))
    codes = {row.remote_id: row.code for row in foreign}
    run = _Run(upstream, codes, report)
    done = 0
    progress(done, len(changed))
    for batch in _batches(changed):
        run.take(batch)
        done += len(batch)
        progress(done, len(changed))
    return report


class _Run:
    """The batches of one run; the directory in memory is read once and then kept up."""

    def __init__(self, upstream: Upstream, codes: dict[str, str], report: SyncReport) -> None:
        self._upstream = upstream
        self._codes = codes
        self._report = report
        self._known: snapshot.Snapshot | None = None
        self._revision = -1

    def take(self, batch: Sequence[Incoming]) -> None:
        with revision.changing():
            known = self._directory()
            rows = list(self._file_rows(batch, known))
            plan, errors = _soundest(rows, known)
            apply_plan(plan, lambda _done, _total: None)
            failed = {error.row: error for error in errors}
            taken = [row for number, row in enumerate(batch) if number not in failed]
            self._count(plan, batch, failed)
            self._route([row for row in taken if not row.parent and not row.deleted])
            self._mark(taken)
            snapshot.renew(known, [code for row in batch for code in (row.code, row.old_code) if code])
            self._revision = revision.current()

    def _directory(self) -> snapshot.Snapshot:
        if self._known is None or self._revision != revision.current():
            self._known = snapshot.take()
        return self._known

    def _file_rows(self, batch: Sequence[Incoming], known: snapshot.Snapshot) -> Iterator[FileRow]:
        """The batch as rows of a directory file, numbered by their place in it."""
        for number, row in enumerate(batch):
            code = known.codes.get(row.code)
            if not row.deleted:
                yield FileRow(number, self._cells(row, known))
            elif code is not None:
                today = clock.today()
                open_codes = [one.code for one in known.codes_of[code.agency] if one.valid_to is None]
                for other in open_codes:
                    main = row.code if other != row.code else None
                    yield FileRow(number, Cells(code=other, main_code=main, closed_on=today))

    def _cells(self, row: Incoming, known: snapshot.Snapshot) -> Cells:
        """An old code that another agency holds here is left to it: the new one names this agency well enough."""
        held, mine = known.codes.get(row.old_code), known.codes.get(row.code)
        clash = held is not None and mine is not None and held.agency != mine.agency
        return Cells(
            code=row.code,
            old_code=row.old_code if row.old_code and not clash else None,
            name=row.name or None,
            level=row.level,
            parent=self._codes.get(row.parent),
            mail=row.mail or None,
        )

    def _count(self, plan: Plan, batch: Sequence[Incoming], failed: dict[int, RowError]) -> None:
        closed = {state.agency for state in plan.changed_codes if state.valid_to is not None}
        touched = {state.handle for state in (*plan.renamed, *plan.moved, *plan.reached)}
        touched |= {state.agency for state in plan.changed_codes if state.valid_to is None}
        self._report.created += len(plan.created)
        self._report.closed += len(closed)
        self._report.changed += len(touched - {state.handle for state in plan.created})
        self._report.skipped += [f"{batch[number].code}: {error.message}" for number, error in failed.items()]

    def _route(self, tops: Sequence[Incoming]) -> None:
        """A unit at the top of the upstream's directory goes by it with all below, unless it has a way already."""
        if not tops:
            return
        with connection.cursor() as cursor:
            cursor.execute(_ROUTE, {"codes": [row.code for row in tops], "system": self._upstream.pk,
                                    "today": clock.today()})  # fmt: skip
            self._report.routed += cursor.rowcount
            if cursor.rowcount:
                revision.advance()

    def _mark(self, taken: Sequence[Incoming]) -> None:
        units = [
            RemoteUnit(
                upstream=self._upstream, remote_id=row.remote_id, code=row.code, stamp=row.stamp, deleted=row.deleted
            )
            for row in taken
        ]
        RemoteUnit.objects.bulk_create(
            units,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["upstream", "remote_id"],
            update_fields=["code", "stamp", "deleted"],
        )


def _soundest(rows: Sequence[FileRow], known: snapshot.Snapshot) -> tuple[Plan, list[RowError]]:
    """A plan without the rows that cannot be taken, and those that fall with them."""
    errors: dict[int, RowError] = {}
    today = clock.today()
    for _ in range(_REPLANS):
        sound = [row for row in rows if row.number not in errors]
        plan = make_plan(sound, known, day=today, today=today)
        if not plan.errors:
            return plan, list(errors.values())
        errors |= {error.row: error for error in plan.errors}
    raise RegistryError(
        "national.sync.unsound", "Danh bạ của trục phía trên mâu thuẫn quá nhiều.", "Báo đơn vị vận hành trục đó."
    )


def _local_codes(own_codes: Sequence[str]) -> set[str]:
    """Codes of the agencies kept here: our own, those our own systems serve, and all below them."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCAL, {"own": [normalise(code) for code in own_codes], "today": clock.today()})
        return {code for (code,) in cursor.fetchall()}


def _batches(rows: list[Incoming]) -> Iterator[list[Incoming]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


_LOCAL = """
WITH RECURSIVE kept AS (
    SELECT v.agency_id, 0 AS depth
      FROM registry_systemservice v JOIN registry_system s ON s.id = v.system_id AND s.kind <> 'upstream'
     WHERE v.valid_to IS NULL OR v.valid_to > %(today)s
    UNION
    SELECT agency_id, 0 FROM registry_agencyidentifier WHERE code = ANY(%(own)s)
    UNION
    SELECT p.agency_id, k.depth + 1
      FROM kept k JOIN registry_agencyplacement p ON p.parent_id = k.agency_id AND p.valid_to IS NULL
     WHERE k.depth < 32
)
SELECT i.code FROM registry_agencyidentifier i WHERE i.agency_id IN (SELECT agency_id FROM kept)
"""
_ROUTE = """
INSERT INTO registry_systemservice (system_id, agency_id, include_subordinates, valid_from)
SELECT %(system)s, i.agency_id, TRUE, %(today)s
  FROM registry_agencyidentifier i
 WHERE i.code = ANY(%(codes)s)
   AND NOT EXISTS (SELECT FROM registry_systemservice v WHERE v.agency_id = i.agency_id AND v.valid_to IS NULL)
 ORDER BY i.id
"""

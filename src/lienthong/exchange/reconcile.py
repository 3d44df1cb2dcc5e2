"""Compares what the axis's own tables and stored bytes say with the events of the ledger (``lienthong ledger audit``).

The log proves its events. Here the rows that clerks see are held against them, both ways: what an event tells of must
be there as it was told, and nothing may be there that no event tells of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import LiteralString

from django.conf import settings
from django.db import connection, transaction

from lienthong.common.sql import hot_cursor
from lienthong.exchange.comparing import COMPARISONS, Difference, Mismatch, given_id
from lienthong.exchange.guards.erasing import orders
from lienthong.exchange.models import Package
from lienthong.exchange.segments import Address, LocalSegments, SegmentError
from lienthong.exchange.segments.erasing import is_erased
from lienthong.ledger.models import LedgerEvent, LedgerLeaf
from lienthong.registry.models import SystemKind

_STEP = 2_000
_MOST = 100  # differences named

_UNTOLD: dict[LiteralString, LiteralString] = {
    "exchange_package": """
        SELECT p.id, 'gói tin không có biên nhận' FROM exchange_package p
         WHERE NOT EXISTS (SELECT FROM ledger_event e
                WHERE p.document_id IS NOT NULL AND e.document = p.document_id::text AND NOT (e.document = '')
                  AND e.kind = 'SubmissionAcceptance' AND e.sha256 = p.sha256)
           AND NOT EXISTS (SELECT FROM ledger_event e
                WHERE e.subject_type = 'package' AND e.subject_id = p.id::text AND e.kind = 'StatusReported')
         ORDER BY p.id LIMIT %(most)s
    """,
    "exchange_delivery": """
        SELECT d.id, CASE WHEN told.kind IS NULL THEN 'lượt chuyển không có sự kiện sẵn sàng'
                          ELSE 'ghi là đã nhận, không có sự kiện bàn giao' END
          FROM exchange_delivery d
          JOIN registry_system s ON s.id = d.system_id
          LEFT JOIN LATERAL (SELECT e.kind FROM ledger_event e
                WHERE e.subject_type = 'delivery' AND e.subject_id = d.id::text AND e.kind = 'ContentConsignment'
                LIMIT 1) told ON TRUE
         WHERE told.kind IS NULL AND d.state NOT IN ('held', 'blocked')
            OR d.state = 'delivered' AND s.kind <> %(upstream)s
               AND NOT EXISTS (SELECT FROM ledger_event e
                WHERE e.subject_type = 'delivery' AND e.subject_id = d.id::text AND e.kind = 'ContentHandover')
         ORDER BY d.id LIMIT %(most)s
    """,
    "guards_erasure": """
        SELECT g.package_id, 'lệnh xóa không có sự kiện' FROM guards_erasure g
         WHERE NOT EXISTS (SELECT FROM ledger_event e
                WHERE e.subject_type = 'package' AND e.subject_id = g.package_id::text AND e.kind = 'PackageErased')
         ORDER BY g.package_id LIMIT %(most)s
    """,
}
"""Rows that no event tells of, by table. What is handed on to another axis is told by the national link's events."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was compared, and what differs, in the order of the log; at most the first hundred. ``packages``: whose
    bytes were hashed again; ``erased``: packages that are gone by order, in words."""

    events: int
    packages: int
    differences: tuple[Difference, ...]
    erased: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.differences


def reconcile(*, with_bytes: bool = False, on_step: Callable[[], None] = lambda: None) -> Reconciled:
    """Compare, rows in one snapshot of the database.

    :param with_bytes: hash every stored package again too
    :param on_step: called after each batch
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        events, found = _compare_events(on_step)
        found += _find_untold()
        found = _with_positions(found[:_MOST])
    packages, erased = 0, list[str]()
    if with_bytes:
        for difference in _hash_again(on_step, erased):
            packages += 1
            found += [difference] if difference and len(found) < _MOST else []
    return Reconciled(events, packages, tuple(found), tuple(erased))


def _compare_events(on_step: Callable[[], None]) -> tuple[int, list[Difference]]:
    count, last, found = 0, 0, list[Difference]()
    rows = LedgerEvent.objects.filter(kind__in=list(COMPARISONS)).order_by("pk")
    while events := list(rows.filter(pk__gt=last)[:_STEP]):
        by_kind: dict[str, list[LedgerEvent]] = defaultdict(list)
        for event in filter(_is_itself, events):
            by_kind[event.kind].append(event)
        differences = (one for kind, some in by_kind.items() for one in COMPARISONS[kind](some))
        found += islice(differences, max(0, _MOST - len(found)))
        count, last = count + len(events), events[-1].pk
        on_step()
    return count, found


def _is_itself(event: LedgerEvent) -> bool:
    """A row of the ledger that was changed itself says nothing about others; the audit of the log names it."""
    try:
        return event.value().digest() == bytes(event.digest)
    except (ValueError, AttributeError):
        return False


def _find_untold() -> list[Difference]:
    given = {"most": _MOST, "upstream": SystemKind.UPSTREAM.value}
    with connection.wrap_database_errors:
        return [
            Difference(Mismatch.ROW_UNTOLD, f"{table} id={key}", detail)
            for table, statement in _UNTOLD.items()
            for key, detail in hot_cursor().execute(statement, given).fetchall()
        ]


def _with_positions(found: list[Difference]) -> list[Difference]:
    ids = [one.event for one in found if one.event is not None]
    places = dict(LedgerLeaf.objects.filter(event_id__in=ids).values_list("event_id", "position"))
    placed = [replace(one, position=places.get(one.event)) if one.event else one for one in found]
    return sorted(placed, key=lambda one: (one.event is None, one.event or 0))


def _hash_again(on_step: Callable[[], None], erased: list[str]) -> Iterator[Difference | None]:
    """One answer for each package; outside any transaction, since disks are slow. ``erased`` takes what is gone by
    order."""
    ordered = orders()
    store = LocalSegments(settings.DATA_DIR / "segments")
    rows = Package.objects.select_related("document").order_by("pk")
    last = None
    while batch := list((rows.filter(pk__gt=last) if last else rows)[:_STEP]):
        for package in batch:
            told = ordered.get((package.segment, package.offset), "")
            if told and is_erased(store.root, _address(package)):
                erased.append(f"{_title(package)}: đã xóa {told}")
            else:
                yield _damage(store, package, told)
        last = batch[-1].pk
        on_step()


def _address(package: Package) -> Address:
    return Address(package.segment, package.offset, package.length, bytes(package.sha256))


def _damage(store: LocalSegments, package: Package, ordered: str) -> Difference | None:
    if ordered:
        told = f"{_title(package)}: lệnh xóa {ordered} chưa thực hiện xong; chạy lại lienthong holds erase"
        return Difference(Mismatch.BYTES_DAMAGED, f"exchange_package id={package.pk}", told)
    try:
        for _ in store.chunks(_address(package)):
            pass
    except (SegmentError, OSError) as error:
        told = f"{_title(package)}; tệp {package.segment}, vị trí {package.offset}: {error}"
        return Difference(Mismatch.BYTES_DAMAGED, f"exchange_package id={package.pk}", told)
    return None


def _title(package: Package) -> str:
    document = package.document
    return f"văn bản {given_id(document)} của {document.from_code}" if document else "gói trạng thái"

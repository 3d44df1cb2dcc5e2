"""Gives every event its position and signs the tree: one at a time, in the order in which the acts became durable.

The order. Ids come from a sequence when a row is inserted, rows become visible when their transaction commits, so a low
id may appear after a higher one. Nothing is remembered as "done up to id n", which is what loses such rows: a committed
event is in the queue ``ledger_waiting`` until the very transaction that gives it a leaf takes it out, and the events of
open transactions are simply not there yet. Within one batch the order is by id. What was known when an act happened
therefore always stands before it: its events had committed, so they are in an earlier batch, or in the same one with a
lower id.

The signature. A log must never sign two heads of which one does not continue the other. The last head signed is kept in
a file beside the database, and nothing is signed that does not extend it: a database that was rolled back is noticed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from lienthong.common import clock
from lienthong.common.sql import hot_cursor, insert_rows
from lienthong.ledger import keys, selectors
from lienthong.ledger.append import Cursor
from lienthong.ledger.checkpoint import Checkpoint, open_checkpoint
from lienthong.ledger.errors import LedgerError
from lienthong.ledger.merkle import EMPTY_ROOT, leaf_hash
from lienthong.ledger.notes import NoteError
from lienthong.ledger.tiles import TiledTree, extend

_LOCK = 0x11E9
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Sequenced:
    """What one run did: events added, and the size of the log after it."""

    events: int
    size: int


def sequence_all() -> Sequenced:
    """Sequence everything that waits.

    :raises LedgerError: ``ledger.log.*`` when the database does not continue what was signed before
    """
    total = 0
    while (done := sequence_batch()).events:
        total += done.events
    return Sequenced(total, done.size)


def sequence_batch() -> Sequenced:
    """Give the events that wait, up to a bound, their positions and sign the tree, in one transaction. Does nothing
    while another sequencer is at work.

    :raises LedgerError: ``ledger.log.*`` when the database does not continue what was signed before
    """
    with transaction.atomic(), connection.wrap_database_errors:
        cursor = hot_cursor()
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        row = cursor.fetchone()
        if row is None or not row[0]:
            return Sequenced(0, _size(cursor))
        size = _size(cursor)
        events = _take(cursor)
        if not events:
            return Sequenced(0, size)
        _refuse_divergence(size)
        note = _write(cursor, size, events)
    _remember(note)
    return Sequenced(len(events), size + len(events))


def _size(cursor: Cursor) -> int:
    cursor.execute("SELECT COALESCE(max(size), 0) FROM ledger_checkpoint")
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def _take(cursor: Cursor) -> list[tuple[int, bytes]]:
    """A place in the queue whose event is gone stays there, for the audit to find."""
    cursor.execute(
        """
        WITH taken AS (
            DELETE FROM ledger_waiting WHERE event_id IN (
                SELECT w.event_id FROM ledger_waiting w JOIN ledger_event e ON e.id = w.event_id
                 ORDER BY w.event_id LIMIT %s) RETURNING event_id)
        SELECT e.id, e.digest FROM taken t JOIN ledger_event e ON e.id = t.event_id ORDER BY e.id
        """,
        [_BATCH],
    )
    return [(row[0], bytes(row[1])) for row in cursor]


def _write(cursor: Cursor, size: int, events: list[tuple[int, bytes]]) -> str:
    leaves = [(size + offset, event, digest) for offset, (event, digest) in enumerate(events)]
    insert_rows(cursor, "ledger_leaf", {"position": "bigint", "event_id": "bigint", "digest": "bytea"}, leaves)
    changed = extend(selectors.read_tile, size, [leaf_hash(digest) for _, digest in events])
    for (level, number), hashes in changed.items():
        cursor.execute(
            "INSERT INTO ledger_tile (level, number, hashes) VALUES (%s, %s, %s)"
            " ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes",
            [level, number, hashes],
        )
    end = size + len(events)
    head = Checkpoint(settings.LOG_ORIGIN, end, _root(end))
    note = head.sign(keys.signing_key())
    cursor.execute(
        "INSERT INTO ledger_checkpoint (size, root, note, created_at) VALUES (%s, %s, %s, %s)",
        [end, head.root, note, clock.now()],
    )
    return note


def _root(size: int) -> bytes:
    return TiledTree(selectors.read_tile).range_hash(0, size) if size else EMPTY_ROOT


# --- The last signed head, beside the database ----------------------------------------------------------------------


def remembered_path() -> Path:
    """The file of the last head that was signed on this machine."""
    return Path(settings.DATA_DIR) / "ledger" / "checkpoint"


def remembered() -> Checkpoint | None:
    """The last head that was signed on this machine; ``None`` before the first.

    :raises LedgerError: ``ledger.log.memory_damaged``
    """
    try:
        note = remembered_path().read_text(encoding="utf-8")
        return open_checkpoint(note, keys.public_keys())[0]
    except FileNotFoundError:
        return None
    except (NoteError, UnicodeDecodeError) as error:
        raise LedgerError(
            "ledger.log.memory_damaged",
            f"Tệp {remembered_path()} không còn là điểm kiểm do trục ký: {error}.",
            "Chạy lienthong ledger audit; nếu nhật ký nguyên vẹn thì lấy lại tệp từ bản sao lưu hoặc /log/checkpoint.",
        ) from error


def continues(head: Checkpoint, size: int) -> bool:
    """Whether the tree of ``size`` in the database still begins with the one that was signed."""
    if head.size > size:
        return False
    try:
        return _root(head.size) == head.root
    except KeyError:
        return False


def _refuse_divergence(size: int) -> None:
    head = remembered()
    if head is not None and not continues(head, size):
        raise LedgerError(
            "ledger.log.diverged",
            f"Nhật ký trong cơ sở dữ liệu (cỡ {size}) không nối tiếp điểm kiểm đã ký (cỡ {head.size}): dữ liệu đã bị"
            " lùi lại hoặc bị sửa.",
            "Chạy lienthong ledger audit. Nếu vừa khôi phục từ bản sao lưu, xem docs/operations/ledger.md, mục 6.",
        )


def _remember(note: str) -> None:
    path = remembered_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)

"""Recomputes the whole log from the rows and says what does not fit, the first broken row first.

Every event is hashed anew and compared with its digest, its leaf and its tile; every checkpoint with the tree as it was
at that size; every signature, every time-stamp, and the last head kept beside the database. A change that is consistent
in all of these tables still meets the signed checkpoints, and is then located between two of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from cryptography import x509
from django.db import connection, transaction

from lienthong.ledger import keys, selectors, sequencer, stamps, timestamps
from lienthong.ledger.checkpoint import Checkpoint, open_checkpoint
from lienthong.ledger.errors import LedgerError
from lienthong.ledger.merkle import HASH_SIZE, Frontier, leaf_hash
from lienthong.ledger.models import LedgerCheckpoint, LedgerEvent, LedgerLeaf, LedgerStamp, LedgerWaiting
from lienthong.ledger.notes import NoteError, VerifyKey
from lienthong.ledger.stamps import StampError
from lienthong.ledger.tiles import WIDTH, TilePath, tile_root

_STEP = 5_000
_MOST_BREAKS = 100


class Damage(Enum):
    """What is wrong with a row."""

    EVENT_CHANGED = ("event_changed", "Sự kiện đã bị sửa")
    EVENT_DELETED = ("event_deleted", "Sự kiện đã bị xóa")
    EVENT_MOVED = ("event_moved", "Sự kiện bị đổi vị trí")
    EVENT_REPLACED = ("event_replaced", "Sự kiện bị thay, chen thêm hoặc đổi chỗ")
    EVENT_INSERTED = ("event_inserted", "Sự kiện chen vào ngoài nhật ký")
    LEAF_CHANGED = ("leaf_changed", "Lá của cây băm đã bị sửa")
    LEAF_DELETED = ("leaf_deleted", "Lá của cây băm đã bị xóa")
    TILE_CHANGED = ("tile_changed", "Ô của cây băm đã bị sửa")
    TILE_DELETED = ("tile_deleted", "Ô của cây băm đã bị xóa")
    CHECKPOINT_DIFFERS = ("checkpoint_differs", "Nhật ký khác điểm kiểm đã ký")
    CHECKPOINT_CHANGED = ("checkpoint_changed", "Điểm kiểm đã bị sửa")
    CHECKPOINT_DELETED = ("checkpoint_deleted", "Điểm kiểm đã bị xóa")
    STAMP_INVALID = ("stamp_invalid", "Dấu thời gian không hợp lệ")
    MEMORY_DAMAGED = ("memory_damaged", "Tệp điểm kiểm bên ngoài cơ sở dữ liệu đã bị sửa")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


@dataclass(frozen=True, slots=True)
class Break:
    """One thing that does not fit. ``position`` is where the log first notices; ``row`` names table and key."""

    damage: Damage
    position: int
    row: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was recomputed, and what broke, in the order of the log."""

    events: int
    checkpoints: int
    stamps: int
    waiting: int
    root: bytes
    breaks: tuple[Break, ...]

    @property
    def is_sound(self) -> bool:
        return not self.breaks

    @property
    def first(self) -> Break | None:
        return self.breaks[0] if self.breaks else None


class _Row(NamedTuple):
    position: int
    event_id: int
    digest: bytes
    event: LedgerEvent | None


def audit(*, witnessed: Sequence[Checkpoint] = ()) -> AuditReport:
    """Recompute everything, in one snapshot of the database.

    :param witnessed: checkpoints that were kept elsewhere; the log must still contain them
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return _Audit(witnessed).run()


@dataclass
class _Audit:
    witnessed: Sequence[Checkpoint]
    breaks: list[Break] = field(default_factory=list)
    tree: Frontier = field(default_factory=Frontier)
    unsigned: list[tuple[bytes, int]] = field(default_factory=list)  # leaf and event since the last checkpoint
    tile: list[bytes] = field(default_factory=list)  # leaves since the last full tile
    levels: dict[int, list[bytes]] = field(default_factory=dict)  # and the same of the levels above
    closed: list[tuple[int, int, bytes]] = field(default_factory=list)  # full tiles not yet compared
    heads: dict[int, bytes] = field(default_factory=dict)  # size to signed root

    def run(self) -> AuditReport:
        checkpoints = list(LedgerCheckpoint.objects.order_by("size"))
        self.heads = {row.size: bytes(row.root) for row in checkpoints}
        self._check_rows()
        self._check_signatures(checkpoints)
        self._check_outside()
        self._check_unlisted()
        stamps_checked = self._check_stamps()
        breaks = sorted(self.breaks, key=lambda found: (found.position, list(Damage).index(found.damage)))
        return AuditReport(
            events=self.tree.size,
            checkpoints=len(checkpoints),
            stamps=stamps_checked,
            waiting=LedgerWaiting.objects.count(),
            root=self.tree.root(),
            breaks=tuple(breaks[:_MOST_BREAKS]),
        )

    def add(self, damage: Damage, position: int, row: str, detail: str = "") -> None:
        self.breaks.append(Break(damage, position, row, detail))

    # --- Rows, leaves, tiles, roots -----------------------------------------------------------------------------

    def _check_rows(self) -> None:
        """One pass in the order of the log; the tree is built from the events' own content, never from a stored hash
        that could have been changed with it."""
        for row in _rows():
            while self.tree.size < row.position and len(self.breaks) < _MOST_BREAKS:
                self._bridge_gap(self.tree.size)
            self._append(self._checked_leaf(row), row.event_id)
        self._check_edge()
        for size in self.heads:
            if size > self.tree.size:
                detail = f"điểm kiểm cỡ {size}, nhật ký chỉ còn {self.tree.size} sự kiện"
                self.add(Damage.CHECKPOINT_DIFFERS, self.tree.size, f"ledger_checkpoint size={size}", detail)

    def _bridge_gap(self, position: int) -> None:
        """A leaf that is gone leaves its place empty; its hash is still in the tile."""
        self.add(Damage.LEAF_DELETED, position, _leaf_name(position))
        self._append(_tile_leaf(position), 0)

    def _append(self, leaf: bytes, event: int) -> None:
        self.tree.add(leaf)
        self.unsigned.append((leaf, event))
        self.tile.append(leaf)
        if len(self.tile) == WIDTH:
            self._close_tile(0, self.tree.size // WIDTH - 1, self.tile)
            self.tile = []
        if self.tree.size in self.heads:
            self._check_root(self.heads[self.tree.size])

    def _checked_leaf(self, row: _Row) -> bytes:
        event, name = row.event, f"ledger_event id={row.event_id}"
        if event is None:
            self.add(Damage.EVENT_DELETED, row.position, name)
            return leaf_hash(row.digest)
        digest = _digest(event)
        if digest != bytes(event.digest):
            self.add(Damage.EVENT_CHANGED, row.position, name, f"{event.kind} {event.uid}")
        elif digest != row.digest:
            damage = _why_differs(digest, row)
            self.add(damage, row.position, name if damage is not Damage.LEAF_CHANGED else _leaf_name(row.position))
        return leaf_hash(digest)

    def _close_tile(self, level: int, number: int, hashes: list[bytes]) -> None:
        self.closed.append((level, number, b"".join(hashes)))
        above = self.levels.setdefault(level + 1, [])
        above.append(tile_root(b"".join(hashes)))
        if len(above) == WIDTH:
            self.levels[level + 1] = []
            self._close_tile(level + 1, number // WIDTH, above)

    def _check_edge(self) -> None:
        """The partial tiles at the right edge."""
        self._check_closed()
        for level, hashes in {0: self.tile, **self.levels}.items():
            if hashes:
                self._check_tile(level, self.tree.size // WIDTH ** (level + 1), b"".join(hashes))

    def _check_closed(self) -> None:
        """Full tiles are looked at after the next signed root, which decides whether rows or tiles were changed."""
        for level, number, hashes in self.closed:
            self._check_tile(level, number, hashes)
        self.closed.clear()

    def _check_tile(self, level: int, number: int, computed: bytes) -> None:
        """A tile that differs only where a row is broken keeps what the row said before."""
        stored, span = selectors.read_tile(level, number), WIDTH**level
        for at in range(0, max(len(computed), len(stored)), HASH_SIZE):
            position = (number * WIDTH + at // HASH_SIZE) * span
            if stored[at : at + HASH_SIZE] != computed[at : at + HASH_SIZE] and not self._is_broken(position, span):
                self.add(
                    Damage.TILE_CHANGED if stored else Damage.TILE_DELETED,
                    position,
                    f"ledger_tile level={level} number={number}",
                    str(TilePath(level, number, len(computed) // HASH_SIZE)),
                )
                return

    def _is_broken(self, position: int, span: int) -> bool:
        """Whether a row in this range does not fit."""
        rows = (found.position for found in self.breaks if not found.row.startswith("ledger_tile"))
        return any(position <= found < position + span for found in rows)

    def _check_root(self, root: bytes) -> None:
        """What is signed decides whether rows or tiles were changed: rows that agree among themselves but not with the
        signed root are located by the tiles, or, when those were changed too, between two checkpoints."""
        size, start = self.tree.size, self.tree.size - len(self.unsigned)
        if self.tree.root() != root and not self._is_broken(0, size):
            numbered = enumerate(self.unsigned, start)
            moved = [(at, event) for at, (leaf, event) in numbered if leaf != _tile_leaf(at)]
            for position, event in moved[:_MOST_BREAKS]:
                self.add(Damage.EVENT_REPLACED, position, f"ledger_event id={event}")
            if not moved:
                detail = f"một sự kiện ở vị trí {start} đến {size - 1} đã bị sửa, thêm, bớt hoặc đổi chỗ"
                self.add(Damage.CHECKPOINT_DIFFERS, start, f"ledger_checkpoint size={size}", detail)
        self.unsigned.clear()
        self._check_closed()

    # --- Signatures, time-stamps, what is kept elsewhere --------------------------------------------------------

    def _check_signatures(self, checkpoints: list[LedgerCheckpoint]) -> None:
        known = keys.public_keys()
        for row in checkpoints:
            problem = _note_problem(row, known)
            if problem:
                self.add(Damage.CHECKPOINT_CHANGED, row.size, f"ledger_checkpoint size={row.size}", problem)
        last = checkpoints[-1].size if checkpoints else 0
        if self.tree.size > last:
            detail = f"từ vị trí {last} đến {self.tree.size - 1} không có điểm kiểm nào ký"
            self.add(Damage.CHECKPOINT_DELETED, last, _leaf_name(last), detail)

    def _check_outside(self) -> None:
        witnessed = list(self.witnessed)
        try:
            memory = sequencer.remembered()
            witnessed += [memory] if memory else []
        except LedgerError as error:
            self.add(Damage.MEMORY_DAMAGED, self.tree.size, str(sequencer.remembered_path()), error.message)
        for head in witnessed:
            row = f"ledger_checkpoint size={head.size}"
            if head.size > self.tree.size:
                detail = f"điểm kiểm giữ bên ngoài cỡ {head.size}, nhật ký chỉ còn {self.tree.size} sự kiện"
                self.add(Damage.CHECKPOINT_DIFFERS, self.tree.size, row, detail)
            elif head.size not in self.heads:
                self.add(Damage.CHECKPOINT_DELETED, head.size, row, "có trong bản giữ bên ngoài")
            elif self.heads[head.size] != head.root:
                self.add(Damage.CHECKPOINT_CHANGED, head.size, row, "khác bản giữ bên ngoài cơ sở dữ liệu")

    def _check_stamps(self) -> int:
        notes = dict(LedgerCheckpoint.objects.values_list("size", "note"))
        authorities, count = timestamps.authorities(), 0
        for row in LedgerStamp.objects.order_by("size").iterator(chunk_size=_STEP):
            count += 1
            problem = _stamp_problem(row, notes.get(row.size), authorities)
            if problem:
                self.add(Damage.STAMP_INVALID, row.size, f"ledger_stamp id={row.pk}", problem)
        return count

    def _check_unlisted(self) -> None:
        """Events outside the log that do not wait for it either, and places in the queue whose event is gone."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT e.id, e.kind FROM ledger_event e"
                " WHERE NOT EXISTS (SELECT 1 FROM ledger_leaf l WHERE l.event_id = e.id)"
                " AND NOT EXISTS (SELECT 1 FROM ledger_waiting w WHERE w.event_id = e.id) ORDER BY e.id LIMIT %s",
                [_MOST_BREAKS],
            )
            for event, kind in cursor.fetchall():
                self.add(Damage.EVENT_INSERTED, self._place_of(event), f"ledger_event id={event}", kind)
            cursor.execute(
                "SELECT w.event_id FROM ledger_waiting w"
                " WHERE NOT EXISTS (SELECT 1 FROM ledger_event e WHERE e.id = w.event_id) ORDER BY 1 LIMIT %s",
                [_MOST_BREAKS],
            )
            for (event,) in cursor.fetchall():
                self.add(Damage.EVENT_DELETED, self.tree.size, f"ledger_event id={event}", "xóa khi chờ vào nhật ký")
        for row in LedgerEvent.objects.filter(pk__in=LedgerWaiting.objects.values("event_id")).iterator(_STEP):
            if _digest(row) != bytes(row.digest):
                self.add(Damage.EVENT_CHANGED, self.tree.size, f"ledger_event id={row.pk}", f"{row.kind} {row.uid}")

    def _place_of(self, event: int) -> int:
        """Where the log would have had it: before the first event with a higher id."""
        after = LedgerLeaf.objects.filter(event_id__gt=event).order_by("event_id").first()
        return after.position if after else self.tree.size


def _rows() -> Iterator[_Row]:
    """Leaves in order with their events, in steps: memory stays flat."""
    position = -1
    while leaves := list(LedgerLeaf.objects.filter(position__gt=position).order_by("position")[:_STEP]):
        events = LedgerEvent.objects.in_bulk([leaf.event_id for leaf in leaves])
        for leaf in leaves:
            yield _Row(leaf.position, leaf.event_id, bytes(leaf.digest), events.get(leaf.event_id))
        position = leaves[-1].position


def _digest(event: LedgerEvent) -> bytes:
    """The digest of what the row says now; ``b""`` when it says nothing that could be an event."""
    try:
        return event.value().digest()
    except (ValueError, AttributeError):
        return b""


def _note_problem(row: LedgerCheckpoint, known: list[VerifyKey]) -> str:
    try:
        head, _ = open_checkpoint(row.note, known)
    except NoteError as error:
        return f"chữ ký không hợp lệ ({error})"
    if (head.size, head.root) != (row.size, bytes(row.root)):
        return "cỡ hoặc gốc băm khác phần đã ký"
    return ""


def _stamp_problem(row: LedgerStamp, note: str | None, authorities: Sequence[x509.Certificate]) -> str:
    if note is None:
        return "điểm kiểm của dấu thời gian không còn"
    try:
        if authorities:
            stamps.check_response(bytes(row.response), note.encode(), authorities=authorities)
    except StampError as error:
        return str(error)
    return ""


def _why_differs(digest: bytes, row: _Row) -> Damage:
    """An event that is whole in itself but not the one of its leaf."""
    if LedgerLeaf.objects.filter(digest=digest).exists():
        return Damage.EVENT_MOVED
    return Damage.EVENT_CHANGED if _tile_leaf(row.position) == leaf_hash(row.digest) else Damage.LEAF_CHANGED


def _tile_leaf(position: int) -> bytes:
    number, offset = divmod(position, WIDTH)
    return selectors.read_tile(0, number)[offset * HASH_SIZE : (offset + 1) * HASH_SIZE]


def _leaf_name(position: int) -> str:
    return f"ledger_leaf position={position}"

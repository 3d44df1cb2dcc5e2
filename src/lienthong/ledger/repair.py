"""Building the tree anew from the leaves, after stored hashes were damaged."""

from __future__ import annotations

from django.db import connection, transaction

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.ledger import keys, selectors
from lienthong.ledger.actors import current_actor
from lienthong.ledger.append import append_events
from lienthong.ledger.checkpoint import open_checkpoint
from lienthong.ledger.errors import LedgerError
from lienthong.ledger.events import Subject, new_event
from lienthong.ledger.kinds import EventKind
from lienthong.ledger.merkle import leaf_hash
from lienthong.ledger.models import LedgerCheckpoint, LedgerTile
from lienthong.ledger.tiles import TiledTree, extend

_STEP = 50_000


def rebuild_tiles() -> int:
    """Write all tiles anew; answers how many. The result must have the root that was signed last.

    :raises LedgerError: ``ledger.repair.leaves_differ``: it is not the tiles that were changed
    """
    with transaction.atomic():
        tiles, size = _tiles()
        head = LedgerCheckpoint.objects.order_by("-size").first()
        tree = TiledTree(lambda level, number: tiles.get((level, number), b""))
        signed = open_checkpoint(head.note, keys.public_keys())[0] if head else None
        if signed is not None and (signed.size != size or tree.range_hash(0, size) != signed.root):
            raise LedgerError(
                "ledger.repair.leaves_differ",
                "Cây băm dựng lại từ các lá không khớp điểm kiểm đã ký gần nhất, nên không phải chỉ ô băm bị hỏng.",
                "Chạy lienthong ledger audit để biết dòng nào hỏng; khôi phục dòng đó trước.",
            )
        LedgerTile.objects.all().delete()
        LedgerTile.objects.bulk_create(
            (LedgerTile(level=level, number=number, hashes=hashes) for (level, number), hashes in tiles.items()),
            batch_size=1000,
        )
        event = new_event(
            EventKind.TILES_REBUILT,
            at=clock.now(),
            actor=current_actor(),
            subject=Subject("log", ""),
            data={"tiles": len(tiles), "size": size},
        )
        with connection.wrap_database_errors:
            append_events(hot_cursor(), [event])
    return len(tiles)


def _tiles() -> tuple[dict[tuple[int, int], bytes], int]:
    tiles: dict[tuple[int, int], bytes] = {}

    def read(level: int, number: int) -> bytes:
        return tiles.get((level, number), b"")

    size = 0
    while found := [leaf_hash(entry) for entry in selectors.read_entries(size, _STEP)]:
        tiles |= extend(read, size, found)
        size += len(found)
    return tiles, size

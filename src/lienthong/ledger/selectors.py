"""Reads of the ledger: tiles, heads, positions, the events of one story."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from lienthong.ledger.append import Cursor
from lienthong.ledger.checkpoint import Proof
from lienthong.ledger.kinds import EventKind
from lienthong.ledger.merkle import inclusion_proof
from lienthong.ledger.models import LedgerCheckpoint, LedgerEvent, LedgerLeaf, LedgerStamp, LedgerTile
from lienthong.ledger.receipts import stored_receipt
from lienthong.ledger.tiles import TiledTree


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint as stored."""

    size: int
    root: bytes
    note: str
    created_at: datetime


def read_tile(level: int, number: int) -> bytes:
    """All known hashes of a tile (``tiles.ReadTile``)."""
    found = LedgerTile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
    return bytes(found or b"")


def read_entries(first: int, count: int) -> list[bytes]:
    """Log entries by position; fewer when there are fewer."""
    found = LedgerLeaf.objects.filter(position__gte=first, position__lt=first + count).order_by("position")
    return [bytes(digest) for digest in found.values_list("digest", flat=True)]


def latest_head() -> Head | None:
    """The newest checkpoint; ``None`` before the first."""
    return _head(LedgerCheckpoint.objects.order_by("-size").first())


def head_covering(size: int) -> Head | None:
    """The checkpoint to prove entries before ``size`` with: the first one with a time-stamp, whose time is nearest to
    theirs, else the newest."""
    stamped = LedgerStamp.objects.filter(size__gte=size).order_by("size").values_list("size", flat=True).first()
    if stamped is not None:
        return _head(LedgerCheckpoint.objects.filter(size=stamped).first())
    return _head(LedgerCheckpoint.objects.filter(size__gte=size).order_by("-size").first())


def _head(row: LedgerCheckpoint | None) -> Head | None:
    return Head(row.size, bytes(row.root), row.note, row.created_at) if row else None


def stamp_of(size: int) -> bytes | None:
    """The authority's response for the checkpoint of a size."""
    found = LedgerStamp.objects.filter(size=size).order_by("id").values_list("response", flat=True).first()
    return bytes(found) if found else None


def prove(position: int, head: Head) -> Proof:
    """The inclusion proof of one entry.

    :raises KeyError: a tile is missing (``lienthong ledger audit`` says which)
    """
    tree = TiledTree(read_tile)
    return Proof(position, tuple(inclusion_proof(tree.range_hash, position, head.size)), head.note)


def positions_of(events: list[LedgerEvent]) -> dict[int, int]:
    """Event ids to positions, for those that have one."""
    ids = [event.pk for event in events]
    return dict(LedgerLeaf.objects.filter(event_id__in=ids).values_list("event_id", "position"))


def first_receipts(cursor: Cursor, documents: Sequence[str]) -> dict[str, str]:
    """The signed receipt of each document's first acceptance, read in the caller's transaction."""
    cursor.execute(
        "SELECT DISTINCT ON (document) document, data::text FROM ledger_event"
        " WHERE document = ANY(%s) AND NOT (document = '') AND kind = %s ORDER BY document, id",
        [list(documents), EventKind.SUBMISSION_ACCEPTANCE.value],
    )
    return {document: stored_receipt(json.loads(data)) for document, data in cursor}


def events_of_document(document: str) -> list[LedgerEvent]:
    """Everything that happened to a document, in order."""
    return list(LedgerEvent.objects.filter(document=document).exclude(document="").order_by("id"))


def events_of_delivery(delivery: str) -> list[LedgerEvent]:
    """What happened to one delivery, and how its document was accepted; nothing of other recipients' deliveries."""
    first = LedgerEvent.objects.filter(subject_type="delivery", subject_id=delivery).order_by("id").first()
    if first is None:
        return []
    own = Q(subject_type="delivery", subject_id=delivery)
    accepted = Q(document=first.document, kind=EventKind.SUBMISSION_ACCEPTANCE.value) & ~Q(document="")
    return list(LedgerEvent.objects.filter(own | accepted).order_by("id"))

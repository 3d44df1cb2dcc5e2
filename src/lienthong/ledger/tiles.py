"""The tree as tiles of 256 hashes (C2SP tlog-tiles). Pure: tiles come from and go to wherever the caller keeps them.

Hash ``i`` of tile ``n`` at level ``l`` is ``MTH(D[(n*256+i)*256**l : (n*256+i+1)*256**l])``. A partial tile is the
beginning of the full one, so one stored row serves every width up to its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lienthong.ledger.merkle import HASH_SIZE, node_hash, split

HEIGHT = 8
WIDTH = 1 << HEIGHT
FULL = WIDTH * HASH_SIZE

ReadTile = Callable[[int, int], bytes]
"""The hashes of tile ``(level, number)`` as far as they are known; ``b""`` when there are none."""


@dataclass(frozen=True, slots=True)
class TilePath:
    """What a path below ``tile/`` asks for: hashes of a level, or entries (``level`` is ``None``)."""

    level: int | None
    number: int
    width: int = WIDTH

    def __str__(self) -> str:
        kind = "entries" if self.level is None else str(self.level)
        suffix = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{kind}/{_number_path(self.number)}{suffix}"


_PATH = re.compile(r"(entries|0|[1-9]\d?)/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)
_LONGEST_PATH = 80


def parse_path(text: str) -> TilePath | None:
    """Read a path below ``tile/``; ``None`` for anything that is not exactly one."""
    found = _PATH.fullmatch(text) if len(text) <= _LONGEST_PATH else None
    if found is None:
        return None
    kind, number, width = found.groups()
    path = TilePath(
        None if kind == "entries" else int(kind),
        int(number.replace("/", "").replace("x", "")),
        int(width) if width else WIDTH,
    )
    return path if str(path) == f"tile/{text}" and (path.level or 0) < 64 else None


def _number_path(number: int) -> str:
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.append(f"x{number % 1000:03d}")
    return "/".join(reversed(parts))


def entry_bundle(entries: Iterable[bytes]) -> bytes:
    """Log entries, each after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def tile_root(hashes: bytes) -> bytes:
    """The root over the hashes of one tile, which must be a power of two many."""
    row = [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def extend(read: ReadTile, size: int, leaves: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """The tiles that change when ``leaves`` follow a tree of ``size``: ``(level, number)`` to all their hashes."""
    changed: dict[tuple[int, int], bytes] = {}
    level, start, added = 0, size, list(leaves)
    while added:
        first, held = divmod(start, WIDTH)
        row = (read(level, first)[: held * HASH_SIZE] if held else b"") + b"".join(added)
        added = []
        for at in range(0, len(row), FULL):
            tile = row[at : at + FULL]
            changed[level, first + at // FULL] = tile
            if len(tile) == FULL:
                added.append(tile_root(tile))
        level, start = level + 1, start // WIDTH
    return changed


class TiledTree:
    """Range hashes of a tree kept as tiles (``merkle.RangeHash``); reads each tile once."""

    def __init__(self, read: ReadTile) -> None:
        self._read = read
        self._tiles: dict[tuple[int, int], bytes] = {}

    def range_hash(self, begin: int, end: int) -> bytes:
        """``MTH(D[begin:end])``.

        :raises KeyError: a tile that this needs is missing or too short
        """
        count = end - begin
        if count & (count - 1) == 0:
            return self._perfect(begin, count)
        middle = begin + split(count)
        return node_hash(self.range_hash(begin, middle), self.range_hash(middle, end))

    def _perfect(self, begin: int, count: int) -> bytes:
        """A perfect subtree lies inside one tile, as a power of two of neighbouring hashes."""
        level = (count.bit_length() - 1) // HEIGHT
        span = WIDTH**level
        number, first = divmod(begin // span, WIDTH)
        hashes = self._tile(level, number)[first * HASH_SIZE : (first + count // span) * HASH_SIZE]
        if len(hashes) != count // span * HASH_SIZE:
            raise KeyError(str(TilePath(level, number)))
        return tile_root(hashes)

    def _tile(self, level: int, number: int) -> bytes:
        key = (level, number)
        if key not in self._tiles:
            self._tiles[key] = self._read(level, number)
        return self._tiles[key]

"""The Merkle tree of RFC 6962, section 2.1. Pure.

Everything is told in terms of ``MTH(D[begin:end])``, so proofs read hashes from wherever they are kept: a list in a
test, tiles in the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

RangeHash = Callable[[int, int], bytes]
"""``MTH(D[begin:end])`` of a tree, ``begin < end``; ``begin`` is a multiple of the smallest power of two that is not
smaller than ``end - begin``."""


def leaf_hash(entry: bytes) -> bytes:
    """``MTH({d})``."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The parent of two hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(count: int) -> int:
    """The largest power of two smaller than ``count`` (``count > 1``)."""
    return 1 << (count - 1).bit_length() - 1


class Frontier:
    """A tree that only grows at its right edge, in memory logarithmic in its size."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []  # perfect subtrees from left to right, as (leaves, hash)

    def add(self, leaf: bytes) -> None:
        """Append one leaf hash."""
        width, top = 1, leaf
        while self._peaks and self._peaks[-1][0] == width:
            top = node_hash(self._peaks.pop()[1], top)
            width *= 2
        self._peaks.append((width, top))
        self.size += 1

    def root(self) -> bytes:
        """The tree's root as it stands."""
        if not self._peaks:
            return EMPTY_ROOT
        top = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            top = node_hash(peak, top)
        return top


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.add(leaf)
    return frontier.root()


def inclusion_proof(hashes: RangeHash, index: int, size: int) -> list[bytes]:
    """``PATH(index, D[size])``, from the leaf's sibling up."""
    return _path(hashes, index, 0, size)


def _path(hashes: RangeHash, index: int, begin: int, end: int) -> list[bytes]:
    if end - begin == 1:
        return []
    middle = begin + split(end - begin)
    if index < middle:
        return [*_path(hashes, index, begin, middle), hashes(middle, end)]
    return [*_path(hashes, index, middle, end), hashes(begin, middle)]


def consistency_proof(hashes: RangeHash, old: int, size: int) -> list[bytes]:
    """``PROOF(old, D[size])`` for ``0 < old <= size``."""
    return _subproof(hashes, old, 0, size, whole=True)


def _subproof(hashes: RangeHash, old: int, begin: int, end: int, *, whole: bool) -> list[bytes]:
    if old == end:
        return [] if whole else [hashes(begin, end)]
    middle = begin + split(end - begin)
    if old <= middle:
        return [*_subproof(hashes, old, begin, middle, whole=whole), hashes(middle, end)]
    return [*_subproof(hashes, old, middle, end, whole=False), hashes(begin, middle)]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that the proof leads to (RFC 9162, section 2.1.3.2); ``None`` when it does not have the right length."""
    if not 0 <= index < size:
        return None
    node, last, top = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            top = node_hash(sibling, top)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            top = node_hash(top, sibling)
        node, last = node >> 1, last >> 1
    return top if last == 0 else None


def is_consistent(old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree of ``size`` only appended to that of ``old`` (RFC 9162, 2.1.4.2)."""
    if old == size:
        return not proof and old_root == root
    if not 0 < old < size or not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old_top = top = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old_top, top = node_hash(sibling, old_top), node_hash(sibling, top)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            top = node_hash(top, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old_top == old_root and top == root

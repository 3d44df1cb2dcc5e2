"""The tree against its definition in RFC 6962, section 2.1, written down once more as plainly as it stands there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.ledger import merkle
from lienthong.ledger.tiles import TiledTree, extend


def mth(entries: list[bytes]) -> bytes:
    """``MTH`` of the RFC, word by word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = max(2**i for i in range(20) if 2**i < len(entries))
    return hashlib.sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def reader(entries: list[bytes]) -> Callable[[int, int], bytes]:
    return lambda begin, end: mth(entries[begin:end])


# The examples of RFC 6962, section 2.1.3: D[7], with the inputs of Certificate Transparency's reference tests.
INPUTS = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
}


@pytest.mark.parametrize("size", ROOTS)
def test_known_roots(size: int) -> None:
    assert merkle.root_of([merkle.leaf_hash(entry) for entry in INPUTS[:size]]).hex() == ROOTS[size]
    assert mth(INPUTS[:size]).hex() == ROOTS[size]


def test_the_empty_tree_hashes_nothing() -> None:
    assert merkle.root_of([]) == merkle.EMPTY_ROOT == mth([])


def test_the_paths_drawn_in_the_rfc() -> None:
    """Section 2.1.3: the audit path of d0 is [b, h, l], of d3 [c, g, l], of d4 [f, j, k], of d6 [i, k]."""
    d = INPUTS
    a, b, c = mth(d[0:1]), mth(d[1:2]), mth(d[2:3])
    f, g, h, i, j, k, last = mth(d[5:6]), mth(d[0:2]), mth(d[2:4]), mth(d[4:6]), mth(d[6:7]), mth(d[0:4]), mth(d[4:7])
    paths = {0: [b, h, last], 3: [c, g, last], 4: [f, j, k], 6: [i, k]}
    for index, path in paths.items():
        assert merkle.inclusion_proof(reader(d), index, 7) == path
    assert merkle.consistency_proof(reader(d), 3, 7) == [c, mth(d[3:4]), g, last]
    assert merkle.consistency_proof(reader(d), 4, 7) == [last]
    assert merkle.consistency_proof(reader(d), 6, 7) == [i, j, k]
    assert a != b


def test_every_entry_of_every_small_tree_is_proven_at_its_place_and_nowhere_else() -> None:
    entries = [bytes([number]) for number in range(20)]
    for size in range(1, len(entries) + 1):
        root = mth(entries[:size])
        for index in range(size):
            proof = merkle.inclusion_proof(reader(entries), index, size)
            leaf = merkle.leaf_hash(entries[index])
            places = [at for at in range(size + 1) if merkle.root_from_inclusion(leaf, at, size, proof) == root]
            assert places == [index]


def test_every_small_tree_is_proven_to_continue_every_smaller_one() -> None:
    entries = [bytes([number]) for number in range(18)]
    for size in range(1, len(entries) + 1):
        for old in range(1, size + 1):
            proof = merkle.consistency_proof(reader(entries), old, size)
            old_root, root = mth(entries[:old]), mth(entries[:size])
            assert merkle.is_consistent(old, old_root, size, root, proof)
            assert not merkle.is_consistent(old, merkle.leaf_hash(b"x"), size, root, proof)
            assert old == size or not merkle.is_consistent(old, old_root, size, merkle.leaf_hash(b"x"), proof)
            for at in range(len(proof)):
                bent = [*proof[:at], merkle.leaf_hash(b"x"), *proof[at + 1 :]]
                assert not merkle.is_consistent(old, old_root, size, root, bent)


@given(st.integers(1, 900), st.data())
def test_a_changed_entry_hash_or_proof_leads_to_another_root(size: int, data: st.DataObject) -> None:
    entries = [number.to_bytes(2, "big") for number in range(size)]
    tree = _tiled(entries, size)
    root = merkle.root_of([merkle.leaf_hash(entry) for entry in entries])
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(tree.range_hash, index, size)
    assert merkle.root_from_inclusion(merkle.leaf_hash(entries[index]), index, size, proof) == root
    assert merkle.root_from_inclusion(merkle.leaf_hash(b"khac"), index, size, proof) != root
    if proof:
        assert merkle.root_from_inclusion(merkle.leaf_hash(entries[index]), index, size, proof[:-1]) != root
    assert merkle.root_from_inclusion(merkle.leaf_hash(entries[index]), index, size, [*proof, root]) != root


@given(st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_tiles_grown_in_any_steps_hold_the_same_tree(steps: list[int]) -> None:
    size = sum(steps)
    entries = [number.to_bytes(2, "big") for number in range(size)]
    tree = _tiled(entries, *steps)
    assert tree.range_hash(0, size) == merkle.root_of([merkle.leaf_hash(entry) for entry in entries])
    old = steps[0]
    proof = merkle.consistency_proof(tree.range_hash, old, size)
    old_root = merkle.root_of([merkle.leaf_hash(entry) for entry in entries[:old]])
    assert merkle.is_consistent(old, old_root, size, tree.range_hash(0, size), proof)


def _tiled(entries: list[bytes], *steps: int) -> TiledTree:
    tiles: dict[tuple[int, int], bytes] = {}

    def read(level: int, number: int) -> bytes:
        return tiles.get((level, number), b"")

    size = 0
    for step in steps:
        leaves = [merkle.leaf_hash(entry) for entry in entries[size : size + step]]
        tiles |= extend(read, size, leaves)
        size += step
    return TiledTree(read)

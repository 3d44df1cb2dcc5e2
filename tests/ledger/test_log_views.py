"""The public log: a stranger with the public key recomputes the tree from what is served, and learns nothing else."""

from __future__ import annotations

import pytest
from django.test import Client

from lienthong.ledger import keys, merkle
from lienthong.ledger.checkpoint import open_checkpoint
from lienthong.ledger.models import LedgerEvent
from lienthong.ledger.notes import VerifyKey
from lienthong.ledger.tiles import TiledTree, TilePath
from tests.ledger.conftest import acceptance, append, fill

pytestmark = pytest.mark.usefixtures("log")


def fetch_tile(client: Client, size: int, level: int, number: int) -> bytes:
    """As a monitor does: the tile as it is in a tree of ``size``."""
    width = min(256, size // 256**level - number * 256)
    answer = client.get(f"/log/{TilePath(level, number, width)}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/octet-stream"
    assert "immutable" in answer["Cache-Control"]
    assert len(answer.content) == width * 32
    return answer.content


def test_a_monitor_recomputes_the_signed_root_from_entries_and_from_tiles(client: Client) -> None:
    fill(300, 250)
    trusted = [VerifyKey.parse(line) for line in client.get("/log/keys").content.decode().splitlines()]
    answer = client.get("/log/checkpoint")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "max-age=2" in answer["Cache-Control"]
    head, _ = open_checkpoint(answer.content.decode(), trusted)
    assert head.size == 550
    tree = TiledTree(lambda level, number: fetch_tile(client, head.size, level, number))
    assert tree.range_hash(0, head.size) == head.root
    entries = [entry for number in range(3) for entry in bundle(client, number, min(256, 550 - number * 256))]
    assert merkle.root_of([merkle.leaf_hash(entry) for entry in entries]) == head.root
    assert entries[7] == LedgerEvent.objects.order_by("id")[7].value().digest()


def bundle(client: Client, number: int, width: int) -> list[bytes]:
    raw = client.get(f"/log/{TilePath(None, number, width)}").content
    entries = []
    while raw:
        size = int.from_bytes(raw[:2], "big")
        entries.append(raw[2 : 2 + size])
        raw = raw[2 + size :]
    return entries


def test_a_partial_tile_stays_after_it_was_filled(client: Client) -> None:
    fill(10)
    before = client.get("/log/tile/0/000.p/10").content
    fill(300)
    assert client.get("/log/tile/0/000.p/10").content == before
    assert client.get("/log/tile/0/000").content[:320] == before


@pytest.mark.parametrize(
    "path",
    ["tile/0/000", "tile/0/000.p/11", "tile/0/001", "tile/1/000.p/1", "tile/0/x000/000", "tile/0/000.p/0", "tile/9/000",
     "tile/entries/000", "tile/entries/001.p/1", "tile/x", "tile/", "", "checkpoints", "../vxp"],
)  # fmt: skip
def test_what_the_log_does_not_have_is_not_there(client: Client, path: str) -> None:
    fill(10)
    answer = client.get(f"/log/{path}")
    assert answer.status_code == 404
    assert answer["Cache-Control"] == "no-store"


def test_before_the_first_checkpoint_there_is_none(client: Client) -> None:
    append(acceptance(1))
    assert client.get("/log/checkpoint").status_code == 404


def test_the_log_is_read_only(client: Client) -> None:
    fill(1)
    assert client.post("/log/checkpoint").status_code == 405
    assert client.head("/log/checkpoint").status_code == 200


def test_what_is_served_names_nobody(client: Client) -> None:
    """Neither agencies nor documents can be read from, or guessed out of, the public entries."""
    fill(10)
    public = b"".join(
        client.get(f"/log/{path}").content
        for path in ("checkpoint", "keys", "tile/0/000.p/10", "tile/entries/000.p/10")
    )
    for event in LedgerEvent.objects.all():
        for secret in (event.agency, event.document, event.uid.hex, event.sha256.hex()):
            assert secret.encode() not in public
        assert bytes(event.sha256) not in public
        assert event.uid.bytes not in public


def test_keys_that_no_longer_sign_stay_published(client: Client) -> None:
    old = keys.signing_key().public
    keys.rotate()
    assert str(old) in client.get("/log/keys").content.decode()

"""An attacker who owns the database changes rows; the audit finds each change and names the first broken row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lienthong.ledger import keys, merkle, repair, selectors, sequencer
from lienthong.ledger.audit import AuditReport, Damage, audit
from lienthong.ledger.checkpoint import Checkpoint, open_checkpoint
from lienthong.ledger.errors import LedgerError
from lienthong.ledger.models import LedgerCheckpoint, LedgerEvent, LedgerLeaf
from lienthong.ledger.notes import SigningKey
from lienthong.ledger.tiles import extend
from tests.ledger.conftest import acceptance, append, fill, sql, superuser

pytestmark = pytest.mark.usefixtures("log")

VICTIM = 5  # position of the row that is touched, in a log of checkpoints at 4, 9 and 12


def event_id(position: int) -> int:
    return LedgerLeaf.objects.get(position=position).event_id


def damaged() -> AuditReport:
    report = audit()
    assert not report.is_sound
    return report


def test_an_untouched_log_is_sound() -> None:
    fill(4, 5, 3)
    append(acceptance(99))
    report = audit()
    assert report.breaks == ()
    assert (report.events, report.checkpoints, report.waiting) == (12, 3, 1)


def test_an_empty_log_is_sound() -> None:
    assert audit().is_sound


def test_a_log_over_many_tiles_is_sound_and_every_touched_row_of_it_is_found() -> None:
    fill(200, 500, 30)
    assert audit().is_sound
    for position in (0, 255, 256, 511, 699, 729):
        change(f"UPDATE ledger_event SET agency = 'H99.99' WHERE id = {event_id(position)}")
        first = damaged().first
        assert first is not None
        assert (first.damage, first.position) == (Damage.EVENT_CHANGED, position)
        change(f"UPDATE ledger_event SET agency = 'H99.05' WHERE id = {event_id(position)}")
    assert audit().is_sound


def change(*statements: str) -> None:
    with superuser():
        for statement in statements:
            sql(statement)


COLUMNS = {
    "uid": "gen_random_uuid()",
    "kind": "'ContentHandover'",
    "at": "at + interval '1 microsecond'",
    "system": "'HUB.KE.GIAN'",
    "agency": "'H99.99'",
    "remote": "'10.9.9.9'",
    '"user"': "'ai đó'",
    "subject_type": "'delivery'",
    "subject_id": "'doc-77'",
    "document": "'doc-77'",
    "sha256": "'\\x00'",
    "data": "data || '{\"size\": 7}'",
    "digest": "sha256('x')",
}


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_of_an_event_is_covered(column: str) -> None:
    assert {field.column for field in LedgerEvent._meta.fields} - {"id"} == {name.strip('"') for name in COLUMNS}
    fill(4, 5, 3)
    change(f"UPDATE ledger_event SET {column} = {COLUMNS[column]} WHERE id = {event_id(VICTIM)}")
    first = damaged().first
    assert first is not None
    assert (first.damage, first.position) == (Damage.EVENT_CHANGED, VICTIM)
    assert first.row == f"ledger_event id={event_id(VICTIM)}"


def test_data_that_is_no_longer_an_events_data_is_found() -> None:
    fill(4, 5, 3)
    change(f"UPDATE ledger_event SET data = '1.5' WHERE id = {event_id(VICTIM)}")
    assert [(found.damage, found.position) for found in damaged().breaks] == [(Damage.EVENT_CHANGED, VICTIM)]


def forge(position: int) -> bytes:
    """Change an event and its digest so that they fit; answers the new digest."""
    change(f"UPDATE ledger_event SET agency = 'H99.99' WHERE id = {event_id(position)}")
    digest = LedgerEvent.objects.get(pk=event_id(position)).value().digest()
    change(f"UPDATE ledger_event SET digest = '\\x{digest.hex()}' WHERE id = {event_id(position)}")
    return digest


def rebuild_tiles() -> None:
    """Make the tree anew from the leaves, as an attacker would who knows how it is built."""
    leaves = [merkle.leaf_hash(bytes(leaf.digest)) for leaf in LedgerLeaf.objects.order_by("position")]
    with superuser():
        sql("DELETE FROM ledger_tile")
        for (level, number), hashes in extend(lambda level, number: b"", 0, leaves).items():
            sql("INSERT INTO ledger_tile (level, number, hashes) VALUES (%s, %s, %s)", level, number, hashes)


def test_a_digest_changed_with_its_event_is_found() -> None:
    fill(4, 5, 3)
    forge(VICTIM)
    assert [(found.damage, found.position) for found in damaged().breaks] == [(Damage.EVENT_CHANGED, VICTIM)]


def test_an_event_changed_with_digest_and_leaf_is_found_by_the_tiles() -> None:
    fill(4, 5, 3)
    digest = forge(VICTIM)
    change(f"UPDATE ledger_leaf SET digest = '\\x{digest.hex()}' WHERE position = {VICTIM}")
    assert [(found.damage, found.position) for found in damaged().breaks] == [(Damage.EVENT_REPLACED, VICTIM)]


def test_an_event_changed_with_the_whole_tree_is_found_between_two_signed_checkpoints() -> None:
    fill(4, 5, 3)
    digest = forge(VICTIM)
    change(f"UPDATE ledger_leaf SET digest = '\\x{digest.hex()}' WHERE position = {VICTIM}")
    rebuild_tiles()
    (only,) = damaged().breaks
    assert (only.damage, only.position, only.row) == (Damage.CHECKPOINT_DIFFERS, 4, "ledger_checkpoint size=9")
    assert "vị trí 4 đến 8" in only.detail


def test_an_event_changed_with_everything_and_a_root_of_ones_own_is_found_by_the_signature() -> None:
    fill(4, 5, 3)
    digest = forge(VICTIM)
    change(f"UPDATE ledger_leaf SET digest = '\\x{digest.hex()}' WHERE position = {VICTIM}")
    rebuild_tiles()
    leaves = [merkle.leaf_hash(bytes(leaf.digest)) for leaf in LedgerLeaf.objects.order_by("position")]
    attacker = SigningKey("truc.mau.example/log", bytes(32))
    for size in (9, 12):
        root = merkle.root_of(leaves[:size])
        note = Checkpoint("truc.mau.example/log", size, root).sign(attacker)
        change(f"UPDATE ledger_checkpoint SET root = '\\x{root.hex()}', note = E'{note}' WHERE size = {size}")
    first = damaged().first
    assert first is not None
    assert (first.damage, first.position) == (Damage.CHECKPOINT_CHANGED, 9)


def test_a_thief_of_the_key_is_found_by_a_checkpoint_that_was_kept_elsewhere(log: Path) -> None:
    fill(4, 5, 3)
    witnessed = open_checkpoint(str(LedgerCheckpoint.objects.get(size=9).note), keys.public_keys())[0]
    digest = forge(VICTIM)
    change(f"UPDATE ledger_leaf SET digest = '\\x{digest.hex()}' WHERE position = {VICTIM}")
    rebuild_tiles()
    leaves = [merkle.leaf_hash(bytes(leaf.digest)) for leaf in LedgerLeaf.objects.order_by("position")]
    for size in (9, 12):
        root = merkle.root_of(leaves[:size])
        note = Checkpoint("truc.mau.example/log", size, root).sign(keys.signing_key())
        change(f"UPDATE ledger_checkpoint SET root = '\\x{root.hex()}', note = E'{note}' WHERE size = {size}")
    (log / "ledger" / "checkpoint").unlink()
    assert audit().is_sound
    first = audit(witnessed=[witnessed]).first
    assert first is not None
    assert (first.damage, first.position) == (Damage.CHECKPOINT_CHANGED, 9)


def test_a_deleted_event_is_named() -> None:
    fill(4, 5, 3)
    gone = event_id(VICTIM)
    change(f"DELETE FROM ledger_event WHERE id = {gone}")
    assert [(found.damage, found.position, found.row) for found in damaged().breaks] == [
        (Damage.EVENT_DELETED, VICTIM, f"ledger_event id={gone}")
    ]


def test_an_event_deleted_with_its_leaf_is_named() -> None:
    fill(4, 5, 3)
    change(
        f"DELETE FROM ledger_event WHERE id = {event_id(VICTIM)}", f"DELETE FROM ledger_leaf WHERE position = {VICTIM}"
    )
    assert [(found.damage, found.position) for found in damaged().breaks] == [(Damage.LEAF_DELETED, VICTIM)]


def test_a_gap_that_was_closed_is_found_where_it_was() -> None:
    fill(4, 5, 3)
    change(
        f"DELETE FROM ledger_event WHERE id = {event_id(VICTIM)}",
        f"DELETE FROM ledger_leaf WHERE position = {VICTIM}",
        *(f"UPDATE ledger_leaf SET position = {at - 1} WHERE position = {at}" for at in range(VICTIM + 1, 12)),
    )
    first = damaged().first
    assert first is not None
    assert (first.damage, first.position) == (Damage.EVENT_REPLACED, VICTIM)


def test_an_inserted_event_is_named() -> None:
    fill(4, 5, 3)
    event = acceptance(500)
    append(event)
    change("DELETE FROM ledger_waiting")
    (only,) = damaged().breaks
    assert (only.damage, only.position) == (Damage.EVENT_INSERTED, 12)
    assert only.row == f"ledger_event id={LedgerEvent.objects.get(uid=event.uid).pk}"


def test_an_event_pushed_in_between_is_found_at_its_place() -> None:
    fill(4, 5, 3)
    event = acceptance(500)
    append(event)
    pk = LedgerEvent.objects.get(uid=event.uid).pk
    change(
        "DELETE FROM ledger_waiting",
        *(f"UPDATE ledger_leaf SET position = {at + 1} WHERE position = {at}" for at in range(11, VICTIM - 1, -1)),
        f"INSERT INTO ledger_leaf (position, event_id, digest) VALUES ({VICTIM}, {pk}, '\\x{event.digest().hex()}')",
    )
    first = damaged().first
    assert first is not None
    assert (first.damage, first.position, first.row) == (Damage.EVENT_REPLACED, VICTIM, f"ledger_event id={pk}")


def test_events_put_behind_the_last_checkpoint_are_found() -> None:
    fill(4)
    event = acceptance(500)
    append(event)
    pk = LedgerEvent.objects.get(uid=event.uid).pk
    change(
        "DELETE FROM ledger_waiting",
        f"INSERT INTO ledger_leaf (position, event_id, digest) VALUES (4, {pk}, '\\x{event.digest().hex()}')",
    )
    first = damaged().first
    assert first is not None
    assert first.position == 4


def swap_events() -> None:
    one, other = event_id(VICTIM), event_id(VICTIM + 1)
    change(
        f"UPDATE ledger_leaf SET event_id = -1 WHERE position = {VICTIM}",
        f"UPDATE ledger_leaf SET event_id = {one} WHERE position = {VICTIM + 1}",
        f"UPDATE ledger_leaf SET event_id = {other} WHERE position = {VICTIM}",
    )


def swap_rows() -> None:
    change(
        f"UPDATE ledger_leaf SET position = -1 WHERE position = {VICTIM}",
        f"UPDATE ledger_leaf SET position = {VICTIM} WHERE position = {VICTIM + 1}",
        f"UPDATE ledger_leaf SET position = {VICTIM + 1} WHERE position = -1",
    )


@pytest.mark.parametrize(("swap", "damage"), [(swap_events, Damage.EVENT_MOVED), (swap_rows, Damage.EVENT_REPLACED)])
def test_reordered_events_are_found_at_both_places(swap: Callable[[], None], damage: Damage) -> None:
    fill(4, 5, 3)
    swap()
    assert [(found.damage, found.position) for found in damaged().breaks] == [(damage, VICTIM), (damage, VICTIM + 1)]


def test_a_changed_leaf_is_named() -> None:
    fill(4, 5, 3)
    change(f"UPDATE ledger_leaf SET digest = sha256('x') WHERE position = {VICTIM}")
    assert [(found.damage, found.position) for found in damaged().breaks] == [(Damage.LEAF_CHANGED, VICTIM)]


def test_changed_and_deleted_tiles_are_named() -> None:
    fill(300)
    change("UPDATE ledger_tile SET hashes = set_byte(hashes, 32 * 7, 1 # get_byte(hashes, 32 * 7)) WHERE level = 0")
    found = damaged().breaks
    assert {(one.damage, one.position) for one in found} == {(Damage.TILE_CHANGED, 7), (Damage.TILE_CHANGED, 263)}
    assert found[0].row == "ledger_tile level=0 number=0"
    change("DELETE FROM ledger_tile WHERE level = 1")
    assert (Damage.TILE_DELETED, 0) in {(one.damage, one.position) for one in damaged().breaks}


def test_damaged_tiles_are_built_anew_but_only_to_what_was_signed() -> None:
    fill(300)
    change("DELETE FROM ledger_tile WHERE level = 1", "UPDATE ledger_tile SET hashes = sha256('x') WHERE number = 0")
    assert repair.rebuild_tiles() == 3
    assert audit().is_sound
    append(acceptance(900))
    assert sequencer.sequence_all().size == 302  # the repair itself is told of
    change(f"UPDATE ledger_leaf SET digest = sha256('x') WHERE position = {VICTIM}")
    with pytest.raises(LedgerError) as refused:
        repair.rebuild_tiles()
    assert refused.value.code == "ledger.repair.leaves_differ"


def test_a_changed_checkpoint_is_named() -> None:
    fill(4, 5, 3)
    change("UPDATE ledger_checkpoint SET root = sha256('x') WHERE size = 9")
    assert {found.damage for found in damaged().breaks} >= {Damage.CHECKPOINT_CHANGED}
    assert all(found.row == "ledger_checkpoint size=9" for found in damaged().breaks)


@pytest.mark.parametrize("size", [9, 12])
def test_a_deleted_checkpoint_is_missed_when_it_is_the_last_or_was_kept_elsewhere(size: int) -> None:
    fill(4, 5, 3)
    witnessed = open_checkpoint(str(LedgerCheckpoint.objects.get(size=size).note), keys.public_keys())[0]
    change(f"DELETE FROM ledger_checkpoint WHERE size = {size}")
    assert Damage.CHECKPOINT_DELETED in {found.damage for found in audit(witnessed=[witnessed]).breaks}


def test_a_log_cut_short_is_found_by_the_head_beside_the_database() -> None:
    fill(4, 5)
    change(
        "DELETE FROM ledger_event WHERE id IN (SELECT event_id FROM ledger_leaf WHERE position >= 4)",
        "DELETE FROM ledger_leaf WHERE position >= 4",
        "DELETE FROM ledger_checkpoint WHERE size > 4",
    )
    rebuild_tiles()
    (only,) = damaged().breaks
    assert (only.damage, only.position) == (Damage.CHECKPOINT_DIFFERS, 4)


def test_a_damaged_head_beside_the_database_is_named(log: Path) -> None:
    fill(4)
    path = log / "ledger" / "checkpoint"
    path.write_text(path.read_text().replace("\n4\n", "\n3\n"))
    (only,) = damaged().breaks
    assert (only.damage, only.row) == (Damage.MEMORY_DAMAGED, str(path))


def test_an_event_changed_or_deleted_while_it_waits_is_named() -> None:
    fill(4)
    append(acceptance(10), acceptance(11))
    first, second = LedgerEvent.objects.order_by("-id").values_list("pk", flat=True)[:2]
    change(
        f"UPDATE ledger_event SET agency = 'H99.99' WHERE id = {first}", f"DELETE FROM ledger_event WHERE id = {second}"
    )
    assert {(found.damage, found.row) for found in damaged().breaks} == {
        (Damage.EVENT_CHANGED, f"ledger_event id={first}"),
        (Damage.EVENT_DELETED, f"ledger_event id={second}"),
    }


def test_the_tree_of_the_audit_is_the_tree_that_is_served() -> None:
    fill(260)
    head = selectors.latest_head()
    assert head is not None
    assert audit().root == head.root

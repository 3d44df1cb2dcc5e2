"""Positions without gaps in the order in which acts became durable, and a signature that never contradicts itself."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from lienthong.common.sql import conninfo
from lienthong.ledger import keys, merkle, role, sequencer
from lienthong.ledger.append import append_events
from lienthong.ledger.audit import audit
from lienthong.ledger.checkpoint import open_checkpoint
from lienthong.ledger.errors import LedgerError
from lienthong.ledger.models import LedgerCheckpoint, LedgerEvent, LedgerLeaf, LedgerWaiting
from lienthong.ledger.selectors import latest_head
from tests.ledger.conftest import acceptance, append, fill, sql, superuser


def order() -> list[str]:
    """The documents of the log, in its order."""
    events = {event.pk: event.document for event in LedgerEvent.objects.all()}
    return [events[leaf.event_id] for leaf in LedgerLeaf.objects.order_by("position")]


@pytest.mark.usefixtures("log")
def test_events_get_positions_without_gaps_and_a_signed_head() -> None:
    fill(3, 1, 300)
    assert list(LedgerLeaf.objects.order_by("position").values_list("position", flat=True)) == list(range(304))
    assert LedgerWaiting.objects.count() == 0
    assert list(LedgerCheckpoint.objects.order_by("size").values_list("size", flat=True)) == [3, 4, 304]
    head = latest_head()
    assert head is not None
    leaves = [merkle.leaf_hash(event.value().digest()) for event in LedgerEvent.objects.order_by("id")]
    assert open_checkpoint(head.note, keys.public_keys())[0].root == merkle.root_of(leaves)


@pytest.mark.usefixtures("log")
def test_with_nothing_new_nothing_is_signed() -> None:
    assert sequencer.sequence_all() == sequencer.Sequenced(0, 0)
    fill(2)
    assert sequencer.sequence_all() == sequencer.Sequenced(0, 2)
    assert LedgerCheckpoint.objects.count() == 1


@pytest.mark.usefixtures("log")
def test_the_event_of_an_open_transaction_is_not_skipped() -> None:
    """Its id is lower than that of an event which committed, and was sequenced, before it."""
    with psycopg.connect(conninfo()) as slow:
        append_events(psycopg.Cursor(slow), [acceptance(1)])
        append(acceptance(2))
        assert sequencer.sequence_all().events == 1
        slow.commit()
    assert sequencer.sequence_all() == sequencer.Sequenced(1, 2)
    assert order() == ["doc-2", "doc-1"]
    assert LedgerEvent.objects.order_by("id").values_list("document", flat=True)[0] == "doc-1"


@pytest.mark.usefixtures("log")
def test_the_event_of_a_transaction_that_was_rolled_back_never_was() -> None:
    with transaction.atomic():
        append(acceptance(1))
        transaction.set_rollback(True)
    append(acceptance(2))
    assert sequencer.sequence_all() == sequencer.Sequenced(1, 1)


@pytest.mark.usefixtures("log")
def test_there_is_one_sequencer_at_a_time() -> None:
    append(acceptance(1))
    with psycopg.connect(conninfo()) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [0x11E9])
        assert sequencer.sequence_all().events == 0
    assert sequencer.sequence_all().events == 1


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("table", ["ledger_event", "ledger_leaf", "ledger_checkpoint"])
def test_the_database_refuses_to_change_or_delete_evidence(table: str) -> None:
    fill(2)
    key = "position" if table == "ledger_leaf" else "id"
    for statement in (f"UPDATE {table} SET {key} = {key} + 9", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
            sql(statement)


def test_nothing_is_signed_that_does_not_continue_what_was_signed(log: Path) -> None:
    fill(3)
    first = latest_head()
    assert first is not None
    fill(2)
    with superuser():  # the database goes back to an earlier backup
        sql("DELETE FROM ledger_checkpoint WHERE size > 3")
        sql("DELETE FROM ledger_leaf WHERE position >= 3")
        sql("DELETE FROM ledger_event WHERE id IN (SELECT id FROM ledger_event ORDER BY id DESC LIMIT 2)")
    append(acceptance(9))
    with pytest.raises(LedgerError) as refused:
        sequencer.sequence_all()
    assert refused.value.code == "ledger.log.diverged"
    assert LedgerWaiting.objects.count() == 1
    (log / "ledger" / "checkpoint").write_text(first.note)  # the operator takes the decision of section 6
    assert sequencer.sequence_all() == sequencer.Sequenced(1, 4)


def test_a_damaged_memory_stops_the_signing(log: Path) -> None:
    fill(3)
    (log / "ledger" / "checkpoint").write_text("một điểm kiểm khác\n")
    append(acceptance(9))
    with pytest.raises(LedgerError, match="memory_damaged"):
        sequencer.sequence_all()


@pytest.mark.usefixtures("log")
def test_the_role_is_woken_by_the_commit_of_an_event(settings: Settings) -> None:
    settings.CHECKPOINT_SECONDS = 0
    stopping = threading.Event()
    thread = threading.Thread(target=role.run, args=(stopping,))
    thread.start()
    try:
        with psycopg.connect(conninfo(), autocommit=True) as watcher:
            append(acceptance(1))
            for _ in range(1000):
                found = watcher.execute("SELECT count(*) FROM ledger_checkpoint").fetchone()
                if found == (1,):
                    break
                stopping.wait(0.01)
            assert found == (1,)
    finally:
        stopping.set()
        thread.join(timeout=10)
    assert not thread.is_alive()


def test_a_new_key_signs_and_the_old_one_still_verifies(log: Path) -> None:
    fill(2)
    old = keys.signing_key().public
    new = keys.rotate()
    fill(1)
    assert keys.public_keys() == [new, old]
    signers = [open_checkpoint(row.note, keys.public_keys())[1] for row in LedgerCheckpoint.objects.order_by("size")]
    assert signers == [old, new]
    assert (log / "keys" / "ledger.key").stat().st_mode & 0o777 == 0o600


def test_a_log_that_was_renamed_publishes_its_key_under_both_names(log: Path, settings: Settings) -> None:
    fill(1)
    before = keys.signing_key().public
    settings.LOG_ORIGIN = "truc.mau.example/log-2"
    fill(1)
    assert [key.name for key in keys.public_keys()] == ["truc.mau.example/log-2", "truc.mau.example/log"]
    assert keys.public_keys()[1] == before
    assert audit().is_sound


def test_a_lost_key_is_not_replaced_in_silence(log: Path) -> None:
    keys.signing_key()
    (log / "keys" / "ledger.key").unlink()
    with pytest.raises(LedgerError) as refused:
        keys.signing_key()
    assert refused.value.code == "ledger.key.missing"
    (log / "keys" / "ledger.key").write_text("không phải khóa")
    with pytest.raises(LedgerError):
        keys.signing_key()


def test_two_processes_at_the_first_start_use_the_same_key(log: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(str(keys.signing_key().public))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [str(key) for key in keys.public_keys()] == found[:1]

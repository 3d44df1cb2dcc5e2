"""The master key is changed while the axis serves authenticated calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pytest_django import Settings

from lienthong.ledger.models import LedgerEvent
from lienthong.registry import directory, rotation, vault
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Credential
from tests.factories import make_agency, make_system
from tests.gateways.vxp_api.wire import Axis, Caller
from tests.servers import Server, new_server

ROOT = Path(__file__).parents[2]
LIST = {"servicetype": "eDoc", "messagetype": "edoc"}


@pytest.fixture
def key_file(db: None, tmp_path: Path, settings: Settings) -> Path:
    settings.MASTER_KEY_FILE = tmp_path / "keys" / "master.key"
    return Path(settings.MASTER_KEY_FILE)


def test_every_secret_moves_to_the_new_key_and_still_opens(key_file: Path) -> None:
    secrets = {new.system.system_id: new.secret for new in (make_system(make_agency()) for _ in range(5))}
    (old,) = rotation.master_keys()
    new = rotation.rotate_master_key(batch=2)
    assert [(key.id, key.encrypts, key.secrets) for key in rotation.master_keys()] == [
        (new.id, True, 5),
        (old.id, False, 0),
    ]
    for system_id, secret in secrets.items():
        access = directory.find_system(system_id)
        assert access is not None
        assert access.secrets == (secret,)
    assert rotation.retire_master_keys() == [old.id]
    assert vault.key_ids() == [new.id]
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert list(key_file.parent.iterdir()) == [key_file]
    kinds = LedgerEvent.objects.filter(subject_type="master_key").order_by("id").values_list("kind", "subject_id")
    assert list(kinds) == [("MasterKeyRotated", new.id), ("MasterKeyRetired", old.id)]


@pytest.mark.usefixtures("key_file")
def test_an_old_key_stays_while_a_secret_needs_it() -> None:
    make_system(make_agency())
    vault.add_key()  # as if the rotation had broken off here
    with pytest.raises(RegistryError) as refusal:
        rotation.retire_master_keys()
    assert refusal.value.code == "registry.vault.key_needed"
    assert rotation.encrypt_again() == 1
    assert len(rotation.retire_master_keys()) == 1


@pytest.mark.usefixtures("key_file")
def test_a_secret_that_no_key_opens_stops_the_rotation_and_loses_nothing() -> None:
    make_system(make_agency())
    Credential.objects.update(key_id="lost")
    with pytest.raises(RegistryError) as refusal:
        rotation.rotate_master_key()
    assert refusal.value.code == "registry.vault.wrong_key"
    assert len(vault.key_ids()) == 2


# -- over a real server


@pytest.fixture
def server(cluster_url: str, tmp_path: Path) -> Iterator[Server]:
    server = new_server(tmp_path, cluster_url, f"rotation_{os.getpid()}", LIENTHONG_WEB_PROCESSES="2")
    yield server
    server.stop()


def _run(server: Server, *command: str) -> str:
    environment = {
        **os.environ,
        "LIENTHONG_DATA_DIR": str(server.data_dir),
        "LIENTHONG_DATABASE_URL": server.database_url,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    done = subprocess.run(
        [sys.executable, "-m", *command], env=environment, capture_output=True, timeout=60, check=True
    )
    return done.stdout.decode()


def test_calls_are_answered_before_during_and_after(server: Server) -> None:
    secrets = json.loads(_run(server, "tests.gateways.vxp_api.cast"))
    axis = Axis(server.port, **{role: Caller(f"HUB.{role.upper()}", secret) for role, secret in secrets.items()})
    server.start()
    answers: list[str] = []
    stop = threading.Event()

    def keep_calling() -> None:
        while not stop.is_set():
            answers.append(axis.ask(axis.receiver, "getReceivedEdocList", LIST).code)

    caller = threading.Thread(target=keep_calling)
    caller.start()
    try:
        _run(server, "lienthong", "keys", "rotate")
        _run(server, "lienthong", "keys", "retire")
        _run(server, "lienthong", "ledger", "rotate-key")
        shown = json.loads(_run(server, "lienthong", "keys", "list", "--json"))["keys"]
        rotated = json.loads(_run(server, "lienthong", "systems", "rotate", "HUB.CLERK", "--json", "--overlap", "1h"))
    finally:
        stop.set()
        caller.join()
    assert [(key["encrypts"], key["secrets"]) for key in shown] == [(True, 4)]
    fresh = Caller("HUB.CLERK", rotated["secret"])
    for one in (axis.clerk, fresh, axis.receiver, axis.outsider):
        answers.append(axis.ask(one, "getReceivedEdocList", LIST).code)
    assert set(answers) == {"0"}
    assert len(answers) > 10
    with psycopg.connect(server.database_url) as database:
        used = database.execute(
            "SELECT system, count(*) FROM ledger_event WHERE kind = 'CredentialUsed' GROUP BY system ORDER BY system"
        ).fetchall()
    # Of hundreds of calls over two processes one event each; two for the clerk, who came with two secrets.
    assert used == [("HUB.CLERK", 2), ("HUB.OUTSIDER", 1), ("HUB.RECEIVER", 1)]

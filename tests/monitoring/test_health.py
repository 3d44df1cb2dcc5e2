"""``/readyz`` fails when it should: each thing it looks at is broken once. ``/healthz`` never minds."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from lienthong.common import clock
from lienthong.ledger.events import Actor, Subject, new_event
from lienthong.ledger.kinds import EventKind
from lienthong.ledger.status import gate
from lienthong.monitoring import health
from tests.servers import new_server


@pytest.fixture
def axis(db: None, tmp_path: Path, settings: Settings) -> Client:
    settings.DATA_DIR = tmp_path
    health.forget()
    gate.forget()
    return Client()


def troubles(axis: Client) -> dict[str, str]:
    answer = axis.get("/readyz")
    assert axis.get("/healthz").status_code == 200
    assert answer.status_code == (503 if answer.json()["troubles"] else 200)
    found: dict[str, str] = answer.json()["troubles"]
    return found


def test_an_axis_that_lacks_nothing_is_ready(axis: Client) -> None:
    assert troubles(axis) == {}
    assert list((axis_folder() / "segments").iterdir()) == []


def axis_folder() -> Path:
    from django.conf import settings

    return Path(settings.DATA_DIR)


def test_a_store_that_cannot_be_written_is_not_ready(axis: Client, tmp_path: Path) -> None:
    (tmp_path / "segments").write_text("in the way")
    assert list(troubles(axis)) == ["segments"]


def test_a_migration_that_did_not_run_is_not_ready(axis: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'statistics'")
    found = troubles(axis)
    assert list(found) == ["migrations"]
    assert "statistics.0001_initial" in found["migrations"]


def test_a_ledger_that_refuses_is_not_ready(axis: Client, settings: Settings) -> None:
    from django.db import transaction

    from lienthong.common.sql import hot_cursor
    from lienthong.ledger.append import append_events

    settings.TSA_REFUSE, settings.TSA_URL, settings.TSA_BUDGET = True, "http://127.0.0.1:9/tsr", 60
    event = new_event(
        EventKind.ACCESS_DENIED, at=clock.now() - timedelta(hours=1), actor=Actor(), subject=Subject("system", "x"),
        sha256=b"", data={},
    )  # fmt: skip
    with transaction.atomic():
        append_events(hot_cursor(), [event])
    assert list(troubles(axis)) == ["ledger"]
    gate.forget()


def test_strangers_learn_only_that_it_is_not_ready(axis: Client, tmp_path: Path) -> None:
    (tmp_path / "segments").write_text("in the way")
    answer = axis.get("/readyz", REMOTE_ADDR="10.0.0.9")
    assert answer.status_code == 503
    assert "troubles" not in answer.json()


def test_a_lost_database_is_not_ready_and_the_process_lives(cluster_url: str, tmp_path: Path) -> None:
    server = new_server(tmp_path / "axis", cluster_url, "ready", LIENTHONG_WEB_PROCESSES="1").start()
    base = server.url.removesuffix("/vxp")
    try:
        assert ask(f"{base}/readyz")[0] == 200
        with psycopg.connect(cluster_url.rsplit("/", 1)[0] + "/postgres", autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{server.database_url.rsplit("/", 1)[1]}" WITH (FORCE)')
        status, told = ask(f"{base}/readyz")
        assert status == 503
        assert told["checks"]["database"] is False
        assert ask(f"{base}/healthz", text=True)[0] == 200
        assert ask(f"{base}/metrics", text=True)[0] == 200
    finally:
        server.stop()


def ask(url: str, *, text: bool = False) -> tuple[int, dict[str, dict[str, bool]]]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, {} if text else json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())

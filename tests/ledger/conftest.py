"""The cast: Sở Y tế (mẫu) sends to two districts; an operator runs the axis; an attacker owns the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from lienthong.common.sql import hot_cursor
from lienthong.ledger import sequencer
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor, Event, Subject, new_event
from lienthong.ledger.kinds import EventKind
from tests.ledger.authority import Authority, make_authority, serving

DEPARTMENT = Actor(system="HUB.H99.05.01", agency="H99.05", remote="10.1.2.3")
MORNING = datetime(2025, 7, 1, 1, 0, tzinfo=UTC)


def acceptance(number: int, *, kind: EventKind = EventKind.SUBMISSION_ACCEPTANCE, document: str = "") -> Event:
    """An event of the story of one document."""
    document = document or f"doc-{number}"
    return new_event(
        kind,
        at=MORNING + timedelta(seconds=number),
        actor=DEPARTMENT,
        subject=Subject("document", document, document),
        sha256=bytes([number % 256]) * 32,
        data={"document_id": f"H99.05,2025/07/01,{number}/CV-MẪU", "size": number},
    )


def append(*events: Event) -> None:
    with transaction.atomic():
        append_events(hot_cursor(), events)


def fill(*batches: int) -> None:
    """Log that many events in so many checkpoints."""
    number = 0
    for count in batches:
        append(*(acceptance(number + i) for i in range(count)))
        number += count
        sequencer.sequence_all()


@contextmanager
def superuser() -> Iterator[None]:
    """What an attacker with the database's own account can do: triggers do not hold them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield


def sql(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.fixture
def log(transactional_db: None, tmp_path: Path, settings: Settings) -> Path:
    """An empty log with keys of its own."""
    settings.DATA_DIR = tmp_path
    settings.LEDGER_KEY_FILE = tmp_path / "keys" / "ledger.key"
    settings.LOG_ORIGIN = "truc.mau.example/log"
    return tmp_path


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """A time-stamping authority that answers on this machine."""
    with serving(make_authority(tmp_path_factory.mktemp("tsa") / "authority")) as found:
        yield found


@pytest.fixture
def stamping(log: Path, authority: Authority, settings: Settings) -> Authority:
    """A log whose checkpoints are time-stamped."""
    settings.TSA_URL, settings.TSA_CA_FILE = authority.url, authority.root
    authority.is_up = True
    return authority

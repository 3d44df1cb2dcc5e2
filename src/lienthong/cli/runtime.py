"""What every command that touches the database does first."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation

from lienthong.common.embedded_postgres import EmbeddedPostgresError
from lienthong.common.env import SettingError
from lienthong.ledger.actors import set_actor
from lienthong.ledger.events import Actor

_MIGRATION_LOCK = 0x11E7  # two processes that start together must not migrate together


def prepare(*, migrate: bool = True) -> None:
    """Start the embedded database when no other is named, load Django and bring the schema up to date.

    Ends the program with exit code 2 and a numbered message when a setting or the database is unusable.
    """
    with explained():
        if not settings.DATABASE_URL:
            settings.EMBEDDED_POSTGRES.start()
        load()
        set_actor(Actor(user=operator()))
        if migrate:
            bring_schema_up_to_date()


def load() -> None:
    """Load Django without touching the database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthong.config.settings")
    django.setup()


def missing_migrations() -> list[str]:
    """Applications whose models have changed since their last migration; asks no database."""
    with translation.override(None):  # Django's own models would seem to have Vietnamese names now
        loader = MigrationLoader(None)
        detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
        return sorted(detector.changes(graph=loader.graph))


def bring_schema_up_to_date() -> None:
    """Apply the migrations that are missing, one process at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def release_connections() -> None:
    """Close this process's pool: workers that are forked with it would all speak on the same connections."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # the PostgreSQL backend has one


def operator() -> str:
    """The person at this machine, as evidence names them."""
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return ""


@contextmanager
def refusing() -> Iterator[None]:
    """Turn a refusal into its sentence and next step on standard error, and exit code 2."""
    from lienthong.exchange.refusals import Refusal  # noqa: PLC0415 - loaded only when used
    from lienthong.ledger.errors import LedgerError  # noqa: PLC0415

    try:
        yield
    except LedgerError as error:
        sys.stderr.write(f"{error.message}\n{error.next_step}\n({error.code})\n")
        sys.exit(2)
    except Refusal as error:
        sys.stderr.write(f"{error.reason.sentence} {error.detail}\n{error.reason.next_step}\n({error.reason.code})\n")
        sys.exit(2)


@contextmanager
def explained() -> Iterator[None]:
    """Turn the failures an operator can mend into one line on standard error and exit code 2."""
    try:
        yield
    except (SettingError, EmbeddedPostgresError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    except OperationalError as error:
        sys.stderr.write(f"LT-D05: không nối được cơ sở dữ liệu: {str(error).strip()}\n")
        sys.stderr.write("Kiểm tra LIENTHONG_DATABASE_URL, hoặc bỏ trống để dùng PostgreSQL nhúng.\n")
        sys.exit(2)

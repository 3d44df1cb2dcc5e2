"""One embedded PostgreSQL for the whole run; every xdist worker gets a database of its own in it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest

if "LIENTHONG_TEST_CLUSTER" not in os.environ:  # the first process of the run; xdist workers inherit both
    folder = tempfile.mkdtemp(prefix="lienthong-test-")
    os.environ["LIENTHONG_TEST_CLUSTER"] = folder
    os.environ["LIENTHONG_TEST_OWNER"] = str(os.getpid())
    os.environ["LIENTHONG_DATA_DIR"] = folder
    os.environ.pop("LIENTHONG_DATABASE_URL", None)


# A busy machine makes input slowly; that says nothing about the code.
hypothesis.settings.register_profile("suite", suppress_health_check=[hypothesis.HealthCheck.too_slow], deadline=None)
hypothesis.settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """pytest-django reads the settings before this file, so in the first process they still name another folder."""
    from django.conf import settings

    folder = Path(os.environ["LIENTHONG_TEST_CLUSTER"])
    settings.DATA_DIR = folder
    settings.DATABASE_URL = ""
    settings.EMBEDDED_POSTGRES = _cluster()
    settings.MASTER_KEY_FILE = folder / "keys" / "master.key"
    settings.LEDGER_KEY_FILE = folder / "keys" / "ledger.key"
    settings.DATABASES["default"]["HOST"] = str(_cluster().socket_folder)


def _cluster():  # type: ignore[no-untyped-def]
    from lienthong.common.embedded_postgres import EmbeddedPostgres

    return EmbeddedPostgres(Path(os.environ["LIENTHONG_TEST_CLUSTER"]) / "postgres")


def pytest_unconfigure(config: pytest.Config) -> None:
    if os.environ.get("LIENTHONG_TEST_OWNER") == str(os.getpid()):
        import shutil

        _cluster().stop()
        shutil.rmtree(os.environ["LIENTHONG_TEST_CLUSTER"], ignore_errors=True)


@pytest.fixture(scope="session")
def cluster_url() -> str:
    """URL of the run's cluster, started on first use."""
    return _cluster().start()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(cluster_url: str, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The test database needs the cluster, and every xdist worker a name of its own for it."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.DjangoDbBlocker) -> Iterator[None]:
    """Tests empty all tables, which the ledger otherwise refuses. Before the test database is dropped, end the sessions
    that committer threads and pools still hold on it."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("ledger_event", "ledger_leaf", "ledger_checkpoint", "ledger_stamp"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_not_emptied")
    yield

    with psycopg.connect(_cluster().url.rsplit("/", 1)[0] + "/postgres", autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [str(connection.settings_dict["NAME"])],
        )

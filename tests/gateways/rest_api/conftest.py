"""A real axis with its cast, spoken to over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.rest_api.partners import Axis
from tests.servers import Server, new_server

ROOT = Path(__file__).parents[3]


def make_cast(server: Server) -> dict[str, str]:
    """Put the cast into the server's database; answers their keys."""
    environment = {
        **os.environ,
        "LIENTHONG_DATA_DIR": str(server.data_dir),
        "LIENTHONG_DATABASE_URL": server.database_url,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command = [sys.executable, "-m", "tests.gateways.rest_api.cast"]
    made = subprocess.run(command, env=environment, stdout=subprocess.PIPE, timeout=60, check=True)
    keys: dict[str, str] = json.loads(made.stdout)
    return keys


@pytest.fixture(scope="session")
def rest_server(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {
        "LIENTHONG_WEB_PROCESSES": "2",
        "LIENTHONG_WEB_THREADS": "8",
        "LIENTHONG_PACKAGE_LIMIT": "8000000",
        "LIENTHONG_UPLOADS_OPEN": "3",
        "LIENTHONG_TRUSTED_PROXIES": "127.0.0.1",
    }
    server = new_server(tmp_path_factory.mktemp("rest-axis"), cluster_url, f"rest_{os.getpid()}", **settings)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def axis(rest_server: Server) -> Iterator[Axis]:
    keys = make_cast(rest_server)
    rest_server.start()
    with Axis(rest_server, keys) as axis:
        yield axis

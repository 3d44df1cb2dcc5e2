"""A real axis for the wire tests, and the vectors of the specification."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.gateways.vxp_api.wire import Axis, Caller
from tests.servers import Server, new_server

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


@pytest.fixture(scope="session")
def vxp_server(cluster_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("vxp-axis")
    server = new_server(folder, cluster_url, f"vxp_wire_{os.getpid()}", LIENTHONG_WEB_PROCESSES="2")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def axis(vxp_server: Server) -> Axis:
    environment = {
        **os.environ,
        "LIENTHONG_DATA_DIR": str(vxp_server.data_dir),
        "LIENTHONG_DATABASE_URL": vxp_server.database_url,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command = [sys.executable, "-m", "tests.gateways.vxp_api.cast"]
    made = subprocess.run(command, env=environment, stdout=subprocess.PIPE, timeout=60, check=True)
    cast = {role: Caller(f"HUB.{role.upper()}", secret) for role, secret in json.loads(made.stdout).items()}
    with psycopg.connect(vxp_server.database_url, autocommit=True) as admin:  # for the test of an outage
        name = vxp_server.database_url.rsplit("/", 1)[1]
        admin.execute(f'ALTER DATABASE "{name}" SET lock_timeout = 2000')
    vxp_server.start()
    return Axis(vxp_server.port, **cast)


def load_vectors() -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads((HERE / "vectors.json").read_text(encoding="utf-8"))
    return vectors

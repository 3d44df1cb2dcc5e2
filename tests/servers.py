"""A real server process for wire tests: its own data folder and database, killed for sure at the end."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

_START_TIMEOUT = 60  # seconds


@dataclass
class Server:
    """``lienthong web``, or another role, on a free port. ``stop`` ends it kindly, ``kill`` as a power cut would."""

    data_dir: Path
    database_url: str
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    role: str = "web"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/vxp"

    def start(self, extra: Mapping[str, str] | None = None) -> Server:
        """Start and wait until it answers."""
        environment = {
            **os.environ,
            **self.environment,
            **(extra or {}),
            "LIENTHONG_DATA_DIR": str(self.data_dir),
            "LIENTHONG_DATABASE_URL": self.database_url,
        }
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / f"{self.role}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "lienthong", self.role, "--port", str(self.port)],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_up()
        return self

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + _START_TIMEOUT
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            if self._answers():
                return
            time.sleep(0.05)
        raise RuntimeError(f"server did not start: {(self.data_dir / f'{self.role}.log').read_text()[-2000:]}")

    def _answers(self) -> bool:
        """A whole answer: the port alone may still be held by a killed worker on its way out."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"GET /vxp/ HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
                return connection.recv(4) == b"HTTP"
        except OSError:
            return False

    def kill(self) -> None:
        """``kill -9`` of the server and all its workers."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        self._signal(signal.SIGTERM)

    def _signal(self, number: int) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        self.process.wait(timeout=30)


def free_port() -> int:
    """A port nobody listens on at this moment, below those the system lends to outgoing connections: a client that
    keeps trying such a port while its server is down ends up connected to itself, and the server cannot come back."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", random.randint(10_000, 30_000)))
            return int(probe.getsockname()[1])


def new_database(cluster_url: str, name: str) -> str:
    """An empty database of the run's cluster, this xdist worker's own; answers its URL."""
    base = cluster_url.rsplit("/", 1)[0]
    name = f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{base}/{name}"


def new_server(data_dir: Path, cluster_url: str, name: str, **environment: str) -> Server:
    """A server that is not started yet."""
    return Server(data_dir, new_database(cluster_url, name), free_port(), environment=environment)

"""One axis under torture: a data folder, a PostgreSQL of its own, and every role as a process that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from lienthong.common.embedded_postgres import EmbeddedPostgres
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
_PATIENCE = 90  # seconds; only a hang takes that long
_FAST = {
    "LIENTHONG_WEB_PROCESSES": "2",
    "LIENTHONG_WEB_THREADS": "8",
    "LIENTHONG_DATABASE_POOL": "12",
    "LIENTHONG_WORKER_THREADS": "3",
    "LIENTHONG_WORKER_URGENT_THREADS": "1",
    "LIENTHONG_WORKER_LEASE_SECONDS": "2",
    "LIENTHONG_LEASE_SECONDS": "2",
    "LIENTHONG_LINK_SECONDS": "0.2",
    "LIENTHONG_CHECKPOINT_SECONDS": "1",
    "LIENTHONG_WEBHOOK_LOOPBACK": "true",
}


@dataclass
class Role:
    """``lienthong NAME`` in a session of its own."""

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "lienthong", self.name, *self.arguments],
                env=self.environment, stdout=log, stderr=log, start_new_session=True, cwd=ROOT,
            )  # fmt: skip

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """The whole role at once, as the out-of-memory killer or a power cut would."""
        self._signal_group(signal.SIGKILL)

    def kill_first_process(self) -> None:
        """Its main process alone; what it forked is left an orphan."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(_PATIENCE)

    def kill_child(self, number: int) -> None:
        """One of the processes it forked."""
        children = psutil.Process(self.process.pid).children() if self.is_running and self.process else []
        if children:
            with suppress(psutil.NoSuchProcess):
                children[number % len(children)].kill()

    def ask_to_stop(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)

    def stop(self) -> None:
        self._signal_group(signal.SIGTERM)

    def _signal_group(self, number: int) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            self.process.wait(_PATIENCE)


@dataclass
class Instance:
    """An axis; ``roles`` are those that run beside its database."""

    name: str
    folder: Path
    role_names: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.port, self.live_port = free_port(), free_port()
        self.database = EmbeddedPostgres(self.folder / "postgres")
        known = {name: value for name, value in os.environ.items() if not name.startswith("LIENTHONG_")}
        self.environment = {
            **known, **_FAST, **self.environment,
            "LIENTHONG_DATA_DIR": str(self.folder),
            "LIENTHONG_DATABASE_URL": self.database.url,
            "LIENTHONG_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "lienthong.config.settings",
        }  # fmt: skip
        ports = {"web": self.port, "live": self.live_port}
        self.roles = {
            name: Role(
                name, ("--port", str(ports[name])) if name in ports else (), self.environment,
                self.folder / f"{name}.log",
            )
            for name in self.role_names
        }  # fmt: skip

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def make_cast(self, *arguments: str) -> dict[str, Any]:
        self.database.start()
        command = [sys.executable, "-m", "tests.torture.cast", self.name, *arguments]
        made = subprocess.run(
            command, env=self.environment, stdout=subprocess.PIPE, timeout=_PATIENCE, check=True, cwd=ROOT
        )
        found: dict[str, Any] = json.loads(made.stdout)
        return found

    def start(self) -> None:
        """Everything that does not run."""
        self.database.start()
        self.revive()

    def revive(self) -> None:
        """The roles that ended: one that finds no database at its start gives up, and a supervisor starts it again."""
        for role in self.roles.values():
            if not role.is_running:
                role.start()

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            assert time.monotonic() < deadline, f"{self.name} does not come up again"
            self.start()  # one whose port was still taken has given up
            time.sleep(0.1)

    def _answers(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/log/checkpoint", timeout=5).status_code < 500
        return False

    def stop(self) -> None:
        self.stop_roles()
        self.database.stop()

    def stop_roles(self) -> None:
        for role in self.roles.values():
            role.ask_to_stop()
        for role in self.roles.values():
            role.stop()

    def cut_power(self) -> None:
        """Everything at once."""
        for role in self.roles.values():
            role.kill()
        self.kill_database()

    def kill_database(self) -> None:
        """The postmaster; its backends follow it."""
        with suppress(FileNotFoundError, ValueError, ProcessLookupError):
            pid = int((self.database.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, signal.SIGKILL)

    def kill_backend(self, number: int) -> None:
        """One session's process: PostgreSQL ends all others too and recovers."""
        with suppress(psycopg.Error), psycopg.connect(self.database.url, autocommit=True, connect_timeout=5) as own:
            rows = own.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
                " ORDER BY pid"
            ).fetchall()
            if rows:
                with suppress(ProcessLookupError):
                    os.kill(rows[number % len(rows)][0], signal.SIGKILL)

    def query(self, statement: str, given: list[Any] | None = None) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.url, autocommit=True) as own:
            cursor = own.execute(statement.encode(), given)
            return cursor.fetchall() if cursor.description else []

    def run_module(self, name: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", name],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
        )  # fmt: skip

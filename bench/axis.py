"""The axis under measurement: a folder, an embedded PostgreSQL and a web server of its own, all gone afterwards."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.wire import Account
from lienthong.common.embedded_postgres import EmbeddedPostgres

_START_TIMEOUT = 60  # seconds


@dataclass(frozen=True, slots=True)
class Axis:
    """A running server with a made-up city in it. ``environment``: that of its processes."""

    folder: Path
    port: int
    environment: dict[str, str]
    guard: subprocess.Popen[bytes]
    senders: list[Account]
    receivers: list[Account]
    web: psutil.Process
    database: psutil.Process

    def start(self, *command: str) -> None:
        """Start one more process beside it, which ends with it."""
        with (self.folder / "more.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command], env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        _entrust(self.guard, process)

    def run(self, *command: str) -> str:
        """Run something in its environment; answers what it printed."""
        done = subprocess.run([sys.executable, *command], env=self.environment, check=True, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def cpu_seconds(self) -> float:
        """Processor time of server and database so far, ended processes included."""
        return sum(map(_cpu_seconds, (self.web, self.database)))

    def web_memory(self) -> int:
        """Resident bytes of all web processes; pages they share count once for each."""
        return sum(process.memory_info().rss for process in _tree(self.web))

    def total_memory(self) -> int:
        """Bytes of all web and database processes; pages they share count once."""
        return sum(process.memory_full_info().pss for root in (self.web, self.database) for process in _tree(root))


def _entrust(guard: subprocess.Popen[bytes], process: subprocess.Popen[bytes]) -> None:
    assert guard.stdin is not None
    guard.stdin.write(b"%d\n" % process.pid)
    guard.stdin.flush()


def _tree(root: psutil.Process) -> list[psutil.Process]:
    return [root, *root.children(recursive=True)]


def _cpu_seconds(root: psutil.Process) -> float:
    reaped = root.cpu_times()
    living = [process.cpu_times() for process in _tree(root)]
    return reaped.children_user + reaped.children_system + sum(times.user + times.system for times in living)


@contextmanager
def running(place: Path, *, senders: int, receivers: int) -> Iterator[Axis]:
    """Start an axis in a new folder below ``place``."""
    place.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=place))
    guard = subprocess.Popen([sys.executable, "-m", "bench.guard", str(folder)], stdin=subprocess.PIPE)
    try:
        yield _start(folder, guard, senders, receivers)
    finally:
        guard.communicate()  # its input ends, so it cleans up


def _start(folder: Path, guard: subprocess.Popen[bytes], senders: int, receivers: int) -> Axis:
    database = EmbeddedPostgres(folder / "postgres")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("LIENTHONG_")},
        "LIENTHONG_DATA_DIR": str(folder),
        "LIENTHONG_DATABASE_URL": database.start(),
    }
    city = [sys.executable, "-m", "bench.city", str(senders), str(receivers)]
    made = json.loads(subprocess.run(city, env=environment, check=True, stdout=subprocess.PIPE).stdout)
    port = _free_port()
    with (folder / "web.log").open("wb") as log:
        web = [sys.executable, "-m", "lienthong", "web", "--port", str(port)]
        process = subprocess.Popen(web, env=environment, stdout=log, stderr=log, start_new_session=True)
    _entrust(guard, process)
    _wait_until_up(process, port, folder / "web.log")
    postmaster = int((database.data / "postmaster.pid").read_text().split()[0])
    senders_made, receivers_made = ([Account(**one) for one in made[who]] for who in ("senders", "receivers"))
    return Axis(
        folder,
        port,
        environment,
        guard,
        senders_made,
        receivers_made,
        psutil.Process(process.pid),
        psutil.Process(postmaster),
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")

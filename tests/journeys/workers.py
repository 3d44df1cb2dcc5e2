"""Worker processes beside the servers of a city, and the commands its operator types."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.journeys.survival import City

_PATIENCE = 60  # seconds; only a hang takes that long


class WorkerProcess:
    """``lienthong worker`` in a process of its own."""

    def __init__(self, city: City, **environment: str) -> None:
        self._log = (city.data_dir / "worker.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lienthong", "worker"],
            env=environment_of(city, **environment),
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Kindly; answers the exit code."""
        self._end(signal.SIGTERM)
        return self.process.returncode

    def wait(self) -> int:
        return self.process.wait(_PATIENCE)

    def _end(self, number: int) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        self.process.wait(_PATIENCE)
        self._log.close()


@contextmanager
def working(city: City, **environment: str) -> Iterator[WorkerProcess]:
    worker = WorkerProcess(city, **environment)
    try:
        yield worker
    finally:
        worker.kill()


def environment_of(city: City, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "LIENTHONG_WEBHOOK_LOOPBACK": "true",
        "LIENTHONG_WORKER_LEASE_SECONDS": "2",
        "LIENTHONG_WORKER_THREADS": "4",
        **more,
        "LIENTHONG_DATA_DIR": str(city.data_dir),
        "LIENTHONG_DATABASE_URL": city.database_url,
    }


def command(city: City, *arguments: str, **environment: str) -> str:
    """A command of the operator; answers what it printed."""
    run = subprocess.run(
        [sys.executable, "-m", "lienthong", *arguments],
        env=environment_of(city, **environment),
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def command_json(city: City, *arguments: str) -> Any:
    return json.loads(command(city, *arguments, "--json"))

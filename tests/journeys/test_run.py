"""``lienthong run`` on one machine: the web role, the sequencer and the database live and end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil

from tests.journeys.survival import until
from tests.servers import free_port


@contextmanager
def running(folder: Path, port: int) -> Iterator[psutil.Process]:
    environment = {**os.environ, "LIENTHONG_DATA_DIR": str(folder), "LIENTHONG_CHECKPOINT_SECONDS": "0"}
    command = [sys.executable, "-m", "lienthong", "run", "--port", str(port)]
    with (folder / "run.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    found = psutil.Process(process.pid)
    try:
        yield found
    finally:
        family = [*found.children(recursive=True), found] if found.is_running() else []
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()


def answers(port: int) -> bool:
    """Whether the log is served: that takes the web role and the database."""
    with suppress(httpx.HTTPError):
        return httpx.get(f"http://127.0.0.1:{port}/log/checkpoint", timeout=5).status_code == 200
    return False


def add_agency(folder: Path) -> bool:
    """Whether the command line could add one: that takes the database."""
    command = [sys.executable, "-m", "lienthong", "agencies", "add", "H99.05", "--name", "Sở Y tế (mẫu)"]
    environment = {**os.environ, "LIENTHONG_DATA_DIR": str(folder)}
    return (
        subprocess.run([*command, "--level", "city"], env=environment, capture_output=True, check=False).returncode == 0
    )


def test_a_worker_that_ends_takes_nothing_else_along_and_all_end_together(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port) as run:
        until(lambda: bool(run.children()), "the first child")
        until(lambda: add_agency(tmp_path), "an agency")
        until(lambda: answers(port), "a signed checkpoint of that event")
        workers = [one for one in run.children() if "sequencer" not in one.cmdline()]
        workers[0].terminate()
        psutil.wait_procs(workers[:1], timeout=20)
        until(lambda: answers(port), "the service after one worker has ended")
        assert [one for one in run.children() if "sequencer" in one.cmdline()]
        family = run.children(recursive=True)
        run.send_signal(signal.SIGINT)
        _, alive = psutil.wait_procs([run, *family], timeout=30)
        assert alive == []
    assert "does not answer" not in (tmp_path / "run.log").read_text()

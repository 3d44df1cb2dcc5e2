"""``lienthong run --training`` as people start it, on free ports and with data of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.servers import free_port

_START, _STOP = 240, 60  # seconds


@dataclass(frozen=True)
class Ground:
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        with suppress(httpx.HTTPError):
            return "Vào vai" in httpx.get(f"{self.url}/tap-huan/", timeout=10).text
        return False


@contextmanager
def training_ground(folder: Path) -> Iterator[Ground]:
    port = free_port()
    ground = Ground(port, folder / "run.log")
    environment = {**os.environ, "LIENTHONG_DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-m", "lienthong", "run", "--training", "--port", str(port)]
    with ground.log.open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait(ground, process)
        yield ground
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(ground: Ground, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START
    while "Môi trường tập huấn: http" not in ground.log.read_text(encoding="utf-8") or not ground.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the training ground did not start: {ground.log.read_text(encoding='utf-8')[-2000:]}")
        time.sleep(0.2)

"""What this machine is, and the fastest it could go: the limits that stand beside every rate."""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
import time
from pathlib import Path

import psutil

MB = 1_000_000


def describe(folder: Path) -> dict[str, object]:
    """The machine without its name or paths."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "file_system": _file_system(folder),
    }


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _file_system(folder: Path) -> str:
    """The type of file system below ``folder``: on ``tmpfs`` a sync costs nothing and the figures mean nothing."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    above = [(len(point), kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    return max(above)[1]


def busy_seconds() -> float:
    """Processor time that everything on this machine has used so far."""
    times = psutil.cpu_times()
    return times.user + times.nice + times.system + times.irq + times.softirq + times.steal


def append_rate(folder: Path, block: int, seconds: float) -> float:
    """MB/s of appending blocks to a file with an fdatasync after each, as the committer does with a batch."""
    data = os.urandom(block)
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        start, written = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            file.write(data)
            os.fdatasync(file.fileno())
            written += block
        return written / (time.perf_counter() - start) / MB


def sha256_rate(block: int, seconds: float) -> float:
    """MB/s of one core hashing packages of this size."""
    data = os.urandom(block)
    start, hashed = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        hashlib.sha256(data).digest()
        hashed += block
    return hashed / (time.perf_counter() - start) / MB

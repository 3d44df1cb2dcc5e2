"""The reader alone, in its own process: ``python -m bench.reader BYTES SECONDS`` prints its rate and peak memory."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.packages import Giant
from edxml102.reader import PackageReader

_CHUNK = 64 * 1024


def main(size: int, seconds: float) -> None:
    package = Giant(size, "H99.10000", ["H99.20000"], 1)
    spent, read = 0.0, 0
    while spent < seconds:
        reader = PackageReader()
        start = time.perf_counter()
        for chunk in _chunks(package):
            reader.feed(chunk)
        result = reader.close()
        spent += time.perf_counter() - start
        read += result.size
        if result.package is None or result.findings or result.size != package.size:
            raise RuntimeError(f"not read: {result.findings}")
    json.dump({"mb_per_second": read / spent / 1e6, "peak_mb": _peak() / 1e6}, sys.stdout)


def _chunks(package: Giant) -> Iterator[bytes]:
    """As they come from the network: 64 KiB each."""
    for piece in package.pieces():
        for at in range(0, len(piece), _CHUNK):
            yield piece[at : at + _CHUNK]


def _peak() -> int:
    """Most resident bytes of this process, interpreter included (not ``getrusage``, which remembers the parent's)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))

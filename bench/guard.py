"""Ends what a benchmark started, whatever became of the benchmark itself, a ``kill -9`` included.

``python -m bench.guard FOLDER`` reads the ids of process groups from its standard input; when that ends, so do they,
the database in the folder, and the folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from lienthong.common.embedded_postgres import EmbeddedPostgres

_PATIENCE = 10  # seconds between asking and killing


def main(folder: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for group in [int(line) for line in sys.stdin]:
        _end(group)
    EmbeddedPostgres(folder / "postgres").stop()
    shutil.rmtree(folder)


def _end(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGTERM)
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(0.05)
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

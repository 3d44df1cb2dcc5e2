"""``lienthong worker``: the role that works beside the web role. Any number of processes may run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from django.conf import settings

from lienthong.cli import runtime
from lienthong.cli.vietnamese import Command, Group

app = typer.Typer(cls=Group)

_STOP_TIMEOUT = 30  # seconds; a check that is not done by then is taken up again after its lease


@app.command(cls=Command)
def worker(
    once: bool = typer.Option(False, "--once", help="Làm hết việc đang chờ rồi thoát."),
) -> None:
    """Kiểm tra chữ ký của gói tin đã nhận, song song với việc nhận gói tin."""
    runtime.prepare()
    from lienthong.exchange.segments import LocalSegments  # noqa: PLC0415 - needs Django
    from lienthong.exchange.signatures import checking  # noqa: PLC0415

    segments = LocalSegments(settings.DATA_DIR / "segments")
    if once:
        with runtime.explained():
            count = sum(iter(lambda: checking.check_due(segments), 0))
        sys.stdout.write(f"Đã kiểm tra {count} gói tin.\n")
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    checking.run(segments, stop)


@contextmanager
def beside() -> Iterator[None]:
    """Run a worker as a process of its own for as long as the block lasts."""
    process = subprocess.Popen([sys.executable, "-m", "lienthong", "worker"], env={**os.environ})
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

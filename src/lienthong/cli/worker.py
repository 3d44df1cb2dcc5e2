"""``lienthong worker``: the role beside the web role. It carries packages to systems that do not fetch them and checks
the signatures of what was accepted. Any number of processes may run, on any number of machines."""

from __future__ import annotations

import signal
import sys
import threading

import typer
from django.conf import settings

from lienthong.cli import runtime
from lienthong.cli.companions import follow_parent
from lienthong.cli.vietnamese import Command, Group

app = typer.Typer(cls=Group)


@app.command(cls=Command)
def worker(
    once: bool = typer.Option(False, "--once", help="Làm hết việc đã đến lượt rồi thoát."),
    with_parent: int | None = typer.Option(None, "--with-parent", hidden=True),
) -> None:
    """Đẩy gói tin tới webhook và trục quốc gia, kiểm tra chữ ký của gói tin đã nhận."""
    stopping = threading.Event()
    if with_parent is not None:
        follow_parent(with_parent, stopping)
    runtime.prepare()
    if once:
        with runtime.explained():
            _once()
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    _run(stopping)


def _once() -> None:
    from lienthong.exchange.dispatching.worker import Worker, load_connectors  # noqa: PLC0415 - needs Django
    from lienthong.exchange.segments import LocalSegments  # noqa: PLC0415
    from lienthong.exchange.signatures import checking  # noqa: PLC0415

    segments = LocalSegments(settings.DATA_DIR / "segments")
    carried = Worker(load_connectors()).drain()
    checked = sum(iter(lambda: checking.check_due(segments), 0))
    sys.stdout.write(f"Đã thử chuyển {carried} gói tin, kiểm tra chữ ký {checked} gói tin.\n")


def _run(stopping: threading.Event) -> None:
    from lienthong.exchange.dispatching.worker import Worker, load_connectors  # noqa: PLC0415 - needs Django
    from lienthong.exchange.segments import LocalSegments  # noqa: PLC0415
    from lienthong.exchange.signatures import checking  # noqa: PLC0415

    segments = LocalSegments(settings.DATA_DIR / "segments")
    checker = threading.Thread(target=checking.run, args=(segments, stopping), name="signatures")
    checker.start()
    Worker(load_connectors()).run(stopping)
    checker.join()

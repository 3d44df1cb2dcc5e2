"""``lienthong worker``: the role beside the web role. It carries packages to systems that do not fetch them, and checks
signatures. Any number of processes may run, on any number of machines."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from enum import Enum

import typer
from django.conf import settings

from lienthong.cli import runtime
from lienthong.cli.companions import follow_parent
from lienthong.cli.vietnamese import Command, Group

app = typer.Typer(cls=Group)


class Work(Enum):
    """What one worker process does; by default all of it."""

    DELIVERIES = "deliveries"
    SIGNATURES = "signatures"
    FIGURES = "figures"
    WATCH = "watch"


_ONLY = typer.Option(None, "--only", metavar="VIỆC", help="Chỉ làm deliveries, signatures, figures hoặc watch.")


@app.command(cls=Command)
def worker(
    once: bool = typer.Option(False, "--once", help="Làm hết việc đang chờ rồi thoát."),
    only: Work | None = _ONLY,
    with_parent: int | None = typer.Option(None, "--with-parent", hidden=True),
) -> None:
    """Chuyển gói tin tới webhook và trục quốc gia; kiểm tra chữ ký; cập nhật số liệu; theo dõi trục."""
    stopping = threading.Event()
    if with_parent is not None:
        follow_parent(with_parent, stopping)
    runtime.prepare()
    wanted = list(Work) if only is None else [only]
    if once:
        with runtime.explained():
            _work_once(wanted)
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    _work(wanted, stopping)


def _work_once(wanted: list[Work]) -> None:
    from lienthong.exchange.dispatching.worker import Worker, load_connectors  # noqa: PLC0415 - needs Django
    from lienthong.exchange.segments import LocalSegments  # noqa: PLC0415
    from lienthong.exchange.signatures import checking  # noqa: PLC0415

    if Work.DELIVERIES in wanted:
        sys.stdout.write(f"Đã thử chuyển {Worker(load_connectors()).drain()} gói tin.\n")
    if Work.SIGNATURES in wanted:
        segments = LocalSegments(settings.DATA_DIR / "segments")
        count = sum(iter(lambda: checking.check_due(segments), 0))
        sys.stdout.write(f"Đã kiểm tra {count} gói tin.\n")
    if Work.FIGURES in wanted:
        from lienthong.statistics import jobs  # noqa: PLC0415 - needs Django

        sys.stdout.write(f"Đã cập nhật số liệu của {jobs.update()} văn bản.\n")
    if Work.WATCH in wanted:
        from lienthong.monitoring import watching  # noqa: PLC0415 - needs Django

        watching.watch()


def _work(wanted: list[Work], stopping: threading.Event) -> None:
    """Signature checks run in the main thread, where alone they can be timed out; the rest beside it. Half a worker
    would look healthy: when one part ends, all of it does, and is started again."""
    from lienthong.exchange.segments import LocalSegments  # noqa: PLC0415 - needs Django
    from lienthong.exchange.signatures import checking  # noqa: PLC0415

    beside = [
        threading.Thread(target=_until_stopped, args=(part, stopping), name=work.value)
        for work, part in _parts().items()
        if work in wanted
    ]
    for thread in beside:
        thread.start()
    try:
        if Work.SIGNATURES in wanted:
            checking.run(LocalSegments(settings.DATA_DIR / "segments"), stopping)
        stopping.wait()
    finally:
        stopping.set()
        for thread in beside:
            thread.join()


def _parts() -> dict[Work, Callable[[threading.Event], None]]:
    from lienthong.exchange.dispatching.worker import Worker, load_connectors  # noqa: PLC0415 - needs Django
    from lienthong.monitoring import watching  # noqa: PLC0415
    from lienthong.statistics import jobs  # noqa: PLC0415

    return {
        Work.DELIVERIES: lambda stopping: Worker(load_connectors()).run(stopping),
        Work.FIGURES: jobs.run,
        Work.WATCH: watching.run,
    }


def _until_stopped(part: Callable[[threading.Event], None], stopping: threading.Event) -> None:
    try:
        part(stopping)
    finally:
        stopping.set()

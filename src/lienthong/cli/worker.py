"""``lienthong worker``: the role beside the web role. It carries packages to systems that do not fetch them, checks
signatures, and does the workplace's background work. Any number of processes may run, on any number of machines."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from enum import Enum

import typer
from django.conf import settings

from lienthong.cli import runtime
from lienthong.cli.companions import beside, follow_parent
from lienthong.cli.vietnamese import Command, Group

app = typer.Typer(cls=Group)

_POLITENESS = 10  # nice value


class Work(Enum):
    """What one worker process does; by default all of it."""

    DELIVERIES = "deliveries"
    SIGNATURES = "signatures"
    RECORDS = "records"
    FIGURES = "figures"
    WATCH = "watch"


# What may share a process. In threads of one process, deliveries would stand still for as long as there is something to
# check; the rest is light.
_TOGETHER = ((Work.DELIVERIES,), (Work.SIGNATURES,), (Work.RECORDS, Work.FIGURES, Work.WATCH))
_ONLY = typer.Option(
    [],
    "--only",
    metavar="VIỆC",
    help="Chỉ làm deliveries, signatures, records, figures hoặc watch; ghi được nhiều lần.",
)


@app.command(cls=Command)
def worker(
    once: bool = typer.Option(False, "--once", help="Làm hết việc đang chờ rồi thoát."),
    only: list[Work] = _ONLY,
    with_parent: int | None = typer.Option(None, "--with-parent", hidden=True),
) -> None:
    """Chuyển gói tin tới webhook, bàn làm việc và trục quốc gia; kiểm tra chữ ký; làm việc nền của bàn làm việc; cập
    nhật số liệu; theo dõi trục."""
    stopping = threading.Event()
    if with_parent is not None:
        follow_parent(with_parent, stopping)
    runtime.prepare()
    wanted = only or list(Work)
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
    if Work.RECORDS in wanted:
        from lienthong.records.worker import work_once  # noqa: PLC0415 - needs Django

        sys.stdout.write(f"Đã làm {work_once()} việc của bàn làm việc.\n")
    if Work.FIGURES in wanted:
        from lienthong.statistics import jobs  # noqa: PLC0415 - needs Django

        sys.stdout.write(f"Đã cập nhật số liệu của {jobs.update()} văn bản.\n")
    if Work.WATCH in wanted:
        from lienthong.monitoring import watching  # noqa: PLC0415 - needs Django

        watching.watch()


def _work(wanted: list[Work], stopping: threading.Event) -> None:
    """The first process' share is done here, the others beside it."""
    first, *others = [share for together in _TOGETHER if (share := [work for work in together if work in wanted])]
    with beside(*(" ".join(["worker", *(f"--only {work.value}" for work in share)]) for share in others)):
        _do(first, stopping)


def _do(share: list[Work], stopping: threading.Event) -> None:
    """The first in the main thread, where alone signature checks can be timed out. Half a worker would look healthy:
    when one part ends, all of it does, and is started again."""
    loops, (first, *others) = _loops(), share
    threads = [
        threading.Thread(target=_until_stopped, args=(loops[work], stopping), name=work.value) for work in others
    ]
    for thread in threads:
        thread.start()
    _until_stopped(loops[first], stopping)
    for thread in threads:
        thread.join()


Loop = Callable[[threading.Event], None]


def _until_stopped(loop: Loop, stopping: threading.Event) -> None:
    try:
        loop(stopping)
    finally:
        stopping.set()


def _loops() -> dict[Work, Loop]:
    from lienthong.monitoring import watching  # noqa: PLC0415 - needs Django
    from lienthong.records import worker as records  # noqa: PLC0415
    from lienthong.statistics import jobs  # noqa: PLC0415

    return {
        Work.DELIVERIES: _carry,
        Work.SIGNATURES: _check_signatures,
        Work.RECORDS: records.run,
        Work.FIGURES: jobs.run,
        Work.WATCH: watching.run,
    }


def _carry(stopping: threading.Event) -> None:
    from lienthong.exchange.dispatching.worker import Worker, load_connectors  # noqa: PLC0415 - needs Django

    Worker(load_connectors()).run(stopping)


def _check_signatures(stopping: threading.Event) -> None:
    """Behind everything that somebody waits for."""
    from lienthong.exchange.segments import LocalSegments  # noqa: PLC0415 - needs Django
    from lienthong.exchange.signatures import checking  # noqa: PLC0415

    os.nice(_POLITENESS)
    checking.run(LocalSegments(settings.DATA_DIR / "segments"), stopping)

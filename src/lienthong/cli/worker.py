"""``lienthong worker``: the role beside the web role. It carries packages to systems that do not fetch them, checks
signatures, and does the workplace's background work. Any number of processes may run, on any number of machines."""

from __future__ import annotations

import signal
import sys
import threading
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
    RECORDS = "records"


_ONLY = typer.Option(None, "--only", metavar="VIỆC", help="Chỉ làm deliveries, signatures hoặc records.")


@app.command(cls=Command)
def worker(
    once: bool = typer.Option(False, "--once", help="Làm hết việc đang chờ rồi thoát."),
    only: Work | None = _ONLY,
    with_parent: int | None = typer.Option(None, "--with-parent", hidden=True),
) -> None:
    """Chuyển gói tin tới webhook, bàn làm việc và trục quốc gia; kiểm tra chữ ký; gửi báo cáo của bàn làm việc."""
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
    if Work.RECORDS in wanted:
        from lienthong.records.worker import work_once  # noqa: PLC0415 - needs Django

        sys.stdout.write(f"Đã làm {work_once()} việc của bàn làm việc.\n")


def _work(wanted: list[Work], stopping: threading.Event) -> None:
    """Signature checks run in the main thread, where alone they can be timed out."""
    from lienthong.exchange.segments import LocalSegments  # noqa: PLC0415 - needs Django
    from lienthong.exchange.signatures import checking  # noqa: PLC0415

    beside = {Work.DELIVERIES: _carry, Work.RECORDS: _keep_records}
    threads = [
        threading.Thread(target=work, args=(stopping,), name=kind.value)
        for kind, work in beside.items()
        if kind in wanted
    ]
    for thread in threads:
        thread.start()
    try:
        if Work.SIGNATURES in wanted:
            checking.run(LocalSegments(settings.DATA_DIR / "segments"), stopping)
        stopping.wait()
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def _carry(stopping: threading.Event) -> None:
    from lienthong.exchange.dispatching.worker import Worker, load_connectors  # noqa: PLC0415 - needs Django

    try:
        Worker(load_connectors()).run(stopping)
    finally:
        stopping.set()  # half a worker would look healthy: the process ends, and is started again


def _keep_records(stopping: threading.Event) -> None:
    from lienthong.records.worker import run  # noqa: PLC0415 - needs Django

    try:
        run(stopping)
    finally:
        stopping.set()

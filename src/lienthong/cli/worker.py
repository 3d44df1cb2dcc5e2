"""``lienthong worker``: the role beside the web role. It carries packages to systems that do not fetch them, checks
signatures, and sends what the outbox still holds. Any number of processes may run, on any number of machines."""

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
    OUTBOX = "outbox"


_ONLY = typer.Option(None, "--only", metavar="VIỆC", help="Chỉ làm deliveries, signatures hoặc outbox.")


@app.command(cls=Command)
def worker(
    once: bool = typer.Option(False, "--once", help="Làm hết việc đang chờ rồi thoát."),
    only: Work | None = _ONLY,
    with_parent: int | None = typer.Option(None, "--with-parent", hidden=True),
) -> None:
    """Chuyển gói tin tới webhook và trục quốc gia; kiểm tra chữ ký của gói tin đã nhận."""
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
    if Work.OUTBOX in wanted:
        from lienthong.records.outgoing import outbox  # noqa: PLC0415

        sys.stdout.write(f"Đã gửi {outbox.work_once()} văn bản còn dở.\n")


def _work(wanted: list[Work], stopping: threading.Event) -> None:
    """Signature checks run in the main thread, where alone they can be timed out."""
    from lienthong.exchange.segments import LocalSegments  # noqa: PLC0415 - needs Django
    from lienthong.exchange.signatures import checking  # noqa: PLC0415

    carrier = threading.Thread(target=_carry, args=(stopping,), name="deliveries")
    sender = threading.Thread(target=_send, args=(stopping,), name="outbox")
    if Work.DELIVERIES in wanted:
        carrier.start()
    if Work.OUTBOX in wanted:
        sender.start()
    try:
        if Work.SIGNATURES in wanted:
            checking.run(LocalSegments(settings.DATA_DIR / "segments"), stopping)
        stopping.wait()
    finally:
        stopping.set()
        for thread in (carrier, sender):
            if thread.ident is not None:
                thread.join()


def _send(stopping: threading.Event) -> None:
    from lienthong.records.outgoing import outbox  # noqa: PLC0415 - needs Django

    try:
        outbox.run(stopping)
    finally:
        stopping.set()


def _carry(stopping: threading.Event) -> None:
    from lienthong.exchange.dispatching.worker import Worker, load_connectors  # noqa: PLC0415 - needs Django

    try:
        Worker(load_connectors()).run(stopping)
    finally:
        stopping.set()  # half a worker would look healthy: the process ends, and is started again

"""``lienthong worker``: the role that carries packages to systems that do not fetch them."""

from __future__ import annotations

import signal
import sys
import threading

import typer

from lienthong.cli import runtime
from lienthong.cli.companions import follow_parent
from lienthong.cli.vietnamese import Command, Group

app = typer.Typer(cls=Group)


@app.command(cls=Command)
def worker(
    once: bool = typer.Option(False, "--once", help="Chuyển những gì đã đến lượt rồi thoát."),
    with_parent: int | None = typer.Option(None, "--with-parent", hidden=True),
) -> None:
    """Đẩy gói tin tới webhook và trục quốc gia. Chạy nhiều bản cùng lúc, trên nhiều máy, là an toàn."""
    stopping = threading.Event()
    if with_parent is not None:
        follow_parent(with_parent, stopping)
    runtime.prepare()
    from lienthong.exchange.dispatching.worker import Worker, load_connectors  # noqa: PLC0415 - needs Django

    made = Worker(load_connectors())
    if once:
        with runtime.explained():
            sys.stdout.write(f"Đã thử chuyển {made.drain()} gói tin.\n")
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    made.run(stopping)

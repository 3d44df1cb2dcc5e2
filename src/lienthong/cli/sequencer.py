"""``lienthong sequencer``: the role that gives every event its place in the evidence log."""

from __future__ import annotations

import os
import signal
import sys
import threading

import typer

from lienthong.cli import runtime
from lienthong.cli.vietnamese import Command, Group

app = typer.Typer(cls=Group)


@app.command(cls=Command)
def sequencer(
    once: bool = typer.Option(False, "--once", help="Xử lý những gì đang chờ, lấy dấu thời gian rồi thoát."),
    with_parent: bool = typer.Option(False, "--with-parent", hidden=True),
) -> None:
    """Xếp sự kiện vào nhật ký bằng chứng, ký điểm kiểm và lấy dấu thời gian. Chạy nhiều bản cùng lúc là an toàn."""
    runtime.prepare()
    from lienthong.ledger import role, sequencer, timestamps  # noqa: PLC0415 - needs Django

    if once:
        with runtime.refusing():
            done = sequencer.sequence_all()
            timestamps.stamp_newest()
        sys.stdout.write(f"Đã xếp {done.events} sự kiện; nhật ký có {done.size} sự kiện.\n")
        return
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    if with_parent:
        threading.Thread(target=_follow_parent, args=(stopping, os.getppid()), daemon=True).start()
    role.run(stopping)


def _follow_parent(stopping: threading.Event, parent: int) -> None:
    """A parent that was killed takes its helper with it."""
    while not stopping.wait(1):
        if os.getppid() != parent:
            stopping.set()

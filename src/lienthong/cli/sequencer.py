"""``lienthong sequencer``: the role that gives every event its place in the evidence log."""

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
def sequencer(
    once: bool = typer.Option(False, "--once", help="Xử lý những gì đang chờ, lấy dấu thời gian rồi thoát."),
    with_parent: int | None = typer.Option(None, "--with-parent", hidden=True),
) -> None:
    """Xếp sự kiện vào nhật ký bằng chứng, ký điểm kiểm và lấy dấu thời gian. Chạy nhiều bản cùng lúc là an toàn."""
    stopping = threading.Event()
    if with_parent is not None:
        follow_parent(with_parent, stopping)
    runtime.prepare()
    from lienthong.ledger import role, sequencer, timestamps  # noqa: PLC0415 - needs Django

    if once:
        with runtime.refusing():
            done = sequencer.sequence_all()
            timestamps.stamp_newest()
        sys.stdout.write(f"Đã xếp {done.events} sự kiện; nhật ký có {done.size} sự kiện.\n")
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    role.run(stopping)

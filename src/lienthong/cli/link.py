"""``lienthong link``: the role that takes in what waits at other axes and keeps their directories in step.

What goes to them is carried by ``lienthong worker``.
"""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from lienthong.cli import runtime
from lienthong.cli.companions import follow_parent
from lienthong.cli.vietnamese import Command, Group

app = typer.Typer(cls=Group)


@app.command(cls=Command)
def link(
    once: Annotated[bool, typer.Option("--once", help="Nhận một lượt từ mọi trục phía trên rồi dừng.")] = False,
    with_parent: Annotated[int | None, typer.Option("--with-parent", hidden=True)] = None,
) -> None:
    """Lấy văn bản và trạng thái đang chờ ở các trục phía trên, đồng bộ danh bạ của họ."""
    stopping = threading.Event()
    if with_parent is not None:
        follow_parent(with_parent, stopping)
    runtime.prepare()
    from lienthong.exchange import intake  # noqa: PLC0415 - needs Django
    from lienthong.gateways.national.link import Link  # noqa: PLC0415

    try:
        if once:
            raise typer.Exit(0 if _once() else 1)
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: stopping.set())
        Link().run(stopping)
    finally:
        intake.committer().stop()


def _once() -> bool:
    from lienthong.gateways.national.answers import VxpError  # noqa: PLC0415 - needs Django
    from lienthong.gateways.national.link import once  # noqa: PLC0415
    from lienthong.gateways.national.upstreams import active_upstreams  # noqa: PLC0415
    from lienthong.registry.errors import RegistryError  # noqa: PLC0415

    good = True
    for upstream in active_upstreams():
        try:
            tally = once(upstream)
            good = good and not tally.left
            told = f"nhận {tally.taken}, đã có {tally.repeated}, từ chối {tally.refused}, để lại {tally.stays}"
            typer.echo(f"{upstream.system.system_id}: {told}")
        except (VxpError, RegistryError) as error:
            good = False
            typer.echo(f"{upstream.system.system_id}: {error}", err=True)
    return good

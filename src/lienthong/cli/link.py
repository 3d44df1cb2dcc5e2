"""``lienthong link``: the role that speaks with other axes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from lienthong.cli import runtime
from lienthong.cli.vietnamese import Command, Group

app = typer.Typer(cls=Group)

_STOP_SECONDS = 30


@app.command(cls=Command)
def link(
    once: Annotated[bool, typer.Option("--once", help="Gửi và nhận một lượt với mọi trục phía trên rồi dừng.")] = False,
    beside: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Chạy vai trò liên thông với các trục phía trên: gửi những gì chờ gửi, lấy những gì chờ lấy."""
    runtime.prepare()
    from lienthong.exchange import intake  # noqa: PLC0415 - needs Django
    from lienthong.gateways.national.link import Link  # noqa: PLC0415

    try:
        if once:
            raise typer.Exit(0 if _once() else 1)
        role = Link(alive=lambda: beside is None or os.getppid() == beside)
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: role.stop())
        role.run()
    finally:
        intake.committer().stop()


def _once() -> bool:
    from lienthong.gateways.national.answers import VxpError  # noqa: PLC0415 - needs Django
    from lienthong.gateways.national.link import once, send_once  # noqa: PLC0415
    from lienthong.gateways.national.upstreams import active_upstreams  # noqa: PLC0415
    from lienthong.registry.errors import RegistryError  # noqa: PLC0415

    good = True
    for upstream in active_upstreams():
        try:
            send_once(upstream)
            tally = once(upstream)
            good = good and not tally.left
            told = f"nhận {tally.taken}, đã có {tally.repeated}, từ chối {tally.refused}, để lại {tally.left}"
            typer.echo(f"{upstream.system.system_id}: {told}")
        except (VxpError, RegistryError) as error:
            good = False
            typer.echo(f"{upstream.system.system_id}: {error}", err=True)
    return good


@contextmanager
def linked() -> Iterator[None]:
    """The role beside this process, where there are upstreams to speak with."""
    from django.db import connection  # noqa: PLC0415 - needs Django

    from lienthong.gateways.national.upstreams import active_upstreams  # noqa: PLC0415

    wanted = bool(active_upstreams())
    connection.close()
    if not wanted:
        yield
        return
    command = [sys.executable, "-m", "lienthong", "link", "--beside", str(os.getpid())]
    role = subprocess.Popen(command, start_new_session=True)
    try:
        yield
    finally:
        _stop(role)


def _stop(role: subprocess.Popen[bytes]) -> None:
    role.terminate()
    try:
        role.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        role.kill()

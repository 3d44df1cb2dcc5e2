"""``lienthong live``: the role that tells waiting clients that something arrived (server-sent events)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import typer
from django.conf import settings

from lienthong.cli import runtime
from lienthong.cli.companions import follow_parent
from lienthong.cli.vietnamese import Command, Group

if TYPE_CHECKING:
    import uvicorn

app = typer.Typer(cls=Group)


@app.command(cls=Command)
def live(
    port: int | None = typer.Option(None, help="Cổng; mặc định theo LIENTHONG_LIVE_PORT.", min=0, max=65535),
    with_parent: int | None = typer.Option(None, "--with-parent", hidden=True),
) -> None:
    """Báo tin (SSE) cho các hệ thống đang chờ biết có gói mới đến."""
    runtime.prepare()
    server = _server(settings.LIVE_PORT if port is None else port)
    if with_parent is not None:
        stopping = threading.Event()
        follow_parent(with_parent, stopping)
        threading.Thread(target=_end_with, args=(server, stopping), daemon=True).start()
    server.run()


def _server(port: int) -> uvicorn.Server:
    import uvicorn  # noqa: PLC0415 - of this role alone

    from lienthong.gateways.rest_api.live import live_application  # noqa: PLC0415 - needs Django

    return uvicorn.Server(
        uvicorn.Config(
            live_application(),
            host=settings.HOST,
            port=port,
            log_level="warning",
            proxy_headers=False,  # whom to believe is LIENTHONG_TRUSTED_PROXIES, as for every key
            timeout_graceful_shutdown=1,
        )
    )


def _end_with(server: uvicorn.Server, stopping: threading.Event) -> None:
    stopping.wait()
    server.should_exit = True

"""``lienthong run``, ``web`` and ``check``: start the system, and say whether it could start."""

from __future__ import annotations

import importlib
import os
import signal
import sys

import typer
from django.conf import settings

from lienthong.cli import profiles, runtime
from lienthong.cli.companions import beside
from lienthong.cli.vietnamese import Command, Group

app = typer.Typer(cls=Group)

_PORT = typer.Option(None, help="Cổng; mặc định theo LIENTHONG_PORT.", min=0, max=65535)


_PROFILE = typer.Option(None, metavar="TÊN", help="national: đóng vai trục quốc gia, dữ liệu và cổng riêng (mẫu).")


_TRAINING = typer.Option(False, "--training", help="Mở môi trường tập huấn: thành phố mẫu, dữ liệu riêng.")
_SEED = typer.Option(1, "--seed", metavar="SỐ", help="Cùng số thì lớp nào cũng gặp cùng văn bản (kèm --training).")


@app.command(cls=Command)
def run(
    port: int | None = _PORT,
    profile: str | None = _PROFILE,
    training: bool = _TRAINING,
    seed: int = _SEED,
) -> None:
    """Chạy toàn bộ hệ thống trên máy này (cơ sở dữ liệu nhúng nếu chưa đặt LIENTHONG_DATABASE_URL)."""
    if training:
        from lienthong.cli.training.run import Wish, train  # noqa: PLC0415 - nobody else needs it

        if profile is not None:
            raise typer.BadParameter("--training không dùng cùng --profile.")
        train(Wish(port=port, seed=seed))
        return
    chosen = profiles.enter(profile)
    runtime.prepare()
    port = chosen.set_up(port, address) if chosen else port
    _say(f"Trục đang phục vụ tại {address(port)}/vxp — dữ liệu ở {settings.DATA_DIR}. Ctrl+C để dừng.")
    owner = os.getpid()
    if port is not None:  # a second instance on this machine has its live port beside its own
        os.environ.setdefault("LIENTHONG_LIVE_PORT", str(port + 1 if port else 0))
    try:
        with beside("worker", "sequencer", "live", "link"):
            serve(port)
    finally:
        # A web process that gunicorn forked ends by unwinding through here too; the database is not its to stop.
        if not settings.DATABASE_URL and os.getpid() == owner:
            settings.EMBEDDED_POSTGRES.stop()


@app.command(cls=Command)
def web(port: int | None = _PORT) -> None:
    """Chỉ chạy vai trò web, trên cơ sở dữ liệu đã có."""
    runtime.prepare()
    serve(port)


@app.command(cls=Command)
def migrate() -> None:
    """Đưa cấu trúc cơ sở dữ liệu lên bản mới nhất."""
    runtime.prepare()
    _say("Cơ sở dữ liệu đã ở bản mới nhất.")


@app.command(cls=Command)
def check() -> None:
    """Kiểm tra cấu hình và việc thiếu migration, không cần cơ sở dữ liệu đang chạy."""
    from django.core.management import call_command  # noqa: PLC0415

    runtime.load()
    call_command("check", verbosity=0)
    if missing := runtime.missing_migrations():
        _say(f"LT-D07: mô hình đã đổi nhưng thiếu migration ở: {', '.join(missing)}. Chạy makemigrations rồi xem lại.")
        raise typer.Exit(1)
    _say("Cấu hình hợp lệ, không thiếu migration.")


def address(port: int | None) -> str:
    """Where this process serves."""
    return f"http://{settings.HOST}:{settings.PORT if port is None else port}"


def serve(port: int | None) -> None:
    """Serve until a signal ends it; the server class is named in settings since ``config`` stands above ``cli``."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    runtime.release_connections()
    module = importlib.import_module("lienthong.config.server")
    module.Server(address(port).removeprefix("http://")).run()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()

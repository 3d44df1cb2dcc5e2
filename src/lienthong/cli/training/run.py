"""``lienthong run --training`` from start to end: build once, keep a clean copy, play, start over when asked."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lienthong.cli.demo.folder import DemoFolder
from lienthong.common import env

_NAME = "training"
_SMALL = {"LIENTHONG_WEB_PROCESSES": "1", "LIENTHONG_WEB_THREADS": "16", "LIENTHONG_WORKER_THREADS": "4"}
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller asked for. ``seed``: the same gives the same letters and answers."""

    port: int | None = None
    seed: int = 1


def train(wish: Wish) -> None:
    """Serve the training ground until interrupted. Exit code 2 with a sentence when it cannot begin."""
    from lienthong.cli.demo.errors import DemoError  # noqa: PLC0415

    folder = DemoFolder(env.read("LIENTHONG_DATA_DIR", Path, Path("var")) / _NAME)
    _enter(folder, wish)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with folder.held():
            (folder.path / "training-ground").touch()
            _serve(folder, wish)
    except KeyboardInterrupt:
        return
    except DemoError as error:
        sys.stderr.write(f"{error.message}\n{error.next_step}\n({error.code})\n")
        sys.exit(2)


def _enter(folder: DemoFolder, wish: Wish) -> None:
    """Point the settings, which are read later, to the ground's own data; never to the outside unless it is open."""
    host = env.read("LIENTHONG_HOST", str, "127.0.0.1")
    if host not in _LOOPBACK and not env.read("LIENTHONG_TRAINING_OPEN", env.boolean, False):
        sys.stderr.write(
            f"LT-S15: môi trường tập huấn cho vào vai bất kỳ ai nên chỉ phục vụ trên máy này, không phải {host}.\n"
            "Bỏ LIENTHONG_HOST, hoặc đặt LIENTHONG_TRAINING_OPEN=1 nếu mạng lớp học đáng tin.\n"
        )
        sys.exit(2)
    folder.enter()
    os.environ |= {"LIENTHONG_TRAINING": "1", "LIENTHONG_HUB_CODES": "H99", "LIENTHONG_WEBHOOK_LOOPBACK": "1"}
    for name, value in _SMALL.items():
        os.environ.setdefault(name, value)
    if wish.port is not None:
        os.environ["LIENTHONG_PORT"] = str(wish.port)
        os.environ["LIENTHONG_LIVE_PORT"] = str(wish.port + 1 if wish.port else 0)
    for name in ("LIENTHONG_PUBLIC_URL", "LIENTHONG_LEDGER_KEY_FILE", "LIENTHONG_WEB_KEY_FILE", "LIENTHONG_TRUST_DIR"):
        os.environ.pop(name, None)


def _serve(folder: DemoFolder, wish: Wish) -> None:
    from django.conf import settings  # noqa: PLC0415 - read only now that the environment is right

    from lienthong.cli import runtime  # noqa: PLC0415
    from lienthong.cli.demo.national_side import national_side  # noqa: PLC0415
    from lienthong.cli.demo.server import open_port, undisturbed  # noqa: PLC0415

    _say("Đang dựng thành phố mẫu cho tập huấn…")
    try:
        with (
            open_port(settings.HOST, settings.PORT) as listener,
            national_side(folder, settings.PORT) as national,
        ):
            runtime.prepare()
            from lienthong.cli.training.theatre import Theatre  # noqa: PLC0415 - needs Django

            theatre = Theatre(folder, national, listener, seed=wish.seed)
            theatre.build()
            while theatre.perform(_until_interrupted(), told=_say):
                theatre.start_over()
    finally:
        with undisturbed():
            settings.EMBEDDED_POSTGRES.stop()


def _until_interrupted() -> Callable[[], bool]:
    return lambda: False  # Ctrl+C and SIGTERM raise


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()

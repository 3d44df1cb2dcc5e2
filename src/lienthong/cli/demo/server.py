"""The web server of the demonstration: a process of its own, so that every client speaks to it over real HTTP."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lienthong.cli.demo.errors import DemoError

_START_SECONDS, _STOP_SECONDS = 60, 20
_PAUSE = 0.05
_BACKLOG = 128
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class WebServer:
    """``lienthong web`` on one port, in a session of its own so that it is stopped with its workers.

    :param module: what is run instead, in the same way
    :param environment: variables besides or instead of ours; ``None`` takes one away
    """

    def __init__(
        self,
        host: str,
        listener: socket.socket,
        log: Path,
        *,
        module: str = "lienthong.cli.demo.web_process",
        environment: Mapping[str, str | None] | None = None,
    ) -> None:
        port = listener.getsockname()[1]
        self.address = f"http://{_reachable(host)}:{port}"
        self.endpoint = f"{self.address}/vxp"
        self._log = log
        with listener, log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, str(port), str(listener.fileno())],
                pass_fds=[listener.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env={name: value for name, value in (os.environ | (environment or {})).items() if value is not None},
            )

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> None:
        """Until the server ends."""
        self._process.wait()

    def wait_until(self, answers: Callable[[], bool]) -> None:
        """Until the server answers as it should.

        :raises DemoError: ``demo.server_ended``, ``demo.server_silent``
        """
        deadline = time.monotonic() + _START_SECONDS
        while not answers():
            if not self.is_running:
                raise self._failure("demo.server_ended", "Máy chủ web dừng ngay khi khởi động.")
            if time.monotonic() > deadline:
                raise self._failure("demo.server_silent", f"Máy chủ web không trả lời sau {_START_SECONDS} giây.")
            time.sleep(_PAUSE)

    def stop(self) -> None:
        """End the server and its workers; whoever does not go in time is killed."""
        for name, seconds in ((signal.SIGTERM, _STOP_SECONDS), (signal.SIGKILL, _STOP_SECONDS)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, name)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
                return

    def _failure(self, code: str, message: str) -> DemoError:
        last = self._log.read_text(errors="replace").strip().splitlines()[-3:]
        return DemoError(code, f"{message} {' '.join(last)}".strip(), f"Xem {self._log}")


@contextmanager
def serving(
    host: str, preferred_port: int, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[WebServer]:
    """A server that is always stopped at the end; ``environment`` is that of another instance."""
    server = WebServer(host, open_port(host, preferred_port), log, environment=environment)
    try:
        yield server
    finally:
        with undisturbed():
            server.stop()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Clean up to the end, also when Ctrl+C is pressed once more."""
    before = {ending: signal.signal(ending, signal.SIG_IGN) for ending in ENDINGS}
    try:
        yield
    finally:
        for ending, handler in before.items():
            signal.signal(ending, handler)


def open_port(host: str, preferred: int) -> socket.socket:
    """Listen on the preferred port, or on any free one when another program has it.

    :raises DemoError: ``demo.no_port``
    """
    for port in (preferred, 0):
        with contextlib.suppress(OSError):
            return socket.create_server(
                (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=_BACKLOG
            )
    raise DemoError("demo.no_port", f"Không mở được cổng nào trên {host}.", "Kiểm tra LIENTHONG_HOST, ví dụ 127.0.0.1.")


def _reachable(host: str) -> str:
    """Where a client on this machine finds a server bound to ``host``."""
    found = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"[{found}]" if ":" in found else found

"""Other roles as processes beside this one: started again when they end by themselves, stopped with it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

_STOP_SECONDS = 30
_PAUSE = 2.0  # seconds before a role that ended is started again


@contextmanager
def beside(*roles: str, log: Path | None = None) -> Iterator[None]:
    """Run ``lienthong ROLE --with-parent PID`` for each role while the block runs; a role may have options.

    :param log: where they write; by default where this process writes
    """
    owner, stopping = os.getpid(), threading.Event()
    with ExitStack() as opened:
        output = opened.enter_context(log.open("ab")) if log else None
        threads = [threading.Thread(target=_keep_running, args=(role, stopping, output), daemon=True) for role in roles]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            if os.getpid() == owner:  # not in a process forked inside the block
                stopping.set()
                for thread in threads:
                    thread.join()


def _keep_running(role: str, stopping: threading.Event, output: IO[bytes] | None) -> None:
    while not stopping.is_set():
        process = subprocess.Popen(
            [sys.executable, "-m", "lienthong", *role.split(), "--with-parent", str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        # The web server of this process collects every child that ends, so its exit code may be lost: only that it
        # ended counts.
        while process.poll() is None and not stopping.wait(0.2):
            pass
        if stopping.is_set():
            _stop(process)
        else:
            sys.stderr.write(f"Vai trò {role} đã dừng ngoài ý muốn; khởi động lại.\n")
            stopping.wait(_PAUSE)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def follow_parent(parent: int, stopping: threading.Event) -> None:
    """Set ``stopping`` when the process that started this one is gone: killed outright, it could not say goodbye.

    :param parent: its id, as it said itself: it may be gone already
    """
    threading.Thread(target=_follow, args=(parent, stopping), daemon=True).start()


def _follow(parent: int, stopping: threading.Event) -> None:
    while os.getppid() == parent and not stopping.wait(1):
        pass
    stopping.set()

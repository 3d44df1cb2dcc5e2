"""The web role as a child of the demonstration: ``python -m lienthong.cli.demo.web_process PORT FD``.

The parent has opened the port, so that no other program can take it in between, and hands the socket over in the way
of systemd (sd_listen_fds), which gunicorn understands.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from lienthong.cli import serve

_PR_SET_PDEATHSIG = 1
_FIRST_FD = 3


def main() -> None:
    serve.web(take_over())


def take_over() -> int:
    """Take the parent's socket, so that the server listens on it; answers its port."""
    port, listener = map(int, sys.argv[1:])
    _end_with_parent()
    os.dup2(listener, _FIRST_FD)
    os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthong.config.settings")
    return port


def _end_with_parent() -> None:
    """A demonstration that is killed outright must not leave a server behind (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


if __name__ == "__main__":
    main()

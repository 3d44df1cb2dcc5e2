"""The child process: its port, its failures, its end."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from lienthong.cli.demo import server
from lienthong.cli.demo.errors import DemoError
from lienthong.cli.demo.server import WebServer, open_port, serving


def _program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let this script stand for the Python that runs the server."""
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(server.sys, "executable", str(program))


def test_a_port_that_is_taken_gives_way_to_a_free_one() -> None:
    with open_port("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with open_port("127.0.0.1", port) as other:
            assert other.getsockname()[1] != port
    with open_port("127.0.0.1", port) as free:
        assert free.getsockname()[1] == port


def test_a_host_that_is_not_ours_is_explained() -> None:
    with pytest.raises(DemoError) as caught:
        open_port("203.0.113.1", 0)
    assert caught.value.code == "demo.no_port"


@pytest.mark.parametrize(("host", "seen"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1")])
def test_the_address_is_one_that_a_client_can_use(
    host: str, seen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, monkeypatch, "exec sleep 60")
    with serving(host, 0, tmp_path / "web.log") as web:
        assert web.endpoint.startswith(f"http://{seen}:")
        assert web.endpoint.endswith("/vxp")


def test_a_server_that_ends_at_once_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, monkeypatch, "echo LT-D02: hỏng; exit 2")
    with serving("127.0.0.1", 0, tmp_path / "web.log") as web, pytest.raises(DemoError) as caught:
        web.wait_until(lambda: False)
    assert caught.value.code == "demo.server_ended"
    assert "LT-D02: hỏng" in caught.value.message


def test_a_server_that_stays_silent_is_not_waited_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, monkeypatch, "exec sleep 60")
    monkeypatch.setattr(server, "_START_SECONDS", 0.2)
    with serving("127.0.0.1", 0, tmp_path / "web.log") as web, pytest.raises(DemoError) as caught:
        web.wait_until(lambda: False)
    assert caught.value.code == "demo.server_silent"


def test_a_server_that_does_not_go_is_killed_with_its_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, monkeypatch, "trap '' TERM; sleep 60 & echo $! > worker; echo ready; while :; do sleep 1; done")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(server, "_STOP_SECONDS", 0.3)
    web = WebServer("127.0.0.1", open_port("127.0.0.1", 0), tmp_path / "web.log")
    web.wait_until(lambda: "ready" in (tmp_path / "web.log").read_text())

    web.stop()

    assert not web.is_running
    assert _is_gone(int((tmp_path / "worker").read_text()))


def _is_gone(pid: int) -> bool:
    """An orphan stays a zombie until somebody waits for it."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False

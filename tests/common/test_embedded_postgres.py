"""The embedded database as a newcomer meets it: fresh folders, closed folders, crashes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from lienthong.common.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError


@contextmanager
def _cluster(folder: Path) -> Iterator[EmbeddedPostgres]:
    cluster = EmbeddedPostgres(folder)
    try:
        yield cluster
    finally:
        cluster.stop()


def _remember(url: str, word: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS word (text text)")
        connection.execute("INSERT INTO word VALUES (%s)", [word])


def _words(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM word")]


def test_two_folders_are_two_databases(tmp_path: Path) -> None:
    with _cluster(tmp_path / "a") as a, _cluster(tmp_path / "b") as b:
        _remember(a.start(), "của a")
        _remember(b.start(), "của b")
        assert (_words(a.url), _words(b.url)) == (["của a"], ["của b"])


def test_a_second_start_finds_the_running_server(tmp_path: Path) -> None:
    with _cluster(tmp_path) as cluster:
        assert cluster.start() == EmbeddedPostgres(tmp_path).start()


def test_a_killed_server_starts_again_with_its_data(tmp_path: Path) -> None:
    with _cluster(tmp_path) as cluster:
        _remember(cluster.start(), "còn đây")
        pid = int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGKILL)
        while cluster.is_running():
            pass
        cluster.start()
        assert _words(cluster.url) == ["còn đây"]


def test_a_pid_file_that_names_another_program_does_not_stop_the_start(tmp_path: Path) -> None:
    with _cluster(tmp_path) as cluster:
        cluster.start()
        cluster.stop()
        (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
        cluster.start()
        assert cluster.is_running()


def test_a_folder_whose_path_is_too_long_for_a_socket_works(tmp_path: Path) -> None:
    deep = tmp_path / ("thư-mục-rất-dài-" * 6) / "sâu-nữa"
    with _cluster(deep) as cluster:
        _remember(cluster.start(), "vẫn chạy")
        assert len(os.fsencode(cluster.socket_folder)) < 100


def test_a_folder_closed_to_others_works(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with _cluster(closed / "pg") as cluster:
        _remember(cluster.start(), "kín")


def test_wrong_binaries_are_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="LT-D06"):
        EmbeddedPostgres(tmp_path, binaries=tmp_path / "nowhere").start()


def test_a_broken_cluster_is_reported_with_its_log(tmp_path: Path) -> None:
    with _cluster(tmp_path) as cluster:
        cluster.start()
        cluster.stop()
        (cluster.data / "postgresql.conf").write_text("no_such_setting = 1\n")
        with pytest.raises(EmbeddedPostgresError, match=r"(?s)LT-D02.*pg\.log"):
            cluster.start()

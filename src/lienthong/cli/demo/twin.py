"""A twin of the demonstration's instance: the same city in a database of its own, for what cannot be taken back.

Reforms are for ever and tampering destroys; both happen to the twin, which is thrown away afterwards.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from lienthong.cli.demo.errors import DemoError
from lienthong.cli.demo.folder import Access
from lienthong.cli.demo.server import WebServer, serving, undisturbed

_NAME = "lienthong_twin"
_KEPT = ("keys", "ledger")  # its secrets open with the same keys, and it goes on with the same log
_COMMAND_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Told:
    """How a command of the operator ended."""

    exit_code: int
    output: str

    def json(self) -> dict[str, Any]:
        """:raises DemoError: ``demo.command_failed``"""
        try:
            found = json.loads(self.output)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise DemoError("demo.command_failed", f"Lệnh không trả lời như mong đợi: {self.output[-300:]}", "")
        return found


class Twin:
    """The twin and its operator, who uses the same commands as any operator: one process keeps them ready."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.environment = os.environ | {
            "LIENTHONG_DATA_DIR": str(folder),
            "LIENTHONG_DATABASE_URL": url,
            "LIENTHONG_WEB_PROCESSES": "1",
        }
        self._operator = subprocess.Popen(
            [sys.executable, "-m", "lienthong.cli.demo.operator_process"],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "operator.log").open("wb"),
            text=True,
            start_new_session=True,
        )

    def must(self, *arguments: str) -> Told:
        """``lienthong ARGUMENTS`` on the twin, which must end well.

        :raises DemoError: ``demo.command_failed``
        """
        told = self.run(*arguments)
        if told.exit_code != 0:
            raise DemoError("demo.command_failed", f"Lệnh {' '.join(arguments)}: {told.output[-300:]}", "")
        return told

    def run(self, *arguments: str) -> Told:
        """The same, however it ends.

        :raises DemoError: ``demo.command_failed`` when nothing came back
        """
        if self._operator.stdin is None or self._operator.stdout is None:
            raise RuntimeError("the operator has no pipes")
        try:
            self._operator.stdin.write(json.dumps(arguments) + "\n")
            self._operator.stdin.flush()
            return Told(**json.loads(self._operator.stdout.readline()))
        except (OSError, ValueError) as error:
            raise DemoError(
                "demo.command_failed", f"Lệnh {' '.join(arguments)} không chạy được.", f"Xem {self.folder}."
            ) from error

    def change(self, statement: str, *parameters: object) -> None:
        """What somebody can do who owns the database: triggers do not hold them."""
        with psycopg.connect(self.url) as connection:
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute(statement, parameters)

    def one(self, query: str, *parameters: object) -> Any:
        """The first value of a query."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute(query, parameters).fetchone()
        return row[0] if row else None

    def close(self) -> None:
        self._operator.terminate()
        try:
            self._operator.wait(_COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            self._operator.kill()
            self._operator.wait()


@dataclass(frozen=True, slots=True)
class Backstage:
    """What the last chapters need besides the clients: the instance's folder, and its twin with a server of its own."""

    folder: Path
    twin: Twin
    server: WebServer
    access: Mapping[str, Access]


@contextmanager
def backstage(folder: Path, access: Mapping[str, Access]) -> Iterator[Backstage]:
    """The twin, its server on its way up."""
    with twin_of(folder) as twin, serving(settings.HOST, 0, folder / "twin.log", twin.environment) as server:
        yield Backstage(folder, twin, server, access)


@contextmanager
def twin_of(folder: Path) -> Iterator[Twin]:
    """The twin of the instance in ``folder``, made while nobody is connected to its database; thrown away."""
    source = settings.EMBEDDED_POSTGRES.url
    name = source.rpartition("/")[2]
    server = source.removesuffix(name)
    path = folder / "twin"
    shutil.rmtree(path, ignore_errors=True)
    for part in _KEPT:
        if (folder / part).exists():
            shutil.copytree(folder / part, path / part)
    path.mkdir(exist_ok=True)
    _copy(f"{server}postgres", name)
    twin = Twin(path, f"{server}{_NAME}")
    try:
        yield twin
    finally:
        with undisturbed():
            twin.close()
            _drop(server)
            shutil.rmtree(path, ignore_errors=True)


def _drop(server: str) -> None:
    with psycopg.connect(f"{server}postgres", autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")


def _copy(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        # What a run that was killed left connected; the folder's lock says that no other run is there.
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )
        admin.execute(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {_NAME} TEMPLATE {name}")

"""How an instance was when it was new, kept beside it, and brought back: a template database and a copy of the files.

Nobody may be connected to the database meanwhile: its server is stopped before, and sessions that are left are ended.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

_KEPT = "lienthong_clean"
_STAYS = {"postgres", "national", "clean", "keys", "trust"}  # never replaced: they do not change while people learn


@dataclass(frozen=True, slots=True)
class CleanCopy:
    """Of the instance in ``folder`` with its embedded database at ``url``."""

    folder: Path
    url: str

    @property
    def exists(self) -> bool:
        return (self._files / "complete").exists()

    def keep(self) -> None:
        """Remember how everything is now."""
        shutil.rmtree(self._files, ignore_errors=True)
        self._copy_database(self._name, _KEPT)
        self._files.mkdir()
        _copy(_data_folders(self.folder), self._files)
        (self._files / "complete").touch()

    def forget(self) -> None:
        shutil.rmtree(self._files, ignore_errors=True)

    def bring_back_database(self) -> None:
        self._copy_database(_KEPT, self._name)

    def bring_back_files(self) -> None:
        for path in _data_folders(self.folder):
            shutil.rmtree(path)
        _copy(_data_folders(self._files), self.folder)

    @property
    def _files(self) -> Path:
        return self.folder / "clean"

    @property
    def _name(self) -> str:
        return self.url.rpartition("/")[2]

    def _copy_database(self, source: str, target: str) -> None:
        with psycopg.connect(f"{self.url.removesuffix(self._name)}postgres", autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = ANY(%s) AND pid <> pg_backend_pid()",
                [[source, target]],
            )
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(target)))
            # FILE_COPY is the quick way for a database that nobody uses (PostgreSQL 15 and later).
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(target), sql.Identifier(source)
                )
            )


def _data_folders(folder: Path) -> Iterator[Path]:
    return (path for path in list(folder.iterdir()) if path.is_dir() and path.name not in _STAYS)


def _copy(paths: Iterable[Path], target: Path) -> None:
    for path in paths:
        shutil.copytree(path, target / path.name)

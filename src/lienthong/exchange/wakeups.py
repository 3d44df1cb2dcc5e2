"""Tell whoever waits that something arrived for a system: a notification that comes with the commit, or not at all.

It says only *that* something is there; what it is, the waiting one asks as ever. Lost notifications lose nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg

from edxml102.model import PackageKind

CHANNEL: LiteralString = "lienthong_arrivals"


@dataclass(frozen=True, slots=True)
class Wakeup:
    """Something of a kind arrived for a system."""

    system_pk: int
    kind: PackageKind


def notify(cursor: psycopg.Cursor[tuple[Any, ...]], arrived: Iterable[tuple[int, str]]) -> None:
    """Announce ``(system, kind)`` with the transaction of ``cursor``; one statement, each pair once."""
    texts = sorted({f"{system} {kind}" for system, kind in arrived})
    if texts:
        cursor.execute("SELECT pg_notify(%s, text) FROM unnest(%s::text[]) AS text", [CHANNEL, texts])


def read_wakeup(payload: str) -> Wakeup | None:
    """What a notification says; ``None`` when it is not one of ours."""
    system, _, kind = payload.partition(" ")
    known = {one.value for one in PackageKind}
    return Wakeup(int(system), PackageKind(kind)) if system.isdecimal() and kind in known else None

"""What a code stands for on a day. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum


class Outcome(Enum):
    """State of a code on a day."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"  # never given out, or not yet valid on the day

    @property
    def label(self) -> str:
        return {"open": "Đang dùng", "closed": "Đã đóng", "unknown": "Không có trong danh bạ"}[self.value]


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer of ``directory.resolve``; fields that do not apply are ``None``.

    ``system_*`` tell which system carries the agency's documents (active or locked; ``None``: not connected).
    Successor fields are filled when the code is closed and a successor is known.
    """

    code: str
    outcome: Outcome
    agency_id: int | None = None
    name: str | None = None
    level: str | None = None
    closed_on: date | None = None
    on_closed: str | None = None
    system_pk: int | None = None
    system_kind: str | None = None
    system_locked: bool | None = None
    successor_id: int | None = None
    successor_code: str | None = None
    successor_name: str | None = None
    successor_system_pk: int | None = None
    successor_system_kind: str | None = None
    successor_system_locked: bool | None = None


@dataclass(frozen=True, slots=True)
class SystemAccess:
    """A system as the door sees it; ``secrets`` are those that open it at this moment."""

    pk: int
    system_id: str
    name: str
    kind: str
    is_locked: bool
    secrets: tuple[str, ...]
    revision: int
    credentials: tuple[int, ...] = ()  # the numbers of the secrets, in their order

    def __repr__(self) -> str:
        return f"SystemAccess(pk={self.pk}, system_id={self.system_id!r}, secrets=<{len(self.secrets)}>)"

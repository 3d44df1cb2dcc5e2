"""Other axes, as their gateway tells of them. Gateways stand above this package, so they are named in settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from lienthong.exchange.breaker import Circuit


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkHealth:
    """A link to another axis. ``heard_at``: the last answer; ``failing_since``: no answer since then. ``synced_at``:
    when its directory was last taken over; ``circuit``: of what goes out."""

    system_id: str
    name: str
    locked: bool
    heard_at: datetime | None
    failing_since: datetime | None
    last_error: str = ""
    waiting: int = 0
    given_up: int = 0
    refused: int = 0
    synced_at: datetime | None = None
    circuit: Circuit = Circuit.CLOSED

    @property
    def lag_from(self) -> datetime | None:
        """Since when nothing was heard: what the lag is measured from."""
        return self.failing_since or self.heard_at


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a connection's self-test, in words. ``ok`` ``None``: it could not be tried."""

    text: str
    ok: bool | None
    detail: str = ""


def link_healths() -> list[LinkHealth]:
    """All links."""
    found: list[LinkHealth] = []
    for path in settings.HEALTH_SOURCES:
        source = cast("Callable[[], Sequence[LinkHealth]]", import_string(path))
        found += source()
    return found


def self_test_of(kind: str) -> Callable[[str], list[Step]] | None:
    """What tests the connection to systems of a kind by calling them: ``system_id`` in, steps out; bounds its time."""
    path = settings.SELF_TESTS.get(kind)
    return cast("Callable[[str], list[Step]]", import_string(path)) if path else None

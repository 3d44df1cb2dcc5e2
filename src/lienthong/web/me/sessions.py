"""Sessions in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
_PHONES = frozenset({"iPhone", "Android"})


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in."""

    pk: int
    where: str
    address: str
    since: datetime
    is_phone: bool
    is_this: bool


def described(session: Any, this_key: str | None) -> Session:
    """A session as people recognise it."""
    browser = _named(session.user_agent, _BROWSERS) or "Trình duyệt khác"
    device = _named(session.user_agent, _DEVICES)
    return Session(
        pk=session.pk,
        where=f"{browser} trên {device}" if device else browser,
        address=session.ip,
        since=session.created_at,
        is_phone=device in _PHONES,
        is_this=session.session_key == this_key,
    )


def _named(agent: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in known if sign in agent), "")

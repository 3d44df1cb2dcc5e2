"""Times and sizes in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lienthong.common.clock import in_vietnam

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def full(at: datetime) -> str:
    """``14:03:51 ngày 22/11/2026``"""
    return f"{in_vietnam(at):%H:%M:%S ngày %d/%m/%Y}"


def short(at: datetime, now: datetime) -> str:
    """The time today, else the day too, with the year only when it is another."""
    local, today = in_vietnam(at), in_vietnam(now)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local:%H:%M %d/%m}" if local.year == today.year else f"{local:%H:%M %d/%m/%Y}"


def ago(at: datetime, now: datetime) -> str:
    """``2 phút trước``; ``sắp tới`` for what lies ahead."""
    passed = now - at
    if passed < timedelta(0):
        return "sắp tới"
    return "vừa xong" if passed < _MINUTE else f"{span(passed)} trước"


def span(time: timedelta) -> str:
    """A length of time in its largest unit: ``3 ngày``."""
    for unit, name in ((_DAY, "ngày"), (_HOUR, "giờ")):
        if time >= unit:
            return f"{time // unit} {name}"
    return f"{max(time // _MINUTE, 1)} phút"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A limit in words. ``kind``: ``""``, ``today``, ``late``, ``done`` or ``done-late``."""

    kind: str
    text: str
    icon: str


def deadline(due: datetime, done_at: datetime | None, now: datetime) -> Deadline:
    """How a limit stands, or how it ended."""
    if done_at is not None:
        if done_at <= due:
            return Deadline("done", "đúng hạn", "circle-check")
        return Deadline("done-late", f"trễ hạn {span(done_at - due)}", "checks")
    if now > due:
        return Deadline("late", f"quá hạn {span(now - due)}", "clock-exclamation")
    if in_vietnam(due).date() == in_vietnam(now).date():
        return Deadline("today", f"hạn hôm nay {in_vietnam(due):%H:%M}", "clock")
    return Deadline("", f"hạn {short(due, now)}, còn {span(due - now)}", "clock")


def size(number: int) -> str:
    """``812 byte``, ``64 KB``, ``1,4 MB``"""
    if number < 1024:
        return f"{number} byte"
    amount, units = number / 1024, ["KB", "MB", "GB", "TB"]
    while amount >= 1024 and len(units) > 1:
        amount, units = amount / 1024, units[1:]
    digits = f"{amount:.1f}" if amount < 10 else f"{amount:.0f}"
    return f"{digits.removesuffix('.0').replace('.', ',')} {units[0]}"

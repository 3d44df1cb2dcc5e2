"""Working days of Vietnam: weekends, public holidays and the days swapped for them (hoán đổi ngày làm việc).

The calendar of the ``holidays`` package knows the days fixed by law and the swaps announced so far; what is announced
later, or only for one city, comes from a file of overrides.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from lienthong.common import clock

if TYPE_CHECKING:
    from holidays import HolidayBase

_LISTS = {"working": True, "holidays": False}  # not "off", which YAML reads as false


class CalendarError(Exception):
    """The file of overrides cannot be used; the message names the entry."""


class WorkingDays:
    """Tells working days from days off; ``overrides`` (day → is it worked?) come before everything else."""

    def __init__(self, overrides: Mapping[date, bool] | None = None) -> None:
        self._overrides = dict(overrides or {})
        self._found: dict[tuple[date, int], date] = {}

    def is_working(self, day: date) -> bool:
        return self._overrides[day] if day in self._overrides else _calendar().is_working_day(day)

    def nth(self, start: date, count: int) -> date:
        """The ``count``-th working day after ``start``; 0 is ``start`` itself, or the first working day after it."""
        if (start, count) not in self._found:
            day = start if count == 0 else self.nth(start, count - 1) + timedelta(days=1)
            while not self.is_working(day):
                day += timedelta(days=1)
            self._found[start, count] = day
        return self._found[start, count]

    def end_of(self, moment: datetime, count: int) -> datetime:
        """When the ``count``-th working day after ``moment`` ends (midnight in Vietnam)."""
        day = self.nth(clock.in_vietnam(moment).date(), count)
        return datetime.combine(day + timedelta(days=1), time(), clock.VIETNAM)


@cache
def _calendar() -> HolidayBase:
    from holidays import country_holidays  # noqa: PLC0415 - takes a third of a second, and only deadlines need it

    return country_holidays("VN")


def warm_up() -> None:
    """Load the calendar before the first page asks for a deadline; it takes a third of a second and more."""
    threading.Thread(target=_calendar, name="calendar", daemon=True).start()


@cache
def working_days(overrides: Path | None = None) -> WorkingDays:
    """The calendar with the overrides of a YAML file: ``working`` and ``holidays`` are lists of dates.

    :raises CalendarError: the file is missing or not of this form
    """
    if overrides is None:
        return WorkingDays()
    try:
        document = yaml.safe_load(overrides.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CalendarError(f"{overrides.name}: không đọc được ({error}).") from error
    if not isinstance(document, dict) or not document.keys() <= _LISTS.keys():
        raise CalendarError(f"{overrides.name}: chỉ được có hai danh sách working và holidays.")
    return WorkingDays(dict(_entries(overrides.name, document)))


def _entries(name: str, document: Mapping[str, Any]) -> Iterable[tuple[date, bool]]:
    for key, worked in _LISTS.items():
        for index, day in enumerate(document.get(key) or []):
            if type(day) is not date:
                raise CalendarError(f"{name}: {key}[{index}]: {day!r} không phải một ngày (viết như 2026-08-22).")
            yield day, worked

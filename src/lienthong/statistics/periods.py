"""Days, months, quarters and years that figures are asked for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_YEARS = (1990, 2200)  # of figures anybody can have
_ROMAN = ("I", "II", "III", "IV")
_FORMS = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})|-[Qq](?P<quarter>[1-4]))?")


class PeriodError(Exception):
    """The text names no period; the message is a Vietnamese sentence."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from ``first`` to ``last``, both included. ``name`` is what addresses call it: ``2026-11``,
    ``2026-Q4``, ``2026``, or two days with ``..`` between."""

    first: date
    last: date
    name: str
    label: str

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def previous(self) -> Period:
        """The period of the same length just before: the month before a month."""
        before = self.first - timedelta(days=1)
        if re.fullmatch(r"\d{4}-\d{2}", self.name):
            return month_of(before)
        if "-Q" in self.name:
            return quarter_of(before)
        if ".." not in self.name:
            return year_of(before)
        return between(self.first - timedelta(days=self.days), before)


def month_of(day: date) -> Period:
    first = day.replace(day=1)
    last = _month_after(first) - timedelta(days=1)
    return Period(first, last, f"{first:%Y-%m}", f"Tháng {first.month}/{first.year}")


def quarter_of(day: date) -> Period:
    number = (day.month - 1) // 3
    first = date(day.year, number * 3 + 1, 1)
    last = _month_after(date(day.year, number * 3 + 3, 1)) - timedelta(days=1)
    return Period(first, last, f"{day.year}-Q{number + 1}", f"Quý {_ROMAN[number]}/{day.year}")


def year_of(day: date) -> Period:
    return Period(date(day.year, 1, 1), date(day.year, 12, 31), str(day.year), f"Năm {day.year}")


def between(first: date, last: date) -> Period:
    """:raises PeriodError: the end lies before the start, or more than ten years after it"""
    if not first <= last <= first + timedelta(days=3660):
        raise PeriodError(f"Từ {first:%d/%m/%Y} đến {last:%d/%m/%Y} không phải một kỳ (tối đa 10 năm).")
    label = f"Ngày {first:%d/%m/%Y}" if first == last else f"Từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}"
    return Period(first, last, f"{first}..{last}", label)


def parse(name: str) -> Period:
    """The period of a name.

    :raises PeriodError: it is none
    """
    start, dots, end = name.partition("..")
    match = _FORMS.fullmatch(name)
    try:
        found = between(date.fromisoformat(start), date.fromisoformat(end)) if dots else match and _of_match(match)
    except (ValueError, OverflowError):
        found = None
    if found is not None and _YEARS[0] <= found.first.year and found.last.year <= _YEARS[1]:
        return found
    raise PeriodError(f"Kỳ {name[:40]!r} không đúng dạng: viết như 2026-11, 2026-Q4 hoặc 2026.")


def _of_match(match: re.Match[str]) -> Period:
    year = int(match["year"])
    if match["quarter"]:
        return quarter_of(date(year, int(match["quarter"]) * 3, 1))
    return month_of(date(year, int(match["month"]), 1)) if match["month"] else year_of(date(year, 1, 1))


def whole_months(first: date, last: date) -> Iterator[tuple[bool, date, date]]:
    """The days from ``first`` to ``last`` as (is it whole months?, from, until before): sums of months are read
    instead of days wherever a month lies inside."""
    stop = last + timedelta(days=1)
    month = first if first.day == 1 else _month_after(first)
    until = stop.replace(day=1)
    if month >= until:
        if first < stop:
            yield False, first, stop
        return
    if first < month:
        yield False, first, month
    yield True, month, until
    if until < stop:
        yield False, until, stop


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)

"""Which copies are late at a moment, by the dated rules and the working calendar (legal.md, section 10).

A limit is the end of a working day, so being late only depends on the day on which the time began: all that began
before a certain midnight is late. There is one such midnight per rule set and duty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings

from lienthong.common import clock
from lienthong.common.working_days import WorkingDays, working_days
from lienthong.exchange.rule_sets import Duty, RuleSet, timeline

_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Documents signed from ``signed_from`` until before ``signed_until`` are late in ``duty`` when their time began
    before ``before``."""

    duty: str
    signed_from: date
    signed_until: date
    before: datetime


def cutoffs(at: datetime) -> list[Cutoff]:
    """Every cutoff at a moment."""
    sets = timeline().sets
    ends = [one.effective_from for one in sets[1:]] + [_LAST]
    begins = [_FIRST, *(one.effective_from for one in sets[1:])]
    days = working_days(settings.WORKING_DAYS)
    return [
        cutoff
        for rules, begin, end in zip(sets, begins, ends, strict=True)
        for cutoff in _of(rules, begin, end, days, at)
    ]


def _of(rules: RuleSet, begin: date, end: date, days: WorkingDays, at: datetime) -> list[Cutoff]:
    found = []
    for duty in (Duty.RECEIPT, Duty.ACCEPTANCE):
        deadline = rules.deadlines.get(duty)
        if deadline is not None:
            start = max(begin, deadline.effective_from or begin)
            found.append(Cutoff(duty.value, start, end, _before(days, deadline.working_days, at)))
    return found


def _before(days: WorkingDays, count: int, at: datetime) -> datetime:
    """The midnight after the last day from which ``count`` working days are over at ``at``."""
    today = clock.in_vietnam(at).date()
    day = today - timedelta(days=1)
    while days.nth(day, count) >= today:
        day -= timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(), clock.VIETNAM)


def late_sql(at: datetime) -> tuple[str, dict[str, Any]]:
    """The condition over facts ``f``, and its parameters. A document without a date follows the rules of today, as it
    does in ``exchange.chasing``."""
    today, parts, parameters = clock.in_vietnam(at).date(), [], dict[str, Any]()
    for number, cutoff in enumerate(cutoffs(at)):
        parts.append(
            f"f.wanted = %(duty{number})s AND f.waiting_since < %(before{number})s"
            f" AND COALESCE(f.signed_on, %(today)s) >= %(from{number})s"
            f" AND COALESCE(f.signed_on, %(today)s) < %(until{number})s"
        )
        parameters |= {
            f"duty{number}": cutoff.duty,
            f"before{number}": cutoff.before,
            f"from{number}": cutoff.signed_from,
            f"until{number}": cutoff.signed_until,
        }
    return f"({' OR '.join(parts) or 'FALSE'})", {**parameters, "today": today}

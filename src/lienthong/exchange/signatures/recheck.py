"""When to check a package again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from lienthong.exchange.retry import RetryPolicy
from lienthong.exchange.signatures.findings import Check
from lienthong.exchange.signatures.reports import PackageReport

RECHECK = RetryPolicy(tuple(timedelta(minutes=minutes) for minutes in (10, 60, 360, 1440, 1440, 4320, 10080)))
"""After an outcome that was open: the data that was missing may have come. About twelve days in all."""


def next_check(report: PackageReport, rounds: int, now: datetime) -> datetime | None:
    """When to check again after ``rounds`` rounds; never, when nothing is open or the budget is spent. A package that
    killed its workers is not tried again either, until a person asks for it."""
    gave_up = any(found.id == Check.GAVE_UP.id for found in report.findings)
    if gave_up or not any(part.result.is_open for part in report.parts):
        return None
    pause = RECHECK.pause(rounds)
    return now + pause if pause is not None else None

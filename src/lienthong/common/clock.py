"""The one clock. Times are aware UTC inside and Asia/Ho_Chi_Minh outside (design section 9)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in Vietnam."""
    return datetime.now(VIETNAM).date()


def in_vietnam(moment: datetime) -> datetime:
    """The same moment as clerks read it."""
    return moment.astimezone(VIETNAM)


def from_package_time(naive: datetime) -> datetime:
    """Read a package time, which carries no zone, as Vietnam time (specification 3.4, quirk 9)."""
    return naive.replace(tzinfo=VIETNAM).astimezone(UTC)

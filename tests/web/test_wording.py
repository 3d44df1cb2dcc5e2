"""Times and sizes in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lienthong.web import wording

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10:00 in Vietnam


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        (timedelta(seconds=59), "vừa xong"),
        (timedelta(minutes=2, seconds=30), "2 phút trước"),
        (timedelta(hours=23, minutes=59), "23 giờ trước"),
        (timedelta(days=3), "3 ngày trước"),
        (timedelta(seconds=-1), "sắp tới"),
    ],
)
def test_how_long_ago(passed: timedelta, told: str) -> None:
    assert wording.ago(NOW - passed, NOW) == told


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 11, 22, 17, 3, tzinfo=UTC), "00:03"),  # already today in Vietnam
        (datetime(2026, 11, 22, 16, 59, tzinfo=UTC), "23:59 22/11"),
        (datetime(2025, 12, 31, 3, 0, tzinfo=UTC), "10:00 31/12/2025"),
    ],
)
def test_the_day_is_told_only_when_it_is_another(at: datetime, told: str) -> None:
    assert wording.short(at, NOW) == told


@pytest.mark.parametrize(
    ("due", "done", "kind", "told"),
    [
        (NOW + timedelta(hours=7), None, "today", "hạn hôm nay 17:00"),
        (NOW + timedelta(days=2), None, "", "hạn 10:00 25/11, còn 2 ngày"),
        (NOW - timedelta(hours=3), None, "late", "quá hạn 3 giờ"),
        (NOW, NOW, "done", "đúng hạn"),
        (NOW - timedelta(days=1), NOW, "done-late", "trễ hạn 1 ngày"),
    ],
)
def test_a_limit_is_red_only_when_it_has_passed(due: datetime, done: datetime | None, kind: str, told: str) -> None:
    found = wording.deadline(due, done, NOW)
    assert (found.kind, found.text) == (kind, told)


@pytest.mark.parametrize(
    ("number", "told"),
    [(812, "812 byte"), (64 * 1024, "64 KB"), (int(1.4 * 1024**2), "1,4 MB"), (3 * 1024**3, "3 GB")],
)
def test_sizes(number: int, told: str) -> None:
    assert wording.size(number) == told

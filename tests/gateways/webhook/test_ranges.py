"""Ranges of RFC 9110, as a table and for any header."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.gateways.webhook.ranges import Part, wanted_part


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-99", Part(0, 100)),
        ("bytes=0-0", Part(0, 1)),
        ("bytes=900-", Part(900, 1000)),
        ("bytes=900-5000", Part(900, 1000)),
        ("bytes=-100", Part(900, 1000)),
        ("bytes=-5000", Part(0, 1000)),
        ("bytes=1000-", Part(1000, 1000)),
        ("bytes=5000-6000", Part(5000, 5000)),
        ("bytes=-0", Part(1000, 1000)),
        ("bytes=5-4", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("items=0-1", None),
        ("", None),
        ("bytes=٣-٤", None),
    ],
)
def test_ranges(header: str, part: Part | None) -> None:
    assert wanted_part(header, 1000) == part


@given(st.text() | st.from_regex(r"bytes=\d{0,20}-\d{0,20}"), st.integers(0, 10_000))
def test_a_part_never_leaves_the_package(header: str, size: int) -> None:
    part = wanted_part(header, size)
    if part is not None and part.length:
        assert 0 <= part.start < part.stop <= size

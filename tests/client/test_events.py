"""Server-sent events, line by line."""

from __future__ import annotations

import pytest

from lienthong.client.events import EventReader


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["event: arrived", 'data: {"kinds":["document"]}', ""], [["document"]]),
        (["retry: 3000", "", ": ", ""], []),
        (["event:arrived", 'data:{"kinds":', 'data:["status"]}', ""], [["status"]]),
        (["event: something new", 'data: {"kinds":["document"]}', ""], []),
        (["event: arrived", ""], []),
        (["event: arrived", 'data: {"kinds":["document"]}'], []),
    ],
)
def test_only_whole_events_of_arrivals_count(lines: list[str], told: list[list[str]]) -> None:
    reader = EventReader()

    assert [kinds for line in lines if (kinds := reader.feed(line)) is not None] == told

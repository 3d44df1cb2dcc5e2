"""Server-sent events as the axis sends them (WHATWG HTML, section 9.2), read line by line. Pure."""

from __future__ import annotations

import json

PATH = "/live/events"
SILENCE = 60.0
"""Seconds without a sign of life after which the line counts as broken; the axis gives one every 20."""


class EventReader:
    """Feed it lines; it answers the kinds of what arrived when an event is complete."""

    def __init__(self) -> None:
        self._name = ""
        self._data: list[str] = []

    def feed(self, line: str) -> list[str] | None:
        """:returns: ``["document"]``, ``["status"]`` or both; ``None``: no event ended here"""
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                self._name = value
            elif name == "data":
                self._data.append(value)
            return None
        name, data = self._name, "\n".join(self._data)
        self._name, self._data = "", []
        if name != "arrived" or not data:
            return None
        return [str(kind) for kind in json.loads(data)["kinds"]]

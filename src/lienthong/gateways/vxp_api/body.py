"""The body of sendEdoc: the package and the CR LF that the SDK appends."""

from __future__ import annotations

from lienthong.exchange.request_body import CHUNK, Body, Readable

__all__ = ["CHUNK", "Body", "Readable", "WithoutFinalLineEnd"]

_LINE_END = b"\r\n"


class WithoutFinalLineEnd:
    """A body less the one CR LF that the SDK appends to the file (section 4.6); the file may end in another of its own.

    ``length`` counts on the CR LF being there: a client that leaves it out has two bytes more.
    """

    def __init__(self, source: Body) -> None:
        self.length = None if source.length is None else max(source.length - len(_LINE_END), 0)
        self._source = source
        self._held = b""  # always keeps the last two bytes back until the end is known
        self._ended = False

    def read(self, size: int) -> bytes:
        while not self._ended and len(self._held) <= len(_LINE_END):
            self._fetch(size)
        free = len(self._held) if self._ended else len(self._held) - len(_LINE_END)
        count = min(size, free)
        data, self._held = self._held[:count], self._held[count:]
        return data

    def _fetch(self, size: int) -> None:
        data = self._source.read(max(size, 1))
        self._held += data
        if not data:
            self._ended = True
            self._held = self._held.removesuffix(_LINE_END)

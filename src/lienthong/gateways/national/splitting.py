"""The base64 of a getEdoc answer, decoded while it arrives: only what stands around it is ever held."""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Callable

import pybase64

# In JSON text an inner quote always has a backslash before it, so this can only be a real key with its value's start.
_DATA = re.compile(rb'"data"\s*:\s*"')
_OUTLINE_LIMIT = 1024 * 1024
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_WHITE = b" \t\r\n"
_ESCAPE = 6  # the longest: \u003d


class DataSplitter:
    """Feed it the answer; decoded data goes to ``sink``, ``outline`` is the answer with ``data`` left empty.

    :raises ValueError: not base64, or an outline beyond all measure
    """

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self._sink = sink
        self._before = b""
        self._after = b""
        self._text = b""  # base64 that is no whole group, or an escape that is not whole
        self._place = self._feed_before

    def feed(self, chunk: bytes) -> None:
        self._place(chunk)

    def finish(self) -> bytes:
        """The outline; it is no JSON when the answer was cut off."""
        return self._before + self._after

    def _feed_before(self, chunk: bytes) -> None:
        self._before = self._limited(self._before + chunk)
        found = _DATA.search(self._before)
        if found:
            rest, self._before = self._before[found.end() :], self._before[: found.end()]
            self._place = self._feed_data
            self._feed_data(rest)

    def _feed_data(self, chunk: bytes) -> None:
        data, quote, rest = chunk.partition(b'"')
        self._text += data
        if quote:
            self._decode(self._text, last=True)
            self._text = b""
            self._place = self._feed_after
            self._feed_after(quote + rest)
        else:
            self._text = self._decode(self._text, last=False)

    def _feed_after(self, chunk: bytes) -> None:
        self._after = self._limited(self._after + chunk)

    def _decode(self, text: bytes, *, last: bool) -> bytes:
        """Write what can be decoded and answer what must wait for more."""
        clean, waiting = _unescaped(text, last=last)
        clean = clean.translate(_URL_SAFE, delete=_WHITE)
        whole = len(clean) if last else len(clean) // 4 * 4
        try:
            self._sink(pybase64.b64decode(clean[:whole], validate=True))
        except binascii.Error as error:
            raise ValueError(f"data is not base64: {error}") from error
        return clean[whole:] + waiting

    @staticmethod
    def _limited(outline: bytes) -> bytes:
        if len(outline) > _OUTLINE_LIMIT:
            raise ValueError("the answer is too long and has no data in it")
        return outline


def _unescaped(text: bytes, *, last: bool) -> tuple[bytes, bytes]:
    r"""Undo JSON's escapes (``\/``, ``\r\n`` of MIME lines, ``\u003d`` of careful writers); an unfinished one waits."""
    if b"\\" not in text:
        return text, b""
    cut = text.rfind(b"\\")
    waiting = b"" if last or len(text) - cut >= _ESCAPE else text[cut:]
    whole = text[: len(text) - len(waiting)]
    unescaped: str = json.loads(b'"' + whole + b'"', strict=False)
    return unescaped.encode(), waiting

"""Keeps the base64 of attachments away from expat: it gets the envelope, the decoder gets the rest.

Expat is driven exactly up to the ``>`` of a ContentTransferEncoded start tag; it alone says that the tag is one, so
nothing in a comment or CDATA section can pass for it. Where to stop is only a guess made by looking for the name, and a
wrong guess costs time, never correctness: text that reaches expat is decoded too. Pieces are cut at fixed distances, so
the outcome does not depend on how the caller's chunks fall.
"""

from __future__ import annotations

from edxml102._envelope import CONTENT_TAG, EnvelopeParser

_NAME = CONTENT_TAG.encode()
_TAG_END = ord(">")
_BLOCK = 16 * 1024
_SLACK = 1024  # a name that begins in a block and the end of its tag are found within this
_TRIES = 4  # a ``>`` may stand in an attribute value
_FALSE_ALARMS = 64  # each makes older expat scan an unfinished comment again


class Cutter:
    """Feeds ``EnvelopeParser`` with chunks of any size; raises what it raises."""

    def __init__(self, parser: EnvelopeParser) -> None:
        self._parser = parser
        self._pending = b""
        self._in_content = False
        self._tries = 0
        self._tags_seen = 0
        self._alarms = 0

    def feed(self, chunk: bytes) -> None:
        at = self._skip_content(chunk, 0) if self._in_content else 0
        if at >= len(chunk):
            return
        data = self._pending + chunk[at:] if self._pending else chunk[at:]
        self._pending = b""
        done = self._cut(data, final=False)
        self._pending = data[done:]

    def close(self) -> None:
        data = self._pending
        self._pending = b""
        self._cut(data, final=True)
        self._parser.parse(b"", final=True)

    def _cut(self, data: bytes, *, final: bool) -> int:
        """Feed whole pieces; returns how many bytes were used."""
        at = 0
        while at < len(data):
            if self._in_content:
                at = self._skip_content(data, at)
                continue
            if len(data) - at < _BLOCK + _SLACK and not final:
                break
            end = self._piece_end(data, at)
            self._parser.parse(data[at:end])
            at = end
            self._in_content = self._parser.is_content_next
            self._settle(at_tag_end=data[at - 1] == _TAG_END)
        return at

    def _piece_end(self, data: bytes, at: int) -> int:
        stop = min(at + _BLOCK, len(data))
        if not self._tries:
            found = data.find(_NAME, at, stop + len(_NAME) - 1) if self._alarms < _FALSE_ALARMS else -1
            if found < 0:
                return stop
            self._tries = _TRIES
            at = found + len(_NAME)
            stop = max(stop, min(at + _SLACK // 2, len(data)))
        return data.find(b">", at, stop) + 1 or stop

    def _settle(self, *, at_tag_end: bool) -> None:
        """After a piece: keep looking for the end of the tag, or give up the guess."""
        seen, self._tags_seen = self._tags_seen, self._parser.tags_seen
        if self._tags_seen != seen:
            self._tries = 0
        elif self._tries and at_tag_end:
            self._tries -= 1
            self._alarms += not self._tries

    def _skip_content(self, data: bytes, at: int) -> int:
        """Pass base64 text by; returns where the markup after it begins."""
        end = data.find(b"<", at)
        self._in_content = end < 0
        if end < 0:
            end = len(data)
        piece = data if end - at == len(data) else memoryview(data)[at:end]
        taken = self._parser.push_content(piece)
        if taken < len(piece):
            self._in_content = False
            end = at + taken
        self._parser.skipped_lines += data.count(b"\n", at, end)
        return end

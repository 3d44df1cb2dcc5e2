"""A package without the base64 of its attachments, small enough for a DOM, that can still be canonicalised whole.

libxml2 refuses a text node of 10 MB, and a DOM of a 100 MB package takes half a gigabyte. Canonicalisation (C14N 1.0,
inclusive or exclusive) copies a text node as it is except for escapes and line ends, and base64 needs no escapes: so
the DOM holds a mark in place of each attachment, and the base64 is streamed in where the mark comes out again.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from edxml102.limits import MIB
from edxml102.model import AttachmentView

_CHUNK = 256 * 1024
LIMIT = 16 * MIB
"""Most of a package that may go into the DOM: four times what the reader takes as header, for base64 in CDATA."""


class TooLargeError(Exception):
    """What is left without the plain base64 is still too large for a DOM."""


@dataclass(frozen=True, slots=True)
class _Hole:
    begin: int
    end: int
    mark: bytes


class HollowPackage:
    """``data`` is the package in ``stream`` (seekable) with a mark in place of each plain base64 text in ``views``.

    Raises ``TooLargeError``.
    """

    def __init__(self, stream: BinaryIO, views: Iterable[AttachmentView]) -> None:
        self._stream = stream
        plain = sorted((view.begin, view.end) for view in views if not view.cdata and view.end > view.begin)
        solid = list(self._solid(plain))
        # An attacker would have to write the hash of his own text into it to forge a mark.
        token = hashlib.sha256(b"".join(solid)).hexdigest()
        self._holes = [_Hole(begin, end, f"[{token}.{n}]".encode()) for n, (begin, end) in enumerate(plain)]
        marks = [hole.mark for hole in self._holes]
        self.data = b"".join(piece for pair in zip(solid, [*marks, b""], strict=True) for piece in pair)

    @property
    def solid_end(self) -> int:
        """Up to here, positions in ``data`` are positions in the package."""
        return self._holes[0].begin if self._holes else len(self.data)

    def fill(self, canonical: bytes) -> Iterator[bytes]:
        """Give the canonical form of the whole package, given that of ``data``."""
        at = 0
        for hole in self._holes:
            found = canonical.find(hole.mark, at)
            if found < 0:  # not within what is canonicalised
                continue
            yield canonical[at:found]
            yield from self._text(hole)
            at = found + len(hole.mark)
        yield canonical[at:]

    def _solid(self, plain: list[tuple[int, int]]) -> Iterator[bytes]:
        end_of_stream = self._stream.seek(0, io.SEEK_END)
        starts, ends = [0, *(end for _, end in plain)], [*(begin for begin, _ in plain), end_of_stream]
        if sum(ends) - sum(starts) > LIMIT:
            raise TooLargeError
        for start, end in zip(starts, ends, strict=True):
            self._stream.seek(start)
            yield self._stream.read(end - start)

    def _text(self, hole: _Hole) -> Iterator[bytes]:
        """Stream the base64 with its line ends as XML reads them: CR LF and CR are LF."""
        self._stream.seek(hole.begin)
        left, after_cr = hole.end - hole.begin, False
        while left > 0 and (chunk := self._stream.read(min(_CHUNK, left))):
            left -= len(chunk)
            text = chunk[1:] if after_cr and chunk[:1] == b"\n" else chunk
            after_cr = chunk[-1:] == b"\r"
            yield text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text

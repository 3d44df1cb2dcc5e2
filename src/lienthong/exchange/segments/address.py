"""Where a stored package lies, and how a segment frames it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

MAGIC = b"LTSEGv1\n"
KEPT, RECLAIMED = b"K", b"R"
_FRAME = struct.Struct(">4scxxxQ32s")
FRAME_SIZE = _FRAME.size
_MARK = b"LTpk"


@dataclass(frozen=True, slots=True)
class Address:
    """``segment`` is a path below the store's root, ``offset`` that of the first byte, ``sha256`` of all ``length``."""

    segment: str
    offset: int
    length: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """The record in front of each package of a shared segment."""

    flag: bytes
    length: int
    sha256: bytes

    def pack(self) -> bytes:
        return _FRAME.pack(_MARK, self.flag, self.length, self.sha256)


def unpack_frame(raw: bytes) -> Frame | None:
    """Read a frame; ``None`` when the bytes are none (a torn tail, or not a segment)."""
    if len(raw) != FRAME_SIZE:
        return None
    mark, flag, length, sha256 = _FRAME.unpack(raw)
    return Frame(flag, length, sha256) if mark == _MARK and flag in (KEPT, RECLAIMED) else None

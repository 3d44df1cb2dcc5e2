"""The part of a package that a ``Range`` header asks for (RFC 9110, section 14). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SINGLE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*")


@dataclass(frozen=True, slots=True)
class Part:
    """From ``start`` to before ``stop``; nothing in it: cannot be satisfied."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        return max(0, self.stop - self.start)


def wanted_part(header: str, size: int) -> Part | None:
    """The one range asked for; ``None`` stands for the whole, also when the header is none we can read or asks for
    several."""
    match = _SINGLE.fullmatch(header)
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":  # the last so many bytes
        return Part(max(0, size - int(match[2])), size)
    start = int(match[1])
    if match[2] and int(match[2]) < start:
        return None
    stop = min(size, int(match[2]) + 1) if match[2] else size
    return Part(start, max(stop, start))

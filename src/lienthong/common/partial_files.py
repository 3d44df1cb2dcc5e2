"""A file that arrives in parts. Its size *is* the offset, so what came before a line broke is neither lost nor counted
twice; a lock on it keeps two parts apart (docs/adr/0063)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

_CHUNK = 256 * 1024


class Part(Protocol):
    """What arrives: ``length`` where it was declared; ``read`` answers ``b""`` at the end."""

    length: int | None

    def read(self, size: int, /) -> bytes: ...


class BusyError(Exception):
    """Another part is arriving."""


class OffsetError(Exception):
    """The part does not begin where the file ends; ``offset`` is where that is."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"at {offset}")
        self.offset = offset


class TooLongError(Exception):
    """More than was declared."""


def offset_of(path: Path) -> int:
    """How many bytes are here."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """The open file, this caller's alone.

    :raises BusyError: somebody else has it
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError from None
        yield descriptor
    finally:
        os.close(descriptor)


def check_part(descriptor: int, part: Part, *, offset: int, length: int) -> None:
    """Ask before anything is read whether the part follows what is here and fits.

    :raises OffsetError: it does not follow
    :raises TooLongError: it does not fit
    """
    size = os.fstat(descriptor).st_size
    if offset != size:
        raise OffsetError(size)
    if part.length is not None and size + part.length > length:
        raise TooLongError


def pour(descriptor: int, part: Part, *, length: int) -> int:
    """Append what the part brings; answers the new offset. What came before a broken line stays.

    :raises TooLongError: more came than ``length`` bytes in all; what fits is kept
    """
    size = os.lseek(descriptor, 0, os.SEEK_END)
    try:
        while piece := part.read(_CHUNK):
            if size + len(piece) > length:
                raise TooLongError
            left = memoryview(piece)
            while left:
                left = left[os.write(descriptor, left) :]
            size += len(piece)
    finally:
        os.fdatasync(descriptor)
    return size

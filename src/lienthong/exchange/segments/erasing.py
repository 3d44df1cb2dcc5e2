"""Destroys the bytes of one stored package. Where it lay stays reserved, so that nothing else moves."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from lienthong.exchange.segments.address import Address

_STEP = 1024 * 1024
_PUNCH_HOLE = 0x03  # FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE (linux/falloc.h)


def erase(root: Path, address: Address) -> None:
    """Overwrite with zeros, sync, then give the blocks back. Again does no harm; a file that is gone is erased.

    :raises OSError: the disk is read-only or gone
    """
    try:
        descriptor = os.open(root / address.segment, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        end = min(address.offset + address.length, os.fstat(descriptor).st_size)
        for at in range(address.offset, end, _STEP):
            _overwrite(descriptor, at, min(_STEP, end - at))
        os.fsync(descriptor)
        punch_hole(descriptor, address.offset, address.length)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_erased(root: Path, address: Address) -> bool:
    """Whether nothing but zeros lies where the package lay."""
    try:
        with (root / address.segment).open("rb") as handle:
            handle.seek(address.offset)
            left = address.length
            while left and (piece := handle.read(min(_STEP, left))):
                if any(piece):
                    return False
                left -= len(piece)
    except FileNotFoundError:
        pass
    return True


def punch_hole(descriptor: int, offset: int, length: int) -> None:
    """Give the blocks back to the file system; where it cannot, the space stays used and nothing else changes."""
    fallocate = getattr(ctypes.CDLL(None, use_errno=True), "fallocate", None)
    if fallocate is not None:
        fallocate(ctypes.c_int(descriptor), _PUNCH_HOLE, ctypes.c_int64(offset), ctypes.c_int64(length))


def _overwrite(descriptor: int, at: int, length: int) -> None:
    while length:
        done = os.pwrite(descriptor, bytes(length), at)
        at, length = at + done, length - done

"""A stored package as a seekable file, for readers that go back and forth in it."""

from __future__ import annotations

import io
import os
from typing import BinaryIO, cast

from lienthong.exchange.segments.address import Address
from lienthong.exchange.segments.local import LocalSegments, SegmentError, has_nothing

_BUFFER = 256 * 1024


def open_view(segments: LocalSegments, address: Address) -> BinaryIO:
    """Open the package at ``address``. Its hash is not checked: that is up to who reads all of it.

    :raises SegmentError: missing file
    """
    try:
        descriptor = os.open(segments.root / address.segment, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise SegmentError(f"{address.segment}: không mở được ({error.strerror})") from error
    return cast(BinaryIO, io.BufferedReader(_Window(descriptor, address.offset, address.length), _BUFFER))


class _Window(io.RawIOBase):
    """The bytes of one package in its segment."""

    def __init__(self, descriptor: int, offset: int, length: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._offset = offset
        self._length = length
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        wanted = min(len(buffer), max(0, self._length - self._at))
        data = os.pread(self._descriptor, wanted, self._offset + self._at) if wanted else b""
        if has_nothing(data):
            raise SegmentError("không còn nội dung")
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()

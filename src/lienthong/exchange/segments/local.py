"""The segment store on local files, synced before anything is acknowledged.

``shared/<id>.seg`` are append-only files of framed small packages, each written by one process.
``objects/ab/<id>.pkg`` hold one large package each. A file that a live process writes is locked, so that ``verify``
leaves it alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from lienthong.common.failpoints import hit
from lienthong.common.ids import new_id
from lienthong.exchange.segments.address import FRAME_SIZE, KEPT, MAGIC, Address, Frame

_READ_SIZE = 1024 * 1024
_MOST_PIECES = 1024  # IOV_MAX of Linux


class SegmentError(Exception):
    """Stored bytes are missing or no longer match their hash."""


def has_nothing(piece: bytes) -> bool:
    """Whether bytes of the store were erased: a package is XML, and XML never holds a zero byte."""
    return piece[:1] == b"\0"


class LocalSegments:
    """The store below ``root``. Reading is safe from any thread; writing goes through a ``SegmentWriter`` or
    ``ObjectWriter`` of one thread each."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def writer(self, *, segment_size: int) -> SegmentWriter:
        """A writer of small packages; one per process."""
        return SegmentWriter(self.root, segment_size=segment_size)

    def new_object(self) -> ObjectWriter:
        """A writer of one large package."""
        return ObjectWriter(self.root)

    def chunks(self, address: Address, *, size: int = _READ_SIZE) -> Iterator[bytes]:
        """The package in pieces of ``size`` bytes (the last may be shorter). The last piece is only handed out when
        the hash of all is right, so a reader never completes on damaged bytes.

        :raises SegmentError: missing file, short file, or wrong hash
        """
        digest, held = hashlib.sha256(), b""
        for piece in self._pieces(address, size):
            digest.update(piece)
            if held:
                yield held
            held = piece
        if digest.digest() != address.sha256:
            raise SegmentError(f"{address.segment}+{address.offset}: mã băm không khớp")
        if held:
            yield held

    def part(self, address: Address, start: int, stop: int, *, size: int = _READ_SIZE) -> Iterator[bytes]:
        """The package's bytes from ``start`` to before ``stop`` in pieces of ``size``; no hash can be checked.

        :raises SegmentError: missing or short file
        """
        return self._pieces(replace(address, offset=address.offset + start, length=stop - start), size)

    def _pieces(self, address: Address, size: int) -> Iterator[bytes]:
        try:
            descriptor = os.open(self.root / address.segment, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise SegmentError(f"{address.segment}: không mở được ({error.strerror})") from error
        try:
            at, end = address.offset, address.offset + address.length
            while at < end:
                piece = os.pread(descriptor, min(size, end - at), at)
                if not piece:
                    raise SegmentError(f"{address.segment}+{address.offset}: thiếu {end - at} byte")
                if has_nothing(piece):
                    raise SegmentError(f"{address.segment}+{address.offset}: không còn nội dung")
                at += len(piece)
                yield piece
        finally:
            os.close(descriptor)


class SegmentWriter:
    """Appends batches of small packages to the process's own segment, one sync a batch."""

    def __init__(self, root: Path, *, segment_size: int) -> None:
        self._folder = root / "shared"
        self._segment_size = segment_size
        self._descriptor = -1
        self._name = ""
        self._end = 0

    def append(self, payloads: Sequence[tuple[bytes, bytes]]) -> list[Address]:
        """Write and sync ``(sha256, payload)`` pairs; only then are their addresses answered.

        :raises OSError: the disk is full or gone; what was written of the batch is cut off again
        """
        if self._descriptor < 0 or self._end >= self._segment_size:
            self._open_next()
        start = self._end
        addresses, pieces = self._place(payloads)
        try:
            hit("segment.before_write")
            self._write_all(pieces)
            hit("segment.after_write")
            os.fdatasync(self._descriptor)
            hit("segment.after_sync")
        except OSError:
            self._forget(start)
            raise
        return addresses

    def abandon(self) -> None:
        """Leave the current segment as it is and go on in a new one: after a commit whose outcome is not known, the
        bytes written last may be spoken for."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def _place(self, payloads: Sequence[tuple[bytes, bytes]]) -> tuple[list[Address], list[bytes]]:
        addresses: list[Address] = []
        pieces: list[bytes] = []
        for sha256, payload in payloads:
            pieces += (Frame(KEPT, len(payload), sha256).pack(), payload)
            addresses.append(Address(self._name, self._end + FRAME_SIZE, len(payload), sha256))
            self._end += FRAME_SIZE + len(payload)
        return addresses, pieces

    def _write_all(self, pieces: list[bytes]) -> None:
        for at in range(0, len(pieces), _MOST_PIECES):
            some = pieces[at : at + _MOST_PIECES]
            left = sum(map(len, some)) - os.writev(self._descriptor, some)
            while left:  # the disk took a part: on with the rest until it is written or refused
                left -= os.write(self._descriptor, b"".join(some)[-left:])

    def _forget(self, end: int) -> None:
        try:
            os.ftruncate(self._descriptor, end)
            os.lseek(self._descriptor, end, os.SEEK_SET)
            self._end = end
        except OSError:
            self.abandon()

    def _open_next(self) -> None:
        self.abandon()
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{new_id()}.seg"
        path = self._folder / name
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(descriptor, MAGIC)
        sync_folder(self._folder)
        self._descriptor, self._name, self._end = descriptor, f"shared/{name}", len(MAGIC)


class ObjectWriter:
    """Streams one large package to a file of its own while it arrives. Use as a context manager: a file that was not
    ``finish``ed is removed."""

    def __init__(self, root: Path) -> None:
        name = str(new_id())
        self.segment = f"objects/{name[-2:]}/{name}.pkg"
        self._path = root / self.segment
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._length = 0
        self._kept = False

    def __enter__(self) -> ObjectWriter:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._kept:
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)  # only now does ``verify`` look at the file: until here its rows may be on the way

    def write(self, chunk: bytes) -> None:
        """Append ``chunk``.

        :raises OSError: the disk is full or gone
        """
        left = memoryview(chunk)
        while left:
            left = left[os.write(self._descriptor, left) :]
        self._length += len(chunk)

    def finish(self, sha256: bytes) -> Address:
        """Sync file and folder and answer the address.

        :raises OSError: the disk is full or gone
        """
        hit("segment.after_write")
        os.fdatasync(self._descriptor)
        sync_folder(self._path.parent)
        hit("segment.after_sync")
        return Address(self.segment, 0, self._length, sha256)

    def keep(self) -> None:
        """The rows are committed, or may be: the file stays."""
        self._kept = True


def sync_folder(folder: Path) -> None:
    """Make a new file's name durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

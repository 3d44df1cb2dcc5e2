"""Stored bytes as something to download, whole or in part: a package, or an attachment decoded out of it on the fly."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import pybase64

from edxml102.errors import EdxmlError
from edxml102.model import AttachmentView
from edxml102.reader import decode_attachment
from lienthong.exchange.deliveries import StoredPackage, unreadable
from lienthong.exchange.intake import segments
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.segments import SegmentError
from lienthong.exchange.segments.view import open_view

_CHUNK = 256 * 1024
_BASE64_BLOCK = 4 * 64 * 1024


@dataclass(frozen=True, slots=True)
class PackageContent:
    """A whole package; a whole reading never completes on damaged bytes."""

    package: StoredPackage

    @property
    def size(self) -> int:
        return self.package.size

    @property
    def sha256(self) -> bytes:
        return self.package.sha256

    def pieces(self, begin: int, end: int) -> Iterator[bytes]:
        """The bytes from ``begin`` up to ``end``.

        :raises Refusal: PACKAGE_DAMAGED
        """
        if (begin, end) == (0, self.size):
            yield from self.package.chunks(_CHUNK)
        else:
            yield from self.package.part(begin, end, _CHUNK)


@dataclass(frozen=True, slots=True)
class AttachmentContent:
    """The decoded bytes of one attachment."""

    package: StoredPackage
    view: AttachmentView

    @property
    def size(self) -> int:
        return self.view.size

    @property
    def sha256(self) -> bytes:
        return self.view.sha256

    def pieces(self, begin: int, end: int) -> Iterator[bytes]:
        """The decoded bytes from ``begin`` up to ``end``.

        Base64 without white space, which nearly everybody writes, is entered in the middle; of other content the
        beginning is decoded and thrown away.

        :raises Refusal: PACKAGE_DAMAGED
        """
        with _opened(self.package) as stream:
            try:
                if (begin, end) == (0, self.size):
                    yield from _verified(decode_attachment(stream, self.view), self.sha256)
                elif self._is_dense:
                    yield from _dense(stream, self.view, begin, end)
                else:
                    yield from _exactly(_after(decode_attachment(stream, self.view), begin), end - begin)
            except (SegmentError, EdxmlError, ValueError) as error:
                raise unreadable(self.package.address, error) from error

    @property
    def _is_dense(self) -> bool:
        return not self.view.cdata and self.view.end - self.view.begin == (self.view.size + 2) // 3 * 4


def attachment_view(stored: Mapping[str, Any]) -> AttachmentView | None:
    """Where an attachment lies, from its row; ``None`` when its content could not be read."""
    if not stored.get("sha256"):
        return None
    return AttachmentView(
        begin=stored["begin"],
        end=stored["end"],
        size=stored["size"],
        sha256=bytes.fromhex(stored["sha256"]),
        cdata=stored.get("cdata", False),
    )


def _opened(package: StoredPackage) -> BinaryIO:
    try:
        return open_view(segments(), package.address)
    except SegmentError as error:
        raise unreadable(package.address, error) from error


def _dense(stream: BinaryIO, view: AttachmentView, begin: int, end: int) -> Iterator[bytes]:
    first, last = begin // 3, (end + 2) // 3
    stream.seek(view.begin + first * 4)
    texts = _exactly(iter(lambda: stream.read(_BASE64_BLOCK), b""), (last - first) * 4)
    decoded = (pybase64.b64decode(text, validate=True) for text in texts)
    yield from _exactly(_after(decoded, begin - first * 3), end - begin)


def _verified(pieces: Iterator[bytes], sha256: bytes) -> Iterator[bytes]:
    """The last piece leaves only when the hash of all is right."""
    digest, held = hashlib.sha256(), b""
    for piece in pieces:
        digest.update(piece)
        if held:
            yield held
        held = piece
    if digest.digest() != sha256:
        raise Refusal(Reason.PACKAGE_DAMAGED)
    if held:
        yield held


def _after(pieces: Iterator[bytes], skip: int) -> Iterator[bytes]:
    for piece in pieces:
        if skip < len(piece):
            yield piece[skip:]
        skip = max(0, skip - len(piece))


def _exactly(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    for piece in pieces:
        if count <= 0:
            return
        yield piece[:count]
        count -= len(piece)
    if count > 0:
        raise Refusal(Reason.PACKAGE_DAMAGED)

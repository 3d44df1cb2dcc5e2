"""Bytes to model: reads an edXML package as it streams by, in constant memory (sections 3.2 to 3.5).

Everything that circulates is accepted (section 3.4; protocol, section 7); what would harm receivers is refused with
findings (protocol, section 8). What the fields hold is judged by ``edxml102.rules``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

from edxml102._assemble import Assembler
from edxml102._base64 import Base64Decoder, Base64Error
from edxml102._cutter import Cutter
from edxml102._envelope import EnvelopeParser, RefusedError
from edxml102.errors import EdxmlError, Finding, Severity, has_errors
from edxml102.limits import Limits
from edxml102.model import AttachmentView, Package

__all__ = ["Limits", "PackageReader", "ReadResult", "decode_attachment", "read_package"]

_CHUNK = 64 * 1024
_DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What reading gave. ``package`` is ``None`` when reading had to stop; ``size`` and ``sha256`` are of all bytes."""

    package: Package | None
    findings: tuple[Finding, ...]
    size: int
    sha256: bytes

    @property
    def refused(self) -> bool:
        return has_errors(self.findings)


class PackageReader:
    """Takes a package in chunks: ``feed`` each one, then ``close`` once.

    Bad input never raises: it becomes findings. After one that stops the reading, bytes are still counted and hashed.
    """

    def __init__(self, limits: Limits = _DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._findings: list[Finding] = []
        self._parser = EnvelopeParser(limits, self._findings)
        self._cutter = Cutter(self._parser)
        self._sha256 = hashlib.sha256()
        self._size = 0
        self._stopped = False
        self._closed = False

    def feed(self, chunk: bytes | bytearray | memoryview) -> None:
        """Take the next bytes of the package; raises ``EdxmlError`` only after ``close``."""
        if self._closed:
            raise EdxmlError("feed() after close()")
        self._sha256.update(chunk)
        self._size += len(chunk) if not isinstance(chunk, memoryview) else chunk.nbytes
        if self._stopped or not chunk:
            return
        try:
            self._check_size()
            self._cutter.feed(chunk if isinstance(chunk, bytes) else bytes(chunk))
        except RefusedError as refusal:
            self._stop(refusal)

    def close(self) -> ReadResult:
        """End the package and give the result; raises ``EdxmlError`` when called twice."""
        if self._closed:
            raise EdxmlError("close() called twice")
        self._closed = True
        package = None
        if not self._stopped:
            try:
                self._cutter.close()
            except RefusedError as refusal:
                self._stop(refusal)
        if not self._stopped and self._parser.root is not None:
            package = Assembler(self._parser.root, self._limits, self._findings).package()
        self._parser.release()
        return ReadResult(package, tuple(self._findings), self._size, self._sha256.digest())

    def _check_size(self) -> None:
        limit = self._limits.package_bytes
        if limit is not None and self._size > limit:
            message = f"Gói lớn quá {limit:,} byte."
            raise RefusedError(Finding("limit.package", Severity.ERROR, "", message, byte=limit))

    def _stop(self, refusal: RefusedError) -> None:
        self._stopped = True
        self._findings.append(refusal.finding)


def read_package(stream: BinaryIO, *, limits: Limits = _DEFAULT_LIMITS, chunk_size: int = _CHUNK) -> ReadResult:
    """Read a package from where ``stream`` stands to its end."""
    reader = PackageReader(limits)
    while chunk := stream.read(chunk_size):
        reader.feed(chunk)
    return reader.close()


def decode_attachment(stream: BinaryIO, view: AttachmentView, *, chunk_size: int = _CHUNK) -> Iterator[bytes]:
    """Decode an attachment again from the package in ``stream`` (seekable), piece by piece in constant memory.

    Raises ``EdxmlError`` when the bytes are not the ones that were read: not base64, or of another length.
    """
    stream.seek(view.begin)
    decoder = Base64Decoder()
    size = 0
    try:
        for text in _texts(_range(stream, view.end - view.begin, chunk_size), markup=view.cdata):
            if decoded := decoder.push(text):
                size += len(decoded)
                yield decoded
        decoder.finish()
    except (Base64Error, expat.ExpatError) as error:
        raise EdxmlError("the package is not the one that was read") from error
    if size != view.size:
        raise EdxmlError("the package is not the one that was read")


def _range(stream: BinaryIO, left: int, chunk_size: int) -> Iterator[bytes]:
    while left > 0 and (chunk := stream.read(min(chunk_size, left))):
        left -= len(chunk)
        yield chunk


def _texts(chunks: Iterator[bytes], *, markup: bool) -> Iterator[bytes]:
    """Give the text of the content; CDATA, comments and character references are resolved as expat did before."""
    if not markup:
        yield from chunks
        return
    texts: list[str] = []
    parser = expat.ParserCreate("utf-8")
    parser.CharacterDataHandler = texts.append
    parser.Parse(b"<_>")
    for chunk in chunks:
        parser.Parse(chunk)
        yield "".join(texts).encode()
        texts.clear()
    parser.Parse(b"</_>", True)
    yield "".join(texts).encode()

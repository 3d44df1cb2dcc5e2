"""The base64 content of one attachment, while it streams by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from edxml102._base64 import Base64Decoder, Base64Error
from edxml102.model import AttachmentView
from edxml102.zipcheck import EMPTY_MAGIC, MAGIC, ZipListing, ZipProbe, ZipShape

__all__ = ["Base64Error", "Content", "ContentSink"]


@dataclass(frozen=True, slots=True)
class Content:
    """Where the content lies, what it decodes to, and what kind of archive it is (``None``: it is not base64)."""

    view: AttachmentView
    listing: ZipListing | None


class ContentSink:
    """Decodes, hashes and counts one attachment in constant memory; keeps none of it but the ends of a zip."""

    __slots__ = ("_decoder", "_magic", "_probe", "_sha256", "begin", "broken", "plain", "size")

    def __init__(self, begin: int) -> None:
        self.begin = begin
        self.size = 0
        self.broken = False  # a finding was made: what follows is not decoded
        self.plain = 0  # bytes that went past expat; others are CDATA, comments or character references
        self._decoder = Base64Decoder()
        self._sha256 = hashlib.sha256()
        self._magic = b""
        self._probe: ZipProbe | None = None

    def push(self, data: bytes | memoryview) -> None:
        """Take the next piece of base64 text; raises ``Base64Error`` and takes nothing when it is not base64."""
        decoded = self._decoder.push(data)
        if decoded:
            self._sha256.update(decoded)
            self.size += len(decoded)
            if self._probe is not None:
                self._probe.push(decoded)
            elif len(self._magic) < len(MAGIC):
                self._look_for_zip(decoded)

    def _look_for_zip(self, decoded: bytes) -> None:
        start = self._magic + decoded
        self._magic = start[: len(MAGIC)]
        if self._magic in (MAGIC, EMPTY_MAGIC):
            self._probe = ZipProbe()
            self._probe.push(start)

    def finish(self) -> None:
        """Raise ``Base64Error`` when the text was cut short."""
        if not self.broken:
            self._decoder.finish()

    def content(self, end: int) -> Content:
        """Close the content at byte ``end`` of the package. A broken one has no size and no hash."""
        view = AttachmentView(
            begin=self.begin,
            end=max(self.begin, end),
            size=0 if self.broken else self.size,
            sha256=b"" if self.broken else self._sha256.digest(),
            cdata=end - self.begin > self.plain,
        )
        return Content(view, None if self.broken else self._listing())

    def _listing(self) -> ZipListing:
        return self._probe.listing() if self._probe else ZipListing(ZipShape.NOT_ZIP)

"""What a request carries: bytes of a known length, read from their start again when the request is repeated."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

CHUNK = 256 * 1024


class Body(Protocol):
    """``pieces`` starts from the beginning each time it is called."""

    @property
    def length(self) -> int: ...
    @property
    def content_type(self) -> str: ...
    def pieces(self) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Text:
    """JSON."""

    value: Any

    @property
    def _bytes(self) -> bytes:
        return json.dumps(self.value, ensure_ascii=False).encode()

    @property
    def length(self) -> int:
        return len(self._bytes)

    @property
    def content_type(self) -> str:
        return "application/json"

    def pieces(self) -> Iterator[bytes]:
        yield self._bytes


@dataclass(frozen=True, slots=True)
class Source:
    """Bytes in memory or in a file, from ``begin`` on, at most ``size`` of them."""

    origin: bytes | Path
    content_type: str = "application/edxml+xml"
    begin: int = 0
    size: int | None = None

    @property
    def length(self) -> int:
        whole = len(self.origin) if isinstance(self.origin, bytes) else self.origin.stat().st_size
        rest = max(0, whole - self.begin)
        return rest if self.size is None else min(rest, self.size)

    def pieces(self) -> Iterator[bytes]:
        left = self.length
        if isinstance(self.origin, bytes):
            yield self.origin[self.begin : self.begin + left]
            return
        with self.origin.open("rb") as file:
            file.seek(self.begin)
            while left and (piece := file.read(min(CHUNK, left))):
                left -= len(piece)
                yield piece


@dataclass(frozen=True, slots=True)
class Form:
    """Metadata, then files, as ``multipart/form-data``; nothing is held whole."""

    metadata: Mapping[str, Any]
    files: Sequence[tuple[str, bytes | Path]]
    boundary: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self.boundary}"

    @property
    def length(self) -> int:
        return sum(len(part) if isinstance(part, bytes) else part.length for part in self._parts())

    def pieces(self) -> Iterator[bytes]:
        for part in self._parts():
            if isinstance(part, bytes):
                yield part
            else:
                yield from part.pieces()

    def _parts(self) -> Iterator[bytes | Source]:
        text = json.dumps(self.metadata, ensure_ascii=False).encode()
        yield self._head('name="metadata"', "application/json") + text + b"\r\n"
        for name, origin in self.files:
            yield self._head(f'name="file"; filename="{quote(name)}"', "application/octet-stream")
            yield Source(origin)
            yield b"\r\n"
        yield f"--{self.boundary}--\r\n".encode()

    def _head(self, disposition: str, content_type: str) -> bytes:
        head = f"--{self.boundary}\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: {content_type}\r\n"
        return f"{head}\r\n".encode()

"""Stored bytes on their way out: whole, in part (RFC 9110, section 14), or not at all when the client has them."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from lienthong.common.folding import strip_accents

_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,99}/[a-z0-9][a-z0-9!#$&^_.+-]{0,99}")
_BINARY = "application/octet-stream"


class RangeError(Exception):
    """The range asked for lies outside the content; ``headers`` tell its size (status 416)."""

    def __init__(self, size: int) -> None:
        super().__init__(f"no such range of {size} bytes")
        self.headers = {"Content-Range": f"bytes */{size}"}


class Content(Protocol):
    """Bytes that can be read from any place."""

    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> bytes: ...
    def pieces(self, begin: int, end: int) -> Iterator[bytes]: ...


def download(request: HttpRequest, content: Content, *, name: str, content_type: str) -> HttpResponseBase:
    """The answer to one download. Always saved, never shown in the page: the bytes are somebody else's.

    :raises RangeError: the client asks for a part that is not there
    """
    etag = f'"{content.sha256.hex()}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Repr-Digest": f"sha-256=:{base64.b64encode(content.sha256).decode()}:",
        "Content-Disposition": content_disposition(name),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
    }
    if _names(request.headers.get("If-None-Match"), etag):
        return HttpResponse(status=304, headers=headers)
    begin, end = _wanted(request, content.size, etag)
    headers["Content-Length"] = str(end - begin)
    headers["Content-Type"] = content_type if _MEDIA_TYPE.fullmatch(content_type) else _BINARY
    whole = (begin, end) == (0, content.size)
    if not whole:
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{content.size}"
    return StreamingHttpResponse(content.pieces(begin, end), status=200 if whole else 206, headers=headers)


def _names(header: str | None, etag: str) -> bool:
    return header is not None and (header.strip() == "*" or etag in [tag.strip() for tag in header.split(",")])


def _wanted(request: HttpRequest, size: int, etag: str) -> tuple[int, int]:
    """Which bytes to send. Several ranges, another unit, or a change since: all of them."""
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    condition = request.headers.get("If-Range")
    if match is None or (condition is not None and condition.strip() != etag):
        return 0, size
    first, last, suffix = match.groups()
    if suffix is not None:
        begin, end = max(0, size - int(suffix)), size
    else:
        begin, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < begin:  # not a range at all, so there is none (RFC 9110, 14.1.1)
            return 0, size
    if begin >= end:
        raise RangeError(size)
    return begin, end


def content_disposition(name: str) -> str:
    """A file name of any letters (RFC 6266): in full for all who know RFC 8187, without accents for the others.

    The name comes out of a package: no folder, no control characters, nothing that could end the header.
    """
    flat = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = "".join(letter for letter in flat if letter.isprintable()).strip(" .")[:200] or "tep-dinh-kem"
    plain = re.sub(r"[^0-9A-Za-z ._()-]", "_", strip_accents(clean))
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"

"""The bytes of a request: counted, never held whole, and read to their end even when nobody wants them.

Every gateway that takes packages reads them so.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Protocol

from gunicorn.http.errors import ParseException

from lienthong.exchange.refusals import Reason, Refusal

CHUNK = 256 * 1024


class TooSlowError(OSError):
    """The server will not wait for this client any longer."""


class Readable(Protocol):
    """Gives at most ``size`` bytes; ``b""`` at the end."""

    def read(self, size: int, /) -> bytes: ...


class Body:
    """A request's body. ``length`` is the declared one, ``None`` when it comes in HTTP chunks."""

    def __init__(self, stream: Readable, length: int | None) -> None:
        self._stream = stream
        self._left = length
        self._broken = False
        self.length = length

    @classmethod
    def of(cls, environ: Mapping[str, Any]) -> Body:
        """The server has refused contradictory lengths already. No length and no chunks: no body (RFC 9112, 6.3)."""
        declared = environ.get("CONTENT_LENGTH") or ""
        chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").casefold()
        return cls(environ["wsgi.input"], None if chunked else int(declared) if declared.isdecimal() else 0)

    def read(self, size: int) -> bytes:
        """:raises Refusal: ``BODY_INCOMPLETE``, ``BODY_TOO_SLOW``"""
        wanted = size if self._left is None else min(size, self._left)
        data = self._from_network(wanted) if wanted else b""
        if self._left is not None:
            self._left -= len(data)
            if self._left and not data and size:
                self._give_up()
        return data

    def _from_network(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except (OSError, ParseException) as error:  # a lost or silent connection; a chunk that is none
            self._give_up(error)
            raise

    def _give_up(self, error: Exception | None = None) -> None:
        self._broken, self._left = True, 0
        slow = isinstance(error, TooSlowError)
        raise Refusal(Reason.BODY_TOO_SLOW if slow else Reason.BODY_INCOMPLETE) from error

    def discard_rest(self, *, limit: int, seconds: float) -> None:
        """Let the client finish writing, so that it reads the answer."""
        self.drain(most=limit + CHUNK, seconds=seconds)

    def drain(self, *, most: int, seconds: float) -> None:
        """Read and forget what is left, within bounds.

        A client that is still writing when the connection closes gets a reset and never reads our answer; one that
        keeps the connection would have the rest taken for its next request.
        """
        if self._broken or (self._left is not None and self._left > most):
            return
        until = time.monotonic() + seconds
        try:
            while most > 0 and time.monotonic() < until:
                data = self.read(CHUNK)
                if not data:
                    return
                most -= len(data)
        except Refusal:
            return

"""How slowly a client may send: headers within a time, a body at a pace, so that few cannot keep all threads busy.

Only the time spent waiting for the client counts; what the axis does meanwhile is not held against it.
"""

from __future__ import annotations

import errno
import socket
import time

from django.conf import settings
from gunicorn.http.unreader import SocketUnreader

from lienthong.exchange.request_body import TooSlowError


class PacedUnreader(SocketUnreader):  # type: ignore[misc]
    """Reads a connection for the parser, and ends it when its client is too slow."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self.expect_headers()

    def expect_headers(self) -> None:
        """The next bytes begin a request."""
        self._in_body = False
        self._waited = 0.0
        self._received = 0

    def expect_body(self) -> None:
        """The headers are complete; what comes now is counted anew."""
        self._in_body = True
        self._waited = 0.0
        self._received = 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        began = time.monotonic()
        try:
            data: bytes = super().chunk(size_hint)
        except (BlockingIOError, TimeoutError) as error:
            raise self._too_slow() from error
        self._waited += time.monotonic() - began
        self._received += len(data)
        if data and self._is_behind():
            raise self._too_slow()
        return data

    def _is_behind(self) -> bool:
        if self._in_body:
            over = self._waited - settings.SLOW_BODY_SECONDS
            return over > 0 and self._received < self._waited * settings.SLOWEST_BODY
        return self._waited > settings.HEADER_SECONDS

    def _too_slow(self) -> OSError:
        """Headers that never end get no answer: the server takes this for a connection that was reset."""
        return TooSlowError() if self._in_body else ConnectionResetError(errno.ECONNRESET, "headers come too slowly")

"""A multipart body as parts to be read one after the other, while it arrives.

Django's own parser needs ``request.FILES``, which keeps every file in memory or on disk before the view sees it. The
library ``multipart`` hands out what each piece of the network held, and nothing is kept (docs/adr/0062).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain
from typing import Any

from multipart import MultipartError, PushMultipartParser, parse_options_header

from lienthong.exchange.request_body import CHUNK, Body
from lienthong.gateways.rest_api.problems import ApiError, Fault

_END = object()


class Part(io.RawIOBase):
    """One part: its name, and its bytes to their end."""

    def __init__(self, name: str, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self.form_name = name
        self._pieces = pieces
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = piece
        size = min(len(view), len(self._held))
        view[:size], self._held = self._held[:size], self._held[size:]
        return size


class Parts:
    """The parts of a body, in their order; each must be read to its end before the next is asked for."""

    def __init__(self, body: Body, content_type: str) -> None:
        boundary = parse_options_header(content_type)[1].get("boundary", "")
        try:
            parser = PushMultipartParser(boundary, strict=True)
        except MultipartError as error:
            raise _wrong(error) from error
        chunks = iter(lambda: body.read(CHUNK), b"")
        self._parser = parser
        self._events: Iterator[Any] = chain.from_iterable(parser.parse(chunk) for chunk in chunks)

    def next(self) -> Part | None:
        """The next part; ``None`` after the last.

        :raises ApiError: ``MULTIPART_WRONG``
        """
        segment = self._event()
        return None if segment is _END else Part(segment.name or "", self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        while (event := self._event()) is not None:
            yield bytes(event)

    def _event(self) -> Any:
        """A segment's head, a piece of it, ``None`` after its last piece, or the end of a whole body."""
        try:
            event = next(self._events, _END)
            if event is _END:
                self._parser.close()  # says when the body broke off in the middle of a part
        except MultipartError as error:
            raise _wrong(error) from error
        return event


def _wrong(error: MultipartError) -> ApiError:
    return ApiError(Fault.MULTIPART_WRONG, f"{error}.")

"""The trace header of one more hop (3.2.2), spliced into a package without touching another byte.

``locate`` finds the place in one light pass; ``trace_header`` makes the bytes that go there; ``spliced`` puts them in.
A signed package has no place: whatever is added to it ends its signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.parsers import expat
from xml.sax.saxutils import escape

__all__ = ["TracePlace", "locate", "spliced", "trace_header"]

_PIECE = 16 * 1024
_HEADER_LIMIT = 8 * 1024 * 1024
_LIST_PATH = ("edXML", "edXMLEnvelope", "edXMLHeader", "TraceHeaderList")
_TRACE, _HEADER = "TraceHeader", "edXMLHeader"
_SIGNATURES = frozenset({"Signature", "DigitalSignature"})
_SIGNED = b"SignatureValue"  # signatures that stand outside the header; base64 as good as never spells it
_WHITE = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class TracePlace:
    """Where the next trace header goes: its byte offset, the prefix of its names (with colon), the white space before
    it that the package uses between two of them."""

    offset: int
    prefix: str
    white: bytes


def locate(chunks: Iterable[bytes]) -> TracePlace | None:
    """The place in the package: after the last trace header of its list, or first in a list that has none.

    ``None`` when nothing may be added: a signed package, a status report or any other without a list of its own, a list
    written ``<…/>``, or bytes that are no package.
    """
    finder = _Finder()
    recent = b""
    for chunk in chunks:
        window = recent + chunk
        if _SIGNED in window or not finder.feed(chunk):
            return None
        recent = window[-len(_SIGNED) :]
    return finder.place


def trace_header(place: TracePlace, *, organ_id: str, at: datetime) -> bytes:
    """One hop as bytes. ``at`` is written as it is: give it in Vietnam's time (quirk 9)."""
    p = place.prefix
    text = (
        f"<{p}TraceHeader><{p}OrganId>{escape(organ_id)}</{p}OrganId>"
        f"<{p}Timestamp>{at:%Y/%m/%d %H:%M:%S}</{p}Timestamp></{p}TraceHeader>"
    )
    return place.white + text.encode()


def spliced(chunks: Iterable[bytes], offset: int, insert: bytes) -> Iterator[bytes]:
    """The same bytes with ``insert`` at ``offset``."""
    at = 0
    for chunk in chunks:
        cut = offset - at
        if 0 <= cut < len(chunk):
            yield chunk[:cut] + insert + chunk[cut:]
        else:
            yield chunk
        at += len(chunk)


class _Finder:
    """Feeds expat with the header only; offsets are those at which expat says a token begins."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._head = bytearray()
        self._done = self._failed = False
        self._list_is_empty = False
        self._waits = False  # for the next token: it begins where the place is
        self._prefix = ""
        self._white = b""
        self._offset: int | None = None
        self._signature_depth = 0
        self._parser = self._new_parser()

    def _new_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.DefaultHandler = self._other
        parser.StartDoctypeDeclHandler = self._doctype
        if hasattr(parser, "SetReparseDeferralEnabled"):
            parser.SetReparseDeferralEnabled(False)
        return parser

    @property
    def place(self) -> TracePlace | None:
        if self._failed or not self._done or self._offset is None:
            return None
        return TracePlace(self._offset, self._prefix, self._white)

    def feed(self, chunk: bytes) -> bool:
        """Whether there may still be a place."""
        at = 0
        while at < len(chunk) and not (self._done or self._failed):
            piece = chunk[at : at + _PIECE]
            at += len(piece)
            self._head += piece
            self._failed = len(self._head) > _HEADER_LIMIT
            try:
                self._parser.Parse(piece)
            except (expat.ExpatError, UnicodeDecodeError):
                self._failed = not self._done
        return not self._failed

    # -- events

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        self._settle()
        if self._done:
            return
        prefix, _, name = tag.rpartition(":")
        self._sign(content=True)
        self._path.append(name)
        self._list_is_empty = tuple(self._path) == _LIST_PATH
        if self._list_is_empty:
            self._prefix = f"{prefix}:" if prefix else ""
            self._waits = self._offset is None
        elif name == _TRACE and tuple(self._path[:-1]) == _LIST_PATH:
            self._white = self._white_before(self._parser.CurrentByteIndex)
        if name in _SIGNATURES and not self._signature_depth:
            self._signature_depth = len(self._path)

    def _end(self, _tag: str) -> None:
        if self._list_is_empty and self._waits and self._is_closed_in_itself():
            self._failed = True
        self._settle()
        if self._done:
            return
        if self._path[-1] == _TRACE and tuple(self._path[:-1]) == _LIST_PATH:
            self._waits = True
        if len(self._path) == self._signature_depth:
            self._signature_depth = 0
        self._done = self._path.pop() == _HEADER

    def _text(self, text: str) -> None:
        self._settle()
        if not text.isspace():
            self._sign(content=True)

    def _other(self, _data: str) -> None:
        self._settle()

    def _doctype(self, *_: object) -> None:
        self._failed = True

    def _settle(self) -> None:
        if self._waits:
            self._offset = self._parser.CurrentByteIndex
            self._waits = False

    def _sign(self, *, content: bool) -> None:
        """An empty Signature or DigitalSignature is a placeholder and signs nothing (3.2.3)."""
        self._failed |= content and bool(self._signature_depth) and not self._done

    def _is_closed_in_itself(self) -> bool:
        """Of ``<TraceHeaderList/>`` expat tells the end where the tag ends."""
        index = self._parser.CurrentByteIndex
        return bytes(self._head[index - 2 : index]) == b"/>"

    def _white_before(self, index: int) -> bytes:
        head = bytes(self._head[:index])
        return head[len(head.rstrip(_WHITE)) :]

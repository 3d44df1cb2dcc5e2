"""Base64 in pieces, as fast as one call would be."""

from __future__ import annotations

from binascii import Error as Base64Error

import pybase64

__all__ = ["BLANKS", "Base64Decoder", "Base64Error"]

BLANKS = b" \t\r\n"
_PAD = ord("=")


class Base64Decoder:
    """Decodes base64 that comes in pieces of any length, with or without white space.

    ``push`` raises ``Base64Error`` and leaves the state as it was; ``finish`` raises it when a group is incomplete.
    """

    __slots__ = ("_blanks", "_carry", "_ended")

    def __init__(self) -> None:
        self._carry = b""
        self._blanks = False
        self._ended = False

    def push(self, data: bytes | memoryview) -> bytes:
        if self._carry:
            data = self._carry + data
        if self._blanks:
            return self._decode(bytes(data).translate(None, BLANKS))
        try:
            return self._decode(data)
        except Base64Error:
            # Nearly all senders write one line: looking for white space before decoding would cost them all.
            dense = bytes(data).translate(None, BLANKS)
            if len(dense) == len(data):
                raise
            decoded = self._decode(dense)
            self._blanks = True
            return decoded

    def finish(self) -> None:
        if self._carry.strip(BLANKS):
            raise Base64Error("incomplete group")

    def _decode(self, data: bytes | memoryview) -> bytes:
        whole = len(data) & ~3
        decoded: bytes = pybase64.b64decode(data[:whole], validate=True) if whole else b""
        carry = bytes(data[whole:])
        if self._ended and (decoded or carry.strip(BLANKS)):
            raise Base64Error("data after the padding")
        if whole:
            self._ended = data[whole - 1] == _PAD
        self._carry = carry
        return decoded

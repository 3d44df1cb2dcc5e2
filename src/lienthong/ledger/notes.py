"""Signed notes (C2SP signed-note) with Ed25519 keys, and the keys' own text form. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"  # signature type of the specification
_DASH = "\N{EM DASH} "
_MOST_SIGNATURES = 64


class NoteError(Exception):
    """A text is not a signed note, or no known key signed it."""


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A public key with its name. Its text form, ``name+id+key``, is what Go's ``note.NewVerifier`` reads."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that say which key signed."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(_ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifyKey:
        """Read the text form.

        :raises ValueError: it is malformed, or its id is not that of its key
        """
        name, _, rest = text.strip().partition("+")
        _, _, encoded = rest.partition("+")
        raw = from_base64(encoded)
        key = cls(name, raw[1:])
        if not is_key_name(name) or raw[:1] != _ED25519 or len(raw) != 33 or str(key) != text.strip():
            raise ValueError(f"{text.strip()[:80]!r} is not a public key")
        return key

    def verifies(self, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """A key that signs; made from its 32-byte seed."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = VerifyKey(name, self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The raw signature, 64 bytes; the same message gives the same one."""
        return self._private.sign(message)

    def sign_note(self, text: str) -> str:
        """The whole signed note over ``text``, which ends in a newline."""
        signature = self.public.id + self.sign(text.encode())
        return f"{text}\n{_DASH}{self.public.name} {to_base64(signature)}\n"


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A note taken apart: the text that is signed, and ``(key name, key id, signature)`` of each line below it."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...] = field(repr=False)

    @classmethod
    def parse(cls, raw: str) -> SignedNote:
        """Read a note, strictly: nothing that is left unread can be changed unseen.

        :raises NoteError: not a signed note
        """
        text, blank, lines = raw.rpartition("\n\n")
        if not blank or not lines.endswith("\n") or any(ord(sign) < 32 and sign != "\n" for sign in raw):
            raise NoteError("no signatures below a blank line")
        signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
        if len(signatures) > _MOST_SIGNATURES:
            raise NoteError("too many signatures")
        return cls(text + "\n", signatures)

    def verify(self, keys: Iterable[VerifyKey]) -> VerifyKey:
        """The first known key that signed.

        :raises NoteError: no known key signed, or a signature of a known key is wrong
        """
        known = {(key.name, key.id): key for key in keys}
        signers = []
        for name, key_id, signature in self.signatures:
            key = known.get((name, key_id))
            if key is None:
                continue
            if not key.verifies(self.text.encode(), signature):
                raise NoteError(f"the signature of {name} is wrong")
            signers.append(key)
        if not signers:
            raise NoteError("signed by no known key")
        return signers[0]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not is_key_name(name):
        raise NoteError("malformed signature line")
    try:
        raw = from_base64(encoded)
    except ValueError as error:
        raise NoteError("malformed signature") from error
    if len(raw) <= 4:
        raise NoteError("malformed signature")
    return name, raw[:4], raw[4:]


def is_key_name(name: str) -> bool:
    """Whether the specification allows the name: not empty, no white space, no plus."""
    return bool(name) and "+" not in name and name.isprintable() and not any(sign.isspace() for sign in name)


def to_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def from_base64(text: str) -> bytes:
    """Decode standard base64 in its one canonical form.

    :raises ValueError: anything else
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64") from error
    if to_base64(raw) != text:
        raise ValueError("not canonical base64")
    return raw

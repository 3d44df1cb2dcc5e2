"""Checkpoints: signed heads of the log (C2SP tlog-checkpoint), and proofs that travel with one (tlog-proof). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lienthong.ledger.merkle import HASH_SIZE
from lienthong.ledger.notes import NoteError, SignedNote, SigningKey, VerifyKey, from_base64, to_base64

_PROOF_HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log of ``size`` entries, named by its ``origin``."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note text: three lines."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"

    def sign(self, key: SigningKey) -> str:
        """The signed note."""
        return key.sign_note(self.text())


def parse_checkpoint(note: str) -> Checkpoint:
    """Read a signed checkpoint; says nothing about its signatures.

    :raises NoteError: not a checkpoint
    """
    text = SignedNote.parse(note).text
    lines = text.split("\n")
    try:
        checkpoint = Checkpoint(lines[0], int(lines[1]), from_base64(lines[2]))
    except (IndexError, ValueError) as error:
        raise NoteError("not a checkpoint") from error
    if checkpoint.text() != text or not checkpoint.origin or checkpoint.size < 0 or len(checkpoint.root) != HASH_SIZE:
        raise NoteError("not a checkpoint")
    return checkpoint


def open_checkpoint(note: str, keys: Iterable[VerifyKey]) -> tuple[Checkpoint, VerifyKey]:
    """A checkpoint and the known key that signed it.

    :raises NoteError: not a checkpoint, or not signed by the log that it names
    """
    checkpoint = parse_checkpoint(note)
    key = SignedNote.parse(note).verify([key for key in keys if key.name == checkpoint.origin])
    return checkpoint, key


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry stands at ``index`` of the log whose signed head is ``note``."""

    index: int
    hashes: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        lines = [_PROOF_HEADER, f"index {self.index}", *map(to_base64, self.hashes)]
        return "\n".join(lines) + "\n\n" + self.note

    @classmethod
    def parse(cls, raw: str) -> Proof:
        """Read the text form.

        :raises ValueError: not a proof in exactly this form
        """
        head, _, note = raw.partition("\n\n")
        lines = head.split("\n")
        index = lines[1].removeprefix("index ") if len(lines) > 1 else ""
        if lines[0] != _PROOF_HEADER or not index.isdecimal() or not index.isascii():
            raise ValueError("not a proof")
        proof = cls(int(index), tuple(from_base64(line) for line in lines[2:]), note)
        if str(proof) != raw or any(len(one) != HASH_SIZE for one in proof.hashes):
            raise ValueError("not a proof")
        return proof

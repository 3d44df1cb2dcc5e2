"""What checking one thing gave: values that are stored, shown and printed. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from lienthong.exchange.signatures.findings import Found
from lienthong.exchange.signatures.results import Result, of_document, of_package
from lienthong.exchange.signatures.signers import Role


class Part(Enum):
    """What was checked of a package."""

    ENVELOPE = ("envelope", "Chữ ký của gói tin")
    MAIN = ("main", "Văn bản chính")
    ANNEX = ("annex", "Tệp kèm theo")

    def __new__(cls, value: str, label: str = "") -> Part:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "") -> None:
        self.label = label


class EvidenceKind(Enum):
    """Kinds of data a decision rests on, kept with the document (TT 41/2017 art. 9)."""

    CERTIFICATE = "certificate"
    CRL = "crl"
    OCSP = "ocsp"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One certificate, list or answer, in DER."""

    kind: EvidenceKind
    der: bytes = field(repr=False)

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.der).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """One signature: who, when, and what came of it. ``signed_at`` is a claim unless ``stamped``."""

    field: str
    name: str
    role: Role
    organization: str
    issuer: str
    serial: str
    signed_at: datetime | None
    stamped: bool
    result: Result

    def as_json(self) -> dict[str, object]:
        return {
            "field": self.field,
            "name": self.name,
            "role": self.role.value,
            "organization": self.organization,
            "issuer": self.issuer,
            "serial": self.serial,
            "signed_at": self.signed_at.isoformat() if self.signed_at else None,
            "stamped": self.stamped,
            "result": self.result.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PartReport:
    """The outcome for the envelope (``index`` is ``None``) or one attachment, and all it rests on."""

    part: Part
    result: Result
    findings: tuple[Found, ...]
    signatures: tuple[SignatureReport, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    name: str = ""
    index: int | None = None
    sha256: bytes = b""

    def findings_json(self) -> list[dict[str, str]]:
        return [
            {"id": found.id, "effect": found.effect.value, "message": found.message, "signature": found.signature}
            for found in self.findings
        ]

    def same_outcome(self, result: str, finding_ids: Iterable[str]) -> bool:
        """Whether an earlier check, as stored, said the same."""
        return self.result.value == result and sorted(found.id for found in self.findings) == sorted(finding_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageReport:
    """All parts of a package; ``software`` and ``roots`` (SHA-256 in hex) tell by what it was decided."""

    parts: tuple[PartReport, ...]
    checked_at: datetime
    software: str
    roots: tuple[str, ...] = ()

    @property
    def document(self) -> Result:
        """The class of the document: main file and annexes."""
        main = next((part.result for part in self.parts if part.part is Part.MAIN), None)
        return of_document(main, (part.result for part in self.parts if part.part is Part.ANNEX))

    @property
    def result(self) -> Result:
        """The class of the package."""
        envelope = next((part.result for part in self.parts if part.part is Part.ENVELOPE), Result.UNSIGNED)
        return of_package(self.document, envelope)

    @property
    def findings(self) -> Iterator[Found]:
        return (found for part in self.parts for found in part.findings)

    def used_json(self, part: PartReport) -> dict[str, object]:
        """What one part's outcome rests on."""
        by_kind = {
            kind.value: sorted({one.sha256.hex() for one in part.exhibits if one.kind is kind}) for kind in EvidenceKind
        }
        return {"software": self.software, "roots": list(self.roots), **by_kind}

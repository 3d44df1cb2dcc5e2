"""What travels between the door of the axis and its committer: values only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from edxml102.errors import Finding
from edxml102.model import DocumentPackage, PackageKind, StatusPackage
from lienthong.exchange.asks import Request
from lienthong.exchange.hubs.hops import Hop
from lienthong.exchange.refusals import Refusal
from lienthong.exchange.routing import Outcome, Route
from lienthong.exchange.segments import Address
from lienthong.exchange.signatures.reports import PackageReport
from lienthong.registry.resolution import SystemAccess


class Body(Protocol):
    """A package as it arrives: ``read`` answers at most ``n`` bytes and ``b""`` at the end."""

    def read(self, n: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Who sends, and what the interface declared besides the package itself.

    ``digest_matches`` is asked whether the SHA-256 of the stored bytes is the declared one. ``kind`` is only noted when
    the package is of another; with ``only`` such a package is refused. ``hops`` are those told beside a signed package.
    ``in_order``: what speaks of a document that is not here has to wait, as that document may be on its way.
    """

    sender: SystemAccess
    remote: str
    from_code: str = ""
    to_codes: tuple[str, ...] = ()
    kind: PackageKind | None = None
    only: PackageKind | None = None
    digest_matches: Callable[[bytes], bool] | None = None
    hops: tuple[Hop, ...] = ()
    in_order: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The bytes of a submission: in memory until the committer appends them, or already an object on disk."""

    sha256: bytes
    length: int
    payload: bytes | None = None
    address: Address | None = None


@dataclass(slots=True, kw_only=True)
class Submission:
    """A checked and routed package that waits for the committer."""

    package_id: UUID
    system_pk: int
    system_id: str
    agency_id: int
    from_code: str
    stored: Stored
    findings: tuple[Finding, ...]
    remote: str
    received_at: datetime
    address: Address | None = None
    held: str = ""  # why its deliveries stay out of sight for now
    hops: tuple[Hop, ...] = ()
    in_order: bool = False

    def note(self, *findings: Finding) -> None:
        """Add what was found while deciding; a batch that failed is decided again."""
        self.findings += tuple(finding for finding in findings if finding not in self.findings)

    @property
    def goes_alone(self) -> bool:
        """It moves documents that others in the same batch may speak of, so it is committed in a batch of its own."""
        return False


@dataclass(slots=True, kw_only=True)
class DocumentSubmission(Submission):
    """A document on its way in. ``key`` identifies it: sender, document id, business type (design section 4).

    ``request``: what a recall, update or replacement asks. ``barred`` is why it is refused, unless it repeats what was
    accepted before its sender or recipients closed: whoever lost the receipt of 23:59 gets it at 00:01. ``left`` are
    the addressees that the axis it comes from serves itself.
    """

    package: DocumentPackage
    signatures: PackageReport | None = None  # checked at the door, where that is demanded of the sender
    routes: list[Route]
    fingerprint: bytes
    rank: int
    request: Request | None = None
    barred: Refusal | None = None
    left: list[Route] = field(default_factory=list)

    @property
    def key(self) -> tuple[int, str, str]:
        return (self.agency_id, self.package.header.document_id, self.package.trace.bussiness.document_type or "0")

    @property
    def goes_alone(self) -> bool:
        return self.request is not None


@dataclass(slots=True, kw_only=True)
class StatusSubmission(Submission):
    """A status report on its way in: ``agency_id`` reports to ``route.to_agency_id`` about the issuer's document.
    ``by_issuer``: it is the issuer that speaks, to a recipient."""

    package: StatusPackage
    route: Route
    issuer_id: int
    recipient_id: int
    by_issuer: bool

    @property
    def key(self) -> tuple[int, str, str]:
        """Reports about one document are committed in different batches' order, never two in one batch."""
        return (self.issuer_id, self.package.response_for.document_id, f"status of {self.recipient_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientResult:
    """What became of one addressee. ``already``: an earlier submission had brought it the document."""

    code: str
    name: str
    outcome: Outcome
    reason: str = ""
    successor_code: str = ""
    already: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The acknowledgement: bytes and rows are durable. A repeated submission gets the first one's.

    ``signed``: the same as evidence, signed by the axis (``ledger.receipts``).
    """

    doc_id: str
    received_at: datetime
    sha256: bytes
    repeated: bool = False
    recipients: tuple[RecipientResult, ...] = ()
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    signed: str = field(default="", repr=False)

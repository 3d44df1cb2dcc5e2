"""What the axis answers, as frozen values. Fields it adds later are left out; the names are those of the interface."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed about a package or request. ``severity``: error, warning or note."""

    id: str
    severity: str
    path: str
    message: str
    line: int | None = None
    byte: int | None = None


@dataclass(frozen=True, slots=True)
class RecipientResult:
    code: str
    name: str
    outcome: str
    sent: bool
    already: bool
    reason: str
    successor_code: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The acknowledgement: from here on the package is never lost. ``repeated``: it had been received before;
    ``signed``: the same as evidence, a JWS of the axis."""

    id: UUID
    received_at: datetime
    sha256: str
    repeated: bool
    recipients: list[RecipientResult]
    findings: list[Finding]
    signed: str = ""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    document_id: str
    business_type: str
    from_code: str
    from_name: str
    number: str
    notation: str
    issued_on: date | None
    subject: str
    type_name: str


@dataclass(frozen=True, slots=True)
class StatusFacts:
    document_id: str
    code: str
    description: str
    from_code: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One package that arrived; ``kind`` is document or status, and one of the two is filled."""

    id: UUID
    kind: str
    state: str
    state_label: str
    being_fetched: bool
    priority: int
    to_code: str
    arrived_at: datetime
    confirmed_at: datetime | None
    attempts: int
    last_error: str
    size: int
    sha256: str
    document: DocumentFacts | None
    status: StatusFacts | None


@dataclass(frozen=True, slots=True)
class Addressee:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """``number`` counts from 1; ``size`` and ``sha256`` are of the decoded bytes."""

    number: int
    name: str
    content_type: str
    size: int | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class DeliveryDetail(Delivery):
    addressees: list[Addressee]
    attachments: list[Attachment]
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class SentRecipient:
    """One addressee: transport state (``None``: no delivery) and business state, with labels for people."""

    code: str
    name: str
    outcome: str
    reason: str
    transport_state: str | None
    transport_label: str | None
    delivered_at: datetime | None
    attempts: int
    last_error: str
    state: str
    state_label: str
    status_code: str
    status_at: datetime | None
    status_description: str


@dataclass(frozen=True, slots=True)
class SentDocument:
    id: UUID
    document: DocumentFacts
    priority: int
    received_at: datetime
    sha256: str
    recipients: list[SentRecipient]


@dataclass(frozen=True, slots=True)
class AgencyHit:
    code: str
    name: str
    abbreviation: str
    level: str
    parent_code: str | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Capabilities:
    connected: bool
    reachable: bool
    reason: str
    largest_package: int
    most_attachments: int
    formats: list[str]


@dataclass(frozen=True, slots=True)
class Agency:
    """What a code stands for on a day, and whether a document would reach it."""

    code: str
    outcome: str
    name: str
    level: str | None
    on_date: date
    closed_on: date | None
    successor_code: str | None
    successor_name: str | None
    capabilities: Capabilities


@dataclass(frozen=True, slots=True)
class AxisFacts:
    """Whose key this is, and what the axis takes."""

    system_id: str
    system_name: str
    scopes: list[str]
    rate_per_minute: int
    largest_package: int
    most_attachments: int
    upload_hours: int


@dataclass(frozen=True, slots=True)
class PeriodCount:
    period: date
    documents_sent: int
    reports_sent: int
    documents_arrived: int
    reports_arrived: int
    confirmed: int
    given_up: int


@dataclass(frozen=True, slots=True)
class Upload:
    id: UUID
    length: int
    offset: int
    expires_at: datetime
    submitted: bool


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; ``next_cursor`` asks for the next."""

    items: list[Item]
    next_cursor: str | None

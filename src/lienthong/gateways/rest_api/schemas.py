"""What the interface takes and answers. Times leave with Vietnam's offset; codes and states are English words."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from edxml102.model import PackageKind
from lienthong.common import clock

Moment = Annotated[datetime, AfterValidator(clock.in_vietnam)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


def _of_our_time(moment: datetime) -> datetime:
    if not 2000 <= moment.year < 9999:
        raise ValueError("year must be 2000 or later")
    return moment


class Kind(StrEnum):
    """What a package carries."""

    DOCUMENT = "document"
    STATUS = "status"

    @property
    def package_kind(self) -> PackageKind:
        return PackageKind.DOCUMENT if self is Kind.DOCUMENT else PackageKind.STATUS

    @classmethod
    def of(cls, kind: PackageKind) -> Kind:
        return cls.DOCUMENT if kind is PackageKind.DOCUMENT else cls.STATUS


class In(Schema):
    """What comes in is refused when it has a field we do not know: a misspelled one would be silently ignored."""

    model_config = ConfigDict(extra="forbid")


class FindingOut(Schema):
    id: str
    severity: Literal["error", "warning", "note"]
    path: str
    message: str
    line: int | None = None
    byte: int | None = None


class ProblemOut(Schema):
    """RFC 9457 problem details. ``code`` is stable; ``title``, ``detail`` and ``next_step`` are Vietnamese."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    next_step: str
    findings: list[FindingOut]


class RecipientResultOut(Schema):
    """What became of one addressee at the time of receipt. ``already``: an earlier submission had brought it."""

    code: str
    name: str
    outcome: Literal["accepted", "redirected", "unknown", "closed", "locked", "not_connected"]
    sent: bool
    already: bool
    reason: str
    successor_code: str


class ReceiptOut(Schema):
    """The acknowledgement: bytes and rows are durable. A repeated submission gets the first one's.

    ``signed`` is the same as evidence: a JWS, checked with the keys under ``/log/keys``."""

    id: UUID
    received_at: Moment
    sha256: str
    repeated: bool
    recipients: list[RecipientResultOut]
    findings: list[FindingOut]
    signed: str


class AttachmentOut(Schema):
    """``number`` counts from 1 and stands in the address of the download; ``size`` is that of the decoded bytes."""

    number: int
    name: str
    content_type: str
    size: int | None
    sha256: str | None


class DocumentFacts(Schema):
    """What a document says of itself. ``business_type``: 0 new, 1 recall, 2 update, 3 replace (QCVN 102)."""

    document_id: str
    business_type: str
    from_code: str
    from_name: str
    number: str
    notation: str
    issued_on: date | None
    subject: str
    type_name: str


class StatusFacts(Schema):
    """What a status report says: ``code`` 01 to 16 (QCVN 102, table 4.4) about ``document_id``."""

    document_id: str
    code: str
    description: str
    from_code: str


class DeliveryOut(Schema):
    """One package that arrived for this system. Either ``document`` or ``status`` is filled, as ``kind`` says."""

    id: UUID
    kind: Kind
    state: Literal["waiting", "leased", "delivered", "failed", "given_up"]
    state_label: str
    being_fetched: bool
    priority: int
    to_code: str
    arrived_at: Moment
    confirmed_at: Moment | None
    attempts: int
    last_error: str
    size: int
    sha256: str
    document: DocumentFacts | None
    status: StatusFacts | None


class AddresseeOut(Schema):
    code: str
    name: str


class DeliveryDetailOut(DeliveryOut):
    """A delivery with its attachments, the addressees it is for, and what was noticed about the package."""

    addressees: list[AddresseeOut]
    attachments: list[AttachmentOut]
    findings: list[FindingOut]


class DeliveryPage(Schema):
    items: list[DeliveryOut]
    next_cursor: str | None


class Outcome(StrEnum):
    """What the recipient's system did with a package it fetched."""

    DONE = "done"
    FAIL = "fail"
    PROCESSING = "processing"


class ConfirmationIn(In):
    """``reason`` counts with ``fail`` only; the sender sees it."""

    outcome: Outcome = Outcome.DONE
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class SentRecipientOut(Schema):
    """One addressee: transport state (written by the axis; ``null``: no delivery) and business state (by reports)."""

    code: str
    name: str
    outcome: str
    reason: str
    transport_state: str | None
    transport_label: str | None
    delivered_at: Moment | None
    attempts: int
    last_error: str
    state: str
    state_label: str
    status_code: str
    status_at: Moment | None
    status_description: str


class SentDocumentOut(Schema):
    """A document this system sent; ``id``, ``received_at`` and ``sha256`` are those of its receipt."""

    id: UUID
    document: DocumentFacts
    priority: int
    received_at: Moment
    sha256: str
    recipients: list[SentRecipientOut]


class ReportOut(Schema):
    """A status report as it came; ``moved``: it changed the recipient's state."""

    recipient: str
    code: str
    description: str
    event_time: Moment
    arrived_at: Moment
    moved: bool


class SentDocumentDetailOut(SentDocumentOut):
    reports: list[ReportOut]
    attachments: list[AttachmentOut]


class SentDocumentPage(Schema):
    items: list[SentDocumentOut]
    next_cursor: str | None


class RecipientIn(In):
    """``name`` is needed only for a code that the directory does not know."""

    code: Code
    name: Line = ""


class SignerIn(In):
    full_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
    position: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    competence: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""


class AttachmentIn(In):
    """One file part, in the order in which the parts follow."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    description: Line = ""


class AnsweredIn(In):
    """An earlier document that this one answers."""

    organ_code: Code
    number_and_notation: Annotated[str, StringConstraints(min_length=1, max_length=42)]
    issued_on: date
    document_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class DocumentIn(In):
    """A new document, from which the axis builds the package. Updates, recalls, replacements and signed packages are
    sent as ready edXML."""

    sender: Code
    recipients: Annotated[list[RecipientIn], Field(min_length=1, max_length=5000)]
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=11)]
    notation: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]
    issued_on: date
    place: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
    type_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    subject: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    signer: SignerIn
    priority: Annotated[int, Field(ge=0, le=4)] = 0
    due_on: date | None = None
    document_id: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    paper_follows: bool = False
    answers: Annotated[list[AnsweredIn], Field(max_length=50, default_factory=list)]
    attachments: Annotated[list[AttachmentIn], Field(min_length=1, max_length=200)]


class StatusIn(In):
    """What an agency did with a document. Name the ``delivery_id`` it arrived by (``reporter``: which of the addressees
    speaks, by default the first), or, to take a document back (13), the ``sent_id`` of its receipt and the
    ``recipient``. ``reported_at``: by default now."""

    code: Literal["01", "02", "03", "04", "05", "06", "13", "15", "16"]
    delivery_id: UUID | None = None
    reporter: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""
    sent_id: UUID | None = None
    recipient: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    reported_at: Annotated[datetime, AfterValidator(_of_our_time)] | None = None
    staff: Annotated[str, StringConstraints(strip_whitespace=True, max_length=50)] = ""
    department: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class AgencyOut(Schema):
    code: str
    name: str
    abbreviation: str
    level: str
    parent_code: str | None
    closed_on: date | None


class AgencyList(Schema):
    items: list[AgencyOut]


class Capabilities(Schema):
    """What may be sent to an agency. ``reason`` says why a document would not reach it now."""

    connected: bool
    reachable: bool
    reason: str
    largest_package: int
    most_attachments: int
    formats: list[str]


class AgencyDetailOut(Schema):
    """What a code stands for on a day; a closed one names its successor."""

    code: str
    outcome: Literal["open", "closed"]
    name: str
    level: str | None
    on_date: date
    closed_on: date | None
    successor_code: str | None
    successor_name: str | None
    capabilities: Capabilities


class AxisOut(Schema):
    """Who asks, by which key, and what the axis takes."""

    system_id: str
    system_name: str
    scopes: list[str]
    rate_per_minute: int
    largest_package: int
    most_attachments: int
    upload_hours: int


class PeriodCountOut(Schema):
    """Counts of one period, named by its first day in Vietnam."""

    period: date
    documents_sent: int
    reports_sent: int
    documents_arrived: int
    reports_arrived: int
    confirmed: int
    given_up: int


class StatisticsOut(Schema):
    first: date
    last: date
    items: list[PeriodCountOut]


class UploadIn(In):
    """``length`` in bytes of the whole package; ``sha256`` in hex is checked at the end when given."""

    length: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{64}$")] | None = None


class UploadOut(Schema):
    id: UUID
    length: int
    offset: int
    expires_at: Moment
    submitted: bool

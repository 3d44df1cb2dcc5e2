"""What the story found out, chapter by chapter. Values only: ``checks`` judges them, ``screen`` shows them.

Agencies are named by their new code, whatever code a package addressed them by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lienthong.cli.demo.across import Across
from lienthong.cli.demo.packages import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """One line of a receipt. ``code`` as it was addressed."""

    code: str
    outcome: str
    sent: bool
    already: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The axis' acknowledgement, as the client read it."""

    doc_id: str
    received_at: str
    sha256: str
    repeated: bool = False
    addressees: tuple[Addressee, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """How the axis refused a call: its ErrorCode, the stable code, and its words."""

    number: str
    code: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A package that a system fetched. ``listed``: how often its document stood in the list; ``left``: how much did
    after the confirmation."""

    system_id: str
    agency: str
    document_id: str
    call: str
    sha256: str
    pdf_sha256: str
    listed: int
    left: int


@dataclass(frozen=True, slots=True)
class Report:
    """A status report as the sender received it."""

    agency: str
    document_id: str
    code: str
    description: str
    time: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A recipient in the sender's list: transport and business state."""

    agency: str
    transport: str
    status: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The directory as a client reads it."""

    agencies: Mapping[str, str]  # names by code
    systems: frozenset[str]
    reached_without_own_system: Mapping[str, str]  # system by commune


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A document sent to many; ``draft`` and ``package`` are kept to be sent again."""

    draft: Draft = field(repr=False)
    package: bytes = field(repr=False)
    recipients: tuple[str, ...]
    sha256: str
    pdf_sha256: str
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What the recipients did. ``register_numbers`` by agency, as told in report 03."""

    arrivals: tuple[Arrival, ...]
    register_numbers: Mapping[str, str]
    refuser: str
    refusal_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What the sender knows afterwards."""

    reports: tuple[Report, ...]
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateReports:
    """Reports that come late or twice: what the sender's list said of the agency before and after."""

    agency: str
    before: Standing
    after: Standing
    repeated_told: bool
    late_reached_sender: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """The document sent again: the very bytes, and rebuilt. ``new_deliveries``: how many packages that brought."""

    first: Receipt
    same_bytes: Receipt
    rebuilt: Receipt
    rebuilt_bytes_differ: bool
    new_deliveries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """The document sent again to one more agency, which its district's system serves."""

    agency: str
    system_id: str
    first: Receipt
    receipt: Receipt
    new_deliveries: Mapping[str, int]  # by system, only those that got one
    arrival: Arrival
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Another document under a used identifier."""

    refused: Refused | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """Documents in the order in which they were sent and listed; the last one sent is urgent."""

    sent: tuple[str, ...]
    listed: tuple[str, ...]
    urgent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers:
    """What does not belong on the axis, and what it says to that."""

    unknown: Addressee | None
    known_delivered: bool
    nobody: Refused | None
    foreign_sender: Refused | None
    wrong_secret: Refused | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upward:
    """A document to the ministry whose system is connected to the city's axis itself, and the answer."""

    document_id: str
    sha256: str
    arrival: Arrival
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """A document recalled at two agencies; one agrees, one refuses. ``asked`` and ``answered``: what the sender's list
    said of each after the question and after the answers; ``fetched_again``: who agreed tries to read it once more."""

    agrees: str
    refuses: str
    why: str
    asked: tuple[Standing, ...]
    answered: tuple[Standing, ...]
    reports: tuple[Report, ...]
    fetched_again: Refused | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reform:
    """The plan applied to a twin of the city. ``old_code`` was merged into ``new_code``: what is sent to it, what is
    sent to a closed district, and what the new agency reports on a document of before."""

    name: str
    changes: int
    old_code: str
    new_code: str
    redirected: Addressee | None
    arrival: Arrival
    closed_code: str
    closed: Refused | None
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A bundle, checked by a program that knows nothing but the bundle and the axis's public keys."""

    events: int
    packages: int
    size: int
    exit_code: int
    proven: tuple[str, ...]
    conclusion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampering:
    """One byte changed in a copy of the bundle, and rows in the twin's database; what is found, and where."""

    part: str
    bundle_exit_code: int
    bundle_wrong: tuple[str, ...]
    sound_before: bool
    event_row: str
    found_event_row: str
    found_event: str
    delivery_row: str
    found_delivery_row: str
    found_delivery: str


@dataclass(slots=True, kw_only=True)
class Facts:
    """All chapters; ``None`` where one did not come to its end."""

    listing: Listing | None = None
    dispatch: Dispatch | None = None
    handling: Handling | None = None
    follow_up: FollowUp | None = None
    late_reports: LateReports | None = None
    repetition: Repetition | None = None
    addition: Addition | None = None
    conflict: Conflict | None = None
    urgency: Urgency | None = None
    strangers: Strangers | None = None
    upward: Upward | None = None
    across: Across | None = None
    recall: Recall | None = None
    reform: Reform | None = None
    evidence: Evidence | None = None
    tampering: Tampering | None = None

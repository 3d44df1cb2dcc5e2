"""What an edXML package holds, as frozen values (QCVN 102:2016, tables 3.2 and 3.3 of the specification).

Texts are kept as they arrived (outer blanks removed where the standard has a code or number), so nothing from outside
is guessed or dropped: typed views (``.date``, ``.number``) answer ``None`` when a text is not of their form, and the
rules report it. An absent element and an empty one are both ``""``. Elements the standard does not know are kept in
``extras`` of the group they were found in.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
DSIG_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"


class PackageKind(Enum):
    """The two kinds of package; the value is the ``messagetype`` of the national interface."""

    DOCUMENT = "edoc"
    STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """An element the standard does not know, kept whole (local name, attributes, text, children)."""

    name: str
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Organ:
    """A body in ``From`` or ``To`` (1.1, 1.2)."""

    organ_id: str = ""
    organization_in_charge: str = ""
    organ_name: str = ""
    organ_add: str = ""
    email: str = ""
    telephone: str = ""
    fax: str = ""
    website: str = ""
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Number and notation of the document (1.3)."""

    number: str = ""
    notation: str = ""
    extras: tuple[Extra, ...] = ()

    @property
    def text(self) -> str:
        """``number/notation`` as clerks write it (``123/QĐ-UBND``)."""
        return f"{self.number}/{self.notation}" if self.notation else self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class PromulgationInfo:
    """Place and date of issue (1.4)."""

    place: str = ""
    promulgation_date: str = ""
    extras: tuple[Extra, ...] = ()

    @property
    def date(self) -> dt.date | None:
        return parse_date(self.promulgation_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """Type of the document (1.5); resolve by ``type_name`` first, then ``type_detail``, then ``type``."""

    type: str = ""
    type_detail: str = ""
    type_name: str = ""
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerInfo:
    """Who signed the document (1.8)."""

    competence: str = ""
    position: str = ""
    full_name: str = ""
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherInfo:
    """Urgency, circulation and counts (1.11)."""

    priority: str = ""
    sphere_of_promulgation: str = ""
    typer_notation: str = ""
    promulgation_amount: str = ""
    page_amount: str = ""
    appendixes: tuple[str, ...] = ()
    direction: str = ""
    reply_fors: str = ""
    reference_codes: str = ""
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFor:
    """The earlier document this package answers, recalls or reports on (1.12, 3.3)."""

    organ_id: str = ""
    code: str = ""
    promulgation_date: str = ""
    document_id: str = ""
    extras: tuple[Extra, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Senders write an empty block for "none" (quirk 6)."""
        return not (self.organ_id or self.code or self.promulgation_date or self.document_id or self.extras)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInfo:
    """The person in charge at the sender (2.2.5, 3.3)."""

    department: str = ""
    department_id: str = ""
    staff: str = ""
    staff_id: str = ""
    mobile: str = ""
    email: str = ""
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHeader:
    """Header of a document package, in the order 1.1 to 1.14."""

    from_: Organ = Organ()
    to: tuple[Organ, ...] = ()
    code: Code = Code()
    promulgation_info: PromulgationInfo = PromulgationInfo()
    document_type: DocumentType = DocumentType()
    subject: str = ""
    content: str = ""
    signer_info: SignerInfo = SignerInfo()
    due_date: str = ""
    to_places: tuple[str, ...] = ()
    other_info: OtherInfo = OtherInfo()
    response_for: tuple[ResponseFor, ...] = ()
    steering_type: str = ""
    document_id: str = ""
    task_codes: tuple[str, ...] = ()
    application_type: str = ""
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceHeader:
    """One hop that handled the package (2.1)."""

    organ_id: str = ""
    timestamp: str = ""
    extras: tuple[Extra, ...] = ()

    @property
    def time(self) -> datetime | None:
        return parse_datetime(self.timestamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A receiver touched by an update (2.2.3.3)."""

    organ_id: str = ""
    receiver_type: str = ""
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BussinessDocumentInfo:
    """What an update changes (2.2.3)."""

    document_info: str = ""
    document_receiver: str = ""
    receivers: tuple[Receiver, ...] = ()
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementInfo:
    """One replaced document and the bodies that hold it (2.2.8)."""

    document_id: str = ""
    organ_ids: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bussiness:
    """What the package does (2.2; the misspelling is the standard's)."""

    document_type: str = ""
    reason: str = ""
    document_info: tuple[BussinessDocumentInfo, ...] = ()
    document_id: str = ""
    staff_info: tuple[StaffInfo, ...] = ()
    paper: str = ""
    replacements: tuple[ReplacementInfo, ...] = ()
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceHeaderList:
    """Hops and business of the package (2.1, 2.2)."""

    id: str = ""
    version: str = ""
    traces: tuple[TraceHeader, ...] = ()
    bussiness: Bussiness = Bussiness()
    paper: str = ""
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureInfo:
    """What a ``Signature`` element says about itself; nothing here is verified.

    Only one in the XML-DSig namespace can be verified; one in the QCVN namespace is reported as not verifiable, never
    as valid (quirk 3).
    """

    namespace: str = ""
    canonicalization: str = ""
    signature_method: str = ""
    digest_methods: tuple[str, ...] = ()
    reference_uris: tuple[str, ...] = ()
    subject_name: str = ""

    @property
    def is_verifiable(self) -> bool:
        return self.namespace == DSIG_NAMESPACE


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestReference:
    """One line of the manifest (3.2.3). The national SDK writes ``application/zip`` always: trust the attachment."""

    content_id: str = ""
    content_type: str = ""
    description: str = ""
    attachment_name: str = ""
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentView:
    """Where an attachment lies inside the package, and what it decodes to.

    ``begin`` and ``end`` are byte offsets in the package: the base64 text is ``package[begin:end]`` (it may hold white
    space, and CDATA marks when ``cdata`` is true). ``size`` and ``sha256`` are of the decoded bytes.
    """

    begin: int
    end: int
    size: int
    sha256: bytes
    cdata: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """An attachment's own description (3.2.3). ``content_id`` has no leading ``cid:`` (quirk 2).

    ``view`` is ``None`` only in packages that are not built yet.
    """

    content_id: str = ""
    attachment_name: str = ""
    description: str = ""
    content_type: str = ""
    field_name: str = ""
    mime_type: str = ""
    format: str = ""
    view: AttachmentView | None = None
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPackage:
    """A package that carries a document (3.2)."""

    header: MessageHeader = MessageHeader()
    trace: TraceHeaderList = TraceHeaderList()
    signature: SignatureInfo | None = None
    manifest: tuple[ManifestReference, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    extras: tuple[Extra, ...] = ()

    kind = PackageKind.DOCUMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPackage:
    """A package that carries a status report (3.3). It has no ``To``: it goes to ``response_for.organ_id``."""

    from_: Organ = Organ()
    response_for: ResponseFor = ResponseFor()
    staff_info: StaffInfo | None = None
    status_code: str = ""
    description: str = ""
    timestamp: str = ""
    extras: tuple[Extra, ...] = ()

    kind = PackageKind.STATUS

    @property
    def time(self) -> datetime | None:
        """Time of the event, without a zone: read it as Asia/Ho_Chi_Minh (quirk 9)."""
        return parse_datetime(self.timestamp)


Package = DocumentPackage | StatusPackage


def parse_date(text: str) -> date | None:
    """Read ``yyyy/MM/dd``; ``None`` for anything else, impossible dates included."""
    moment = _parse(text, "%Y/%m/%d", length=10)
    return moment.date() if moment else None


def parse_datetime(text: str) -> datetime | None:
    """Read ``yyyy/MM/dd HH:mm:ss``; ``None`` for anything else."""
    return _parse(text, "%Y/%m/%d %H:%M:%S", length=19)


def _parse(text: str, form: str, *, length: int) -> datetime | None:
    if len(text) != length:
        return None
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - package times carry no zone
    except ValueError:
        return None

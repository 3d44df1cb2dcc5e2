"""What to do with a submission, given what the axis already knows of it. Pure (design section 4, "idempotent")."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from lienthong.common import clock
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.routing import Outcome, Route
from lienthong.exchange.segments import Address
from lienthong.exchange.states import Event, RecipientState, Standing, fold, is_repeat
from lienthong.exchange.submissions import DocumentSubmission, Receipt, RecipientResult, StatusSubmission


@dataclass(frozen=True, slots=True)
class KnownRecipient:
    """An addressee of an earlier submission of the same document."""

    code: str
    name: str
    outcome: Outcome
    reason: str
    agency_id: int | None


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """The document that already stands under a submission's key."""

    id: UUID
    sha256: bytes
    fingerprint: bytes
    received_at: datetime
    recipients: list[KnownRecipient] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """``routes`` to write; none means a repeat. ``document`` is the id the receipt names; ``is_new``: write its row;
    ``address``: the same bytes are already stored there."""

    document: UUID
    is_new: bool
    routes: list[Route]
    receipt: Receipt
    address: Address | None = None


def plan_document(submission: DocumentSubmission, known: KnownDocument | None) -> DocumentPlan:
    """Decide over one document submission.

    :raises Refusal: CONFLICT when another document stands under the same identifier, or what bars all but a repeat
    """
    if known is None:
        _refuse_barred(submission)
        return DocumentPlan(submission.package_id, True, submission.routes, _receipt(submission, submission.package_id))
    if submission.fingerprint != known.fingerprint:
        _refuse_barred(submission)
        received = clock.in_vietnam(known.received_at)
        raise Refusal(Reason.CONFLICT, f"Đã nhận lúc {received:%H:%M:%S ngày %d/%m/%Y} với DocId {known.id}.")
    have = {recipient.agency_id for recipient in known.recipients if recipient.outcome.good}
    more = [route for route in submission.routes if route.agency_id not in have]
    if len(more) == len(submission.routes) or any(route.outcome.good for route in more):
        _refuse_barred(submission)
    if not any(route.outcome.good for route in more):
        return DocumentPlan(known.id, False, [], _repeat_receipt(submission, known, have))
    address = next((address for address in known.addresses if address.sha256 == submission.stored.sha256), None)
    return DocumentPlan(known.id, False, more, _receipt(submission, known.id, have), address)


def _refuse_barred(submission: DocumentSubmission) -> None:
    if submission.barred is not None:
        raise submission.barred


def _receipt(submission: DocumentSubmission, document: UUID, have: set[int | None] | None = None) -> Receipt:
    return Receipt(
        doc_id=str(document),
        received_at=submission.received_at,
        sha256=submission.stored.sha256,
        recipients=_results(submission, have or set()),
        findings=submission.findings,
    )


def _repeat_receipt(submission: DocumentSubmission, known: KnownDocument, have: set[int | None]) -> Receipt:
    """The first receipt, whatever form the document was resent in."""
    return Receipt(
        doc_id=str(known.id),
        received_at=known.received_at,
        sha256=known.sha256,
        repeated=True,
        recipients=_results(submission, have),
        findings=submission.findings,
    )


def _results(submission: DocumentSubmission, have: set[int | None]) -> tuple[RecipientResult, ...]:
    ours = (_result(route, already=route.agency_id in have) for route in submission.routes)
    return (*ours, *(_result(route, already=False) for route in submission.left))


def _result(route: Route, *, already: bool) -> RecipientResult:
    return RecipientResult(
        code=route.code,
        name=route.name,
        outcome=route.outcome,
        reason=route.reason,
        successor_code=route.successor_code,
        already=already,
    )


@dataclass(frozen=True, slots=True)
class KnownReport:
    """An earlier report about the same document."""

    package: UUID
    arrived_at: datetime
    event: Event
    reporter: int


@dataclass(frozen=True, slots=True)
class ReportedRecipient:
    """A recipient that a report speaks of; ``id`` is ``None`` for a document that did not pass through this axis."""

    id: UUID | None
    start: RecipientState
    reports: list[KnownReport]


@dataclass(frozen=True, slots=True)
class ReportContext:
    """What the axis knows of the document and the recipients a report names: most often one. An agency that became
    several addressees of one document, by succession or redirection, speaks for all of them."""

    document: UUID | None
    recipients: list[ReportedRecipient]


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """``receipt`` to answer; ``repeat``: write nothing; ``recipient`` the report is kept with; ``moved``: the
    recipients that now stand elsewhere; ``document``: the one reported about, when it passed through this axis."""

    receipt: Receipt
    repeat: bool
    recipient: UUID | None
    moved: list[tuple[UUID | None, Standing]]
    document: UUID | None = None


def plan_report(submission: StatusSubmission, context: ReportContext) -> ReportPlan:
    """Decide over one status report.

    :raises Refusal: STATUS_NOT_RECIPIENT when the document is known and does not involve the reporting agency
    """
    if not context.recipients:
        raise Refusal(Reason.STATUS_NOT_RECIPIENT, f"Văn bản {submission.package.response_for.document_id}.")
    main = context.recipients[0].id
    known = [report for recipient in context.recipients for report in recipient.reports]
    event = _event(submission, order=1 + max((report.event.order for report in known), default=0))
    histories = [(one, _history(one, known, submission.agency_id)) for one in context.recipients]
    if all(is_repeat(events, event) for _, events in histories):
        first = next(report for report in known if report.event.code == event.code)
        return ReportPlan(_report_receipt(submission, first), True, main, [], context.document)
    moved = []
    for recipient, events in histories:
        standing = fold([*events, event], start=recipient.start)
        if standing != fold(events, start=recipient.start):
            moved.append((recipient.id, standing))
    return ReportPlan(_report_receipt(submission), False, main, moved, context.document)


def _history(recipient: ReportedRecipient, known: list[KnownReport], reporter: int) -> list[Event]:
    """What was reported of one recipient: by itself, and by who now speaks for it among others."""
    return [report.event for report in known if report in recipient.reports or report.reporter == reporter]


def _event(submission: StatusSubmission, *, order: int) -> Event:
    package = submission.package
    return Event(submission.event_time, order, package.status_code, description=package.description)


def _report_receipt(submission: StatusSubmission, first: KnownReport | None = None) -> Receipt:
    return Receipt(
        doc_id=str(first.package if first else submission.package_id),
        received_at=first.arrived_at if first else submission.received_at,
        sha256=submission.stored.sha256,
        repeated=first is not None,
        recipients=(_result(submission.route, already=first is not None),),
        findings=submission.findings,
    )

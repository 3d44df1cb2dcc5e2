"""What to do with a submission, given what the axis already knows of it. Pure (design section 4, "idempotent")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from edxml102.errors import Finding, Severity
from lienthong.common import clock
from lienthong.exchange.asks import AskPlan
from lienthong.exchange.circles import Circle, KnownReport, answer_to
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.routing import Outcome, Route
from lienthong.exchange.rule_sets import CodeRule, RuleSet, Sender
from lienthong.exchange.segments import Address
from lienthong.exchange.states import Answer, Ask, Event, Moves, OpenAsk, Standing, is_resent, question_answered
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
    ``address``: the same bytes are already stored there; ``asks``: whom a recall, update or replacement asks."""

    document: UUID
    is_new: bool
    routes: list[Route]
    receipt: Receipt
    address: Address | None = None
    asks: AskPlan | None = None


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
class ReportContext:
    """What the axis knows of the document and the recipients a report names.

    ``rows`` are the recipients in ``circle``: most often one. An agency that became several addressees of one document,
    by succession or redirection, speaks for all of them; the report is kept with the first. A document that did not
    pass through this axis (``document`` is ``None``) has a row of its own with the earlier reports about it.
    ``reversed``: the document is known, but its issuer speaks as if it were the recipient, or the other way round.
    """

    document: UUID | None
    rows: list[UUID]
    circle: Circle
    reversed: bool = False

    @property
    def recipient(self) -> UUID | None:
        return self.rows[0] if self.document is not None else None

    @property
    def rules(self) -> RuleSet:
        return self.circle.rows[self.rows[0]].rules

    @property
    def histories(self) -> list[list[KnownReport]]:
        return [self.circle.rows[row].history for row in self.rows]


class Turned(Enum):
    """What became of a question."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Turn:
    """A question about ``document`` at ``recipient`` that a report asked, answered or opened again; ``asking``: the
    document that asks it (none: it is asked by a report)."""

    recipient: UUID
    document: UUID | None
    ask: Ask
    result: Turned
    asking: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """``receipt`` to answer; ``repeat``: write nothing; ``recipient`` the report is kept with.

    ``event``: the report as it counts; ``moved``: a recipient it speaks of now stands elsewhere; ``standings``: where
    all stand that it moved; ``answers``: the asks it answered, or (``None``) whose answer a late report took away.
    ``document``: the one reported about, when it passed through this axis; ``turns``: the questions it touched.
    """

    receipt: Receipt
    repeat: bool
    recipient: UUID | None
    event: Event
    moved: bool = False
    standings: dict[UUID, Standing] = field(default_factory=dict)
    answers: dict[int, Answer | None] = field(default_factory=dict)
    document: UUID | None = None
    turns: tuple[Turn, ...] = ()


def plan_report(submission: StatusSubmission, context: ReportContext) -> ReportPlan:
    """Decide over one status report. One that is kept is learnt by the circle, for those that follow.

    :raises Refusal: the rules do not let this agency send this code, or not any more; STATUS_NOT_RECIPIENT when the
        document is known and does not involve the reporting agency; TOO_EARLY
    """
    if not context.rows:
        raise Refusal(Reason.STATUS_NOT_RECIPIENT, f"Văn bản {submission.package.response_for.document_id}.")
    if submission.in_order and context.document is None:
        raise Refusal(Reason.TOO_EARLY, f"Văn bản {submission.package.response_for.document_id}.")
    rule = context.rules.codes.get(submission.package.status_code)
    _check_sender(submission, context, rule)
    before = context.circle.settle(context.rows)
    event = _event(submission, context, before[context.rows[0]])
    if first := _first_of_its_kind(context, event, before):
        return ReportPlan(_report_receipt(submission, first), True, context.recipient, event, document=context.document)
    after = context.circle.settle(context.rows, event)
    moved = any(after[row] != before[row] for row in context.rows)
    if rule is not None and context.document is not None and not moved:
        submission.note(_without_effect(rule, before[context.rows[0]]))
    report = KnownReport(submission.package_id, submission.received_at, event, submission.agency_id)
    context.circle.learn(context.rows, report)
    return ReportPlan(
        receipt=_report_receipt(submission),
        repeat=False,
        recipient=context.recipient,
        event=event,
        moved=moved,
        standings={id_: after[id_] for id_ in after if after[id_] != before[id_] and context.document is not None},
        answers=_answers(context, before, after),
        document=context.document,
        turns=tuple(_turns(context, before, after)) if context.document is not None else (),
    )


def _check_sender(submission: StatusSubmission, context: ReportContext, rule: CodeRule | None) -> None:
    if rule is not None and (context.reversed or submission.by_issuer != (rule.sender is Sender.ISSUER)):
        sender = "cơ quan ban hành văn bản" if rule.sender is Sender.ISSUER else "nơi nhận văn bản"
        raise Refusal(
            Reason.STATUS_NOT_ALLOWED, f"Mã {rule.code} ({rule.name}) do {sender} gửi, theo {rule.source.cited}."
        )


def _event(submission: StatusSubmission, context: ReportContext, standing: Standing) -> Event:
    """One agency's own clock orders its own steps, never later than the arrival. Asking and answering happen between
    two clocks, so what can only be a question or an answer is ordered by its arrival here."""
    package, moves = submission.package, context.rules.moves
    order = 1 + max((known.event.order for history in context.histories for known in history), default=0)
    stamp = package.timestamp if package.time else ""
    arrived = Event(submission.received_at, order, package.status_code, description=package.description, stamp=stamp)
    if package.time is None or _is_dialogue(arrived, standing, moves):
        return arrived
    return replace(arrived, at=min(clock.from_package_time(package.time), submission.received_at))


def _is_dialogue(event: Event, standing: Standing, moves: Moves) -> bool:
    if event.code in moves.asking or (standing.before, event.code) in moves.steps:
        return event.code in moves.asking
    is_step = any(code == event.code for _, code in moves.steps)
    return not is_step or question_answered(standing, event, moves) is not None


def _first_of_its_kind(context: ReportContext, event: Event, before: dict[UUID, Standing]) -> KnownReport | None:
    """The earlier report of which this one is a repeat: the same one sent again, or one that said as much.

    A second 13 after a declined first one does say something new, and so does a 03 that answers a recall.
    """
    resent = [next((known for known in one if is_resent(known.event, event)), None) for one in context.histories]
    if all(resent):
        return resent[0]
    first = [next((known for known in one if known.event.code == event.code), None) for one in context.histories]
    ask = context.rules.moves.asking.get(event.code)
    asked_anew = ask is not None and all(question.ask is not ask for question in before[context.rows[0]].open)
    if not all(first) or asked_anew or context.circle.settle(context.rows, event) != before:
        return None
    return first[0]


def _without_effect(rule: CodeRule, standing: Standing) -> Finding:
    """A code that comes when nothing allows it is refused or noted, as the rule says."""
    state = standing.state.label
    if rule.refused:
        raise Refusal(Reason.STATUS_TOO_LATE, f"Nơi nhận đang ở trạng thái “{state}”. {rule.refused}")
    message = f"Mã {rule.code} ({rule.name}) đã được ghi lại nhưng không đổi trạng thái “{state}” của văn bản."
    return Finding("exchange.status_no_effect", Severity.NOTE, "MessageHeader/StatusCode", message)


def _answers(
    context: ReportContext, before: dict[UUID, Standing], after: dict[UUID, Standing]
) -> dict[int, Answer | None]:
    changed = {ask.id: (answer_to(ask, before), answer_to(ask, after)) for ask in context.circle.around(context.rows)}
    return {id_: new for id_, (old, new) in changed.items() if old != new}


def _turns(context: ReportContext, before: dict[UUID, Standing], after: dict[UUID, Standing]) -> Iterator[Turn]:
    asking = {ask.id: context.circle.rows[ask.asking].document for ask in context.circle.asks}
    for id_, new in after.items():
        document, old = context.circle.rows[id_].document, before[id_]

        def turn(question: OpenAsk, result: Turned, id_: UUID = id_, document: UUID | None = document) -> Turn:
            return Turn(id_, document, question.ask, result, asking.get(question.ask_id or 0))

        # An ask by a document is told of when that document comes; what is the document's own is told at its target.
        known = {*old.open, *(answer.open for answer in (*old.answers, *new.answers))}
        yield from (turn(one, Turned.ASKED) for one in new.open if one.ask_id is None and one not in known)
        answered = {answer.open for answer in new.answers}
        for answer in old.answers:
            if not answer.open.own and answer.open not in answered:
                yield turn(answer.open, Turned.REOPENED)
        for answer in new.answers:
            if not answer.open.own and answer not in old.answers:
                yield turn(answer.open, Turned.AGREED if answer.agreed else Turned.DECLINED)


def _report_receipt(submission: StatusSubmission, first: KnownReport | None = None) -> Receipt:
    return Receipt(
        doc_id=str(first.package if first else submission.package_id),
        received_at=first.arrived_at if first else submission.received_at,
        sha256=submission.stored.sha256,
        repeated=first is not None,
        recipients=(_result(submission.route, already=first is not None),),
        findings=submission.findings,
    )

"""Group commit: one thread per process makes everything that waits durable with one sync and one transaction.

An acknowledgement leaves only after bytes and rows are durable. A crash before that leaves nothing visible: rows come
with the commit, and bytes without rows are reclaimed by ``lienthong segments verify --repair``.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.common.failpoints import hit
from lienthong.common.sql import hot_cursor
from lienthong.exchange import store, store_asks, wakeups
from lienthong.exchange.acts import acts_of_batch, asking
from lienthong.exchange.asks import agencies_of, plan_asks
from lienthong.exchange.decisions import DocumentPlan, ReportPlan, plan_document, plan_report
from lienthong.exchange.hubs.door import insert_hops
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.segments.local import SegmentWriter
from lienthong.exchange.signatures import rows as signature_rows
from lienthong.exchange.signatures.acts import checked
from lienthong.exchange.signatures.recheck import next_check
from lienthong.exchange.submissions import DocumentSubmission, Receipt, StatusSubmission, Submission
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Event
from lienthong.ledger.selectors import first_receipts

_log = logging.getLogger(__name__)
_REPLY_TIMEOUT = 120  # seconds; by then the client has given up too, and its retry is safe


@dataclass(slots=True)
class _Ticket:
    submission: DocumentSubmission | StatusSubmission
    done: Future[Receipt] = field(default_factory=Future)


class Committer:
    """Takes submissions from request threads and answers each with its receipt.

    :param open_writer: makes this process's segment writer, on first use
    """

    def __init__(self, open_writer: Callable[[], SegmentWriter]) -> None:
        self._open_writer = open_writer
        self._waiting: deque[_Ticket] = deque()
        self._arrived = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = False

    def commit(self, submission: DocumentSubmission | StatusSubmission) -> Receipt:
        """Make one submission durable; blocks until it is.

        :raises Refusal: the submission is refused, or storage or database are away
        """
        ticket = _Ticket(submission)
        with self._arrived:
            self._ensure_thread()
            self._waiting.append(ticket)
            self._arrived.notify()
        try:
            return ticket.done.result(timeout=_REPLY_TIMEOUT)
        except TimeoutError:
            raise Refusal(Reason.DATABASE_UNAVAILABLE, "Chưa rõ gói tin đã ghi hay chưa; gửi lại là an toàn.") from None

    def stop(self) -> None:
        """Finish what waits, then end the thread and give back its connection."""
        with self._arrived:
            self._stopping = True
            self._arrived.notify()
        if self._thread is not None:
            self._thread.join()

    def _ensure_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        writer = self._open_writer()
        while batch := self._take():
            self._commit_isolated(writer, batch)
        writer.abandon()
        connection.close()

    def _take(self) -> list[_Ticket]:
        """Everything that waits, bounded in count and bytes; of one key only the first, the next in the next batch; a
        recall, update or replacement alone. Nothing, once there is nothing more to come."""
        with self._arrived:
            while not self._waiting and not self._stopping:
                self._arrived.wait()
            batch: list[_Ticket] = []
            later: list[_Ticket] = []
            keys: set[tuple[int, str, str]] = set()
            size = 0
            while self._waiting and len(batch) < settings.BATCH_PACKAGES and size < settings.BATCH_BYTES:
                ticket = self._waiting.popleft()
                key = ticket.submission.key
                alone = ticket.submission.goes_alone
                (later if key in keys or (alone and batch) else batch).append(ticket)
                if alone:
                    break
                keys.add(key)
                size += len(ticket.submission.stored.payload or b"")
            self._waiting.extendleft(reversed(later))
            return batch

    def _commit_isolated(self, writer: SegmentWriter, batch: list[_Ticket], *, again: bool = True) -> None:
        """One submission the database cannot take must not fail those that happen to wait with it.

        A constraint that does not hold means most often that another process has just committed the same document: a
        second attempt finds it there. Two processes may deadlock over the rows that a recall binds together: one of
        them has won by then.
        """
        try:
            _answer(batch, commit_batch(writer, [ticket.submission for ticket in batch]))
        except (DatabaseError, Refusal) as error:
            if again and isinstance(error.__cause__, DeadlockDetected):
                self._commit_isolated(writer, batch, again=False)
                return
            if len(batch) > 1 and not _is_outage(error):
                for ticket in batch:
                    self._commit_isolated(writer, [ticket])
                return
            if again and isinstance(error, IntegrityError):
                self._commit_isolated(writer, batch, again=False)
                return
            _answer(batch, [_as_refusal(error)] * len(batch))
        except Exception as error:  # noqa: BLE001 - the thread must live on, and every waiting client gets its answer
            _log.exception("commit failed")
            _answer(batch, [error] * len(batch))


def _answer(batch: list[_Ticket], answers: list[Receipt | Refusal] | list[Exception] | list[Refusal]) -> None:
    for ticket, answer in zip(batch, answers, strict=True):
        if isinstance(answer, Receipt):
            ticket.done.set_result(answer)
        else:
            ticket.done.set_exception(answer)


def _is_outage(error: Exception) -> bool:
    return isinstance(error, Refusal | OperationalError | InterfaceError)


def _as_refusal(error: Exception) -> Exception:
    if isinstance(error, Refusal) or not _is_outage(error):
        return error
    return Refusal(Reason.DATABASE_UNAVAILABLE)


def commit_batch(
    writer: SegmentWriter, submissions: list[DocumentSubmission | StatusSubmission]
) -> list[Receipt | Refusal]:
    """Make a batch durable: bytes first, then all rows in one transaction. Answers in the order of ``submissions``.

    :raises Refusal: STORAGE_UNAVAILABLE, when nothing of the batch was kept
    :raises DatabaseError: nothing is known to be kept
    """
    answers: dict[UUID, Receipt | Refusal] = {}
    documents = [one for one in submissions if isinstance(one, DocumentSubmission)]
    reports = [one for one in submissions if isinstance(one, StatusSubmission)]
    with _rows_or_nothing(writer):
        cursor = hot_cursor()
        with connection.wrap_database_errors:
            document_plans = _plan_documents(cursor, documents, answers)
            report_plans = _plan_reports(cursor, reports, answers)
            _store_bytes(writer, document_plans, report_plans)
            signed = _insert(cursor, document_plans, report_plans) | _first_receipts(cursor, document_plans)
            _ask(cursor, document_plans)
        hit("exchange.before_commit")
    hit("exchange.after_commit")
    answers |= {submission.package_id: plan.receipt for submission, plan in document_plans}
    answers |= {submission.package_id: plan.receipt for submission, plan in report_plans}
    answers |= signed
    return [answers[submission.package_id] for submission in submissions]


@contextmanager
def _rows_or_nothing(writer: SegmentWriter) -> Iterator[None]:
    """One transaction. After a database error the outcome of a commit may be unknown: the segment is left as it is,
    and the connection is given up so that the next batch starts with a fresh one."""
    try:
        with transaction.atomic():
            yield
    except (DatabaseError, InterfaceError):
        writer.abandon()
        connection.close()
        raise
    except OSError as error:
        raise Refusal(Reason.STORAGE_UNAVAILABLE, error.strerror or "") from error


def _plan_documents(
    cursor: store.Cursor, submissions: list[DocumentSubmission], answers: dict[UUID, Receipt | Refusal]
) -> list[tuple[DocumentSubmission, DocumentPlan]]:
    known = store.find_documents(cursor, submissions)
    plans = []
    for submission in submissions:
        try:
            plan = plan_document(submission, known.get(submission.key))
            plans.append((submission, plan if submission.request is None else _with_asks(cursor, submission, plan)))
        except Refusal as refusal:
            answers[submission.package_id] = refusal
    return plans


def _with_asks(cursor: store.Cursor, submission: DocumentSubmission, plan: DocumentPlan) -> DocumentPlan:
    """Whom a recall, update or replacement asks; the receipt tells of those it cannot ask."""
    if submission.request is None or not plan.routes:
        return plan
    issuers = store_asks.issuers_of(submission.agency_id)
    addressees = agencies_of(submission.routes)
    known = store_asks.find_targets(cursor, submission.request, issuers=issuers, addressees=addressees)
    asks = plan_asks(
        submission.request,
        issuers=issuers,
        routes=plan.routes,
        reached=addressees,
        known=known,
        in_order=submission.in_order,
    )
    submission.note(*asks.findings)
    return replace(plan, asks=asks, receipt=replace(plan.receipt, findings=submission.findings))


def _ask(cursor: store.Cursor, plans: list[tuple[DocumentSubmission, DocumentPlan]]) -> None:
    """Write what is asked, and where the documents stand that it is about."""
    for submission, plan in plans:
        if plan.asks is not None and plan.asks.asks:
            store_asks.insert_asks(cursor, submission, plan.document, plan.asks)
            asked = [ask.recipient for ask in plan.asks.asks]
            circle = store_asks.load_asked(cursor, asked)
            settled = circle.settle(asked)
            standings = {id_: settled[id_] for id_ in asked}
            store_asks.write_standings(cursor, standings, submission.received_at)
            append_events(cursor, asking(submission, plan, circle.documents_of(asked)))


def _plan_reports(
    cursor: store.Cursor, submissions: list[StatusSubmission], answers: dict[UUID, Receipt | Refusal]
) -> list[tuple[StatusSubmission, ReportPlan]]:
    plans = []
    for submission, context in zip(submissions, store.find_report_contexts(cursor, submissions), strict=True):
        try:
            plans.append((submission, plan_report(submission, context)))
        except Refusal as refusal:
            answers[submission.package_id] = refusal
    return plans


def _store_bytes(
    writer: SegmentWriter,
    document_plans: list[tuple[DocumentSubmission, DocumentPlan]],
    report_plans: list[tuple[StatusSubmission, ReportPlan]],
) -> None:
    """Give every package that is kept its address; repeats are not stored again."""
    kept: list[Submission] = []
    for submission, plan in document_plans:
        submission.address = plan.address or submission.stored.address
        if plan.routes and submission.address is None:
            kept.append(submission)
    for report, report_plan in report_plans:
        report.address = report.stored.address
        if not report_plan.repeat and report.address is None:
            kept.append(report)
    if kept:
        addresses = writer.append([(one.stored.sha256, one.stored.payload or b"") for one in kept])
        for one, address in zip(kept, addresses, strict=True):
            one.address = address


def _insert(
    cursor: store.Cursor,
    document_plans: list[tuple[DocumentSubmission, DocumentPlan]],
    report_plans: list[tuple[StatusSubmission, ReportPlan]],
) -> dict[UUID, Receipt]:
    """All rows, and the events that tell of them; answers the signed receipts by package."""
    # In the order of their keys, so that two processes with the same documents wait for each other and never deadlock.
    documents = sorted(((one, plan) for one, plan in document_plans if plan.routes), key=lambda pair: pair[0].key)
    reports = [(submission, plan) for submission, plan in report_plans if not plan.repeat]
    edoc, status = PackageKind.DOCUMENT.value, PackageKind.STATUS.value
    with cursor.connection.pipeline():
        store.insert_documents(cursor, [submission for submission, plan in documents if plan.is_new])
        store.insert_packages(
            cursor,
            [(submission, edoc, plan.document) for submission, plan in documents]
            + [(submission, status, None) for submission, _ in reports],
        )
        insert_hops(cursor, [one for one, _ in (*documents, *reports) if one.hops])
        deliveries = store.insert_deliveries(
            cursor,
            [(one, edoc, one.rank, one.package.header.from_.organ_id, plan.routes) for one, plan in documents]
            + [(one, status, 0, one.package.from_.organ_id, [one.route]) for one, _ in reports],
        )
        events = _insert_signature_checks(cursor, documents)
        held = {one.package_id for one, _ in documents if one.held}
        visible = {key: delivery for key, delivery in deliveries.items() if key[0] not in held}
        store.wake_workers(cursor, visible)
        kinds = {one.package_id: edoc for one, _ in documents} | {one.package_id: status for one, _ in reports}
        wakeups.notify(cursor, [(system, kinds[package]) for package, system in visible])
        recipients = [(plan.document, one.package_id, route) for one, plan in documents for route in plan.routes]
        store.upsert_recipients(cursor, recipients, deliveries)
        if reports:
            store.insert_reports(cursor, reports, clock.now())
        acts = acts_of_batch(documents, reports, deliveries)
        append_events(cursor, [*acts.events, *events])
    return acts.receipts


def _first_receipts(
    cursor: store.Cursor, document_plans: list[tuple[DocumentSubmission, DocumentPlan]]
) -> dict[UUID, Receipt]:
    """A repeated submission gets the receipt that was signed for the first one."""
    repeats = [(submission, plan) for submission, plan in document_plans if plan.receipt.repeated]
    if not repeats:
        return {}
    signed = first_receipts(cursor, [str(plan.document) for _, plan in repeats])
    return {one.package_id: replace(plan.receipt, signed=signed.get(str(plan.document), "")) for one, plan in repeats}


def _insert_signature_checks(
    cursor: store.Cursor, documents: list[tuple[DocumentSubmission, DocumentPlan]]
) -> list[Event]:
    """Nearly all wait for the worker; the few that were checked at the door bring what it said, and its events."""
    waiting = [(one.package_id, one.received_at) for one, _ in documents if one.signatures is None]
    done = [(one, plan, one.signatures) for one, plan in documents if one.signatures is not None]
    signature_rows.insert_due(cursor, waiting)
    signature_rows.insert_checked(
        cursor, [(one.package_id, report, next_check(report, 1, one.received_at)) for one, _, report in done]
    )
    return [
        checked(one.package_id, plan.document, report, number=1, sha256=one.stored.sha256) for one, plan, report in done
    ]

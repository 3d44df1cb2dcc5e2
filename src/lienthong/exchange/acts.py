"""Acts of exchange as events of the ledger (ETSI EN 319 522-2 names), and the receipts they keep. Values in, values
out; only ``record_rejection`` writes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.exchange.decisions import DocumentPlan, ReportPlan, Turned
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.submissions import DocumentSubmission, Receipt, Sending, StatusSubmission, Submission
from lienthong.ledger import keys, receipts
from lienthong.ledger.append import append_events
from lienthong.ledger.errors import LedgerError
from lienthong.ledger.events import MOMENT, Actor, Event, Subject, new_event
from lienthong.ledger.kinds import EventKind
from lienthong.ledger.notes import SigningKey

_log = logging.getLogger(__name__)
_AXIS = Actor()
_LONGEST_TEXT = 1000

Deliveries = Mapping[tuple[UUID, int], UUID]


@dataclass(frozen=True, slots=True)
class Acts:
    """What a batch leaves in the ledger, and its receipts, signed, by package."""

    events: list[Event]
    receipts: dict[UUID, Receipt]


def acts_of_batch(
    documents: Sequence[tuple[DocumentSubmission, DocumentPlan]],
    reports: Sequence[tuple[StatusSubmission, ReportPlan]],
    deliveries: Deliveries,
) -> Acts:
    """The acceptance of every package that is kept, and the consignment of each of its deliveries."""
    acts = Acts([], {})
    for one, plan in documents:
        subject = Subject("document", str(plan.document), str(plan.document))
        data = {"document_id": one.package.header.document_id, "business_type": one.key[2]}
        _accept(acts, one, plan.receipt, subject=subject, data=data)
    for report, report_plan in reports:
        data = {
            "document_id": report.package.response_for.document_id,
            "status_code": report.package.status_code,
            "to": report.route.code,
        }
        subject = Subject("package", str(report.package_id), str(report_plan.document or ""))
        _accept(acts, report, report_plan.receipt, subject=subject, data=data)
        acts.events.extend(_turns(report, report_plan))
    acts.events.extend(_consignments(documents, reports, deliveries))
    return acts


def _accept(acts: Acts, submission: Submission, receipt: Receipt, *, subject: Subject, data: dict[str, Any]) -> None:
    is_document = isinstance(submission, DocumentSubmission)
    key = _signing_key()
    content = _receipt_content(submission, receipt, data)
    signed = receipts.sign_receipt(content, key)
    acts.receipts[submission.package_id] = replace(receipt, signed=signed)
    acts.events.append(
        new_event(
            EventKind.SUBMISSION_ACCEPTANCE if is_document else EventKind.STATUS_REPORTED,
            at=submission.received_at,
            actor=Actor(submission.system_id, submission.from_code, submission.remote),
            subject=subject,
            sha256=submission.stored.sha256,
            data={**data, "receipt": content, "receipt_signature": receipts.kept(signed, key)},
        )
    )


def _signing_key() -> SigningKey:
    """Without a key there is no receipt, and without a receipt nothing is accepted."""
    try:
        return keys.signing_key()
    except LedgerError as error:
        _log.exception("no receipt can be signed")
        raise Refusal(Reason.EVIDENCE_UNAVAILABLE) from error


def _receipt_content(submission: Submission, receipt: Receipt, data: dict[str, Any]) -> dict[str, Any]:
    return {
        **data,
        "v": 1,
        "axis": settings.LOG_ORIGIN,
        "doc_id": receipt.doc_id,
        "package": str(submission.package_id),
        "sender": submission.from_code,
        "system": submission.system_id,
        "sha256": submission.stored.sha256.hex(),
        "size": submission.stored.length,
        "received_at": submission.received_at.strftime(MOMENT),
        "recipients": [{"code": one.code, "outcome": one.outcome.value} for one in receipt.recipients],
    }


def _consignments(
    documents: Sequence[tuple[DocumentSubmission, DocumentPlan]],
    reports: Sequence[tuple[StatusSubmission, ReportPlan]],
    deliveries: Deliveries,
) -> Iterator[Event]:
    for one, plan in documents:
        if one.held:  # consigned when it is released
            continue
        systems: dict[int, list[str]] = {}
        for route in plan.routes:
            if route.outcome.good:
                systems.setdefault(route.system_pk or 0, []).append(route.code)
        for system, codes in systems.items():
            delivery = deliveries[one.package_id, system]
            yield _consignment(one, delivery, str(plan.document), codes, PackageKind.DOCUMENT)
    for report, report_plan in reports:
        delivery = deliveries[report.package_id, report.route.system_pk or 0]
        yield _consignment(report, delivery, str(report_plan.document or ""), [report.route.code], PackageKind.STATUS)


def _consignment(submission: Submission, delivery: UUID, document: str, codes: list[str], kind: PackageKind) -> Event:
    return new_event(
        EventKind.CONTENT_CONSIGNMENT,
        at=submission.received_at,
        actor=_AXIS,
        subject=Subject("delivery", str(delivery), document),
        sha256=submission.stored.sha256,
        data={"to": codes, "package": str(submission.package_id), "kind": kind.value},
    )


def asking(submission: DocumentSubmission, plan: DocumentPlan, targets: Mapping[UUID, UUID | None]) -> list[Event]:
    """What a recall, update or replacement asks, each recipient of the document it acts on for itself.

    :param targets: recipient → its document
    """
    request = submission.request
    if request is None or plan.asks is None:
        return []
    return [
        new_event(
            EventKind.RECIPIENT_ASKED,
            at=submission.received_at,
            actor=Actor(submission.system_id, submission.from_code, submission.remote),
            subject=Subject("recipient", str(one.recipient), str(targets[one.recipient] or "")),
            sha256=submission.stored.sha256,
            data={
                "ask": request.ask.value,
                "asking": str(plan.document),
                "to": [one.code],
                "reason": request.reason[:_LONGEST_TEXT],
            },
        )
        for one in plan.asks.asks
    ]


def _turns(report: StatusSubmission, plan: ReportPlan) -> Iterator[Event]:
    """A question that a report asks (taking back), answers, or whose answer it takes away."""
    for turn in plan.turns:
        asked = turn.result is Turned.ASKED
        asking_document = {"asking": str(turn.asking)} if turn.asking else {}
        yield new_event(
            EventKind.RECIPIENT_ASKED if asked else EventKind.RECIPIENT_ANSWERED,
            at=report.received_at,
            actor=Actor(report.system_id, report.from_code, report.remote),
            subject=Subject("recipient", str(turn.recipient), str(turn.document or "")),
            sha256=report.stored.sha256,
            data={
                "ask": turn.ask.value,
                "status_code": report.package.status_code,
                "package": str(report.package_id),
                **({"to": [report.route.code]} if asked else {"result": turn.result.value}),
                **asking_document,
            },
        )


def record_rejection(sending: Sending, refusal: Refusal) -> None:
    """Note that a package was refused: its hash, its sender, the time and the reason, never its content. An outage of
    ours is no rejection, and a database that is away must not hide the refusal itself."""
    if refusal.reason.temporary:
        return
    event = new_event(
        EventKind.SUBMISSION_REJECTION,
        at=clock.now(),
        actor=Actor(sending.sender.system_id, sending.from_code, sending.remote),
        subject=Subject("package", ""),
        sha256=refusal.sha256,
        data={"code": refusal.reason.code, "findings": [finding.id for finding in refusal.findings[:20]]},
    )
    try:
        with transaction.atomic(), connection.wrap_database_errors:
            append_events(hot_cursor(), [event])
    except (DatabaseError, InterfaceError) as error:
        _log.error("a rejection (%s) left no event: %s", refusal.reason.code, error)

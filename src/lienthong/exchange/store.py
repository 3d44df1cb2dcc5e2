"""Rows of the axis, written and looked up for whole batches with set-based SQL. Called by the committer, inside its
transaction; nothing here decides anything (see ``decisions``)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings

from edxml102.model import Attachment, parse_date
from lienthong.common import clock
from lienthong.common.ids import new_id
from lienthong.common.sql import insert_rows
from lienthong.exchange import store_asks
from lienthong.exchange.circles import Circle, KnownReport, Row
from lienthong.exchange.decisions import KnownDocument, KnownRecipient, ReportContext, ReportPlan
from lienthong.exchange.routing import Outcome, Route
from lienthong.exchange.rule_sets import rule_set
from lienthong.exchange.segments import Address
from lienthong.exchange.states import DeliveryState, RecipientState
from lienthong.exchange.submissions import DocumentSubmission, StatusSubmission, Submission
from lienthong.registry import directory

Cursor = psycopg.Cursor[tuple[Any, ...]]
Recipients = dict[int, list[UUID]]  # index of a report → the recipients it speaks of
WAKE_CHANNEL = "lienthong_deliveries"  # workers LISTEN here

_DOCUMENT = {
    "id": "uuid", "system_id": "bigint", "agency_id": "bigint", "document_id": "text", "business_type": "text",
    "fingerprint": "bytea", "sha256": "bytea", "from_code": "text", "from_name": "text", "number": "text",
    "notation": "text", "promulgation_date": "date", "subject": "text", "type_name": "text", "priority": "smallint",
    "target_document_id": "text", "received_at": "timestamptz",
}  # fmt: skip
_PACKAGE = {
    "id": "uuid", "kind": "text", "document_id": "uuid", "system_id": "bigint", "segment": "text", '"offset"': "bigint",
    "length": "bigint", "sha256": "bytea", "attachments": "jsonb", "findings": "jsonb", "remote": "text",
    "received_at": "timestamptz",
}  # fmt: skip
_DELIVERY = {
    "id": "uuid", "package_id": "uuid", "system_id": "bigint", "kind": "text", "rank": "smallint", "state": "text",
    "from_code": "text", "to_code": "text", "attempts": "smallint", "created_at": "timestamptz",
    "updated_at": "timestamptz", "available_at": "timestamptz", "last_error": "text",
}  # fmt: skip
_RECIPIENT = {
    "id": "uuid", "document_id": "uuid", "code": "text", "name": "text", "outcome": "text", "reason": "text",
    "agency_id": "bigint", "to_agency_id": "bigint", "delivery_id": "uuid", "state": "text", "status_code": "text",
    "status_description": "text",
}  # fmt: skip
_REPORT = {
    "package_id": "uuid", "recipient_id": "uuid", "reporter_id": "bigint", "target_id": "bigint", "document_id": "text",
    "code": "text", '"timestamp"': "text", "event_time": "timestamptz", "description": "text", "moved": "boolean",
    "arrived_at": "timestamptz",
}  # fmt: skip


def find_documents(
    cursor: Cursor, submissions: Sequence[DocumentSubmission]
) -> dict[tuple[int, str, str], KnownDocument]:
    """Documents that already stand under the keys of these submissions, locked, with their recipients."""
    if not submissions:
        return {}
    keys = [submission.key for submission in submissions]
    cursor.execute(
        """
        SELECT d.id, d.agency_id, d.document_id, d.business_type, d.sha256, d.fingerprint, d.received_at
          FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS q(agency_id, document_id, business_type)
          JOIN exchange_document d USING (agency_id, document_id, business_type)
         ORDER BY d.id FOR UPDATE OF d
        """,
        [list(column) for column in zip(*keys, strict=True)],
    )
    rows = cursor.fetchall()
    if not rows:
        return {}
    ids = [row[0] for row in rows]
    recipients, addresses = _recipients_of(cursor, ids), _addresses_of(cursor, ids)
    return {
        (row[1], row[2], row[3]): KnownDocument(
            row[0], bytes(row[4]), bytes(row[5]), row[6], recipients[row[0]], addresses[row[0]]
        )
        for row in rows
    }


def _recipients_of(cursor: Cursor, documents: list[UUID]) -> dict[UUID, list[KnownRecipient]]:
    cursor.execute(
        "SELECT document_id, code, name, outcome, reason, agency_id FROM exchange_recipient"
        " WHERE document_id = ANY(%s) ORDER BY id",
        [documents],
    )
    found: dict[UUID, list[KnownRecipient]] = defaultdict(list)
    for document, code, name, outcome, reason, agency in cursor:
        found[document].append(KnownRecipient(code, name, Outcome(outcome), reason, agency))
    return found


def _addresses_of(cursor: Cursor, documents: list[UUID]) -> dict[UUID, list[Address]]:
    cursor.execute(
        'SELECT document_id, segment, "offset", length, sha256 FROM exchange_package WHERE document_id = ANY(%s)'
        " AND kind = 'edoc' ORDER BY id",
        [documents],
    )
    found: dict[UUID, list[Address]] = defaultdict(list)
    for document, segment, offset, length, sha256 in cursor:
        found[document].append(Address(segment, offset, length, bytes(sha256)))
    return found


def find_report_contexts(cursor: Cursor, submissions: Sequence[StatusSubmission]) -> list[ReportContext]:
    """For each status report: the document it names, the recipients it speaks of (locked) and what was reported
    before."""
    if not submissions:
        return []
    documents = _documents_reported(cursor, submissions)
    rows = _recipients_reported(cursor, submissions, documents)
    reversed_ = _place_the_rest(cursor, submissions, documents, rows)
    circle = store_asks.load_circle(cursor, [row for placed in rows.values() for row in placed])
    _add_orphans(cursor, submissions, circle, rows, [i for i, document in enumerate(documents) if document is None])
    for index, submission in enumerate(submissions):
        circle.share(rows.get(index, []), submission.agency_id)
    return [
        ReportContext(document, rows.get(index, []), circle, index in reversed_)
        for index, document in enumerate(documents)
    ]


def _place_the_rest(
    cursor: Cursor, submissions: Sequence[StatusSubmission], documents: list[UUID | None], rows: Recipients
) -> set[int]:
    """Fill in what a second look finds; answers those whose two sides are the wrong way round."""
    unplaced = {index: submission for index, submission in enumerate(submissions) if index not in rows}
    named = {index: submission for index, submission in unplaced.items() if documents[index] is not None}
    for index, (document, row) in store_asks.find_other_recipients(cursor, named).items():
        documents[index], rows[index] = document, [row]
    unknown = {index: submission for index, submission in unplaced.items() if documents[index] is None}
    return set(store_asks.find_other_recipients(cursor, unknown, swapped=True))


def _add_orphans(
    cursor: Cursor,
    submissions: Sequence[StatusSubmission],
    circle: Circle,
    rows: Recipients,
    unknown: Sequence[int],
) -> None:
    """A document that did not pass through this axis has a row in the circle only."""
    reports = _orphan_reports(cursor, submissions) if unknown else {}
    for index in unknown:
        signed_on = parse_date(submissions[index].package.response_for.promulgation_date)
        row = submissions[index].package_id
        known = reports.get(index, [])
        circle.rows[row] = Row(row, RecipientState.SENT, rule_set(signed_on), reports=known)
        rows[index] = [row]


def _documents_reported(cursor: Cursor, submissions: Sequence[StatusSubmission]) -> list[UUID | None]:
    """The documents of the issuers named, or else of those they succeed."""
    found = _documents_of(cursor, [(i, one.issuer_id, one) for i, one in enumerate(submissions)])
    missing = {i: one.issuer_id for i, one in enumerate(submissions) if i not in found}
    earlier = [(i, agency, submissions[i]) for i, agency in _predecessors(missing)]
    found |= _documents_of(cursor, earlier)
    return [found.get(index) for index in range(len(submissions))]


def _predecessors(agencies: dict[int, int]) -> list[tuple[int, int]]:
    """``(index, agency)`` for all whom the agencies succeed. Asked only where nothing else was found: the common way
    costs no query more."""
    line = directory.predecessors(agencies.values(), clock.today()) if agencies else {}
    return [(index, closed) for index, heir in agencies.items() for closed in line.get(heir, ())]


def _documents_of(cursor: Cursor, asked: Sequence[tuple[int, int, StatusSubmission]]) -> dict[int, UUID]:
    """A new or replacing document comes before a recall or update that carries the same document id."""
    if not asked:
        return {}
    cursor.execute(
        """
        SELECT DISTINCT ON (q.i) q.i, d.id
          FROM unnest(%s::int[], %s::bigint[], %s::text[]) AS q(i, agency_id, document_id)
          JOIN exchange_document d USING (agency_id, document_id)
         ORDER BY q.i, (d.business_type IN ('0', '3')) DESC, d.id
        """,
        [
            [index for index, _, _ in asked],
            [agency for _, agency, _ in asked],
            [submission.package.response_for.document_id for _, _, submission in asked],
        ],
    )
    return dict(cursor.fetchall())


def _recipients_reported(
    cursor: Cursor, submissions: Sequence[StatusSubmission], documents: list[UUID | None]
) -> Recipients:
    """The recipients that the reports speak of: the agencies named, or else those they succeed."""
    known = {i: one.recipient_id for i, one in enumerate(submissions) if documents[i] is not None}
    found = _recipients_for(cursor, [(i, documents[i], agency) for i, agency in known.items()])
    missing = {i: agency for i, agency in known.items() if i not in found}
    return found | _recipients_for(cursor, [(i, documents[i], agency) for i, agency in _predecessors(missing)])


def _recipients_for(cursor: Cursor, asked: Sequence[tuple[int, UUID | None, int]]) -> Recipients:
    found: Recipients = defaultdict(list)
    if asked:
        cursor.execute(
            """
            SELECT q.i, r.id
              FROM unnest(%s::int[], %s::uuid[], %s::bigint[]) AS q(i, document_id, agency_id)
              JOIN exchange_recipient r ON r.document_id = q.document_id
                   AND (r.agency_id = q.agency_id OR r.to_agency_id = q.agency_id)
             ORDER BY r.id FOR UPDATE OF r
            """,
            [list(column) for column in zip(*asked, strict=True)],
        )
        for index, recipient in cursor:
            found[index].append(recipient)
    return dict(found)


def _orphan_reports(cursor: Cursor, submissions: Sequence[StatusSubmission]) -> dict[int, list[KnownReport]]:
    """To the same agency only: an identifier means one document of one issuer, and a question goes to one recipient."""
    cursor.execute(
        """
        SELECT q.i, r.package_id, r.id, r.code, r.event_time, r.description, r.arrived_at, r."timestamp",
               r.reporter_id
          FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::text[]) AS q(i, reporter_id, target_id, document_id)
          JOIN exchange_report r USING (reporter_id, target_id, document_id)
         WHERE r.recipient_id IS NULL ORDER BY r.id
        """,
        [
            list(range(len(submissions))),
            [submission.agency_id for submission in submissions],
            [submission.route.to_agency_id for submission in submissions],
            [submission.package.response_for.document_id for submission in submissions],
        ],
    )
    found: dict[int, list[KnownReport]] = defaultdict(list)
    for index, *report in cursor:
        found[index].append(store_asks.known_report(*report))
    return found


def insert_documents(cursor: Cursor, submissions: Sequence[DocumentSubmission]) -> None:
    """Rows of new documents; the id of a new document is that of its first package."""
    insert_rows(cursor, "exchange_document", _DOCUMENT, [_document_row(submission) for submission in submissions])


def _document_row(submission: DocumentSubmission) -> tuple[Any, ...]:
    header, bussiness = submission.package.header, submission.package.trace.bussiness
    return (
        submission.package_id, submission.system_pk, submission.agency_id, header.document_id, submission.key[2],
        submission.fingerprint, submission.stored.sha256, header.from_.organ_id, header.from_.organ_name,
        header.code.number, header.code.notation, header.promulgation_info.date, header.subject,
        header.document_type.type_name, submission.rank, bussiness.document_id, submission.received_at,
    )  # fmt: skip


def insert_packages(cursor: Cursor, rows: Sequence[tuple[Submission, str, UUID | None]]) -> None:
    """Rows of stored packages: ``(submission, kind, document)``, each with its address."""
    insert_rows(cursor, "exchange_package", _PACKAGE, [_package_row(*row) for row in rows])


def _package_row(submission: Submission, kind: str, document: UUID | None) -> tuple[Any, ...]:
    address = submission.address
    if address is None:
        raise RuntimeError("a package without an address reached the database")
    attachments = submission.package.attachments if isinstance(submission, DocumentSubmission) else ()
    return (
        submission.package_id, kind, document, submission.system_pk, address.segment, address.offset, address.length,
        address.sha256, json.dumps([_view(attachment) for attachment in attachments], ensure_ascii=False),
        json.dumps([[f.id, f.severity.value, f.path, f.message] for f in submission.findings], ensure_ascii=False),
        submission.remote, submission.received_at,
    )  # fmt: skip


def _view(attachment: Attachment) -> dict[str, object]:
    view = attachment.view
    described: dict[str, object] = {
        "name": attachment.attachment_name,
        "content_id": attachment.content_id,
        "content_type": attachment.content_type,
    }
    if view:
        described |= {"begin": view.begin, "end": view.end, "size": view.size, "sha256": view.sha256.hex()}
        described |= {"cdata": True} if view.cdata else {}
    return described


def insert_deliveries(
    cursor: Cursor, rows: Sequence[tuple[Submission, str, int, str, Sequence[Route]]]
) -> dict[tuple[UUID, int], UUID]:
    """One delivery per package and system for ``(submission, kind, rank, from_code, routes)``; answers their ids."""
    deliveries: dict[tuple[UUID, int], UUID] = {}
    values: list[tuple[Any, ...]] = []
    for submission, kind, rank, from_code, routes in rows:
        for route in routes:
            key = (submission.package_id, route.system_pk or 0)
            if route.outcome.good and key not in deliveries:
                deliveries[key] = new_id()
                at = submission.received_at
                values.append(
                    (
                        deliveries[key],
                        *key,
                        kind,
                        rank,
                        (DeliveryState.HELD if submission.held else DeliveryState.WAITING).value,
                        from_code,
                        route.code,
                        0,
                        at,
                        at,
                        at,
                        submission.held,
                    )
                )
    insert_rows(cursor, "exchange_delivery", _DELIVERY, values)
    return deliveries


def wake_workers(cursor: Cursor, deliveries: dict[tuple[UUID, int], UUID]) -> None:
    """One notification, sent with the commit, when any of the deliveries is for a system that the axis carries to."""
    if deliveries:
        cursor.execute(
            "SELECT pg_notify(%s, '') FROM registry_system WHERE id = ANY(%s) AND kind = ANY(%s) LIMIT 1",
            [WAKE_CHANNEL, list({system for _, system in deliveries}), list(settings.CONNECTORS)],
        )


def upsert_recipients(
    cursor: Cursor, rows: Sequence[tuple[UUID, UUID, Route]], deliveries: dict[tuple[UUID, int], UUID]
) -> None:
    """Rows of addressees for ``(document, package, route)``. One that could not be reached earlier is brought up to
    date when a later submission reaches it."""
    _insert_recipients(cursor, [_recipient_row(*row, deliveries) for row in rows])


def _insert_recipients(cursor: Cursor, rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    cursor.execute(
        f"INSERT INTO exchange_recipient ({', '.join(_RECIPIENT)})"  # noqa: S608 - constant names
        f" SELECT * FROM unnest({', '.join(f'%s::{name}[]' for name in _RECIPIENT.values())})"
        " ON CONFLICT (document_id, code) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason,"
        " agency_id = excluded.agency_id, to_agency_id = excluded.to_agency_id, delivery_id = excluded.delivery_id,"
        " state = excluded.state",
        [list(column) for column in zip(*rows, strict=True)],
    )


def _recipient_row(
    document: UUID, package: UUID, route: Route, deliveries: dict[tuple[UUID, int], UUID]
) -> tuple[Any, ...]:
    state = RecipientState.SENT if route.outcome.good else RecipientState.NOT_SENT
    delivery = deliveries.get((package, route.system_pk or 0)) if route.outcome.good else None
    return (
        new_id(), document, route.code, route.name, route.outcome.value, route.reason, route.agency_id,
        route.to_agency_id, delivery, state.value, "", "",
    )  # fmt: skip


def insert_reports(cursor: Cursor, plans: Sequence[tuple[StatusSubmission, ReportPlan]], arrived_at: datetime) -> None:
    """Rows of status reports, the new standing of the recipients they moved, and the asks they answered."""
    insert_rows(cursor, "exchange_report", _REPORT, [_report_row(*plan, arrived_at) for plan in plans])
    standings = {id_: standing for _, plan in plans for id_, standing in plan.standings.items()}
    store_asks.write_standings(cursor, standings, arrived_at)
    store_asks.write_answers(cursor, {id_: answer for _, plan in plans for id_, answer in plan.answers.items()})


def _report_row(submission: StatusSubmission, plan: ReportPlan, arrived_at: datetime) -> tuple[Any, ...]:
    package = submission.package
    return (
        submission.package_id, plan.recipient, submission.agency_id, submission.route.to_agency_id,
        package.response_for.document_id, package.status_code, package.timestamp, plan.event.at,
        package.description, plan.moved, arrived_at,
    )  # fmt: skip

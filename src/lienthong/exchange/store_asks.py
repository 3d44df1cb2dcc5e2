"""Rows of asks and of the recipients they bind together; called by the committer like ``store``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from lienthong.common import clock
from lienthong.exchange.asks import AskPlan, KnownHolder, KnownTarget, Request
from lienthong.exchange.circles import Circle, KnownAsk, KnownReport, Row
from lienthong.exchange.routing import Outcome
from lienthong.exchange.rule_sets import rule_set
from lienthong.exchange.states import Answer, Ask, DeliveryState, Event, RecipientState, Standing
from lienthong.exchange.submissions import DocumentSubmission, StatusSubmission
from lienthong.registry import directory

Cursor = psycopg.Cursor[tuple[Any, ...]]

# Given up ones too: nobody may resend or redirect what was recalled.
_CANCELLABLE = [
    state.value for state in DeliveryState if state.is_open or state in (DeliveryState.GIVEN_UP, DeliveryState.HELD)
]
_CANCELLED = [state.value for state in RecipientState if state.cancelled]


# --- What stands ---------------------------------------------------------------------------------------------------


def load_circle(cursor: Cursor, recipients: Sequence[UUID]) -> Circle:
    """The rows with these ids and all that a report about one of them can move, locked, with their reports."""
    if not recipients:
        return Circle()
    asks = _asks_around(cursor, recipients)
    rows = _rows(cursor, {*recipients, *(ask.recipient for ask in asks), *(ask.asking for ask in asks)})
    for id_, reports in reports_of(cursor, list(rows)).items():
        rows[id_].reports = reports
    return Circle(rows, asks)


def _asks_around(cursor: Cursor, recipients: Sequence[UUID]) -> list[KnownAsk]:
    cursor.execute(
        """
        WITH named AS (SELECT unnest(%s::uuid[]) AS id)
        SELECT a.id, a.recipient_id, a.asking_id, a.kind, a.asked_at, a.reason
          FROM exchange_ask a
         WHERE a.recipient_id IN (
               SELECT id FROM named
                UNION SELECT b.recipient_id FROM exchange_ask b JOIN named ON named.id = b.asking_id)
         ORDER BY a.id
        """,
        [list(recipients)],
    )
    return [KnownAsk(id_, row, asking, Ask(kind), at, why) for id_, row, asking, kind, at, why in cursor]


def _rows(cursor: Cursor, ids: Iterable[UUID]) -> dict[UUID, Row]:
    cursor.execute(
        """
        SELECT r.id, r.outcome, d.business_type, d.promulgation_date, d.id, r.agency_id, r.to_agency_id
          FROM exchange_recipient r JOIN exchange_document d ON d.id = r.document_id
         WHERE r.id = ANY(%s) ORDER BY r.id FOR UPDATE OF r
        """,
        [list(ids)],
    )
    rows = {}
    for id_, outcome, business_type, signed_on, document, *agencies in cursor:
        rules = rule_set(signed_on)
        start = RecipientState.SENT if Outcome(outcome).good else RecipientState.NOT_SENT
        rows[id_] = Row(id_, start, rules, rules.ask_of(business_type), document, _present(agencies))
    return rows


def _present(agencies: Iterable[int | None]) -> frozenset[int]:
    return frozenset(agency for agency in agencies if agency is not None)


def load_asked(cursor: Cursor, recipients: Sequence[UUID]) -> Circle:
    """The circle of rows that are asked, with what an agency reported that speaks for several of them by now."""
    circle = load_circle(cursor, recipients)
    reporters = {known.reporter for row in recipients for known in circle.rows[row].reports}
    line = directory.predecessors(reporters, clock.today()) if len(recipients) > 1 and reporters else {}
    for document in {circle.rows[row].document for row in recipients}:
        rows = [row for row in recipients if circle.rows[row].document == document]
        for reporter in reporters if len(rows) > 1 else ():
            own = [row for row in rows if reporter in circle.rows[row].agencies]
            inherited = [row for row in rows if circle.rows[row].agencies & set(line.get(reporter, ()))]
            circle.share(own or inherited, reporter)
    return circle


def reports_of(cursor: Cursor, recipients: list[UUID]) -> dict[UUID, list[KnownReport]]:
    """What was reported about these rows, in order of arrival."""
    cursor.execute(
        'SELECT recipient_id, package_id, id, code, event_time, description, arrived_at, "timestamp",'
        " reporter_id FROM exchange_report WHERE recipient_id = ANY(%s) ORDER BY id",
        [recipients],
    )
    found: dict[UUID, list[KnownReport]] = defaultdict(list)
    for recipient, *report in cursor:
        found[recipient].append(known_report(*report))
    return found


def known_report(  # noqa: PLR0913, PLR0917 - the columns of a row
    package: UUID,
    order: int,
    code: str,
    at: datetime,
    description: str,
    arrived_at: datetime,
    stamp: str,
    reporter: int,
) -> KnownReport:
    return KnownReport(package, arrived_at, Event(at, order, code, description=description, stamp=stamp), reporter)


def find_targets(
    cursor: Cursor, request: Request, *, issuers: frozenset[int], addressees: frozenset[int]
) -> dict[str, list[KnownTarget]]:
    """The documents that the request may mean, by identifier: the issuer's with their recipients, and where it has
    none of that identifier, those of others.

    :param issuers: the agency that asks and those it succeeds
    :param addressees: the agencies that are addressed; they hold what those they succeed received
    """
    wanted = [target.document_id for target in request.targets]
    rows = _documents(cursor, wanted, "SELECT unnest(%s::bigint[]) AS id", [list(issuers)])
    missing = [document_id for document_id in wanted if document_id not in {row[1] for row in rows}]
    if missing:
        # By agency, because that is how the unique index begins: some hundred look-ups instead of the whole table.
        rows += _documents(cursor, missing, "SELECT id FROM registry_agency", [])
    holders = _holders(cursor, [row[0] for row in rows if row[2] in issuers], _heirs(addressees))
    found: dict[str, list[KnownTarget]] = defaultdict(list)
    for id_, document_id, agency, signed_on in rows:
        found[document_id].append(KnownTarget(id_, agency, rule_set(signed_on), tuple(holders[id_])))
    return found


def issuers_of(agency: int) -> frozenset[int]:
    """The agency and those it succeeds: whose documents it may recall, update and replace."""
    return frozenset((agency, *directory.predecessors([agency], clock.today()).get(agency, ())))


def _heirs(agencies: frozenset[int]) -> dict[int, set[int]]:
    """Closed agency → those of the agencies that succeed it."""
    heirs: dict[int, set[int]] = defaultdict(set)
    for heir, line in directory.predecessors(agencies, clock.today()).items():
        for closed in line:
            heirs[closed].add(heir)
    return heirs


def _documents(
    cursor: Cursor, document_ids: list[str], agencies: LiteralString, parameters: list[list[int]]
) -> list[tuple[Any, ...]]:
    cursor.execute(
        "SELECT d.id, d.document_id, d.agency_id, d.promulgation_date"  # noqa: S608 - literals
        f"  FROM ({agencies}) a JOIN exchange_document d ON d.agency_id = a.id AND d.document_id = ANY(%s)"
        " WHERE d.business_type IN ('0', '3') ORDER BY d.id",
        [*parameters, document_ids],
    )
    return cursor.fetchall()


def _holders(cursor: Cursor, documents: list[UUID], heirs: Mapping[int, set[int]]) -> dict[UUID, list[KnownHolder]]:
    cursor.execute(
        "SELECT document_id, id, code, name, outcome, agency_id, to_agency_id, state FROM exchange_recipient"
        " WHERE document_id = ANY(%s) ORDER BY id FOR UPDATE",
        [documents],
    )
    found: dict[UUID, list[KnownHolder]] = defaultdict(list)
    for document, id_, code, name, outcome, agency, to_agency, state in cursor:
        named = _present((agency, to_agency))
        agencies = named.union(*(heirs.get(one, ()) for one in named))
        found[document].append(KnownHolder(id_, code, name, Outcome(outcome), agencies, RecipientState(state)))
    return found


# --- Reports that the common way does not place ----------------------------------------------------------------------


def find_other_recipients(
    cursor: Cursor, submissions: Mapping[int, StatusSubmission], *, swapped: bool = False
) -> dict[int, tuple[UUID, UUID]]:
    """Document and recipient for reports of which only one of the two was found: a recall under the identifier of the
    document it recalls may have addressees that the document never had.

    ``swapped`` looks for the issuer as recipient and the recipient as issuer.
    """
    if not submissions:
        return {}
    sides = [(one.issuer_id, one.recipient_id) for one in submissions.values()]
    cursor.execute(
        """
        SELECT DISTINCT ON (q.i) q.i, d.id, r.id
          FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::text[]) AS q(i, issuer, recipient, document_id)
          JOIN exchange_document d ON d.agency_id = q.issuer AND d.document_id = q.document_id
          JOIN exchange_recipient r ON r.document_id = d.id
               AND (r.agency_id = q.recipient OR r.to_agency_id = q.recipient)
         ORDER BY q.i, (d.business_type IN ('0', '3')) DESC, d.id
        """,
        [
            list(submissions),
            [recipient if swapped else issuer for issuer, recipient in sides],
            [issuer if swapped else recipient for issuer, recipient in sides],
            [one.package.response_for.document_id for one in submissions.values()],
        ],
    )
    return {index: (document, recipient) for index, document, recipient in cursor}


# --- What changes ----------------------------------------------------------------------------------------------------


def insert_asks(cursor: Cursor, submission: DocumentSubmission, document: UUID, plan: AskPlan) -> None:
    """Rows of asks, bound to the new document's own rows, which must have been written."""
    request = submission.request
    if request is None or not plan.asks:
        return
    cursor.execute(
        """
        INSERT INTO exchange_ask (recipient_id, asking_id, kind, reason, changes_document, asked_at, answered_code,
                                  answer)
        SELECT q.recipient_id, r.id, %s, %s, %s, %s, '', ''
          FROM unnest(%s::uuid[], %s::text[]) AS q(recipient_id, code)
          JOIN exchange_recipient r ON r.document_id = %s AND r.code = q.code
         ORDER BY q.recipient_id
        ON CONFLICT (recipient_id, asking_id) DO NOTHING
        """,
        [
            request.ask.value, request.reason, request.changes_document, submission.received_at,
            [ask.recipient for ask in plan.asks], [ask.code for ask in plan.asks], document,
        ],
    )  # fmt: skip


def write_standings(cursor: Cursor, standings: Mapping[UUID, Standing], at: datetime) -> None:
    """Where recipients now stand. What is cancelled at all agencies of a delivery leaves the list of their system."""
    if not standings:
        return
    values = list(standings.values())
    cursor.execute(
        """
        UPDATE exchange_recipient r
           SET state = q.state, status_code = q.code, status_at = q.at, status_description = q.description
          FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::text[])
               AS q(id, state, code, at, description)
         WHERE r.id = q.id
        """,
        [
            list(standings),
            [standing.state.value for standing in values],
            [standing.code for standing in values],
            [standing.at for standing in values],
            [standing.description for standing in values],
        ],
    )
    cancelled = [id_ for id_, standing in standings.items() if standing.state.cancelled]
    if cancelled:
        _cancel_deliveries(cursor, cancelled, at)


def _cancel_deliveries(cursor: Cursor, recipients: list[UUID], at: datetime) -> None:
    cursor.execute(
        """
        UPDATE exchange_delivery v
           SET state = %s, lease_until = NULL, lease_token = NULL, updated_at = %s
         WHERE v.id IN (SELECT delivery_id FROM exchange_recipient WHERE id = ANY(%s)) AND v.state = ANY(%s)
           AND NOT EXISTS (SELECT FROM exchange_recipient r WHERE r.delivery_id = v.id AND r.state <> ALL(%s))
        """,
        [DeliveryState.CANCELLED.value, at, recipients, _CANCELLABLE, _CANCELLED],
    )


def write_answers(cursor: Cursor, answers: Mapping[int, Answer | None]) -> None:
    """Answers of asks; ``None`` takes one away again."""
    if not answers:
        return
    given = list(answers.values())
    cursor.execute(
        """
        UPDATE exchange_ask a
           SET agreed = q.agreed, answered_code = q.code, answered_at = q.at, answer = q.answer
          FROM unnest(%s::bigint[], %s::boolean[], %s::text[], %s::timestamptz[], %s::text[])
               AS q(id, agreed, code, at, answer)
         WHERE a.id = q.id
        """,
        [
            list(answers),
            [answer.agreed if answer else None for answer in given],
            [answer.code if answer else "" for answer in given],
            [answer.at if answer else None for answer in given],
            [answer.description if answer else "" for answer in given],
        ],
    )

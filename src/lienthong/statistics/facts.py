"""Facts, as SQL over the tables of the exchange: the same SELECT fills the tables of facts and counts today live.

An agency's level and parent are those of the day of the fact (registry, dated rows). A copy belongs to the agency that
got it, which after a redirection is another one than the addressee.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, LiteralString
from uuid import UUID

from django.db import connection

from lienthong.common import clock
from lienthong.common.ids import first_id_at

LOCAL_DAY: LiteralString = "(d.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"

# What is accepted on a day has an id not much older than its time of receipt; the exact day is asked besides.
SINCE: LiteralString = f"d.id >= %(live_id)s AND {LOCAL_DAY} >= %(live_from)s"
_THESE: LiteralString = f"d.id = ANY(%(documents)s) AND {LOCAL_DAY} < %(live_from)s"

_PLACE: LiteralString = (
    " LEFT JOIN registry_agencyplacement {alias} ON {alias}.agency_id = {agency} AND {alias}.valid_from <= {day}"
    " AND ({alias}.valid_to IS NULL OR {alias}.valid_to > {day})"
)


def documents_sql(where: LiteralString) -> str:
    """Rows of ``DocumentFact`` for the documents ``d`` that fit. The main file's signatures as last checked."""
    return f"""
    SELECT d.id AS document, {LOCAL_DAY} AS day,
           extract(hour FROM d.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::smallint AS hour, d.business_type,
           d.agency_id AS sender_id, COALESCE(ps.level, 'other') AS sender_level, ps.parent_id AS sender_parent_id,
           CASE WHEN d.promulgation_date <= {LOCAL_DAY} THEN {LOCAL_DAY} - d.promulgation_date END AS sign_days,
           c.by_person, c.by_body
      FROM exchange_document d
      {_PLACE.format(alias="ps", agency="d.agency_id", day=LOCAL_DAY)}
      LEFT JOIN LATERAL (
           SELECT {_signed_by("person")} AS by_person, {_signed_by("body")} AS by_body
             FROM signatures_check k WHERE k.package_id = d.id AND k.part = 'main'
            ORDER BY k.round DESC, k.id LIMIT 1) c ON TRUE
     WHERE {where}"""


def _signed_by(role: LiteralString) -> LiteralString:
    return (
        "EXISTS (SELECT FROM jsonb_array_elements(k.signatures) s"
        f" WHERE s->>'role' = '{role}' AND s->>'result' IN ('valid', 'valid_with_warnings'))"
    )


def copies_sql(where: LiteralString) -> str:
    """Rows of ``CopyFact`` for the recipients of the documents ``d`` that fit.

    ``wanted`` and ``waiting_since`` say what ``exchange.chasing`` chases: no report yet, or neither accepted nor
    refused; the time does not begin before the package was there to fetch.
    """
    return f"""
    SELECT r.id AS recipient, d.id AS document, {LOCAL_DAY} AS day,
           extract(hour FROM d.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::smallint AS hour, d.business_type,
           d.agency_id AS sender_id, COALESCE(ps.level, 'other') AS sender_level, ps.parent_id AS sender_parent_id,
           COALESCE(r.to_agency_id, r.agency_id) AS receiver_id, COALESCE(pr.level, 'other') AS receiver_level,
           pr.parent_id AS receiver_parent_id, r.outcome, r.outcome IN ('accepted', 'redirected') AS good, r.state,
           CASE WHEN v.id IS NULL THEN 'none' WHEN v.state IN ('waiting', 'leased', 'failed', 'held') THEN 'open'
                ELSE v.state END AS carried,
           CASE WHEN v.state = 'given_up' THEN COALESCE(NULLIF(v.cause, ''), 'delivery.refused') ELSE '' END AS cause,
           CASE WHEN r.state = 'rejected' THEN left(btrim(r.status_description), 200) ELSE '' END AS refusal,
           COALESCE(t.answered, FALSE) AS answered, d.promulgation_date AS signed_on, w.wanted,
           CASE WHEN w.wanted <> '' THEN GREATEST(v.created_at, CASE WHEN r.state <> 'sent' THEN r.status_at END) END
                AS waiting_since,
           {_seconds("v.created_at", "v.delivered_at")} AS transport, {_seconds("d.received_at", "t.at01")} AS step_01,
           {_seconds("t.at01", "t.at03")} AS step_03, {_seconds("t.at03", "t.at06")} AS step_06,
           COALESCE(a.asked, '') AS asked
      FROM exchange_document d
      JOIN exchange_recipient r ON r.document_id = d.id
      LEFT JOIN exchange_delivery v ON v.id = r.delivery_id
      {_PLACE.format(alias="ps", agency="d.agency_id", day=LOCAL_DAY)}
      {_PLACE.format(alias="pr", agency="COALESCE(r.to_agency_id, r.agency_id)", day=LOCAL_DAY)}
      LEFT JOIN LATERAL (
           SELECT min(event_time) FILTER (WHERE code = '01') AS at01,
                  min(event_time) FILTER (WHERE code = '03') AS at03,
                  min(event_time) FILTER (WHERE code = '06') AS at06,
                  bool_or(moved AND code IN ('03', '04', '05', '06')) AS answered
             FROM exchange_report WHERE recipient_id = r.id) t ON TRUE
      LEFT JOIN LATERAL (
           SELECT min(kind) || ':' || CASE WHEN bool_or(agreed IS NULL) THEN 'open' WHEN bool_and(agreed) THEN 'agreed'
                  ELSE 'declined' END AS asked
             FROM exchange_ask WHERE asking_id = r.id HAVING count(*) > 0) a ON TRUE
     CROSS JOIN LATERAL (
           SELECT CASE WHEN v.id IS NULL OR a.asked LIKE 'recall:%%' OR a.asked LIKE 'update:%%' THEN ''
                       WHEN r.state = 'sent' THEN 'receipt' WHEN r.state = 'arrived' THEN 'acceptance'
                       ELSE '' END AS wanted) w
     WHERE {where}"""


def _seconds(start: LiteralString, end: LiteralString) -> LiteralString:
    """Clocks of recipients differ: what seems to end before it began took no time. Unknown where either is (GREATEST
    and LEAST alone would overlook it)."""
    length = f"extract(epoch FROM {end} - {start})"
    return f"CASE WHEN {length} IS NOT NULL THEN GREATEST(0, LEAST(2147483647, {length}))::int END"


def live_parameters(live_from: date) -> dict[str, Any]:
    """What ``SINCE`` asks for."""
    midnight = datetime.combine(live_from, time(), clock.VIETNAM)
    return {"live_from": live_from, "live_id": first_id_at(midnight)}


def store(documents: Sequence[UUID], *, live_from: date) -> set[date]:
    """Write the facts of these documents anew; answers the days they belong to. What is still live is left out."""
    parameters: dict[str, Any] = {"documents": list(documents), "live_from": live_from}
    days: set[date] = set()
    with connection.cursor() as cursor:
        for table, select in (("document", documents_sql(_THESE)), ("copy", copies_sql(_THESE))):
            cursor.execute(f"DELETE FROM statistics_{table} WHERE document = ANY(%s) RETURNING day", [list(documents)])
            days |= {day for (day,) in cursor.fetchall()}
            columns = _columns(table)
            cursor.execute(
                f"INSERT INTO statistics_{table} ({columns}) SELECT {columns} FROM ({select}) f RETURNING day",
                parameters,
            )
            days |= {day for (day,) in cursor.fetchall()}
    return days


def _columns(table: str) -> str:
    from lienthong.statistics.models import CopyFact, DocumentFact  # noqa: PLC0415 - this module is plain SQL otherwise

    model = DocumentFact if table == "document" else CopyFact
    return ", ".join(field.column for field in model._meta.concrete_fields)


_REJECTIONS = """
INSERT INTO statistics_rejection
       (event_id, day, at, sender_id, sender_level, sender_parent_id, sender_code, system, code)
SELECT e.id, (e.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, e.at, i.agency_id, COALESCE(p.level, 'other'), p.parent_id,
       e.agency, e.system, COALESCE(e.data->>'code', '')
  FROM ledger_event e
  LEFT JOIN registry_agencyidentifier i ON i.code = e.agency
  LEFT JOIN registry_agencyplacement p ON p.agency_id = i.agency_id
        AND p.valid_from <= (e.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
        AND (p.valid_to IS NULL OR p.valid_to > (e.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
 WHERE e.id > %(after)s AND e.id <= %(until)s AND e.kind = 'SubmissionRejection'
    ON CONFLICT (event_id) DO UPDATE SET sender_id = excluded.sender_id, sender_level = excluded.sender_level,
       sender_parent_id = excluded.sender_parent_id
RETURNING day
"""


def store_rejections(*, after: int, until: int) -> set[date]:
    """Write the facts of packages refused in a range of events."""
    with connection.cursor() as cursor:
        cursor.execute(_REJECTIONS, {"after": after, "until": until})
        return {day for (day,) in cursor.fetchall()}

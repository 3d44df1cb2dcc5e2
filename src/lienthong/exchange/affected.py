"""What still waits for agencies that are about to change."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from lienthong.exchange.states import DeliveryState

_OPEN_DELIVERIES = """
SELECT waiting.agency_id, count(DISTINCT waiting.delivery_id)
  FROM exchange_delivery v
 CROSS JOIN LATERAL (
       SELECT COALESCE(r.to_agency_id, r.agency_id) AS agency_id, v.id AS delivery_id
         FROM exchange_recipient r WHERE r.delivery_id = v.id
        UNION ALL
       SELECT t.target_id, v.id FROM exchange_report t WHERE t.package_id = v.package_id) waiting
 WHERE v.state = ANY(%s) AND waiting.agency_id = ANY(%s)
 GROUP BY waiting.agency_id
"""


def open_deliveries_by_agency(agency_ids: Iterable[int]) -> dict[int, int]:
    """How many packages, documents and reports, each agency's system has not yet fetched; none for those not named."""
    states = [state.value for state in DeliveryState if state.is_open]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_DELIVERIES, [states, list(agency_ids)])
        return dict(cursor.fetchall())

"""Figures that pages of the workplace show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct, may_on_documents
from lienthong.common import clock
from lienthong.common.ids import first_id_at


@dataclass(frozen=True, slots=True)
class Week:
    """The last seven days of an agency."""

    arrived: int
    registered: int
    refused: int
    finished: int


_WEEK = """
SELECT count(*), count(arrival_number), count(*) FILTER (WHERE state = 'refused'),
       count(*) FILTER (WHERE state = 'done')
  FROM records_incoming WHERE agency_id = %s AND id >= %s
"""


def week_of(actor: Actor) -> Week | None:
    """Of what arrived in the last seven days: how much there is, and what became of it. ``None`` for those who may not
    see the whole agency."""
    if actor.agency_id is None or not may_on_documents(actor, DocumentAct.READ, agency_id=actor.agency_id):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_WEEK, [actor.agency_id, first_id_at(clock.now() - timedelta(days=7))])
        return Week(*cursor.fetchone())

"""The agencies of one city as a tree on a day, with what carries their documents: for choosing recipients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lienthong.registry.models import Scheme, SystemState


@dataclass(frozen=True, slots=True)
class Node:
    """An agency that is open on the day. ``system_kind`` and ``system_locked``: what carries its documents (``None``:
    it is not connected)."""

    agency_id: int
    parent_id: int | None
    code: str
    name: str
    abbreviation: str
    level: str
    system_kind: str | None
    system_locked: bool | None

    @property
    def is_connected(self) -> bool:
        return self.system_kind is not None


# Upwards to the root, downwards to everything below it, then the system of each: its own, of who is mandated to receive
# for it, or of the nearest ancestor that shares its own (as ``directory.resolve`` decides).
_TREE = """
WITH RECURSIVE up AS (
    SELECT %(agency)s::bigint AS agency_id, 0 AS height
    UNION ALL
    SELECT p.parent_id, u.height + 1 FROM up u
      JOIN registry_agencyplacement p ON p.agency_id = u.agency_id AND p.parent_id IS NOT NULL
       AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
     WHERE u.height < 32
), chosen AS (
    SELECT CASE WHEN %(whole)s THEN (SELECT agency_id FROM up ORDER BY height DESC LIMIT 1)
                ELSE %(agency)s::bigint END AS root
), down AS (
    SELECT p.agency_id, p.parent_id, p.level, 0 AS depth
      FROM registry_agencyplacement p JOIN chosen c ON p.agency_id = c.root
     WHERE p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
    UNION ALL
    SELECT p.agency_id, p.parent_id, p.level, d.depth + 1
      FROM down d
      JOIN registry_agencyplacement p ON p.parent_id = d.agency_id
       AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
     WHERE d.depth < 32
), carrier AS (
    SELECT agency_id, agency_id AS carrier_id, 1 AS rank FROM down
    UNION ALL
    SELECT d.agency_id, m.mandatary_id, 0 FROM down d
      JOIN registry_mandate m ON m.mandator_id = d.agency_id AND m.scope <> 'send'
       AND m.valid_from <= %(day)s AND (m.valid_to IS NULL OR m.valid_to > %(day)s)
), ancestor AS (
    SELECT agency_id, carrier_id AS above, rank, 0 AS depth FROM carrier
    UNION ALL
    SELECT a.agency_id, p.parent_id, a.rank, a.depth + 1
      FROM ancestor a
      JOIN registry_agencyplacement p ON p.agency_id = a.above AND p.parent_id IS NOT NULL
       AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
     WHERE a.depth < 32
), service AS (
    SELECT DISTINCT ON (a.agency_id) a.agency_id, s.kind, s.state
      FROM ancestor a
      JOIN registry_systemservice v ON v.agency_id = a.above AND (a.depth = 0 OR v.include_subordinates)
       AND v.valid_from <= %(day)s AND (v.valid_to IS NULL OR v.valid_to > %(day)s)
      JOIN registry_system s ON s.id = v.system_id
     ORDER BY a.agency_id, a.rank, a.depth, s.id
)
SELECT d.agency_id, d.parent_id, i.code, n.name, n.abbreviation, d.level, s.kind, s.state
  FROM down d
  JOIN registry_agencyname n ON n.agency_id = d.agency_id
   AND n.valid_from <= %(day)s AND (n.valid_to IS NULL OR n.valid_to > %(day)s)
  JOIN LATERAL (
       SELECT code FROM registry_agencyidentifier
        WHERE agency_id = d.agency_id AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
        ORDER BY array_position(%(schemes)s::text[], scheme::text), id LIMIT 1) i ON TRUE
  LEFT JOIN service s ON s.agency_id = d.agency_id
 ORDER BY d.depth, i.code
"""


def city_tree(agency_id: int, on_date: date) -> list[Node]:
    """Every open agency below the topmost ancestor of this one, parents before children; one query."""
    return _nodes(agency_id, on_date, whole=True)


def subtree(agency_id: int, on_date: date) -> list[Node]:
    """The agency and every open one below it."""
    return _nodes(agency_id, on_date, whole=False)


def _nodes(agency_id: int, on_date: date, *, whole: bool) -> list[Node]:
    parameters: dict[str, Any] = {"agency": agency_id, "day": on_date, "whole": whole, "schemes": Scheme.values}
    with connection.cursor() as cursor:
        cursor.execute(_TREE, parameters)
        return [_node(row) for row in cursor.fetchall()]


def _node(row: tuple[Any, ...]) -> Node:
    facts: list[Any] = [*row[:-1], _is_locked(row[-1])]
    return Node(*facts)


def _is_locked(state: str | None) -> bool | None:
    return None if state is None else state == SystemState.LOCKED

"""The tree of agencies on a day, a branch at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lienthong.registry import codes
from lienthong.registry.models import Scheme


@dataclass(frozen=True, slots=True)
class Branch:
    """One agency in its place. ``children``: how many stand directly below it; ``is_served``: some system is given its
    documents directly."""

    agency_id: int
    code: str
    name: str
    level: str
    children: int
    is_served: bool


_CHILDREN = """
SELECT a.id, c.code, n.name, p.level,
       (SELECT count(*) FROM registry_agencyplacement b
         WHERE b.parent_id = a.id AND b.valid_from <= %(day)s AND (b.valid_to IS NULL OR b.valid_to > %(day)s)
           AND EXISTS (SELECT FROM registry_agencyidentifier o WHERE o.agency_id = b.agency_id
                        AND o.valid_from <= %(day)s AND (o.valid_to IS NULL OR o.valid_to > %(day)s))),
       EXISTS (SELECT FROM registry_systemservice s WHERE s.agency_id = a.id
                AND s.valid_from <= %(day)s AND (s.valid_to IS NULL OR s.valid_to > %(day)s))
  FROM registry_agencyplacement p
  JOIN registry_agency a ON a.id = p.agency_id
  JOIN registry_agencyname n ON n.agency_id = a.id
                            AND n.valid_from <= %(day)s AND (n.valid_to IS NULL OR n.valid_to > %(day)s)
  JOIN LATERAL (
       SELECT code FROM registry_agencyidentifier i
        WHERE i.agency_id = a.id AND i.valid_from <= %(day)s AND (i.valid_to IS NULL OR i.valid_to > %(day)s)
        ORDER BY array_position(%(schemes)s::text[], i.scheme::text), i.id LIMIT 1) c ON TRUE
 WHERE p.parent_id IS NOT DISTINCT FROM %(parent)s
   AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
 ORDER BY p.level <> 'city', n.name, a.id LIMIT 2000
"""


def children_of(code: str, on_date: date) -> list[Branch]:
    """The open agencies directly below the one of a code, or at the top when the code is empty; none below a code that
    nobody has."""
    parent = _agency_id(code) if code else None
    if code and parent is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_CHILDREN, {"parent": parent, "day": on_date, "schemes": Scheme.values})
        return [Branch(*row) for row in cursor.fetchall()]


_PATH = """
WITH RECURSIVE up AS (
    SELECT %(agency)s::bigint AS id, 0 AS depth
    UNION ALL
    SELECT p.parent_id, up.depth + 1 FROM up JOIN registry_agencyplacement p ON p.agency_id = up.id
       AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
     WHERE p.parent_id IS NOT NULL AND up.depth < 32
)
SELECT (SELECT i.code FROM registry_agencyidentifier i WHERE i.agency_id = up.id AND i.valid_from <= %(day)s
         ORDER BY (i.valid_to IS NULL OR i.valid_to > %(day)s) DESC,
                  array_position(%(schemes)s::text[], i.scheme::text), i.id LIMIT 1), n.name
  FROM up JOIN registry_agencyname n ON n.agency_id = up.id
       AND n.valid_from <= %(day)s AND (n.valid_to IS NULL OR n.valid_to > %(day)s)
 ORDER BY up.depth DESC
"""


def path_to(code: str, on_date: date) -> list[tuple[str, str]]:
    """Code and name of every agency from the top down to the one of a code."""
    agency = _agency_id(code)
    if agency is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PATH, {"agency": agency, "day": on_date, "schemes": Scheme.values})
        return [(code, name) for code, name in cursor.fetchall()]


def _agency_id(code: str) -> int | None:
    normal = codes.normalise(code)
    if not codes.can_exist(normal):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT agency_id FROM registry_agencyidentifier WHERE code = %s", [normal])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return int(row[0]) if row else None

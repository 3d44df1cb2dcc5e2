"""Everything that reads the registry away from the hot path (``directory``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from lienthong.common.folding import fold
from lienthong.registry import codes
from lienthong.registry.directory import resolve
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Agency, AgencyIdentifier, Level, Scheme, System
from lienthong.registry.text import accented_words, clean, is_clean

__all__ = [
    "AgencyHit",
    "DirectoryRow",
    "agency_by_code",
    "directory_rows",
    "resolve",
    "search_agencies",
    "synchronised_units",
    "system_by_id",
]


def agency_by_code(code: str) -> Agency:
    """The agency that has or had a code.

    :raises RegistryError: ``registry.agency.unknown``
    """
    return identifier_by_code(code).agency


def identifier_by_code(code: str) -> AgencyIdentifier:
    """The dated row of a code.

    :raises RegistryError: ``registry.agency.unknown``
    """
    normal = codes.normalise(code)
    found = AgencyIdentifier.objects.select_related("agency").filter(code=normal) if codes.can_exist(normal) else None
    identifier = found.first() if found is not None else None
    if identifier is None:
        raise RegistryError(
            "registry.agency.unknown",
            f"Không có cơ quan nào mang mã định danh {code!r}.",
            "Tìm mã đúng: lienthong agencies search TÊN",
        )
    return identifier


def system_by_id(system_id: str) -> System:
    """The system of an id.

    :raises RegistryError: ``registry.system.unknown``
    """
    system = System.objects.filter(system_id=system_id).first() if codes.can_exist(system_id) else None
    if system is None:
        raise RegistryError(
            "registry.system.unknown",
            f"Không có hệ thống nào mang mã {system_id!r}.",
            "Xem các hệ thống: lienthong systems list",
        )
    return system


# --- Search -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgencyHit:
    """One agency found."""

    agency_id: int
    code: str
    name: str
    abbreviation: str
    level: str
    parent_code: str | None
    closed_on: date | None


# Ranks: 0 the very code, 1 the very abbreviation, 2 codes that begin so, 3 the words with their accents, 4 without.
# Each way of finding has its own cap, so that "xã" in a national directory costs no more than a rare word and the
# exact ones are never crowded out.
_SEARCH = """
WITH named AS NOT MATERIALIZED (
    SELECT n.agency_id, n.abbreviation
      FROM registry_agencyname n
      JOIN registry_agencyplacement p ON p.agency_id = n.agency_id
     WHERE n.valid_from <= %(day)s AND (n.valid_to IS NULL OR n.valid_to > %(day)s)
       AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
       AND (%(level)s::text IS NULL OR p.level = %(level)s)
       AND (%(closed)s OR EXISTS (SELECT FROM registry_agencyidentifier o
                                   WHERE o.agency_id = n.agency_id AND o.valid_from <= %(day)s
                                     AND (o.valid_to IS NULL OR o.valid_to > %(day)s)))
), hit AS (
    (SELECT i.agency_id, CASE WHEN i.code = %(code)s THEN 0 ELSE 2 END AS rank
       FROM registry_agencyidentifier i JOIN named USING (agency_id) WHERE i.code LIKE %(prefix)s LIMIT %(cap)s)
    UNION ALL
    (SELECT agency_id, 1 FROM named WHERE lower(abbreviation) = %(short)s AND abbreviation <> '' LIMIT %(cap)s)
    UNION ALL
    (SELECT agency_id, 3 FROM named
      WHERE agency_id IN (
            SELECT w.agency_id FROM registry_agencyname w
             WHERE to_tsvector('simple'::regconfig, COALESCE(w.folded, '')) @@ %(accented)s::tsquery
               AND w.valid_from <= %(day)s AND (w.valid_to IS NULL OR w.valid_to > %(day)s) LIMIT %(wide)s)
      LIMIT %(cap)s)
    UNION ALL
    (SELECT agency_id, 4 FROM named
      WHERE agency_id IN (
            SELECT w.agency_id FROM registry_agencyname w
             WHERE to_tsvector('simple'::regconfig, COALESCE(w.folded, '')) @@ %(plain)s::tsquery
               AND w.valid_from <= %(day)s AND (w.valid_to IS NULL OR w.valid_to > %(day)s) LIMIT %(wide)s)
      LIMIT %(cap)s)
), best AS (
    SELECT h.agency_id, min(h.rank) AS rank, n.name, n.abbreviation
      FROM hit h
      JOIN registry_agencyname n ON n.agency_id = h.agency_id
                                AND n.valid_from <= %(day)s AND (n.valid_to IS NULL OR n.valid_to > %(day)s)
     GROUP BY h.agency_id, n.name, n.abbreviation
     ORDER BY rank, length(n.name), n.name, h.agency_id
     LIMIT %(limit)s
)
SELECT b.agency_id, i.code, b.name, b.abbreviation, p.level, u.code,
       CASE WHEN i.valid_to <= %(day)s THEN i.valid_to END
  FROM best b
  JOIN registry_agencyplacement p ON p.agency_id = b.agency_id
                                 AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
  JOIN LATERAL (
       SELECT code, valid_to FROM registry_agencyidentifier
        WHERE agency_id = b.agency_id AND valid_from <= %(day)s
        ORDER BY (valid_to IS NULL OR valid_to > %(day)s) DESC, array_position(%(schemes)s::text[], scheme::text), id
        LIMIT 1) i ON TRUE
  LEFT JOIN LATERAL (
       SELECT code FROM registry_agencyidentifier
        WHERE agency_id = p.parent_id AND valid_from <= %(day)s
        ORDER BY (valid_to IS NULL OR valid_to > %(day)s) DESC, array_position(%(schemes)s::text[], scheme::text), id
        LIMIT 1) u ON TRUE
 ORDER BY b.rank, length(b.name), b.name, b.agency_id
"""
_CAP = 1500
_WIDER = 4  # names looked at for each one wanted: some belong to agencies that are closed


def search_agencies(
    text: str, *, on_date: date, level: Level | str | None = None, limit: int = 50, include_closed: bool = False
) -> list[AgencyHit]:
    """Agencies by code, name or abbreviation, with or without accents; the last word may be unfinished."""
    text = clean(text)
    if not text or not is_clean(text):
        return []
    code = codes.normalise(text)
    parameters: dict[str, Any] = {
        "code": code,
        "prefix": code.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%",
        "short": text.lower(),
        "accented": _all_words(accented_words(text)),
        "plain": _all_words(fold(text).split()),
        "day": on_date,
        "level": level,
        "closed": include_closed,
        "limit": limit,
        "cap": max(_CAP, limit),
        "wide": None if level else max(_CAP, limit) * _WIDER,  # of one level there may be few among many
        "schemes": Scheme.values,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, parameters)
        return [AgencyHit(*row) for row in cursor.fetchall()]


_MOST_WORDS, _LONGEST_WORD = 20, 200  # PostgreSQL refuses words of 2 KiB


def _all_words(words: list[str]) -> str:
    """A tsquery of words without punctuation, the last one unfinished."""
    asked = [word[:_LONGEST_WORD] for word in words[:_MOST_WORDS]]
    return " & ".join([*(f"'{word}'" for word in asked[:-1]), *(f"'{word}':*" for word in asked[-1:])])


# --- The directory, whole -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """One agency as directories list it; ``code`` is the one it is best addressed by on the day.

    ``center_code`` is the id of the system that carries its documents, empty when it is not connected.
    """

    id: int
    pid: int | None
    code: str
    old_code: str
    code102: str
    name: str
    mail: str
    level: int | None
    is_agency: bool
    deleted: bool
    modify_date: datetime
    version: int
    center_code: str


_DIRECTORY = """
WITH RECURSIVE cover AS (
    SELECT v.agency_id, v.system_id, v.include_subordinates AS below, 0 AS depth
      FROM registry_systemservice v
     WHERE v.valid_from <= %(day)s AND (v.valid_to IS NULL OR v.valid_to > %(day)s)
    UNION ALL
    SELECT p.agency_id, c.system_id, TRUE, c.depth + 1
      FROM cover c
      JOIN registry_agencyplacement p ON p.parent_id = c.agency_id
                                     AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
     WHERE c.below AND c.depth < 32
), serving AS (
    SELECT DISTINCT ON (c.agency_id) c.agency_id, s.system_id
      FROM cover c JOIN registry_system s ON s.id = c.system_id
     ORDER BY c.agency_id, c.depth, s.id
), code AS (
    SELECT agency_id, bool_or(still_open) AS is_open,
           (array_agg(code ORDER BY still_open DESC, array_position(%(schemes)s::text[], scheme::text), id))[1] AS best,
           (array_agg(code ORDER BY still_open DESC, id) FILTER (WHERE scheme = 'QCVN102'))[1] AS old_code,
           (array_agg(code ORDER BY still_open DESC, id) FILTER (WHERE scheme = 'QD20'))[1] AS code102
      FROM (SELECT *, valid_to IS NULL OR valid_to > %(day)s AS still_open
              FROM registry_agencyidentifier WHERE valid_from <= %(day)s) i
     GROUP BY agency_id
)
SELECT a.id, p.parent_id, c.best, COALESCE(c.old_code, ''), COALESCE(c.code102, ''), n.name, COALESCE(k.mail, ''),
       p.level, NOT c.is_open, a.modified_at, a.version, COALESCE(r.system_id, s.system_id, '')
  FROM registry_agency a
  JOIN code c ON c.agency_id = a.id
  JOIN registry_agencyname n ON n.agency_id = a.id
                            AND n.valid_from <= %(day)s AND (n.valid_to IS NULL OR n.valid_to > %(day)s)
  JOIN registry_agencyplacement p ON p.agency_id = a.id
                                 AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
  LEFT JOIN registry_agencycontact k ON k.agency_id = a.id
  LEFT JOIN serving s ON s.agency_id = a.id
  LEFT JOIN registry_mandate m ON m.mandator_id = a.id AND m.scope <> 'send'
                              AND m.valid_from <= %(day)s AND (m.valid_to IS NULL OR m.valid_to > %(day)s)
  LEFT JOIN serving r ON r.agency_id = m.mandatary_id
 WHERE (c.is_open OR %(closed)s) AND (%(level)s::text IS NULL OR p.level = %(level)s)
 ORDER BY c.best
"""


def directory_rows(on_date: date, level: Level | str | None = None) -> Iterator[DirectoryRow]:
    """The agencies open on a day, by code, as a stream."""
    return _directory(on_date, level, include_closed=False)


def synchronised_units(on_date: date) -> Iterator[DirectoryRow]:
    """The agencies ever opened up to a day, as a stream; closed ones are marked ``deleted``."""
    return _directory(on_date, None, include_closed=True)


def _directory(on_date: date, level: Level | str | None, *, include_closed: bool) -> Iterator[DirectoryRow]:
    parameters = {"day": on_date, "level": level, "closed": include_closed, "schemes": Scheme.values}
    with connection.chunked_cursor() as cursor:
        cursor.execute(_DIRECTORY, parameters)
        while rows := cursor.fetchmany(2000):
            yield from map(_directory_row, rows)


def _directory_row(row: tuple[Any, ...]) -> DirectoryRow:
    pk, parent, code, old_code, code102, name, mail, level, deleted, modified_at, version, center = row
    return DirectoryRow(
        id=pk,
        pid=parent,
        code=code,
        old_code=old_code,
        code102=code102,
        name=name,
        mail=mail,
        level=Level(level).number,
        is_agency=level != Level.OTHER,
        deleted=deleted,
        modify_date=modified_at,
        version=version,
        center_code=center,
    )

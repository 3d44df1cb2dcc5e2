"""The registry as the hot path asks it: who is this system, where does this code lead, whom may it act for.

Raw SQL on Django's connection, no ORM objects. ``find_system`` asks the database every time, so that a lock holds from
the next request on; its answer carries the directory's revision, under which the other answers are cached per process.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import date, datetime
from typing import Any

from django.db import OperationalError, connection

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.registry import revision as revisions
from lienthong.registry import vault
from lienthong.registry.codes import can_exist, normalise
from lienthong.registry.models import MandateScope, Scheme, SystemState
from lienthong.registry.resolution import Outcome, Resolution, SystemAccess
from lienthong.registry.revision_cache import RevisionCache

_CACHE_SIZE = 50_000
# Deeper parents or longer successions than any real directory: stops a cycle made by hand.
_CONSTANTS: dict[str, Any] = {"depth": 32, "schemes": Scheme.values}

_resolutions: RevisionCache[Resolution] = RevisionCache(_CACHE_SIZE)
_rights_known: RevisionCache[frozenset[str]] = RevisionCache(_CACHE_SIZE)


# --- Systems ------------------------------------------------------------------------------------------------------

_SYSTEM = """
SELECT s.id, s.system_id, s.name, s.kind, s.state, live.key_ids, live.ciphertexts, live.ids,
       COALESCE((SELECT revision FROM registry_revision), 0)
  FROM registry_system s
 CROSS JOIN LATERAL (
       SELECT COALESCE(array_agg(key_id ORDER BY id DESC), '{}') AS key_ids,
              COALESCE(array_agg(secret_encrypted ORDER BY id DESC), '{}') AS ciphertexts,
              COALESCE(array_agg(id ORDER BY id DESC), '{}') AS ids
         FROM registry_credential
        WHERE system_id = s.id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > %(at)s)) live
 WHERE s.system_id = %(system_id)s
"""


def find_system(system_id: str, *, at: datetime | None = None) -> SystemAccess | None:
    """The system of this id with the secrets that are live, newest first; one query.

    :param at: the moment the secrets must be live at; by default now
    :raises RegistryError: ``registry.vault.*`` when the key outside the database is not the right one
    """
    if not can_exist(system_id):
        return None
    rows = _rows_after_restart(_SYSTEM, {"system_id": system_id, "at": at or clock.now()})
    if not rows:
        return None
    pk, system_id, name, kind, state, key_ids, ciphertexts, ids, revision = rows[0]
    secrets = tuple(
        vault.decrypt(vault.Encrypted(key_id, bytes(ciphertext)), bound_to=system_id)
        for key_id, ciphertext in zip(key_ids, ciphertexts, strict=True)
    )
    return SystemAccess(pk, system_id, name, kind, state == SystemState.LOCKED, secrets, revision, tuple(ids))


# --- Codes --------------------------------------------------------------------------------------------------------

# The agencies named by the codes, then for closed ones the chain of successors up to the first that is open on the day
# (or the last known), then for all of them the system of the agency mandated to receive for it, or else of the nearest
# ancestor that a system serves.
_RESOLVE = """
WITH RECURSIVE asked AS (
    SELECT i.code, i.agency_id, i.valid_to <= %(day)s AS closed, i.valid_to, i.on_closed, i.successor_id
      FROM registry_agencyidentifier i
     WHERE i.code = ANY(%(codes)s) AND i.valid_from <= %(day)s
), chain AS (
    SELECT code, successor_id AS agency_id, 1 AS step FROM asked WHERE closed AND successor_id IS NOT NULL
    UNION ALL
    SELECT c.code, n.successor_id, c.step + 1
      FROM chain c
     CROSS JOIN LATERAL (
           SELECT i.successor_id FROM registry_agencyidentifier i
            WHERE i.agency_id = c.agency_id AND i.valid_from <= %(day)s
              AND i.successor_id IS DISTINCT FROM i.agency_id
            ORDER BY (i.valid_to IS NULL OR i.valid_to > %(day)s) DESC, i.successor_id IS NOT NULL DESC, i.valid_to DESC
            LIMIT 1) n
     WHERE n.successor_id IS NOT NULL AND c.step < %(depth)s
       AND NOT EXISTS (SELECT FROM registry_agencyidentifier o
                        WHERE o.agency_id = c.agency_id AND o.valid_from <= %(day)s
                          AND (o.valid_to IS NULL OR o.valid_to > %(day)s))
), successor AS (
    SELECT DISTINCT ON (code) code, agency_id FROM chain ORDER BY code, step DESC
), target AS (
    SELECT agency_id FROM asked UNION SELECT agency_id FROM successor
), carrier AS (
    SELECT agency_id, agency_id AS carrier_id, 1 AS rank FROM target
    UNION ALL
    SELECT t.agency_id, m.mandatary_id, 0 FROM target t
      JOIN registry_mandate m ON m.mandator_id = t.agency_id AND m.scope <> 'send'
                             AND m.valid_from <= %(day)s AND (m.valid_to IS NULL OR m.valid_to > %(day)s)
), ancestor AS (
    SELECT agency_id, carrier_id AS above, rank, 0 AS depth FROM carrier
    UNION ALL
    SELECT a.agency_id, p.parent_id, a.rank, a.depth + 1
      FROM ancestor a
      JOIN registry_agencyplacement p ON p.agency_id = a.above AND p.valid_from <= %(day)s
                                     AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
     WHERE p.parent_id IS NOT NULL AND a.depth < %(depth)s
), service AS (
    SELECT DISTINCT ON (a.agency_id) a.agency_id, s.id, s.kind, s.state
      FROM ancestor a
      JOIN registry_systemservice v ON v.agency_id = a.above AND (a.depth = 0 OR v.include_subordinates)
                                   AND v.valid_from <= %(day)s AND (v.valid_to IS NULL OR v.valid_to > %(day)s)
      JOIN registry_system s ON s.id = v.system_id
     ORDER BY a.agency_id, a.rank, a.depth, s.id
), known AS (
    SELECT t.agency_id, n.name, p.level, i.code, s.id AS system_pk, s.kind, s.state
      FROM target t
      LEFT JOIN service s USING (agency_id)
      LEFT JOIN LATERAL (
           SELECT name FROM registry_agencyname WHERE agency_id = t.agency_id
            ORDER BY valid_from <= %(day)s DESC, abs(valid_from - %(day)s) LIMIT 1) n ON TRUE
      LEFT JOIN LATERAL (
           SELECT level FROM registry_agencyplacement WHERE agency_id = t.agency_id
            ORDER BY valid_from <= %(day)s DESC, abs(valid_from - %(day)s) LIMIT 1) p ON TRUE
      LEFT JOIN LATERAL (
           SELECT code FROM registry_agencyidentifier WHERE agency_id = t.agency_id
            ORDER BY (valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)) DESC,
                     array_position(%(schemes)s::text[], scheme::text), id LIMIT 1) i ON TRUE
)
SELECT q.code, COALESCE(q.closed, FALSE), k.agency_id, k.name, k.level, q.valid_to, q.on_closed,
       k.system_pk, k.kind, k.state, x.agency_id, x.code, x.name, x.system_pk, x.kind, x.state
  FROM asked q
  JOIN known k USING (agency_id)
  LEFT JOIN successor u ON u.code = q.code
  LEFT JOIN known x ON x.agency_id = u.agency_id
"""


def resolve_many(codes: Iterable[str], on_date: date, *, revision: int) -> dict[str, Resolution]:
    """Answer every code, under the spelling it was asked with; one query for those not yet known under ``revision``."""
    spelled = {code: normalise(code) for code in codes}
    wanted = {(code, on_date) for code in spelled.values()}
    known = _resolutions.get(wanted, revision)
    missing = [code for code, _ in wanted - known.keys()]
    if missing:
        fresh: dict[Hashable, Resolution] = {
            (code, on_date): found for code, found in _resolve_now(missing, on_date).items()
        }
        _resolutions.put(fresh, revision)
        known |= fresh
    return {spelling: known[code, on_date] for spelling, code in spelled.items()}


def resolve(code: str, on_date: date) -> Resolution:
    """Answer one code."""
    return resolve_many([code], on_date, revision=revisions.current())[code]


def _resolve_now(codes: list[str], on_date: date) -> dict[str, Resolution]:
    answers = {code: Resolution(code, Outcome.UNKNOWN) for code in codes}
    rows = _rows(_RESOLVE, {"codes": [code for code in codes if can_exist(code)], "day": on_date})
    answers.update({row[0]: _resolution(row) for row in rows})
    return answers


def _resolution(row: tuple[Any, ...]) -> Resolution:
    code, closed, agency_id, name, level, valid_to, on_closed, *systems = row
    pk, kind, state, next_id, next_code, next_name, next_pk, next_kind, next_state = systems
    return Resolution(
        code=code,
        outcome=Outcome.CLOSED if closed else Outcome.OPEN,
        agency_id=agency_id,
        name=name,
        level=level,
        closed_on=valid_to if closed else None,
        on_closed=on_closed if closed else None,
        system_pk=pk,
        system_kind=kind,
        system_locked=_is_locked(state),
        successor_id=next_id,
        successor_code=next_code,
        successor_name=next_name,
        successor_system_pk=next_pk,
        successor_system_kind=next_kind,
        successor_system_locked=_is_locked(next_state),
    )


def _is_locked(state: str | None) -> bool | None:
    return None if state is None else state == SystemState.LOCKED


# --- Whom a system acts for -----------------------------------------------------------------------------------------

# By what right: as the agency's own ('own', directly or through an ancestor) or by mandate (its scope).
_RIGHTS = """
WITH RECURSIVE carrier AS (
    SELECT %(agency)s::bigint AS carrier_id, 'own' AS title
    UNION ALL
    SELECT mandatary_id, scope FROM registry_mandate
     WHERE mandator_id = %(agency)s AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
), ancestor AS (
    SELECT carrier_id, title, carrier_id AS above, 0 AS depth FROM carrier
    UNION ALL
    SELECT a.carrier_id, a.title, p.parent_id, a.depth + 1
      FROM ancestor a
      JOIN registry_agencyplacement p ON p.agency_id = a.above AND p.valid_from <= %(day)s
                                     AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
     WHERE p.parent_id IS NOT NULL AND a.depth < %(depth)s
), serving AS (
    SELECT a.carrier_id, a.title, a.depth, v.system_id
      FROM ancestor a
      JOIN registry_systemservice v ON v.agency_id = a.above AND (a.depth = 0 OR v.include_subordinates)
                                   AND v.valid_from <= %(day)s AND (v.valid_to IS NULL OR v.valid_to > %(day)s)
)
SELECT COALESCE(array_agg(DISTINCT s.title), '{}') FROM serving s
 WHERE s.system_id = %(system)s
   AND s.depth = (SELECT min(depth) FROM serving n WHERE (n.carrier_id, n.title) = (s.carrier_id, s.title))
"""
_OWN, _TO_SEND = frozenset({"own"}), frozenset({"own", MandateScope.SEND.value, MandateScope.BOTH.value})


def serves(system_pk: int, agency_id: int, on_date: date, *, revision: int) -> bool:
    """Whether the system carries the agency's documents: directly, or through an ancestor it serves with those below.

    A service nearer to the agency takes it out of the one above: a department with its own system is no longer served
    by the city's.
    """
    return not _OWN.isdisjoint(_rights(system_pk, agency_id, on_date, revision))


def may_send(system_pk: int, agency_id: int, on_date: date, *, revision: int) -> bool:
    """Whether the system may send documents of the agency: it serves it, or another that is mandated to send for it."""
    return not _TO_SEND.isdisjoint(_rights(system_pk, agency_id, on_date, revision))


def may_report(system_pk: int, agency_id: int, on_date: date, *, revision: int) -> bool:
    """Whether the system may send status reports of the agency: whoever sends or receives for it may."""
    return bool(_rights(system_pk, agency_id, on_date, revision))


def _rights(system_pk: int, agency_id: int, on_date: date, revision: int) -> frozenset[str]:
    key = (system_pk, agency_id, on_date)
    known = _rights_known.get([key], revision)
    if key not in known:
        rows = _rows(_RIGHTS, {"system": system_pk, "agency": agency_id, "day": on_date})
        known = {key: frozenset(rows[0][0])}
        _rights_known.put(known, revision)
    return known[key]


# --- Whom an agency succeeds ----------------------------------------------------------------------------------------

# UNION forgets what it has seen, so a circle of successors ends.
_PREDECESSORS = """
WITH RECURSIVE line AS (
    SELECT heir AS agency_id, heir FROM unnest(%(heirs)s::bigint[]) AS heir
    UNION
    SELECT i.agency_id, l.heir
      FROM line l
      JOIN registry_agencyidentifier i ON i.successor_id = l.agency_id AND i.valid_to <= %(day)s
     WHERE NOT EXISTS (SELECT FROM registry_agencyidentifier o
                        WHERE o.agency_id = i.agency_id AND o.valid_from <= %(day)s
                          AND (o.valid_to IS NULL OR o.valid_to > %(day)s))
)
SELECT heir, array_agg(agency_id ORDER BY agency_id) FROM line WHERE agency_id <> heir GROUP BY heir
"""


def predecessors(agencies: Iterable[int], on_date: date) -> dict[int, list[int]]:
    """The closed agencies, near and far, whose successor each agency is on a day; nothing for those without."""
    return dict(_rows(_PREDECESSORS, {"heirs": list(set(agencies)), "day": on_date}))


def _rows(sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.wrap_database_errors:
        return hot_cursor().execute(sql, _CONSTANTS | parameters).fetchall()


def _rows_after_restart(sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The same as the first query of a request: after a restart of the database the pool holds dead connections. They
    are looked for only then, as asking each time whether a connection lives costs as much as this query."""
    try:
        return _rows(sql, parameters)
    except OperationalError:
        if connection.in_atomic_block:
            raise
        connection.close()
        connection.pool.check()  # type: ignore[attr-defined]  # the PostgreSQL backend has one
        return _rows(sql, parameters)

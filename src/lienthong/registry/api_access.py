"""The keys of the REST interface as its door asks for them: whose key, and may it come again already?

The database is asked every time, so that a lock, a revocation or an expiry holds from the next request on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from django.db import connection

from lienthong.common import clock
from lienthong.registry.models import SystemState
from lienthong.registry.resolution import SystemAccess


@dataclass(frozen=True, slots=True)
class KeyAccess:
    """A key as the door sees it. ``networks``: none means any; ``is_live``: neither revoked nor expired."""

    pk: int
    secret_hash: bytes = field(repr=False)
    scopes: frozenset[str]
    networks: tuple[str, ...]
    rate_per_minute: int
    is_live: bool
    system: SystemAccess


_KEY = """
SELECT k.id, k.secret_hash, k.scopes, k.allowed_networks, k.rate_per_minute,
       k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > %(at)s),
       s.id, s.system_id, s.name, s.kind, s.state, COALESCE((SELECT revision FROM registry_revision), 0)
  FROM registry_apikey k JOIN registry_system s ON s.id = k.system_id
 WHERE k.prefix = %(prefix)s
"""


def find_key(prefix: str) -> KeyAccess | None:
    """The key of a prefix, live or not."""
    with connection.cursor() as cursor:
        cursor.execute(_KEY, {"prefix": prefix, "at": clock.now()})
        row = cursor.fetchone()
    if row is None:
        return None
    pk, secret_hash, scopes, networks, rate, is_live, system_pk, system_id, name, kind, state, revision = row
    system = SystemAccess(system_pk, system_id, name, kind, state == SystemState.LOCKED, (), revision)
    return KeyAccess(pk, bytes(secret_hash), frozenset(scopes), tuple(networks), rate, is_live, system)


# One statement takes a token or leaves the row alone, so any number of processes share one bucket exactly. The clock is
# the database's, as machines differ.
_TAKE = """
INSERT INTO registry_apikeyusage AS u (key_id, tokens, used_at)
VALUES (%(key)s, %(rate)s - 1, clock_timestamp())
ON CONFLICT (key_id) DO UPDATE
   SET tokens = least(%(rate)s, u.tokens + greatest(0, extract(epoch FROM clock_timestamp() - u.used_at))
                                * %(rate)s / 60.0) - 1,
       used_at = clock_timestamp()
 WHERE u.tokens + extract(epoch FROM clock_timestamp() - u.used_at) * %(rate)s / 60.0 >= 1
RETURNING tokens
"""
_MISSING = """
SELECT 1 - (tokens + extract(epoch FROM clock_timestamp() - used_at) * %(rate)s / 60.0)
  FROM registry_apikeyusage WHERE key_id = %(key)s
"""


def take_token(key: KeyAccess) -> int:
    """Take one request from the key's bucket: 0 when it was there, else the whole seconds until the next one is."""
    parameters = {"key": key.pk, "rate": float(key.rate_per_minute)}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, parameters)
        if cursor.fetchone() is not None:
            return 0
        cursor.execute(_MISSING, parameters)
        row = cursor.fetchone()
    missing = float(row[0]) if row else 0.0
    return max(1, math.ceil(missing * 60 / key.rate_per_minute))

"""Handing a package on: with this axis' trace header spliced in, or told beside it where it is signed.

The stored bytes never change. The header's time is that of the package's arrival here, so that handing on twice gives
the same bytes twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from edxml102.trace import locate, spliced, trace_header
from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.exchange.deliveries import StoredPackage
from lienthong.exchange.hubs.hops import Hop

_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Handed:
    """A package as it leaves: ``beside`` are the hops it could not be given to carry itself."""

    package: StoredPackage
    offset: int = 0
    insert: bytes = b""
    beside: tuple[Hop, ...] = ()

    @property
    def size(self) -> int:
        return self.package.size + len(self.insert)

    def chunks(self, size: int) -> Iterator[bytes]:
        """:raises Refusal: PACKAGE_DAMAGED"""
        chunks = self.package.chunks(size)
        return spliced(chunks, self.offset, self.insert) if self.insert else chunks


def hand_on(package: StoredPackage, *, adds_trace: bool) -> Handed:
    """The package for the next system; as it is stored unless that system gets trace headers."""
    if not adds_trace or not settings.HUB_CODES:
        return Handed(package)
    arrived, before = _way(package)
    own = settings.HUB_CODES[0]
    place = locate(package.chunks(_CHUNK))
    if place is None:
        return Handed(package, beside=(*before, Hop(own, f"{arrived:%Y/%m/%d %H:%M:%S}", beside=True)))
    told = tuple(hop for hop in before if hop.beside)
    return Handed(package, place.offset, trace_header(place, organ_id=own, at=arrived), told)


def _way(package: StoredPackage) -> tuple[datetime, tuple[Hop, ...]]:
    """When the package came here, in Vietnam's time, and its hops before."""
    with connection.wrap_database_errors:
        rows = (
            hot_cursor()
            .execute(
                """
                SELECT p.received_at, h.organ_code, h.timestamp, h.beside
                  FROM (SELECT id, received_at FROM exchange_package WHERE segment = %s AND "offset" = %s
                         ORDER BY received_at, id LIMIT 1) p
                  LEFT JOIN hubs_hop h ON h.package_id = p.id ORDER BY h.position
                """,
                [package.address.segment, package.address.offset],
            )
            .fetchall()
        )
    arrived = clock.in_vietnam(rows[0][0] if rows else clock.now())
    return arrived, tuple(Hop(code, timestamp, beside) for _, code, timestamp, beside in rows if code is not None)

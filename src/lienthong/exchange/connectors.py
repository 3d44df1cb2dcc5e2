"""What carries packages to systems that do not fetch them: one connector per system kind, found by a dotted path in
settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from edxml102.model import PackageKind
from lienthong.exchange.deliveries import StoredPackage


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One delivery as a connector sees it. ``to_codes``: the addressees that this system is to get it for."""

    delivery_id: str
    package_id: str
    kind: PackageKind
    rank: int
    from_code: str
    to_codes: tuple[str, ...]
    document_id: str
    attempt: int
    created_at: datetime
    system_pk: int
    system_id: str
    package: StoredPackage


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The other side has it. ``remote_id``: its own id for the package; ``proof``: what the event keeps besides."""

    remote_id: str = ""
    proof: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDelivered:
    """``permanent``: trying the same again is useless. ``cause``: stable code; ``detail``: a Vietnamese sentence for
    people; ``retry_after``: seconds, when the other side said so; ``ours``: the fault lies here, nobody refused."""

    permanent: bool
    cause: str
    detail: str
    retry_after: float | None = None
    ours: bool = False


class Connector(Protocol):
    """Called outside any transaction, in a worker thread, with the lease held; must bound its time (``timeout``
    seconds)."""

    def deliver(self, outgoing: Outgoing, *, timeout: float) -> Delivered | NotDelivered: ...

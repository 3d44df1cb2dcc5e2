"""Which systems are hubs, and which get trace headers."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from lienthong.exchange.hubs.models import Link
from lienthong.exchange.hubs.passing import Side
from lienthong.registry import revision
from lienthong.registry.models import System, SystemKind
from lienthong.registry.resolution import SystemAccess
from lienthong.registry.revision_cache import RevisionCache


@dataclass(frozen=True, slots=True)
class Peer:
    """A system as a neighbour."""

    side: Side
    adds_trace: bool = False


_peers: RevisionCache[Peer] = RevisionCache(10_000)


def peer_of(access: SystemAccess) -> Peer:
    """Where the system stands; asks the database once per revision of the directory."""
    known: dict[Hashable, Peer] = _peers.get([access.pk], access.revision)
    if access.pk not in known:
        known = {access.pk: _read(access)}
        _peers.put(known, access.revision)
    return known[access.pk]


def _read(access: SystemAccess) -> Peer:
    link = Link.objects.filter(pk=access.pk).first() or Link(is_hub=False, adds_trace=False)
    side = Side.BELOW if link.is_hub else Side.SYSTEM
    return Peer(Side.ABOVE if access.kind == SystemKind.UPSTREAM else side, link.adds_trace)


def set_link(*, system: System, is_hub: bool, adds_trace: bool) -> None:
    """Say how a system is joined."""
    with revision.changing():
        Link.objects.update_or_create(system=system, defaults={"is_hub": is_hub, "adds_trace": adds_trace})
        revision.advance()

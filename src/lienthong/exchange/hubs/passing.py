"""What is passed on to whom when packages come from other axes (ADR 0050). Pure.

| the package comes from | it goes to |
|---|---|
| an ordinary system | every addressee, by its route |
| a hub below (a city's axis, at the national one) | the addressees that the hub chose, never back to the hub |
| an upstream (the national axis, a neighbour's, a ministry's) | addressees behind our own systems and hubs below only |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.routing import Outcome, Route
from lienthong.registry.models import SystemKind
from lienthong.registry.resolution import Resolution


class Side(Enum):
    """On which side of this axis a system stands."""

    SYSTEM = "system"
    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a package comes from; ``upstreams`` are the systems of kind upstream among its routes."""

    system_pk: int
    side: Side
    upstreams: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Passing:
    """``routes`` are ours to serve; the ``left`` ones the sending axis serves itself."""

    routes: list[Route]
    left: list[Route]


def upstreams_among(found: Mapping[str, Resolution]) -> frozenset[int]:
    """The systems of kind upstream that any of the codes leads to."""
    upstream = SystemKind.UPSTREAM.value
    pairs = [
        pair
        for known in found.values()
        for pair in ((known.system_kind, known.system_pk), (known.successor_system_kind, known.successor_system_pk))
    ]
    return frozenset(pk for kind, pk in pairs if kind == upstream and pk is not None)


def pass_on(routes: Iterable[Route], origin: Origin, chosen: frozenset[object] = frozenset()) -> Passing:
    """Split the routes of a document.

    :param chosen: agencies (key, or code where unknown) that the sending hub wants served; none means all
    """
    ours: list[Route] = []
    left: list[Route] = []
    for route in routes:
        (left if is_left(route, origin, chosen) else ours).append(route)
    return Passing(ours, [_as_left(route) for route in left])


def is_left(route: Route, origin: Origin, chosen: frozenset[object] = frozenset()) -> bool:
    """Whether the sending axis serves this addressee itself."""
    if origin.side is Side.SYSTEM:
        return False
    if chosen and identity(route) not in chosen:
        return True
    if route.system_pk == origin.system_pk:
        return True
    return origin.side is Side.ABOVE and (route.system_pk in origin.upstreams or route.outcome is Outcome.UNKNOWN)


def identity(route: Route) -> object:
    """What makes two addressees the same one (ADR 0006)."""
    return route.agency_id or route.code


def chosen_of(to_codes: Iterable[str], found: Mapping[str, Resolution], routes: Iterable[Route]) -> frozenset[object]:
    """The addressees that a hub chose with ``to``: a part of the package's own ``To`` elements.

    :raises Refusal: SELECTION_FOREIGN, when one of them is not addressed by the package
    """
    addressed = {identity(route) for route in routes}
    chosen = {code: found[code].agency_id or found[code].code for code in to_codes}
    strangers = sorted(code for code, known in chosen.items() if known not in addressed)
    if strangers:
        raise Refusal(Reason.SELECTION_FOREIGN, f"Mã {', '.join(strangers[:10])}.")
    return frozenset(chosen.values())


def _as_left(route: Route) -> Route:
    return replace(route, outcome=Outcome.ALREADY_THERE, reason=Outcome.ALREADY_THERE.label)

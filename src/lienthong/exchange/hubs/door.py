"""What the door asks about packages from other axes: has it been here, whom is it for, which way did it come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.conf import settings

from edxml102.model import Package
from lienthong.common.sql import insert_rows
from lienthong.exchange.hubs.hops import Hop, hops_of
from lienthong.exchange.hubs.links import peer_of
from lienthong.exchange.hubs.passing import Origin, Passing, Side, chosen_of, is_left, pass_on, upstreams_among
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.routing import Route
from lienthong.exchange.submissions import Sending, Submission
from lienthong.registry.resolution import Resolution

_HOP = {
    "package_id": "uuid", "position": "smallint", "organ_code": "text", "timestamp": "text", "beside": "boolean",
}  # fmt: skip


def declared_codes(sending: Sending) -> list[str]:
    """Codes besides the package that have a say: a hub's choice of addressees, nobody else's (ADR 0002)."""
    return list(sending.to_codes) if peer_of(sending.sender).side is not Side.SYSTEM else []


def split(routes: list[Route], found: Mapping[str, Resolution], sending: Sending) -> Passing:
    """Which addressees of a document are ours to serve.

    :raises Refusal: SELECTION_FOREIGN
    """
    chosen = chosen_of(declared_codes(sending), found, routes)
    return pass_on(routes, _origin(found, sending), chosen)


def refuse_back(route: Route, found: Mapping[str, Resolution], sending: Sending) -> None:
    """A status report, like a document, never goes back to the axis it comes from.

    :raises Refusal: NO_RECIPIENT
    """
    if is_left(route, _origin(found, sending)):
        raise Refusal(Reason.NO_RECIPIENT, f"{route.code}: không thuộc phía trục này.")


def arrival_hops(package: Package, sending: Sending) -> tuple[Hop, ...]:
    """The hops of a package from another axis; none for one that begins its way here.

    :raises Refusal: LOOP, when it has passed here before
    """
    if peer_of(sending.sender).side is Side.SYSTEM:
        return ()
    hops = hops_of(package, sending.hops)
    if any(hop.organ_code in settings.HUB_CODES for hop in hops):
        raise Refusal(Reason.LOOP, " → ".join(hop.organ_code for hop in hops) + ".")
    return hops


def insert_hops(cursor: psycopg.Cursor[Any], submissions: Sequence[Submission]) -> None:
    """Rows of the hops of stored packages; called by the committer, inside its transaction."""
    rows = [
        (one.package_id, position, hop.organ_code, hop.timestamp, hop.beside)
        for one in submissions
        for position, hop in enumerate(one.hops)
    ]
    insert_rows(cursor, "hubs_hop", _HOP, rows)


def _origin(found: Mapping[str, Resolution], sending: Sending) -> Origin:
    sender = sending.sender
    return Origin(sender.pk, peer_of(sender).side, upstreams_among(found))

"""Who serves an addressee of a package that comes from another axis (ADR 0050), as a table."""

from __future__ import annotations

from itertools import product

import pytest

from edxml102.model import DocumentPackage, StatusPackage, TraceHeader, TraceHeaderList
from lienthong.exchange.hubs.hops import Hop, from_text, hops_of, to_text
from lienthong.exchange.hubs.passing import Origin, Side, chosen_of, pass_on
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.routing import Outcome, Route
from lienthong.registry.resolution import Outcome as Found
from lienthong.registry.resolution import Resolution

DESK, DISTRICT, CITY_HUB, OTHER_HUB, NATIONAL, NEIGHBOUR = range(1, 7)  # systems
UPSTREAMS = frozenset({NATIONAL, NEIGHBOUR})


def route(agency: int, system: int | None, outcome: Outcome = Outcome.ACCEPTED) -> Route:
    return Route(f"H99.{agency:02d}", "", outcome, agency, agency, system)


def origin(system: int, side: Side) -> Origin:
    return Origin(system, side, UPSTREAMS)


@pytest.mark.parametrize(
    ("sender", "side", "target", "ours"),
    [
        (DISTRICT, Side.SYSTEM, DESK, True),
        (DISTRICT, Side.SYSTEM, DISTRICT, True),  # a commune of the same district
        (DISTRICT, Side.SYSTEM, NATIONAL, True),
        (CITY_HUB, Side.BELOW, DESK, True),
        (CITY_HUB, Side.BELOW, OTHER_HUB, True),
        (CITY_HUB, Side.BELOW, CITY_HUB, False),
        (CITY_HUB, Side.BELOW, NATIONAL, True),
        (NATIONAL, Side.ABOVE, DESK, True),
        (NATIONAL, Side.ABOVE, OTHER_HUB, True),
        (NATIONAL, Side.ABOVE, NATIONAL, False),
        (NATIONAL, Side.ABOVE, NEIGHBOUR, False),
    ],
)
def test_a_package_is_passed_on_by_where_it_comes_from(sender: int, side: Side, target: int, ours: bool) -> None:
    passing = pass_on([route(1, target)], origin(sender, side))
    assert ([one.system_pk for one in passing.routes] == [target]) is ours
    assert [one.outcome for one in passing.left] == [] if ours else [Outcome.ALREADY_THERE]


def test_no_chain_of_axes_can_close() -> None:
    """Of any three systems, a package that came down or sideways is never carried up again."""
    for sender, target in product((NATIONAL, NEIGHBOUR), (NATIONAL, NEIGHBOUR)):
        assert pass_on([route(1, target)], origin(sender, Side.ABOVE)).routes == []


@pytest.mark.parametrize(
    ("side", "outcome", "ours"),
    [
        (Side.SYSTEM, Outcome.UNKNOWN, True),
        (Side.BELOW, Outcome.UNKNOWN, True),
        (Side.ABOVE, Outcome.UNKNOWN, False),  # the upstream knows it, and it is none of ours
        (Side.ABOVE, Outcome.NOT_CONNECTED, True),  # a commune of ours on paper
        (Side.ABOVE, Outcome.LOCKED, True),
    ],
)
def test_addressees_nobody_reaches_are_told_by_who_should(side: Side, outcome: Outcome, ours: bool) -> None:
    passing = pass_on([route(1, None, outcome)], origin(CITY_HUB, side))
    assert bool(passing.routes) is ours


def test_a_hub_chooses_among_the_addressees() -> None:
    routes = [route(1, DESK), route(2, OTHER_HUB), route(3, CITY_HUB)]
    passing = pass_on(routes, origin(CITY_HUB, Side.BELOW), frozenset({2, 3}))
    assert [one.agency_id for one in passing.routes] == [2]
    assert [one.agency_id for one in passing.left] == [1, 3]


def test_a_choice_is_part_of_the_addressees_under_any_of_their_codes() -> None:
    found = {
        "G99": Resolution("G99", Found.OPEN, agency_id=1),
        "000.00.00.G99": Resolution("000.00.00.G99", Found.OPEN, agency_id=1),
        "H98.98": Resolution("H98.98", Found.UNKNOWN),
        "G98": Resolution("G98", Found.OPEN, agency_id=2),
    }
    routes = [route(1, DESK), Route("H98.98", "", Outcome.UNKNOWN)]
    assert chosen_of(["000.00.00.G99", "H98.98"], found, routes) == {1, "H98.98"}
    with pytest.raises(Refusal, match="G98") as refused:
        chosen_of(["G99", "G98"], found, routes)
    assert refused.value.reason is Reason.SELECTION_FOREIGN


# --- Hops ---------------------------------------------------------------------------------------------------------


def test_hops_are_those_written_then_those_told_besides() -> None:
    package = DocumentPackage(trace=TraceHeaderList(traces=(TraceHeader(organ_id="H99.01", timestamp="2024"),)))
    told = from_text('[["H99.01","2024"],["H99","2025"]]')
    assert hops_of(package, told) == (Hop("H99.01", "2024"), Hop("H99", "2025", beside=True))
    assert hops_of(StatusPackage(), told)[1:] == (Hop("H99", "2025", beside=True),)


def test_hops_travel_as_text() -> None:
    hops = (Hop("H99", "2024/03/15 08:00:00", beside=True),)
    assert from_text(to_text(hops)) == hops
    assert to_text(()) == ""


@pytest.mark.parametrize("text", ["", "[", "{}", '["a"]', '[["a"]]', '[["a",1]]', '[["a\\u0000","b"]]', "[" * 9999])
def test_what_is_not_of_that_form_is_no_hop(text: str) -> None:
    assert from_text(text) == ()

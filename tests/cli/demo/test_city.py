"""The made-up city: complete, marked, and nobody's real code."""

from __future__ import annotations

from collections import Counter

import pytest

from edxml102.identifiers import Scheme, parse_agency_code
from lienthong.cli.demo import city


def test_it_has_the_agencies_that_were_asked_for() -> None:
    assert Counter(agency.level for agency in city.AGENCIES) == {"central": 1, "city": 7, "district": 4, "commune": 20}
    assert len(city.DEPARTMENTS) == 6


@pytest.mark.parametrize("agency", city.AGENCIES, ids=lambda agency: agency.code)
def test_every_agency_is_marked_and_has_two_invented_codes(agency: city.SampleAgency) -> None:
    old, new = parse_agency_code(agency.old_code), parse_agency_code(agency.code)

    assert "mẫu" in agency.name.casefold()
    assert (old.scheme, new.scheme) == (Scheme.OLD_STRICT, Scheme.NEW)
    assert {old.level_one, new.level_one} <= {"H99", "G99"}
    assert old.level == new.level


def test_codes_and_names_are_unique() -> None:
    assert len(city.BY_CODE) == 2 * len(city.AGENCIES)
    assert len({agency.name for agency in city.AGENCIES}) == len(city.AGENCIES)
    assert city.UNKNOWN_CODE not in city.BY_CODE


def test_parents_come_before_their_children() -> None:
    codes = [agency.code for agency in city.AGENCIES]
    assert all(codes.index(agency.parent) < codes.index(agency.code) for agency in city.AGENCIES if agency.parent)


def test_the_communes_of_the_story_fetch_for_themselves_and_the_later_one_does_not() -> None:
    assert {city.system_of(agency).agency for agency in city.RECEIVING_COMMUNES} == {
        agency.code for agency in city.RECEIVING_COMMUNES
    }
    assert city.system_of(city.LATER_COMMUNE).agency == city.LATER_COMMUNE.parent

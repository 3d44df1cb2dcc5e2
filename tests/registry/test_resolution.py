"""What a code stands for on a day: open, closed, succeeded, served by whom."""

from __future__ import annotations

from datetime import date

import pytest

from lienthong.registry import directory, revision, services
from lienthong.registry.models import Agency, Level
from lienthong.registry.resolution import Outcome
from tests import factories, statements

MERGER = date(2025, 7, 1)
BEFORE = date(2025, 6, 30)
TODAY = date(2026, 3, 2)

pytestmark = pytest.mark.django_db


def close(agency: Agency, on_date: date, successor: Agency | None = None, on_closed: str = "refuse") -> None:
    services.close_agency(agency=agency, on_date=on_date, successor=successor, on_closed=on_closed)


@pytest.mark.parametrize(
    ("on_date", "outcome"),
    [
        (date(2019, 12, 31), Outcome.UNKNOWN),
        (date(2020, 1, 1), Outcome.OPEN),
        (BEFORE, Outcome.OPEN),
        (MERGER, Outcome.CLOSED),
        (TODAY, Outcome.CLOSED),
    ],
)
def test_a_code_begins_on_its_first_day_and_ends_before_its_last(on_date: date, outcome: Outcome) -> None:
    close(factories.make_agency("H23.05"), MERGER)

    assert directory.resolve("H23.05", on_date).outcome is outcome


def test_a_code_nobody_has_is_unknown_and_names_nothing() -> None:
    found = directory.resolve("H99.KHONG", TODAY)

    assert (found.outcome, found.agency_id, found.system_pk) == (Outcome.UNKNOWN, None, None)


@pytest.mark.parametrize("text", ["", " ", "H24\x00", "X" * 5000, "\ud800", "H24'; DROP TABLE registry_agency; --"])
def test_hostile_codes_are_simply_unknown(text: str) -> None:
    assert directory.resolve(text, TODAY).outcome is Outcome.UNKNOWN


def test_case_and_outer_blanks_do_not_matter_but_the_answer_comes_under_the_asked_spelling() -> None:
    department = factories.make_agency("H24.05")

    found = directory.resolve_many([" h24.05 ", "H24.05"], TODAY, revision=revision.current())

    assert {spelling: answer.agency_id for spelling, answer in found.items()} == {
        " h24.05 ": department.pk,
        "H24.05": department.pk,
    }


def test_a_closed_code_names_its_successor_and_the_system_of_each() -> None:
    old, new = factories.make_agency("H23.05", "Sở Y tế mẫu cũ"), factories.make_agency("H24.05", "Sở Y tế mẫu")
    old_system, new_system = factories.make_system(old).system, factories.make_system(new, kind="desk").system
    factories.lock(old_system)
    close(old, MERGER, new, "redirect")

    found = directory.resolve("H23.05", TODAY)

    assert (found.closed_on, found.on_closed, found.name) == (MERGER, "redirect", "Sở Y tế mẫu cũ")
    assert (found.system_pk, found.system_kind, found.system_locked) == (old_system.pk, "pull", True)
    assert (found.successor_id, found.successor_code, found.successor_name) == (new.pk, "H24.05", "Sở Y tế mẫu")
    assert found.successor_system_pk == new_system.pk
    assert (found.successor_system_kind, found.successor_system_locked) == ("desk", False)


def test_succession_is_followed_to_the_agency_that_is_open_on_the_day() -> None:
    first, second, third = (factories.make_agency(code) for code in ("H23.01", "H24.01", "H24.02"))
    close(first, MERGER, second, "redirect")
    close(second, date(2026, 1, 1), third)

    assert directory.resolve("H23.01", date(2025, 12, 31)).successor_code == "H24.01"
    assert directory.resolve("H23.01", date(2026, 1, 1)).successor_code == "H24.02"


def test_the_last_known_successor_is_named_even_when_it_is_closed_too() -> None:
    first, second = factories.make_agency("H23.01"), factories.make_agency("H24.01")
    close(first, MERGER, second)
    close(second, date(2026, 1, 1))

    assert directory.resolve("H23.01", TODAY).successor_code == "H24.01"


def test_a_successor_that_gave_up_one_code_but_has_another_open_stays_the_successor() -> None:
    first, second, third = (factories.make_agency(code) for code in ("H23.01", "H24.01", "H24.02"))
    services.add_identifier(agency=second, code="H24.01.A", valid_from=MERGER)
    services.close_identifier(identifier=second.identifiers.get(code="H24.01"), on_date=MERGER, successor=third)
    close(first, MERGER, second)

    assert directory.resolve("H23.01", TODAY).successor_code == "H24.01.A"


def test_a_circle_of_successors_still_answers() -> None:
    first, second = factories.make_agency("H23.01"), factories.make_agency("H24.01")
    close(first, MERGER, second)
    close(second, MERGER, first)

    assert directory.resolve("H23.01", TODAY).outcome is Outcome.CLOSED


def test_the_name_and_level_are_those_of_the_day() -> None:
    ward = factories.make_agency("H24.30.12", "Phường mẫu cũ", level=Level.COMMUNE)
    services.rename_agency(agency=ward, name="Phường mẫu mới", valid_from=MERGER)

    assert [directory.resolve("H24.30.12", day).name for day in (BEFORE, MERGER)] == ["Phường mẫu cũ", "Phường mẫu mới"]
    assert directory.resolve("H24.30.12", MERGER).level == "commune"


@pytest.mark.parametrize(("include", "served"), [(True, True), (False, False)])
def test_the_nearest_ancestor_serves_only_when_its_service_includes_those_below(include: bool, served: bool) -> None:
    city = factories.make_agency("H24")
    district = factories.make_agency("H24.30", parent=city, level=Level.DISTRICT)
    factories.make_agency("H24.30.12", parent=district, level=Level.COMMUNE)
    system = factories.make_system(city, include_subordinates=include).system

    assert directory.resolve("H24.30.12", TODAY).system_pk == (system.pk if served else None)


def test_an_agencys_own_system_comes_before_its_parents() -> None:
    city = factories.make_agency("H24")
    department = factories.make_agency("H24.05", parent=city)
    city_system = factories.make_system(city, include_subordinates=True).system
    own = factories.make_system(department).system
    now = revision.current()

    assert directory.resolve("H24.05", TODAY).system_pk == own.pk
    assert directory.serves(own.pk, department.pk, TODAY, revision=now)
    assert not directory.serves(city_system.pk, department.pk, TODAY, revision=now)
    assert directory.serves(city_system.pk, city.pk, TODAY, revision=now)


def test_of_several_systems_serving_directly_the_oldest_receives_and_all_may_act() -> None:
    department = factories.make_agency("H24.05")
    first, second = factories.make_system(department).system, factories.make_system(department).system

    assert directory.resolve("H24.05", TODAY).system_pk == first.pk
    assert directory.serves(second.pk, department.pk, TODAY, revision=revision.current())


def test_a_moved_commune_follows_its_new_parent_from_the_day_of_the_move() -> None:
    city = factories.make_agency("H24")
    district = factories.make_agency("H24.30", parent=city, level=Level.DISTRICT)
    commune = factories.make_agency("H24.30.12", parent=district, level=Level.COMMUNE)
    city_system = factories.make_system(city, include_subordinates=True).system
    district_system = factories.make_system(district, include_subordinates=True).system
    services.move_agency(agency=commune, level=Level.COMMUNE, parent=city, valid_from=MERGER)

    assert directory.resolve("H24.30.12", BEFORE).system_pk == district_system.pk
    assert directory.resolve("H24.30.12", MERGER).system_pk == city_system.pk


def test_a_service_that_ended_no_longer_counts() -> None:
    department = factories.make_agency("H24.05")
    system = factories.make_system(department).system
    services.stop_serving(system=system, agency=department, on_date=MERGER)

    assert directory.resolve("H24.05", BEFORE).system_pk == system.pk
    assert directory.resolve("H24.05", MERGER).system_pk is None


def test_answers_are_cached_for_a_revision_and_forgotten_with_the_next() -> None:
    department = factories.make_agency("H24.05", "Sở mẫu")
    before = revision.current()
    directory.resolve_many(["H24.05"], TODAY, revision=before)
    directory.serves(1, department.pk, TODAY, revision=before)

    with statements.exactly(0):
        directory.resolve_many(["H24.05", "h24.05"], TODAY, revision=before)
        directory.serves(1, department.pk, TODAY, revision=before)
    services.rename_agency(agency=department, name="Sở mẫu đổi tên", valid_from=TODAY)

    assert revision.current() != before
    assert directory.resolve("H24.05", TODAY).name == "Sở mẫu đổi tên"

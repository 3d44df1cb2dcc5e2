"""The district sends and receives for the commune: from a day to a day, and only what the mandate says."""

from __future__ import annotations

from datetime import date

import pytest

from lienthong.registry import directory, revision, selectors, services
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Agency, Level, Mandate, System
from tests import factories

pytestmark = pytest.mark.django_db

BEFORE, FIRST, LAST, AFTER = date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 30), date(2025, 12, 31)


@pytest.fixture
def district() -> Agency:
    return factories.make_agency("H99.30", "UBND quận Hoa Phượng (mẫu)", level=Level.DISTRICT)


@pytest.fixture
def district_system(district: Agency) -> System:
    return factories.make_system(district).system


@pytest.fixture
def commune() -> Agency:
    return factories.make_agency("H99.32.15", "UBND xã Rạ Thơm (mẫu)", level=Level.COMMUNE)


def give(mandator: Agency, mandatary: Agency, scope: str, start: date = FIRST, end: date | None = AFTER) -> None:
    services.give_mandate(mandator=mandator, mandatary=mandatary, scope=scope, valid_from=start, valid_to=end)


def rights(system: System, agency: Agency, day: date) -> tuple[bool, bool, bool]:
    """Whether the system serves the agency, may send for it, may report for it."""
    now = revision.current()
    return (
        directory.serves(system.pk, agency.pk, day, revision=now),
        directory.may_send(system.pk, agency.pk, day, revision=now),
        directory.may_report(system.pk, agency.pk, day, revision=now),
    )


@pytest.mark.parametrize(
    ("scope", "sends", "receives"), [("send", True, False), ("receive", False, True), ("both", True, True)]
)
def test_a_mandatary_does_what_it_is_mandated_to(
    scope: str, sends: bool, receives: bool, district: Agency, district_system: System, commune: Agency
) -> None:
    give(commune, district, scope)

    assert rights(district_system, commune, FIRST) == (False, sends, True)
    assert directory.resolve("H99.32.15", FIRST).system_pk == (district_system.pk if receives else None)


@pytest.mark.parametrize(("day", "holds"), [(BEFORE, False), (FIRST, True), (LAST, True), (AFTER, False)])
def test_a_mandate_holds_from_its_first_day_to_before_its_last(
    day: date, holds: bool, district: Agency, district_system: System, commune: Agency
) -> None:
    give(commune, district, "both")

    assert rights(district_system, commune, day) == (False, holds, holds)
    assert (directory.resolve("H99.32.15", day).system_pk == district_system.pk) is holds


def test_a_receiver_by_mandate_comes_before_the_communes_own_system_which_still_sends(
    district: Agency, district_system: System, commune: Agency
) -> None:
    own = factories.make_system(commune).system
    give(commune, district, "receive")

    assert directory.resolve("H99.32.15", FIRST).system_pk == district_system.pk
    assert rights(own, commune, FIRST) == (True, True, True)
    centers = {row.code: row.center_code for row in selectors.directory_rows(FIRST)}
    assert centers["H99.32.15"] == district_system.system_id


def test_a_mandatary_without_a_system_leaves_reception_where_it_was(district: Agency, commune: Agency) -> None:
    own = factories.make_system(commune).system
    give(commune, district, "receive")

    assert directory.resolve("H99.32.15", FIRST).system_pk == own.pk


def test_the_mandatarys_documents_may_travel_through_its_own_parents_system(district: Agency, commune: Agency) -> None:
    city = factories.make_agency("H99")
    system = factories.make_system(city, include_subordinates=True).system
    services.move_agency(agency=district, level=Level.DISTRICT, parent=city, valid_from=factories.LONG_AGO)
    give(commune, district, "both")

    assert directory.resolve("H99.32.15", FIRST).system_pk == system.pk
    assert rights(system, commune, FIRST) == (False, True, True)


def test_a_mandate_is_not_passed_on(district: Agency, commune: Agency) -> None:
    third = factories.make_agency("H99.31")
    third_system = factories.make_system(third).system
    give(commune, district, "both")
    give(district, third, "both")

    assert rights(third_system, commune, FIRST) == (False, False, False)


def test_a_mandate_gives_no_say_over_the_directory(district: Agency, district_system: System, commune: Agency) -> None:
    give(commune, district, "both", start=factories.LONG_AGO, end=None)

    with pytest.raises(RegistryError) as refusal:
        services.register_agency(
            system_pk=district_system.pk, parent_code="H99.32.15", code="H99.32.15.01", name="Trạm mẫu"
        )

    assert refusal.value.code == "registry.registration.not_allowed"


def test_other_terms_replace_the_earlier_and_the_same_change_nothing(district: Agency, commune: Agency) -> None:
    give(commune, district, "send", end=None)
    before = revision.current()
    give(commune, district, "send", end=None)
    assert revision.current() == before

    give(commune, district, "both", start=AFTER, end=None)
    assert [(row.scope, row.valid_from, row.valid_to) for row in Mandate.objects.order_by("pk")] == [
        ("send", FIRST, AFTER),
        ("both", AFTER, None),
    ]


def test_an_ended_mandate_is_kept_as_history(district: Agency, district_system: System, commune: Agency) -> None:
    give(commune, district, "both", end=None)
    services.end_mandate(mandator=commune, mandatary=district, on_date=LAST)

    assert [rights(district_system, commune, day)[1] for day in (FIRST, LAST)] == [True, False]
    with pytest.raises(RegistryError) as refusal:
        services.end_mandate(mandator=commune, mandatary=district, on_date=LAST)
    assert refusal.value.code == "registry.mandate.unknown"


@pytest.mark.parametrize(
    ("code", "mandatary", "scope", "end"),
    [
        ("registry.mandate.itself", "H99.32.15", "send", None),
        ("registry.mandate.scope_unknown", "H99.30", "đọc", None),
        ("registry.mandate.ends_before_start", "H99.30", "send", FIRST),
        ("registry.mandate.second_receiver", "H99.30", "both", None),
    ],
)
def test_senseless_mandates_are_refused(
    code: str, mandatary: str, scope: str, end: date | None, district: Agency, commune: Agency
) -> None:
    give(commune, factories.make_agency("H99.31"), "receive", end=None)
    before = revision.current()

    with pytest.raises(RegistryError) as refusal:
        give(commune, selectors.agency_by_code(mandatary), scope, end=end)

    assert (refusal.value.code, bool(refusal.value.next_step)) == (code, True)
    assert revision.current() == before

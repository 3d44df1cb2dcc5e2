"""Agencies that a connected system registers and removes by itself, and the lists that systems read."""

from __future__ import annotations

from datetime import date

import pytest

from lienthong.common import clock
from lienthong.registry import directory, revision, selectors, services
from lienthong.registry.details import agency_detail
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Agency, Level
from lienthong.registry.resolution import Outcome
from lienthong.registry.selectors import DirectoryRow
from tests import factories

TODAY = date(2026, 3, 2)
TOMORROW = date(2026, 3, 3)

pytestmark = pytest.mark.django_db


@pytest.fixture
def department() -> Agency:
    return factories.make_agency("H24.05", "Sở Y tế mẫu", level=Level.CITY)


@pytest.fixture
def system_pk(department: Agency) -> int:
    return factories.make_system(department).system.pk


def register(system_pk: int, **change: object) -> Agency:
    asked: dict[str, object] = {
        "parent_code": "H24.05",
        "code": "H24.05.01",
        "name": "Bệnh viện mẫu",
        "mail": "bv@mau.example",
        "phone": "0225 1",
        "fax": "0225 2",
        "on_date": TODAY,
    }
    return services.register_agency(system_pk=system_pk, **asked | change)  # type: ignore[arg-type]


def test_a_system_registers_an_agency_below_its_own_and_serves_it(system_pk: int, department: Agency) -> None:
    hospital = register(system_pk)

    found = directory.resolve("H24.05.01", TODAY)
    assert (found.agency_id, found.name, found.level, found.system_pk) == (
        hospital.pk,
        "Bệnh viện mẫu",
        "city",
        system_pk,
    )
    detail = agency_detail("H24.05.01", on_date=TODAY)
    assert detail.placements[0].parent == "H24.05"
    assert (detail.contact.mail, detail.contact.phone, detail.contact.fax) == ("bv@mau.example", "0225 1", "0225 2")


def test_the_same_registration_again_changes_nothing(system_pk: int) -> None:
    first = register(system_pk)
    before = revision.current()

    assert [register(system_pk).pk for _ in range(4)] == [first.pk] * 4
    assert revision.current() == before


def test_a_registration_brings_name_and_contact_up_to_date_and_erases_nothing(system_pk: int) -> None:
    register(system_pk)
    register(system_pk, name="Bệnh viện mẫu số 1", mail="", phone="0225 9", on_date=TOMORROW)

    detail = agency_detail("H24.05.01", on_date=TOMORROW)
    assert [row.name for row in detail.names] == ["Bệnh viện mẫu", "Bệnh viện mẫu số 1"]
    assert (detail.contact.mail, detail.contact.phone) == ("bv@mau.example", "0225 9")


def test_below_a_registered_agency_more_can_be_registered(system_pk: int) -> None:
    register(system_pk)
    register(system_pk, parent_code="H24.05.01", code="H24.05.01.A", name="Khoa mẫu")

    assert directory.resolve("H24.05.01.A", TODAY).system_pk == system_pk


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"parent_code": "H24.06"}, "registry.registration.not_allowed"),
        ({"parent_code": "H77"}, "registry.agency.unknown"),
        ({"parent_code": ""}, "registry.agency.unknown"),
        ({"code": "H24.06"}, "registry.registration.not_allowed"),
        ({"code": "H24.05"}, "registry.registration.not_allowed"),
        ({"code": "không mã"}, "registry.agency.code_malformed"),
        ({"name": ""}, "registry.agency.name_malformed"),
        ({"mail": "x" * 300}, "registry.agency.contact_malformed"),
    ],
)
def test_a_registration_reaches_nothing_that_is_not_below_the_systems_agencies(
    system_pk: int, change: dict[str, object], code: str
) -> None:
    factories.make_agency("H24.06", "Sở mẫu khác")
    before = (revision.current(), Agency.objects.count())

    with pytest.raises(RegistryError) as refusal:
        register(system_pk, **change)

    assert refusal.value.code == code
    assert (revision.current(), Agency.objects.count()) == before


def test_an_agency_with_its_own_system_cannot_be_taken_by_the_one_above() -> None:
    city = factories.make_agency("H24")
    factories.make_system(factories.make_agency("H24.05", "Sở Y tế mẫu", parent=city))
    city_system = factories.make_system(city, include_subordinates=True).system

    with pytest.raises(RegistryError) as refusal:
        register(city_system.pk, parent_code="H24", code="H24.05", name="Sở bị chiếm")

    assert refusal.value.code == "registry.registration.not_allowed"
    assert directory.resolve("H24.05", TODAY).name == "Sở Y tế mẫu"


def test_a_removal_closes_the_code_today_and_again_is_no_error(system_pk: int) -> None:
    register(system_pk)
    for _ in range(3):
        services.remove_agency(system_pk=system_pk, code="h24.05.01", on_date=TOMORROW)

    assert directory.resolve("H24.05.01", TODAY).outcome is Outcome.OPEN
    closed = directory.resolve("H24.05.01", TOMORROW)
    assert (closed.outcome, closed.closed_on) == (Outcome.CLOSED, TOMORROW)
    with pytest.raises(RegistryError) as refusal:
        register(system_pk, on_date=TOMORROW)
    assert refusal.value.code == "registry.registration.code_closed"


def test_a_removal_on_the_day_of_the_registration_holds(system_pk: int) -> None:
    register(system_pk, on_date=None)
    services.remove_agency(system_pk=system_pk, code="H24.05.01")

    assert directory.resolve("H24.05.01", clock.today()).outcome is Outcome.CLOSED


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("H24.05", "registry.registration.not_allowed"),
        ("H24.06", "registry.registration.not_allowed"),
        ("H77", "registry.agency.unknown"),
    ],
)
def test_only_what_stands_below_the_systems_agencies_can_be_removed(system_pk: int, code: str, refused: str) -> None:
    factories.make_agency("H24.06", "Sở mẫu khác")

    with pytest.raises(RegistryError) as refusal:
        services.remove_agency(system_pk=system_pk, code=code, on_date=TODAY)

    assert refusal.value.code == refused
    assert {row.code for row in selectors.directory_rows(TODAY)} == {"H24.05", "H24.06"}


# --- Lists --------------------------------------------------------------------------------------------------------


def by_code(rows: object) -> dict[str, DirectoryRow]:
    return {row.code: row for row in rows}  # type: ignore[attr-defined]


@pytest.fixture
def small_city() -> dict[str, Agency]:
    city = factories.make_agency("H24", "UBND thành phố mẫu", old_code="000.00.00.H24")
    ministry = factories.make_agency("G18", "Bộ mẫu", level=Level.CENTRAL)
    company = factories.make_agency("0200123456", "Công ty mẫu", level=Level.OTHER, parent=city)
    commune = factories.make_agency("000.12.00.H24", "Xã mẫu", level=Level.COMMUNE, parent=city)
    services.set_contact(agency=commune, mail="xa@mau.example")
    factories.make_system(city, system_id="HUB.CITY", include_subordinates=True)
    factories.make_system(company, system_id="HUB.COMPANY")
    services.close_agency(agency=company, on_date=TODAY)
    return {"city": city, "ministry": ministry, "company": company, "commune": commune}


def test_the_directory_lists_what_is_open_on_the_day(small_city: dict[str, Agency]) -> None:
    rows = by_code(selectors.directory_rows(TODAY))

    assert list(rows) == sorted(["H24", "G18", "000.12.00.H24"])
    city, commune, ministry = rows["H24"], rows["000.12.00.H24"], rows["G18"]
    assert (city.old_code, city.code102, city.level, city.pid) == ("000.00.00.H24", "H24", 2, None)
    assert (commune.old_code, commune.code102, commune.mail) == ("000.12.00.H24", "", "xa@mau.example")
    assert (commune.pid, commune.level, commune.center_code) == (small_city["city"].pk, 4, "HUB.CITY")
    assert (ministry.level, ministry.center_code, ministry.is_agency, ministry.deleted) == (1, "", True, False)


def test_the_directory_of_one_level(small_city: dict[str, Agency]) -> None:
    assert set(by_code(selectors.directory_rows(TODAY, Level.COMMUNE))) == {"000.12.00.H24"}


def test_synchronised_units_keep_what_was_closed_and_leave_out_what_is_to_come(small_city: dict[str, Agency]) -> None:
    factories.make_agency("H24.99", valid_from=TOMORROW)

    rows = by_code(selectors.synchronised_units(TODAY))

    assert set(rows) == {"H24", "G18", "000.12.00.H24", "0200123456"}
    closed = rows["0200123456"]
    assert (closed.deleted, closed.level, closed.is_agency, closed.center_code) == (True, None, False, "HUB.COMPANY")
    assert not rows["H24"].deleted
    assert closed.version > rows["G18"].version


def test_lists_agree_with_resolution(small_city: dict[str, Agency]) -> None:
    for row in selectors.directory_rows(TODAY):
        found = directory.resolve(row.code, TODAY)
        assert (found.agency_id, found.name) == (row.id, row.name)
        assert (found.system_pk is None) == (row.center_code == "")


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_national_level_numbers_lead_back_to_levels(number: int) -> None:
    level = Level.of_number(number)

    assert level is not None
    assert level.number == number
    assert Level.of_number(9) is None

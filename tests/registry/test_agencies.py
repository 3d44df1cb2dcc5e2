"""Creating, renaming, moving and closing agencies: what is refused, and that a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from lienthong.registry import codes, revision, selectors, services
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Agency, AgencyIdentifier, AgencyName, AgencyPlacement, Scheme
from tests import factories

MERGER = date(2025, 7, 1)
TODAY = date(2026, 3, 2)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "scheme"),
    [
        ("000.00.05.H24", Scheme.QCVN102),
        ("28.22.H17", Scheme.QCVN102),
        ("H24", Scheme.QD20),
        ("H37.DN.001", Scheme.QD20),
        ("0200123456", Scheme.ENTERPRISE),
        ("0200123456-001", Scheme.ENTERPRISE),
        ("VXP.SAAS.02", Scheme.LEGACY),
    ],
)
def test_the_shape_of_a_code_tells_its_scheme(code: str, scheme: Scheme) -> None:
    assert codes.scheme_of(code) is scheme


def test_an_agency_has_its_new_and_its_old_code() -> None:
    department = factories.make_agency("h24.05", old_code="000.00.05.h24")

    assert {(row.code, row.scheme) for row in department.identifiers.all()} == {
        ("H24.05", "QD20"),
        ("000.00.05.H24", "QCVN102"),
    }


def _closed_parent() -> Agency:
    parent = factories.make_agency("H23.30")
    services.close_agency(agency=parent, on_date=MERGER)
    return parent


REFUSALS: dict[str, tuple[str, Callable[[], object]]] = {
    "code taken": ("registry.agency.code_taken", lambda: factories.make_agency(" h24 ")),
    "code taken as the old code": (
        "registry.agency.code_taken",
        lambda: factories.make_agency("H24.06", old_code="H24"),
    ),
    "code with a blank inside": ("registry.agency.code_malformed", lambda: factories.make_agency("H24 05")),
    "empty code": ("registry.agency.code_malformed", lambda: factories.make_agency("  ")),
    "accented code": ("registry.agency.code_malformed", lambda: factories.make_agency("SỞ.Y.TẾ")),
    "NUL in the code": ("registry.agency.code_malformed", lambda: factories.make_agency("H24.0\x00")),
    "empty name": ("registry.agency.name_malformed", lambda: factories.make_agency("H24.05", "   ")),
    "name too long": ("registry.agency.name_malformed", lambda: factories.make_agency("H24.05", "S" * 501)),
    "NUL in the name": ("registry.agency.name_malformed", lambda: factories.make_agency("H24.05", "Sở\x00 mẫu")),
    "half a character": ("registry.agency.name_malformed", lambda: factories.make_agency("H24.05", "Sở \ud800")),
    "unknown level": ("registry.agency.level_unknown", lambda: factories.make_agency("H24.05", level="quận")),
    "parent closed": (
        "registry.agency.parent_not_open",
        lambda: factories.make_agency("H24.05", parent=_closed_parent(), valid_from=MERGER),
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_bad_agency_is_refused_and_leaves_nothing_behind(case: str) -> None:
    factories.make_agency("H24")
    code, attempt = REFUSALS[case]

    with pytest.raises(RegistryError) as refusal:
        attempt()

    assert refusal.value.code == code
    assert refusal.value.message
    assert refusal.value.next_step
    assert not AgencyIdentifier.objects.filter(code__startswith="H24.").exists()
    assert not AgencyName.objects.filter(agency__identifiers=None).exists()


def test_a_rename_ends_the_old_name_on_the_day_the_new_one_begins() -> None:
    department = factories.make_agency("H24.05", "Sở mẫu A", abbreviation="SMA")
    services.rename_agency(agency=department, name="  Sở   mẫu B ", valid_from=MERGER)

    assert list(
        department.names.order_by("valid_from").values_list("name", "abbreviation", "valid_from", "valid_to")
    ) == [("Sở mẫu A", "SMA", factories.LONG_AGO, MERGER), ("Sở mẫu B", "SMA", MERGER, None)]


def test_a_second_rename_on_the_same_day_replaces_the_first() -> None:
    department = factories.make_agency("H24.05", "Sở mẫu A")
    services.rename_agency(agency=department, name="Sở mẫu B", valid_from=MERGER)
    services.rename_agency(agency=department, name="Sở mẫu C", valid_from=MERGER)

    assert [row.name for row in department.names.order_by("valid_from")] == ["Sở mẫu A", "Sở mẫu C"]


def test_what_is_already_so_is_not_written_again() -> None:
    city = factories.make_agency("H24")
    department = factories.make_agency("H24.05", "Sở mẫu", parent=city)
    before = revision.current()

    services.rename_agency(agency=department, name="Sở mẫu", valid_from=MERGER)
    services.move_agency(agency=department, level="city", parent=city, valid_from=MERGER)
    services.set_contact(agency=department, mail="")

    assert revision.current() == before


@pytest.mark.parametrize("act", ["rename", "move"])
def test_history_is_not_rewritten(act: str) -> None:
    department = factories.make_agency("H24.05", valid_from=MERGER)
    early = date(2025, 6, 1)

    acts = {
        "rename": lambda: services.rename_agency(agency=department, name="Sở mẫu khác", valid_from=early),
        "move": lambda: services.move_agency(agency=department, level="other", parent=None, valid_from=early),
    }

    with pytest.raises(RegistryError) as refusal:
        acts[act]()

    assert refusal.value.code == "registry.agency.date_before_last"


def test_an_agency_cannot_come_to_stand_below_itself() -> None:
    city = factories.make_agency("H24")
    district = factories.make_agency("H24.30", parent=city)
    commune = factories.make_agency("H24.30.12", parent=district)

    for below in (city, district, commune):
        with pytest.raises(RegistryError) as refusal:
            services.move_agency(agency=city, level="city", parent=below, valid_from=MERGER)
        assert refusal.value.code == "registry.agency.cycle"
    assert AgencyPlacement.objects.get(agency=city).parent is None


def test_closing_waits_until_the_agencies_below_are_moved() -> None:
    city = factories.make_agency("H24")
    district = factories.make_agency("H24.30", parent=city, level="district")
    commune = factories.make_agency("H24.30.12", parent=district, level="commune")

    with pytest.raises(RegistryError) as refusal:
        services.close_agency(agency=district, on_date=MERGER)
    assert refusal.value.code == "registry.agency.has_children"

    services.move_agency(agency=commune, level="commune", parent=city, valid_from=MERGER)
    services.close_agency(agency=district, on_date=MERGER, successor=city)
    assert district.identifiers.get().valid_to == MERGER


def test_a_closed_code_keeps_its_day_but_may_get_a_successor_later() -> None:
    old, new = factories.make_agency("H23.05"), factories.make_agency("H24.05")
    services.close_agency(agency=old, on_date=MERGER)
    services.close_agency(agency=old, on_date=MERGER)  # again: nothing to do

    services.close_agency(agency=old, on_date=MERGER, successor=new, on_closed="redirect")
    with pytest.raises(RegistryError) as refusal:
        services.close_agency(agency=old, on_date=date(2025, 8, 1), successor=new)

    assert refusal.value.code == "registry.agency.already_closed"
    identifier = old.identifiers.get()
    assert (identifier.valid_to, identifier.successor, identifier.on_closed) == (MERGER, new, "redirect")


def test_a_closing_planned_for_the_future_may_be_moved() -> None:
    agency = factories.make_agency("H24.05")
    services.close_agency(agency=agency, on_date=date(2999, 1, 1))
    services.close_agency(agency=agency, on_date=date(2998, 1, 1))

    assert agency.identifiers.get().valid_to == date(2998, 1, 1)


@pytest.mark.parametrize(
    ("successor", "on_closed", "day", "code"),
    [
        ("itself", "refuse", MERGER, "registry.agency.succeeds_itself"),
        (None, "redirect", MERGER, "registry.agency.redirect_to_nobody"),
        (None, "refuse", date(2019, 1, 1), "registry.agency.closed_before_start"),
    ],
)
def test_senseless_closings_are_refused(successor: str | None, on_closed: str, day: date, code: str) -> None:
    agency = factories.make_agency("H24.05")

    with pytest.raises(RegistryError) as refusal:
        services.close_agency(agency=agency, on_date=day, successor=agency if successor else None, on_closed=on_closed)

    assert refusal.value.code == code
    assert agency.identifiers.get().valid_to is None


def test_a_code_is_never_given_again() -> None:
    services.close_agency(agency=factories.make_agency("H23.05"), on_date=MERGER)

    with pytest.raises(RegistryError) as refusal:
        factories.make_agency("H23.05", valid_from=TODAY)

    assert refusal.value.code == "registry.agency.code_taken"
    assert "01/07/2025" in refusal.value.message


def test_every_change_gives_the_agency_a_new_version_and_the_directory_a_new_revision() -> None:
    agency = factories.make_agency("H24.05")
    seen = [(agency.version, revision.current())]
    for change in (
        lambda: services.rename_agency(agency=agency, name="Sở mẫu khác", valid_from=TODAY),
        lambda: services.set_contact(agency=agency, mail="so@mau.example"),
        lambda: services.add_identifier(agency=agency, code="H24.05.X", valid_from=TODAY),
        lambda: services.close_agency(agency=agency, on_date=TODAY),
    ):
        change()
        seen.append((Agency.objects.get(pk=agency.pk).version, revision.current()))

    assert seen == sorted(set(seen))
    assert len({version for version, _ in seen}) == 5


def test_a_refused_change_takes_back_everything_it_began() -> None:
    factories.make_agency("H24.06")
    before = revision.current()

    with pytest.raises(RegistryError):
        factories.make_agency("H24.05", old_code="H24.06")

    assert revision.current() == before
    with pytest.raises(RegistryError):
        selectors.agency_by_code("H24.05")

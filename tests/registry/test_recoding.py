"""An agency that goes on under another code is its own successor; and who succeeds whom."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lienthong.registry import directory, services
from lienthong.registry.directory_file import export_directory, import_directory
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Agency, OnClosed
from lienthong.registry.resolution import Outcome
from tests import factories

pytestmark = pytest.mark.django_db

BEFORE, MERGER, AFTER = date(2025, 6, 30), date(2025, 7, 1), date(2025, 7, 2)


@pytest.fixture
def ward() -> Agency:
    """Recoded on the day of the merger."""
    ward = factories.make_agency("H98.20.11", "UBND xã Đá Trắng (mẫu)")
    services.add_identifier(agency=ward, code="H99.61", valid_from=MERGER)
    old = ward.identifiers.get(code="H98.20.11")
    services.close_identifier(identifier=old, on_date=MERGER, successor=ward, on_closed=OnClosed.REDIRECT)
    return ward


def test_the_old_code_leads_to_the_same_agency_under_its_new_one(ward: Agency) -> None:
    found = directory.resolve("H98.20.11", AFTER)

    assert (found.outcome, found.agency_id, found.successor_id) == (Outcome.CLOSED, ward.pk, ward.pk)
    assert (found.successor_code, directory.resolve("H99.61", BEFORE).outcome) == ("H99.61", Outcome.UNKNOWN)


def test_once_the_agency_closes_its_first_code_leads_on_to_its_successor(ward: Agency) -> None:
    heir = factories.make_agency("H99.70")
    services.close_agency(agency=ward, on_date=AFTER, successor=heir)

    assert directory.resolve("H98.20.11", AFTER).successor_code == "H99.70"


def test_the_last_code_of_an_agency_cannot_lead_to_itself(ward: Agency) -> None:
    with pytest.raises(RegistryError) as refusal:
        services.close_agency(agency=ward, on_date=AFTER, successor=ward)

    assert refusal.value.code == "registry.agency.succeeds_itself"


def test_a_recoded_agency_survives_export_and_import(ward: Agency, tmp_path: Path) -> None:
    export_directory(tmp_path / "danh-ba.csv")

    report = import_directory(tmp_path / "danh-ba.csv", valid_from=AFTER)

    assert (report.errors, report.changes) == ((), 0)


def test_a_file_cannot_close_an_agency_in_favour_of_itself(ward: Agency, tmp_path: Path) -> None:
    file = tmp_path / "danh-ba.csv"
    file.write_text("code,closed_on,successor\nH99.61,2025-08-01,H98.20.11\n", encoding="utf-8")

    report = import_directory(file, valid_from=AFTER)

    assert [(error.column, error.code) for error in report.errors] == [("Mã cơ quan kế thừa", "registry.import.itself")]


def test_predecessors_are_all_the_closed_ones_near_and_far() -> None:
    first, second, third, open_one = (factories.make_agency(code) for code in ("H98.1", "H98.2", "H99.1", "H98.3"))
    services.close_agency(agency=first, on_date=MERGER, successor=second)
    services.close_agency(agency=second, on_date=AFTER, successor=third)
    services.add_identifier(agency=open_one, code="H98.3.A", valid_from=MERGER)
    services.close_identifier(identifier=open_one.identifiers.get(code="H98.3"), on_date=MERGER, successor=third)

    assert directory.predecessors([third.pk, first.pk], AFTER) == {third.pk: [first.pk, second.pk]}
    assert directory.predecessors([second.pk, third.pk], MERGER) == {second.pk: [first.pk]}
    assert directory.predecessors([second.pk, third.pk], BEFORE) == {}


def test_a_circle_of_successors_has_an_end() -> None:
    first, second = factories.make_agency("H98.1"), factories.make_agency("H98.2")
    services.close_agency(agency=first, on_date=MERGER, successor=second)
    services.close_agency(agency=second, on_date=MERGER, successor=first)

    assert directory.predecessors([first.pk], AFTER) == {first.pk: [second.pk]}

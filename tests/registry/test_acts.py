"""Every change of the registry is an event, with who made it and never a secret."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from lienthong.common import clock
from lienthong.exchange.maintenance import end_maintenance, set_maintenance
from lienthong.ledger.actors import acting
from lienthong.ledger.events import Actor
from lienthong.ledger.models import LedgerEvent
from lienthong.registry import services
from lienthong.registry.directory_file import export_directory, import_directory
from lienthong.registry.models import SystemKind
from lienthong.registry.reform.applying import apply_plan, rehearse
from tests import factories

TODAY = date(2026, 3, 2)

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return list(LedgerEvent.objects.order_by("id").values_list("kind", flat=True))


def test_the_life_of_an_agency_is_told() -> None:
    department = factories.make_agency("H24.05", "Sở Y tế (mẫu)")
    services.rename_agency(agency=department, name="Sở Y tế thành phố (mẫu)", valid_from=TODAY)
    services.rename_agency(agency=department, name="Sở Y tế thành phố (mẫu)", valid_from=TODAY)
    services.set_contact(agency=department, mail="vanthu@mau.example")
    services.close_agency(agency=department, on_date=TODAY)
    assert kinds() == ["CodeAdded", "AgencyCreated", "AgencyChanged", "AgencyChanged", "CodeClosed"]
    closed = LedgerEvent.objects.get(kind="CodeClosed")
    assert (closed.subject_id, closed.data["code"], closed.data["on_date"]) == (
        str(department.pk),
        "H24.05",
        "2026-03-02",
    )


def test_the_life_of_a_system_is_told_without_its_secrets() -> None:
    made = factories.make_system(factories.make_agency("H24.05"))
    rotated = services.rotate_secret(system=made.system, overlap=timedelta(hours=1), label="Khóa 2026")
    services.lock_system(system=made.system, reason="Nghi lộ khóa (mẫu)")
    services.unlock_system(system=made.system)
    services.revoke_credentials(system=made.system)
    assert kinds()[2:5] == ["SystemAdded", "ServiceStarted", "SecretIssued"]
    assert kinds()[5:] == ["SecretIssued", "SystemLocked", "SystemUnlocked", "SecretRevoked"]
    told = "".join(event.value().canonical().decode() for event in LedgerEvent.objects.all())
    assert made.secret not in told
    assert rotated.secret not in told
    assert LedgerEvent.objects.get(kind="SystemLocked").data["reason"] == "Nghi lộ khóa (mẫu)"


def test_the_event_names_who_acted() -> None:
    with acting(Actor(user="quan-tri-mau")):
        factories.make_agency("H24.05")
    with acting(Actor()):
        factories.make_agency("H24.06")
    assert list(LedgerEvent.objects.filter(kind="AgencyCreated").order_by("id").values_list("user", flat=True)) == [
        "quan-tri-mau",
        "",
    ]


def test_a_change_that_was_refused_leaves_no_event() -> None:
    factories.make_agency("H24.05")
    before = len(kinds())
    with pytest.raises(Exception, match="code_taken"):
        factories.make_agency("H24.05")
    assert len(kinds()) == before


def test_a_file_that_was_taken_in_is_one_event_with_its_hash(tmp_path: Path) -> None:
    factories.make_agency("H24.05", "Sở Y tế (mẫu)")
    path = tmp_path / "danh-ba.csv"
    export_directory(path)
    assert import_directory(path, valid_from=TODAY).changes == 0
    path.write_text(
        path.read_text(encoding="utf-8-sig").replace("Sở Y tế (mẫu)", "Sở Y tế mới (mẫu)"), encoding="utf-8-sig"
    )
    assert import_directory(path, valid_from=TODAY).renamed == 1
    event = LedgerEvent.objects.get(kind="DirectoryImported")
    assert (event.data["file"], event.data["renamed"]) == ("danh-ba.csv", 1)
    assert len(event.data["sha256"]) == 64
    assert json.dumps(event.data)


def test_mandates_keys_and_ways_of_receiving_are_told() -> None:
    district, commune = factories.make_agency("H99.30"), factories.make_agency("H99.30.01")
    system = factories.make_system(district).system
    before = len(kinds())
    services.give_mandate(mandator=commune, mandatary=district, scope="both", valid_from=TODAY)
    services.end_mandate(mandator=commune, mandatary=district, on_date=TODAY)
    key = services.create_api_key(system=system, label="Máy quét (mẫu)")
    other = services.rotate_api_key(prefix=key.key.prefix, overlap=timedelta(hours=1))
    services.revoke_api_key(prefix=other.key.prefix)
    services.revoke_api_key(prefix=other.key.prefix)
    services.change_kind(system=system, kind=SystemKind.PUSH)
    services.change_kind(system=system, kind=SystemKind.PUSH)
    assert kinds()[before:] == [
        "MandateGiven",
        "MandateEnded",
        "ApiKeyIssued",
        "ApiKeyIssued",
        "ApiKeyRevoked",
        "ApiKeyRevoked",
        "SystemChanged",
    ]
    told = "".join(event.value().canonical().decode() for event in LedgerEvent.objects.all())
    assert key.token not in told
    assert other.token not in told


def test_maintenance_is_told_from_its_beginning_to_its_end() -> None:
    system = factories.make_system(factories.make_agency("H99.30")).system
    until = clock.now() + timedelta(hours=2)
    set_maintenance(system=system, until=until, reason="Nâng cấp (mẫu)", actor="Trực ban mẫu")
    assert end_maintenance(system=system)
    assert not end_maintenance(system=system)
    assert kinds()[-2:] == ["MaintenanceSet", "MaintenanceEnded"]
    assert LedgerEvent.objects.get(kind="MaintenanceSet").data["reason"] == "Nâng cấp (mẫu)"


def test_a_reform_is_one_event_with_its_plan_and_counts_besides_those_of_its_changes() -> None:
    factories.make_agency("H99.30", "Quận Hoa Phượng (mẫu)")
    step = "rename: {agency: H99.30, name: Quận Hoa Phượng Mới (mẫu)}"
    source = f"name: Phương án mẫu\ndate: 2025-07-01\nsteps:\n  - {step}\n".encode()
    applied = apply_plan(source, operator="quan-tri-mau")
    assert apply_plan(source, operator="quan-tri-mau").was_applied
    event = LedgerEvent.objects.get(kind="ReformApplied")
    assert (event.subject_id, event.data["sha256"]) == (str(applied.run.pk), applied.plan.sha256)  # type: ignore[union-attr]
    assert (event.data["changes"], event.data["counts"]) == (1, {"Renamed": 1})


def test_a_rehearsed_reform_leaves_nothing() -> None:
    factories.make_agency("H99.30", "Quận Hoa Phượng (mẫu)")
    before = len(kinds())
    rehearse(b"name: M\ndate: 2025-07-01\nsteps:\n  - rename: {agency: H99.30, name: Doi ten mau}\n")
    assert len(kinds()) == before

"""Keeping the directory in step: what differs, in batches, and never our own side."""

from __future__ import annotations

from typing import Any

import pytest

from lienthong.common import clock
from lienthong.gateways.national import sync
from lienthong.gateways.national.answers import VxpError
from lienthong.gateways.national.models import RemoteUnit
from lienthong.gateways.national.sync import SyncReport, synchronise
from lienthong.registry import directory, revision
from lienthong.registry.models import Agency, AgencyIdentifier, SystemService
from lienthong.registry.resolution import Outcome
from lienthong.registry.selectors import agency_by_code, search_agencies
from tests.exchange.conftest import Office
from tests.factories import make_agency
from tests.gateways.national.conftest import Link, add
from tests.gateways.national.hub import NONSENSE, FakeHub, Raw


def unit(id_: int, code: str, name: str, **fields: Any) -> dict[str, Any]:
    base = {"id": str(id_), "code": code, "name": name, "pid": "", "version": 1, "deleted": False, "isAgency": True}
    return {**base, **fields}


def directory_of_the_state() -> list[dict[str, Any]]:
    return [
        unit(1, "G99", "Bộ Thử nghiệm (mẫu)", level=1, oldCode="000.00.00.G99", mail="vanthu@mau.example"),
        unit(2, "G99.05", "Cục Thử nghiệm (mẫu)", pid="1"),
        unit(3, "H99", "UBND Thành phố Mẫu tên khác", level=2, centerCode="TRUC.H99"),
        unit(4, "H99.01", "Sở Y tế tên khác", pid="3", centerCode="TRUC.H99"),
        unit(5, "H98", "UBND Thành phố Láng Giềng (mẫu)", level=2),
        unit(6, "H98.77.11", "UBND xã Bến Lặng (mẫu)", level=4, pid="5"),
    ]


@pytest.fixture
def state(link: Link) -> list[dict[str, Any]]:
    link.hub.units = directory_of_the_state()
    return link.hub.units


def run(link: Link) -> SyncReport:
    return synchronise(link.upstream)


def test_the_directory_is_taken_over_and_routed(link: Link, department: Office, state: list[dict[str, Any]]) -> None:
    report = run(link)
    assert (report.listed, report.own, report.created, report.routed, report.skipped) == (6, 2, 4, 2, [])
    ministry = directory.resolve("000.00.00.G99", clock.today())
    assert (ministry.name, ministry.level, ministry.system_pk) == ("Bộ Thử nghiệm (mẫu)", "central", link.upstream.pk)
    commune = directory.resolve("H98.77.11", clock.today())
    assert (commune.level, commune.system_pk) == ("commune", link.upstream.pk)
    assert agency_by_code("G99").contact.mail == "vanthu@mau.example"
    assert agency_by_code("G99.05").placements.get().parent == agency_by_code("G99")


def test_our_own_side_is_never_touched(link: Link, department: Office, state: list[dict[str, Any]]) -> None:
    state += [unit(9, "000.00.01.H99", "Sở Y tế giả", pid="3"), unit(10, "H99.88", "Sở lạ", pid="3")]
    run(link)
    assert directory.resolve("H99.01", clock.today()).name == "Sở Y tế (mẫu)"
    assert directory.resolve("H99", clock.today()).name == "UBND Thành phố Mẫu"
    assert not AgencyIdentifier.objects.filter(code__in=["H99.88", "000.00.01.H99"]).exists()


def test_a_second_run_without_changes_writes_nothing(
    link: Link, department: Office, state: list[dict[str, Any]]
) -> None:
    run(link)
    before = revision.current()
    report = run(link)
    assert (report.unchanged, report.created, report.changed, report.closed) == (4, 0, 0, 0)
    assert revision.current() == before


def test_names_places_and_new_codes_follow_and_history_stays(
    link: Link, department: Office, state: list[dict[str, Any]]
) -> None:
    run(link)
    state[1].update(name="Cục Mẫu Mới (mẫu)", pid="5", version=2)
    report = run(link)
    assert (report.changed, report.unchanged) == (1, 3)
    moved = agency_by_code("G99.05")
    assert moved.names.get(valid_to=None).name == "Cục Mẫu Mới (mẫu)"
    assert moved.placements.get(valid_to=None).parent == agency_by_code("H98")


def test_a_deleted_unit_is_closed_under_all_its_codes(
    link: Link, department: Office, state: list[dict[str, Any]]
) -> None:
    run(link)
    state[1].update(deleted=True, version=2)
    run(link)
    state[0].update(deleted=True, version=2)
    report = run(link)
    assert report.closed == 1
    outcomes = {directory.resolve(code, clock.today()).outcome for code in ("G99", "000.00.00.G99", "G99.05")}
    assert outcomes == {Outcome.CLOSED}


def test_what_cannot_be_taken_is_told_and_the_rest_is_taken(
    link: Link, department: Office, state: list[dict[str, Any]]
) -> None:
    state[0].update(name="")
    report = run(link)
    assert [line.partition(":")[0] for line in report.skipped] == ["G99", "G99.05"]  # nobody stands below a gap
    assert directory.resolve("H98", clock.today()).outcome is Outcome.OPEN
    state[0].update(name="Bộ Thử nghiệm (mẫu)")
    assert run(link).created == 2


def test_a_run_broken_off_goes_on_where_it_stopped(
    link: Link, department: Office, state: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "BATCH", 1)

    def give_up(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        synchronise(link.upstream, give_up)
    assert RemoteUnit.objects.count() == 2
    report = run(link)
    assert (report.unchanged, report.created) == (2, 2)


@pytest.mark.parametrize("call", ["getSynchronizeUnit", "getAgenciesList", "getAgenciesListQD20"])
@pytest.mark.parametrize("wrong", NONSENSE[:4], ids=lambda raw: repr((raw.body or b"")[:20]))
def test_a_directory_that_does_not_come_whole_changes_nothing(
    link: Link, department: Office, state: list[dict[str, Any]], call: str, wrong: Raw
) -> None:
    link.hub.wrong[call] = [wrong]
    with pytest.raises(VxpError):
        run(link)
    assert not AgencyIdentifier.objects.filter(code="G99").exists()


def test_an_agency_that_has_a_way_keeps_it(
    link: Link, department: Office, state: list[dict[str, Any]], hub: FakeHub
) -> None:
    from lienthong.gateways.national.upstreams import route_agency

    neighbour = make_agency("H98", "Tên do ta ghi (mẫu)")
    other = add("TRUC.H98.TA", hub, syncs_directory=False)
    route_agency(upstream=other, agency=neighbour)
    run(link)
    assert [way.system_id for way in SystemService.objects.filter(agency=neighbour)] == [other.pk]
    assert directory.resolve("H98.77.11", clock.today()).system_pk == other.pk


def test_many_units_come_in_batches_with_progress(
    link: Link, department: Office, city: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "BATCH", 100)
    link.hub.units = [unit(1, "G99", "Bộ Thử nghiệm (mẫu)")] + [
        unit(n, f"G99.{n:03d}", f"Cục Thử nghiệm số {n} (mẫu)", pid="1") for n in range(2, 352)
    ]
    seen: list[tuple[int, int]] = []
    synchronise(link.upstream, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 351), (100, 351), (200, 351), (300, 351), (351, 351)]
    (hit,) = search_agencies("cuc thu nghiem so 345", on_date=clock.today())
    assert hit.code == "G99.345"

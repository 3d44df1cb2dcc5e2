"""What a worker takes next, and that no two take the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection
from pytest_django import Settings

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.exchange.connectors import Delivered
from lienthong.exchange.dispatching.claim import Claim
from lienthong.exchange.dispatching.finish import finish
from lienthong.exchange.dispatching.lanes import EVERY, ORDINARY, URGENT
from lienthong.exchange.maintenance import end_maintenance, set_maintenance
from lienthong.registry import services
from lienthong.registry.models import System
from tests import packages
from tests.exchange import orders
from tests.exchange.conftest import Office
from tests.exchange.dispatching.carriers import DOWN, claim, delivery_to, must_claim, time_passes
from tests.factories import lock, make_agency

MINUTE = timedelta(minutes=1)


def system_of(office: Office) -> System:
    return System.objects.get(system_id=office.system_id)


def subjects(claims: list[Claim]) -> list[str]:
    return [one.outgoing.document_id.rsplit(",", 1)[1].split("/")[0] for one in claims]


def must_claim_for(office: Office) -> Claim:
    """The next delivery to an office; what others get meanwhile stays leased."""
    while (found := must_claim()).outgoing.system_id != office.system_id:
        pass
    return found


def claimable(office: Office) -> list[str]:
    """What an office would get now."""
    taken = iter(claim, None)
    return [one.outgoing.document_id for one in taken if one.outgoing.system_id == office.system_id]


def test_a_claim_has_all_that_a_connector_needs(department: Office, hoa_phuong: Office) -> None:
    ward = make_agency("H99.30.02", "Phường Mẫu Đơn (mẫu)")
    services.serve_agency(system=system_of(hoa_phuong), agency=ward, valid_from=clock.today())
    raw = packages.document(department.code, hoa_phuong.code, ward_code := "H99.30.02", priority="3")
    department.send(raw)

    outgoing = must_claim().outgoing

    assert (outgoing.kind, outgoing.rank, outgoing.attempt) == (PackageKind.DOCUMENT, 3, 1)
    assert (outgoing.from_code, outgoing.to_codes) == (department.code, (hoa_phuong.code, ward_code))
    assert outgoing.document_id.startswith(department.code)
    assert outgoing.system_id == hoa_phuong.system_id
    assert b"".join(outgoing.package.chunks(1000)) == raw


def test_status_reports_are_carried_too(department: Office, hoa_phuong: Office) -> None:
    raw = packages.document(hoa_phuong.code, department.code, number="7")
    hoa_phuong.send(raw)
    document_id = f"{hoa_phuong.code},2024/03/15,7/CV-MAU"
    department.report(hoa_phuong, document_id, "03")

    outgoing = must_claim().outgoing

    assert (outgoing.kind, outgoing.document_id) == (PackageKind.STATUS, document_id)
    assert outgoing.to_codes == (hoa_phuong.code,)


def test_systems_that_fetch_for_themselves_are_left_alone(department: Office, hoa_phuong: Office) -> None:
    hoa_phuong.send(packages.document(hoa_phuong.code, department.code))
    assert claim() is None


def test_urgent_first_then_in_order_of_arrival(department: Office, hoa_phuong: Office) -> None:
    for number, priority in enumerate("0130", 1):
        department.send(packages.document(department.code, hoa_phuong.code, number=str(number), priority=priority))

    assert subjects([must_claim() for _ in range(4)]) == ["3", "2", "1", "4"]
    assert claim() is None


def test_a_reserved_thread_sees_urgent_packages_only(department: Office, hoa_phuong: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, number="1"))
    assert claim(URGENT) is None
    department.send(packages.document(department.code, hoa_phuong.code, number="2", priority="1"))
    assert subjects([must_claim(URGENT)]) == ["2"]
    assert subjects([must_claim(ORDINARY)]) == ["1"]


def test_a_recall_does_not_overtake_what_it_recalls(department: Office, hoa_phuong: Office, hai_dang: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id="VB-1"))
    document = must_claim_for(hoa_phuong)
    department.send(orders.recall(department.code, hoa_phuong.code, target="VB-1", document_id="TH-1"))
    assert claimable(hoa_phuong) == []

    finish(document, DOWN, chance=lambda: 0.5)
    assert claimable(hoa_phuong) == []
    time_passes(MINUTE)
    finish(must_claim_for(hoa_phuong), Delivered(), chance=lambda: 0.5)

    assert claimable(hoa_phuong) == ["TH-1"]


def test_a_take_back_does_not_overtake_the_document(department: Office, hoa_phuong: Office, hai_dang: Office) -> None:
    """Nor wait for what another district has not got yet."""
    department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id="VB-1"))
    for district in (hoa_phuong, hai_dang):
        department.report(district, "VB-1", "13", description="Gửi nhầm (mẫu)")
    first, second = (must_claim_for(district) for district in (hoa_phuong, hai_dang))
    assert [one.outgoing.kind for one in (first, second)] == [PackageKind.DOCUMENT] * 2
    assert claim() is None

    finish(first, Delivered(), chance=lambda: 0.5)

    asked = must_claim().outgoing
    assert (asked.kind, asked.system_id) == (PackageKind.STATUS, hoa_phuong.system_id)
    assert claim() is None


def test_systems_take_turns(department: Office, hoa_phuong: Office, hai_dang: Office) -> None:
    for _ in range(3):
        department.send(packages.document(department.code, hoa_phuong.code))
    department.send(packages.document(department.code, hai_dang.code))

    taken = [must_claim().outgoing.system_id for _ in range(3)]

    assert set(taken[:2]) == {hoa_phuong.system_id, hai_dang.system_id}


def test_a_system_gets_so_many_at_a_time(department: Office, hoa_phuong: Office, settings: Settings) -> None:
    settings.SYSTEM_CONCURRENCY = 2
    for _ in range(3):
        department.send(packages.document(department.code, hoa_phuong.code))

    assert [claim() is None for _ in range(3)] == [False, False, True]
    time_passes(timedelta(seconds=settings.WORKER_LEASE_SECONDS))  # both workers died
    assert claim() is not None


def test_a_system_busy_with_slow_ordinary_packages_still_gets_an_urgent_one(
    department: Office, hoa_phuong: Office, settings: Settings
) -> None:
    settings.SYSTEM_CONCURRENCY = 2
    for number in (1, 2, 3):
        department.send(packages.document(department.code, hoa_phuong.code, number=str(number)))
    assert subjects([must_claim(), must_claim()]) == ["1", "2"]
    assert claim() is None
    for number in (4, 5):
        department.send(packages.document(department.code, hoa_phuong.code, number=str(number), priority="3"))
    assert claim(ORDINARY) is None
    assert subjects([must_claim()]) == ["4"]
    assert [claim(ranks) for ranks in (EVERY, URGENT, ORDINARY)] == [None] * 3


def test_two_workers_never_take_the_same_delivery(department: Office, hoa_phuong: Office, hai_dang: Office) -> None:
    for _ in range(6):
        department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code))

    def take(_: int) -> str | None:
        try:
            found = claim()
            return found.outgoing.delivery_id if found else None
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as workers:
        taken = [one for one in workers.map(take, range(24)) if one]

    assert len(taken) == len(set(taken)) == 8  # four at a time for each of two systems


def test_a_lease_that_ran_out_is_taken_over(department: Office, hoa_phuong: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    first = must_claim()
    assert claim() is None
    time_passes(MINUTE)
    second = must_claim()
    assert (second.id, second.outgoing.attempt) == (first.id, 2)
    assert second.token != first.token


def test_a_locked_system_gets_nothing_until_it_is_unlocked(department: Office, hoa_phuong: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    lock(system_of(hoa_phuong))
    assert claim() is None
    services.unlock_system(system=system_of(hoa_phuong))
    assert claim() is not None


def test_maintenance_makes_deliveries_wait_without_burning_their_budget(department: Office, hoa_phuong: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    system, now = system_of(hoa_phuong), clock.now()
    set_maintenance(system=system, until=now + 60 * MINUTE, reason="Nâng cấp (mẫu)", actor="Trực ban mẫu")

    assert claim() is None
    assert "Nơi nhận đang bảo trì" in department.sent()[0].send_status_desc
    assert "Nâng cấp (mẫu)" in department.sent()[0].send_status_desc

    assert end_maintenance(system=system)
    assert not end_maintenance(system=system)
    assert claim() is not None
    assert delivery_to(hoa_phuong).attempts == 0


def test_the_age_of_a_delivery_leaves_maintenance_out(department: Office, hoa_phuong: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    time_passes(180 * MINUTE)
    now = clock.now()
    set_maintenance(
        system=system_of(hoa_phuong),
        since=now - 500 * MINUTE,
        until=now + 60 * MINUTE,
        reason="Nâng cấp (mẫu)",
        actor="Trực ban mẫu",
    )
    end_maintenance(system=system_of(hoa_phuong))

    assert must_claim().age(clock.now()) < MINUTE

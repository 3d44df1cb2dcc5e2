"""From a clerk's system to a district's webhook and back, through workers that are killed and a receiver with moods."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from bench.wire import Account
from lienthong.gateways.national.answers import Sent
from lienthong.gateways.national.client import VxpClient
from tests.journeys.survival import City, until
from tests.journeys.workers import command, command_json, environment_of, working
from tests.receiver import (
    Receiver,
    accept,
    downloading,
    reading_half_then_waiting,
    refusing,
)
from tests.servers import Server, free_port, new_database

pytestmark = pytest.mark.xdist_group("webhook")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, cluster_url: str) -> City:
    return City.found(tmp_path_factory.mktemp("webhook"), new_database(cluster_url, "webhook"))


@pytest.fixture(scope="module")
def server(city: City) -> Iterator[Server]:
    with city.server() as running:
        yield running


@pytest.fixture(scope="module")
def listening() -> Iterator[Receiver]:
    with Receiver().listening() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def registered(city: City, listening: Receiver) -> Receiver:
    """The first district's system has an address now; the second one fetches for itself."""
    told = command(city, "systems", "set-webhook", city.districts[0].system_id, listening.url)
    assert listening.url in told
    return listening


@pytest.fixture
def receiver(registered: Receiver, city: City) -> Receiver:
    """As it is at the start of a day: nothing is due, nothing stored, in the best of moods."""
    registered.go_on.set()
    with psycopg.connect(city.database_url, autocommit=True) as database:
        database.execute("UPDATE exchange_delivery SET state = 'delivered' WHERE state <> 'delivered'")
        database.execute("UPDATE exchange_channel SET failures = 0, open_until = NULL, trial_until = NULL")
    registered.moods, registered.mood = [], None
    registered.posted.clear()
    registered.documents.clear()
    registered.arrived.clear()
    registered.go_on.clear()
    return registered


def send(city: City, server: Server, size: int = 2_000) -> bytes:
    package = city.package(next(city.numbers), size)
    assert city.send(server, package).accepted
    return bytes(package)


def sent_to(city: City, server: Server, district: Account) -> Sent:
    """The newest line of the clerk's list of sent documents for a district."""
    with VxpClient(server.url, city.clerk.system_id, city.clerk.secret) as client:
        return next(row for row in client.get_sent_edoc_list() if row.to_code == district.code)


def stored(receiver: Receiver) -> list[bytes]:
    return [package for packages in receiver.documents.values() for package in packages]


def test_a_package_is_pushed_to_one_district_while_the_other_fetches_its_own(
    city: City, server: Server, receiver: Receiver
) -> None:
    with working(city) as worker:
        package = send(city, server)
        until(lambda: stored(receiver) == [package], "the package is pushed")
        until(lambda: sent_to(city, server, city.districts[0]).send_status == "done", "the clerk sees it")
        assert worker.stop() == 0
    assert sent_to(city, server, city.districts[1]).send_status == "initial"


def test_when_a_worker_is_killed_in_the_middle_another_takes_over(
    city: City, server: Server, receiver: Receiver
) -> None:
    receiver.moods = [reading_half_then_waiting]
    with working(city) as first:
        package = send(city, server, 1_500_000)
        until(receiver.arrived.is_set, "half of the package is there")
        with working(city):
            first.kill()
            until(lambda: stored(receiver) == [package], "the other worker brings it")
    assert len(receiver.documents) == 1


def test_two_workers_at_once_bring_everything_exactly_once(city: City, server: Server, receiver: Receiver) -> None:
    with working(city), working(city):
        packages = sorted(send(city, server) for _ in range(30))
        until(lambda: len(receiver.documents) == 30, "all packages are pushed")
        until(lambda: sent_to(city, server, city.districts[0]).send_status == "done", "the last is written down")
    assert sorted(stored(receiver)) == packages
    assert len(receiver.posted) == 30


@pytest.mark.parametrize("name", ["dispatch.after_claim", "dispatch.before_finish", "dispatch.after_finish"])
def test_a_crash_at_any_step_loses_and_doubles_nothing(
    city: City, server: Server, receiver: Receiver, name: str
) -> None:
    package = send(city, server)
    with working(city, LIENTHONG_FAILPOINTS=f"{name}=crash") as dying:
        assert dying.wait() == -signal.SIGKILL
    with working(city):
        until(lambda: sent_to(city, server, city.districts[0]).send_status == "done", "another worker finishes")
    assert stored(receiver) == [package]
    assert len(receiver.posted) == (2 if name == "dispatch.before_finish" else 1)


def test_a_large_package_is_downloaded_by_the_receiver_in_two_parts(
    city: City, server: Server, receiver: Receiver
) -> None:
    receiver.mood = downloading(break_after=700_000)
    package = send(city, server, 1_500_000)
    told = command(
        city,
        "worker",
        "--once",
        LIENTHONG_WEBHOOK_NOTICE_FROM="1000000",
        LIENTHONG_PUBLIC_URL=f"http://127.0.0.1:{server.port}",
    )
    assert told.startswith("Đã thử chuyển 1 gói tin")
    assert stored(receiver) == [package]
    assert sent_to(city, server, city.districts[0]).send_status == "done"


def test_what_is_refused_stays_in_view_until_somebody_acts(city: City, server: Server, receiver: Receiver) -> None:
    package = send(city, server)
    receiver.moods = [refusing("Thiếu số văn bản (mẫu)"), accept]
    command(city, "worker", "--once")

    row = sent_to(city, server, city.districts[0])
    assert row.send_status == "fail"
    assert "Thiếu số văn bản (mẫu)" in row.send_status_desc
    assert "Cần xử lý: gửi lại, chuyển hướng hoặc báo giấy." in row.send_status_desc
    (waiting,) = command_json(city, "deliveries", "list", "--given-up")["deliveries"]
    assert (waiting["cause"], waiting["attempts"]) == ("webhook.refused", 1)

    command(city, "deliveries", "resend", waiting["id"], "--reason", "Đã bổ sung (mẫu)", "--by", "Trực ban mẫu")
    command(city, "worker", "--once")

    assert stored(receiver) == [package]
    assert sent_to(city, server, city.districts[0]).send_status == "done"


def test_a_system_under_maintenance_is_left_alone(city: City, server: Server, receiver: Receiver) -> None:
    district = city.districts[0]
    told = command(city, "systems", "maintenance", district.system_id, "--for", "2h", "--reason", "Nâng cấp (mẫu)")
    assert "Nâng cấp (mẫu)" in told
    package = send(city, server)
    assert command(city, "worker", "--once").startswith("Đã thử chuyển 0 gói tin")
    assert "bảo trì" in sent_to(city, server, district).send_status_desc
    command(city, "systems", "maintenance", district.system_id, "--end")
    assert command(city, "worker", "--once").startswith("Đã thử chuyển 1 gói tin")
    assert stored(receiver) == [package]


def test_lienthong_run_carries_packages_and_takes_its_worker_along_when_it_ends(
    city: City, receiver: Receiver, tmp_path: Path
) -> None:
    everything = Server(city.data_dir, city.database_url, free_port())
    with (tmp_path / "run.log").open("wb") as log:
        everything.process = subprocess.Popen(
            [sys.executable, "-m", "lienthong", "run", "--port", str(everything.port)],
            env=environment_of(city),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            everything.wait_until_up()
            package = send(city, everything)
            until(lambda: stored(receiver) == [package], "the worker beside the web role pushes it")
            family = psutil.Process(everything.process.pid).children(recursive=True)
            os.kill(everything.process.pid, signal.SIGTERM)
            everything.process.wait(30)
            until(lambda: not any(one.is_running() for one in family), "no process is left behind")
        finally:
            everything.kill()


def test_signatures_are_checked_in_a_process_that_gives_way_to_deliveries(
    city: City, server: Server, receiver: Receiver
) -> None:
    with working(city) as worker:
        package = send(city, server)
        until(lambda: stored(receiver) == [package], "the package is pushed")
        until(lambda: unchecked(city) == 0, "its signatures are checked")
        carrier = psutil.Process(worker.process.pid)
        (checker,) = (child for child in carrier.children() if "signatures" in child.cmdline())
        until(lambda: checker.nice() > carrier.nice(), "the checker stands back")
        worker.kill()
        until(lambda: not checker.is_running() or checker.status() == psutil.STATUS_ZOMBIE, "the checker follows")


def unchecked(city: City) -> int:
    with psycopg.connect(city.database_url) as database:
        row = database.execute("SELECT count(*) FROM signatures_package WHERE checked_at IS NULL").fetchone()
        assert row is not None
        return int(row[0])


def test_a_worker_ends_with_a_run_that_was_killed(city: City) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT], env=environment_of(city), stdout=subprocess.PIPE, start_new_session=True
    )
    assert parent.stdout is not None
    with parent.stdout:
        worker = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait(30)
    try:
        until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE, "the worker follows")
    finally:
        if worker.is_running():
            worker.kill()


_PARENT = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "lienthong", "worker", "--with-parent", str(os.getpid())])
print(child.pid, flush=True)
child.wait()
"""

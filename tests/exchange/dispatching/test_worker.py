"""The worker role: woken by a commit, or by the clock; leases kept; urgent ones not held up; clean ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from pytest_django import Settings

from lienthong.common import clock
from lienthong.common.sql import conninfo
from lienthong.exchange.dispatching.worker import Worker, load_connectors
from lienthong.exchange.models import Delivery
from lienthong.exchange.states import DeliveryState
from lienthong.exchange.store import WAKE_CHANNEL
from lienthong.registry.models import SystemKind
from tests import packages
from tests.exchange.conftest import Office
from tests.exchange.dispatching.carriers import (
    ScriptedConnector,
    claim,
    delivery_to,
    drain,
    open_pushed_office,
    state_at,
)
from tests.journeys.survival import until

_PATIENCE = 20  # seconds; only a hang takes that long


@contextmanager
def working(connector: ScriptedConnector) -> Iterator[Worker]:
    """A worker in threads of this process, as the role runs it."""
    stopping = threading.Event()
    worker = Worker({SystemKind.PUSH.value: connector})
    thread = threading.Thread(target=worker.run, args=(stopping,))
    thread.start()
    try:
        yield worker
    finally:
        if connector.hold:
            connector.hold.set()
        stopping.set()
        thread.join(_PATIENCE)
        assert not thread.is_alive()


@pytest.fixture(autouse=True)
def small_worker(settings: Settings) -> None:
    settings.WORKER_THREADS, settings.WORKER_URGENT_THREADS = 2, 1


def test_a_commit_wakes_the_worker(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector, settings: Settings
) -> None:
    settings.WORKER_POLL_SECONDS = 3
    with working(connector):
        department.send(packages.document(department.code, hoa_phuong.code))
        until(lambda: bool(connector.carried), "the first, which may have come before the worker listened")
        for number in range(2, 6):
            sent_at = time.monotonic()
            department.send(packages.document(department.code, hoa_phuong.code))
            until(lambda number=number: len(connector.carried) == number, "a notification")
            assert time.monotonic() - sent_at < 2
        until(lambda: not Delivery.objects.exclude(state="delivered").exists(), "all delivered")


def test_only_what_the_axis_carries_itself_wakes_anybody(department: Office, hoa_phuong: Office) -> None:
    with psycopg.connect(conninfo(), autocommit=True) as listener:
        listener.execute(f"LISTEN {WAKE_CHANNEL}")
        hoa_phuong.send(packages.document(hoa_phuong.code, department.code))
        department.send(packages.document(department.code, hoa_phuong.code))
        woken = [notification.channel for notification in listener.notifies(timeout=0.5)]
    assert woken == [WAKE_CHANNEL]


def test_what_becomes_due_without_a_commit_is_found_by_the_clock(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    Delivery.objects.update(available_at=clock.now() + timedelta(seconds=1.5))
    with working(connector):
        until(lambda: state_at(hoa_phuong) is DeliveryState.DELIVERED, "due by the clock")


def test_a_backlog_is_carried_by_all_threads(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector, settings: Settings
) -> None:
    settings.WORKER_THREADS, settings.SYSTEM_CONCURRENCY = 6, 3
    connector.hold = threading.Event()
    for _ in range(8):
        department.send(packages.document(department.code, hoa_phuong.code))
    with working(connector):
        until(lambda: len(connector.carried) == 3, "as many as the system may get at a time")
        connector.hold.set()
        until(lambda: not Delivery.objects.exclude(state="delivered").exists(), "all delivered")
    assert connector.most_under_way[hoa_phuong.system_id] == 3
    assert len(set(connector.ids)) == 8


def test_urgent_packages_pass_where_all_other_threads_are_stuck(
    department: Office, hoa_phuong: Office, hai_dang: Office, connector: ScriptedConnector
) -> None:
    connector.hold = threading.Event()
    for _ in range(4):
        department.send(packages.document(department.code, hoa_phuong.code))
    with working(connector):
        until(lambda: len(connector.carried) == 2, "both ordinary threads are stuck")
        department.send(packages.document(department.code, hai_dang.code, priority="3"))
        until(lambda: connector.carried[-1].rank == 3, "the reserved thread")


def test_ordinary_packages_are_not_starved_by_urgent_ones(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    for _ in range(3):
        department.send(packages.document(department.code, hoa_phuong.code))
    for _ in range(12):
        department.send(packages.document(department.code, hoa_phuong.code, priority="2"))

    assert drain(connector) == 15

    ordinary = [place for place, outgoing in enumerate(connector.carried) if outgoing.rank == 0]
    assert ordinary == [4, 9, 14]


def test_the_lease_lasts_as_long_as_the_upload(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector, settings: Settings
) -> None:
    settings.WORKER_LEASE_SECONDS = 1
    connector.hold = threading.Event()
    department.send(packages.document(department.code, hoa_phuong.code))
    with working(connector):
        connector.busy.wait(_PATIENCE)
        first = delivery_to(hoa_phuong).lease_until
        assert first is not None

        def renewed_twice() -> bool:
            assert claim() is None
            lease = delivery_to(hoa_phuong).lease_until
            return lease is not None and lease > first + timedelta(seconds=1)

        until(renewed_twice, "a lease that outlives its first term")
        connector.hold.set()
        until(lambda: state_at(hoa_phuong) is DeliveryState.DELIVERED, "the upload ends")
    assert len(connector.carried) == 1


def test_a_worker_that_ends_finishes_what_is_under_way(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    connector.hold = threading.Event()
    department.send(packages.document(department.code, hoa_phuong.code))
    with working(connector):
        connector.busy.wait(_PATIENCE)
    assert state_at(hoa_phuong) is DeliveryState.DELIVERED


def test_a_connector_that_cannot_be_loaded_burns_no_budget(
    department: Office, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CONNECTORS = {"push": "lienthong.gateways.no_such.Connector"}
    office = open_pushed_office("H99.40", "Xã Mẫu Đơn (mẫu)")
    department.send(packages.document(department.code, office.code))

    assert Worker(load_connectors()).drain() == 0

    assert "LT-C01" in caplog.text
    assert state_at(office) is DeliveryState.WAITING

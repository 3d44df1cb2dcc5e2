"""The cast: chị Hạnh keeps the registers of Xã Hoa Phượng (mẫu), which has no software of its own, ông Nghĩa leads it
and anh Dũng is its officer; Sở Y tế (mẫu) has a system of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lienthong.accounts.actors import Actor
from lienthong.accounts.roles import Role
from lienthong.exchange.dispatching.worker import Worker
from lienthong.records.desk import DeskConnector
from lienthong.records.models import Book, Direction, IncomingDocument
from lienthong.records.reporting import send_due
from lienthong.registry.models import Agency, SystemKind
from tests import packages
from tests.exchange.conftest import Office, data_dir, open_office
from tests.factories import make_agency, make_system
from tests.records.people import make_person

__all__ = ["data_dir"]

COMMUNE = "H99.40"
Deliver = Callable[[], int]
Arrive = Callable[..., IncomingDocument]


@pytest.fixture
def commune(transactional_db: None, data_dir: Path) -> Agency:
    return make_agency(COMMUNE, "Xã Hoa Phượng (mẫu)")


@pytest.fixture
def desk(commune: Agency) -> str:
    return make_system(commune, system_id="BAN.MAU", kind=SystemKind.DESK).system.system_id


@pytest.fixture
def department(commune: Agency) -> Office:
    return open_office("H99.05", "Sở Y tế (mẫu)")


@pytest.fixture
def book(commune: Agency) -> Book:
    return Book.objects.create(agency=commune, direction=Direction.INCOMING, name="Sổ văn bản đến")


@pytest.fixture
def hanh(commune: Agency) -> Actor:
    return make_person("hanh", "Trần Thị Hạnh", Role.CLERK, commune)


@pytest.fixture
def nghia(commune: Agency) -> Actor:
    return make_person("nghia", "Phạm Văn Nghĩa", Role.LEADER, commune)


@pytest.fixture
def dung(commune: Agency) -> Actor:
    return make_person("dung", "Lê Tiến Dũng", Role.OFFICER, commune)


@pytest.fixture
def deliver(desk: str) -> Deliver:
    """Carry everything that waits to the desk, then send what the desk reports."""

    def run() -> int:
        carried = Worker({"desk": DeskConnector()}).drain()
        send_due()
        return carried

    return run


@pytest.fixture
def arrive(department: Office, deliver: Deliver) -> Arrive:
    """A document of the department arrives at the commune."""

    def run(raw: bytes = b"", **details: str) -> IncomingDocument:
        department.send(raw or packages.document(department.code, COMMUNE, **details))
        deliver()
        return IncomingDocument.objects.order_by("-arrived_at").first()  # type: ignore[return-value]

    return run

"""The cast: chị Hạnh keeps the registers of Xã Hoa Phượng (mẫu), which has no software of its own; Sở Mẫu has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from lienthong.records.models import Book, Direction
from lienthong.registry.models import Agency, SystemKind
from tests.exchange.conftest import Office, data_dir, open_office
from tests.factories import make_agency, make_system

__all__ = ["data_dir"]


@pytest.fixture
def commune(transactional_db: None, data_dir: Path) -> Agency:
    return make_agency("H99.40", "Xã Hoa Phượng (mẫu)")


@pytest.fixture
def desk(commune: Agency) -> str:
    return make_system(commune, system_id="BAN.MAU", kind=SystemKind.DESK).system.system_id


@pytest.fixture
def department(commune: Agency) -> Office:
    return open_office("H99.05", "Sở Y tế (mẫu)")


@pytest.fixture
def book(commune: Agency) -> Book:
    return Book.objects.create(agency=commune, direction=Direction.INCOMING, name="Sổ văn bản đến")

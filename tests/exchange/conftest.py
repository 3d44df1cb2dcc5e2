"""The cast: Sở Y tế (mẫu) sends; two districts receive; a commune is not connected; an outsider looks on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django import Settings

from edxml102.model import PackageKind
from lienthong.exchange import intake
from lienthong.exchange.deliveries import Confirmation, WaitingDelivery, confirm, list_waiting, open_package
from lienthong.exchange.selectors import SentRow, list_sent
from lienthong.exchange.submissions import Receipt, Sending
from lienthong.registry import directory
from lienthong.registry.models import Agency
from lienthong.registry.resolution import SystemAccess
from tests import packages
from tests.factories import make_agency, make_system


@dataclass
class Office:
    """An agency with its system, as its clerk uses it."""

    code: str
    agency: Agency
    system_id: str

    @property
    def access(self) -> SystemAccess:
        access = directory.find_system(self.system_id)
        assert access is not None
        return access

    def send(self, raw: bytes, *, length: int | None = -1) -> Receipt:
        size = len(raw) if length == -1 else length
        return intake.accept_package(io.BytesIO(raw), sending=Sending(sender=self.access, remote="test"), length=size)

    def inbox(self, kind: PackageKind = PackageKind.DOCUMENT) -> list[WaitingDelivery]:
        return list_waiting(self.access, kind, limit=100)

    def fetch(self, doc_id: str) -> bytes:
        return b"".join(open_package(self.access, doc_id).chunks(1000))

    def confirm(self, doc_id: str, outcome: Confirmation = Confirmation.DONE, reason: str = "") -> None:
        confirm(self.access, doc_id, outcome=outcome, reason=reason)

    def report(self, issuer: Office, document_id: str, code: str, **details: str) -> Receipt:
        return self.send(packages.status(self.code, issuer.code, document_id, code, **details))

    def sent(self, doc_id: str = "") -> list[SentRow]:
        return list_sent(self.access, PackageKind.DOCUMENT, doc_id=doc_id, limit=100)


def open_office(code: str, name: str) -> Office:
    agency = make_agency(code, name)
    return Office(code, agency, make_system(agency).system.system_id)


@pytest.fixture
def data_dir(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    settings.DATA_DIR = tmp_path
    intake.segments.cache_clear()
    intake.committer.cache_clear()
    yield tmp_path
    intake.committer().stop()


@pytest.fixture
def department(transactional_db: None, data_dir: Path) -> Office:
    return open_office("H99.05", "Sở Y tế (mẫu)")


@pytest.fixture
def hoa_phuong(department: Office) -> Office:
    return open_office("H99.30", "Quận Hoa Phượng (mẫu)")


@pytest.fixture
def hai_dang(department: Office) -> Office:
    return open_office("H99.31", "Quận Hải Đăng (mẫu)")


@pytest.fixture
def paper_commune(department: Office) -> Agency:
    """A commune in the directory that no system serves yet."""
    return make_agency("H99.30.01", "Xã Giấy Trắng (mẫu)")

"""The cast: the city's axis with Sở Y tế (mẫu) and a commune; Bộ Thử nghiệm (mẫu) sits behind a fake national axis."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from lienthong.exchange.dispatching.worker import Worker
from lienthong.gateways.national.connector import NationalConnector
from lienthong.gateways.national.inward import Inward, Tally
from lienthong.gateways.national.models import Upstream
from lienthong.gateways.national.sync import synchronise
from lienthong.gateways.national.upstreams import Terms, account_of, add_upstream, route_agency
from lienthong.registry.models import Agency
from tests.exchange.conftest import Office, data_dir, open_office
from tests.factories import make_agency
from tests.gateways.national.hub import FakeHub, fake_hub

__all__ = ["data_dir"]


@dataclass
class Link:
    """The city's link to the fake national axis."""

    hub: FakeHub
    upstream: Upstream

    def poll(self) -> Tally:
        with self.inward() as inward:
            return inward.round()

    @contextmanager
    def inward(self) -> Iterator[Inward]:
        self.upstream.refresh_from_db()
        with account_of(self.upstream).client(timeout=5) as client:
            yield Inward(self.upstream, client, lambda: synchronise(self.upstream))

    def send(self) -> int:
        """Carry all that is due; answers how many deliveries were tried."""
        return Worker({"upstream": NationalConnector()}).drain()


def add(system_id: str, hub: FakeHub, **terms: object) -> Upstream:
    return add_upstream(
        system_id=system_id,
        name="Trục liên thông quốc gia (mẫu)",
        endpoint=hub.url,
        remote_system_id="TRUC.H99",
        secret="khoa-mau-cua-truc",
        terms=Terms(own_codes=["H99"], timeout=5, **terms),  # type: ignore[arg-type]
    )


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub() as fake:
        yield fake


@pytest.fixture
def city(transactional_db: None, data_dir: object) -> Agency:
    return make_agency("H99", "UBND Thành phố Mẫu")


@pytest.fixture
def department(city: Agency) -> Office:
    return open_office("H99.01", "Sở Y tế (mẫu)")


@pytest.fixture
def commune(city: Agency) -> Office:
    return open_office("H99.30.11", "UBND phường Bằng Lăng (mẫu)")


@pytest.fixture
def link(department: Office, hub: FakeHub) -> Link:
    return Link(hub, add("TRUC.QG", hub, adds_trace=False))


@pytest.fixture
def ministry(link: Link) -> Agency:
    agency = make_agency("G99", "Bộ Thử nghiệm (mẫu)", level="central")
    route_agency(upstream=link.upstream, agency=agency)
    return agency

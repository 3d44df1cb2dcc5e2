"""Sở Y tế (mẫu) of the city sends; Quận Hoa Phượng and, below it until the reform, Xã An Mẫu receive."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from lienthong.registry.models import Level
from tests.factories import make_agency
from tests.statistics.world import Office, open_office


@dataclass
class City:
    """Who takes part."""

    committee: Office
    health: Office
    district: Office
    commune: Office

    @property
    def offices(self) -> list[Office]:
        return [self.committee, self.health, self.district, self.commune]


@pytest.fixture
def city(db: None) -> City:
    committee = make_agency("H99", "Ủy ban nhân dân thành phố (mẫu)")
    health = make_agency("H99.05", "Sở Y tế (mẫu)", parent=committee)
    district = make_agency("H99.30", "Quận Hoa Phượng (mẫu)", level=Level.DISTRICT, parent=committee)
    commune = make_agency("H99.30.01", "Xã An Mẫu (mẫu)", level=Level.COMMUNE, parent=district)
    return City(
        open_office(committee, "H99", "Ủy ban nhân dân thành phố (mẫu)"),
        open_office(health, "H99.05", "Sở Y tế (mẫu)"),
        open_office(district, "H99.30", "Quận Hoa Phượng (mẫu)"),
        open_office(commune, "H99.30.01", "Xã An Mẫu (mẫu)"),
    )

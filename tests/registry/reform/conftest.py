"""A corner of the made-up city before the reform: two districts, four communes, a department, and the neighbour H98."""

from __future__ import annotations

import pytest

from lienthong.registry.models import Agency
from tests.registry.reform.town import build_town


@pytest.fixture
def town(db: None) -> dict[str, Agency]:
    return build_town()

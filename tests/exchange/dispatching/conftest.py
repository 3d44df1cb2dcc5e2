"""The cast: Sở Y tế (mẫu) sends; two districts' systems are carried to, by a connector that does as it is told."""

from __future__ import annotations

import pytest

from tests.exchange.conftest import Office
from tests.exchange.dispatching.carriers import ScriptedConnector, open_pushed_office


@pytest.fixture
def hoa_phuong(department: Office) -> Office:
    return open_pushed_office("H99.30", "Quận Hoa Phượng (mẫu)")


@pytest.fixture
def hai_dang(department: Office) -> Office:
    return open_pushed_office("H99.31", "Quận Hải Đăng (mẫu)")


@pytest.fixture
def connector() -> ScriptedConnector:
    return ScriptedConnector()

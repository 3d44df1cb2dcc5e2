"""The axis of these tests trusts the cast's authority; Sở Y tế (mẫu) sends to quận Hoa Phượng (mẫu)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from lienthong.exchange import intake
from tests.exchange.conftest import Office, open_office
from tests.signatures.ca import BODY_CODE, BODY_NAME, cast

RECEIVER = "H99.30"


@pytest.fixture
def data_dir(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    settings.DATA_DIR = tmp_path
    settings.TRUST_DIR = cast().authority.write_trust(tmp_path / "trust")
    intake.segments.cache_clear()
    intake.committer.cache_clear()
    yield tmp_path
    intake.committer().stop()


@pytest.fixture
def department(transactional_db: None, data_dir: Path) -> Office:
    return open_office(BODY_CODE, BODY_NAME)


@pytest.fixture
def hoa_phuong(department: Office) -> Office:
    return open_office(RECEIVER, "Quận Hoa Phượng (mẫu)")

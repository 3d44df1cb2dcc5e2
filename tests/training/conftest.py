"""A training ground in the test's own process: the setting is on, as ``lienthong run --training`` turns it on."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.exchange.conftest import data_dir
from tests.records.outgoing.cast import City, make_city

__all__ = ["data_dir"]


@pytest.fixture
def ground(data_dir: Path, settings: Settings) -> Path:
    settings.TRAINING = True
    settings.DATA_DIR = data_dir
    return data_dir


@pytest.fixture
def city(transactional_db: None, ground: Path) -> City:
    return make_city()

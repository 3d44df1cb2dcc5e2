"""A city for every test of outgoing documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exchange.conftest import data_dir
from tests.records.outgoing.cast import City, make_city

__all__ = ["data_dir"]


@pytest.fixture
def city(transactional_db: None, data_dir: Path) -> City:
    return make_city()

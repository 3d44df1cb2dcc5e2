"""The short form of ``make torture``: two axes, seven sabotages, everything in its place afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.run import Torture

pytestmark = pytest.mark.xdist_group("torture")

SEED = 137  # its steps meet both axes: a postmaster, the worker, the link, the web role in three ways, a whole machine


def test_nothing_is_lost_doubled_or_forgotten_whatever_is_killed(tmp_path: Path) -> None:
    torture = Torture(tmp_path, SEED, idle=1.0)
    assert torture.run(steps=7) == [], f"seed {SEED}; torture.log and data in {tmp_path}"

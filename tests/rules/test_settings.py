"""Every setting is explained in .env.example, with its true default."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_READ = re.compile(r'env\.read\(\s*"(LIENTHONG_\w+)"')
_FROM_ENVIRONMENT = re.compile(r'os\.environ(?:\.get\(|\[)\s*"(LIENTHONG_\w+)"')


def _names_in_code() -> set[str]:
    texts = [path.read_text() for path in (ROOT / "src").rglob("*.py")]
    return {name for text in texts for pattern in (_READ, _FROM_ENVIRONMENT) for name in pattern.findall(text)}


def _names_in_example() -> set[str]:
    return set(re.findall(r"^#?(LIENTHONG_\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_settings_and_example_name_the_same_variables() -> None:
    assert _names_in_code() == _names_in_example()


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("LIENTHONG_PORT", "tám nghìn", "LT-S01"),
        ("LIENTHONG_WEB_THREADS", "0", "LT-S01"),
        ("LIENTHONG_DATABASE_URL", "mysql://localhost/x", "LT-S03"),
        ("LIENTHONG_FAILPOINTS", "no.such.place=crash", "LT-S01"),
        ("LIENTHONG_RULE_SETS", "no-such-folder", "LT-S10"),
        ("LIENTHONG_WORKING_DAYS", "no-such-file.yaml", "LT-S11"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_numbered_message(name: str, value: str, number: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lienthong", "check"],
        env={"PATH": "/usr/bin:/bin", name: value, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 2
    assert number in done.stderr
    assert "Traceback" not in done.stderr

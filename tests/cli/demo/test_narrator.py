"""The story on the terminal."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from rich.cells import cell_len
from rich.console import Console

from lienthong.cli.demo.checks import run_checks
from lienthong.cli.demo.facts import Facts
from lienthong.cli.demo.folder import DemoFolder
from lienthong.cli.demo.journal import Moment
from lienthong.cli.demo.narrator import Narrator
from lienthong.cli.demo.server import WebServer
from lienthong.cli.demo.story import CHAPTERS
from tests.cli.demo.story_facts import good_facts


def _told(facts: Facts, *, width: int, environment: Mapping[str, str] | None = None, terminal: bool = False) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        highlight=False,
        force_terminal=terminal,
        _environ={"TERM": "xterm", **(environment or {})},
    )
    narrator = Narrator(console)
    narrator.open()
    narrator.begin("http://127.0.0.1:40000", wanted_port=8019)
    for plan in CHAPTERS:
        narrator.chapter(plan.title)
        narrator.tell(plan.name, facts)
    narrator.timeline([Moment(datetime(2024, 3, 15, 1, 2, 3, 4000, tzinfo=UTC), "UBND xã Lúa Vàng (mẫu)", "báo 01")])
    narrator.end(run_checks(facts), {"story": 1234})
    server = cast(WebServer, SimpleNamespace(address="http://127.0.0.1:40000", endpoint="http://127.0.0.1:40000/vxp"))
    narrator.keep_serving(server, DemoFolder(Path("/srv/mau/demo")))
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_it_fits_the_terminal_and_cuts_no_word(width: int) -> None:
    text = _told(good_facts(), width=width)

    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "…" not in text
    assert "✘ 02 Từ chối tiếp nhận" in text


def test_it_tells_what_a_clerk_asks_for() -> None:
    text = _told(good_facts(), width=120)

    for words in ("Cổng 8019 đang bận", "Mã", "Số đến", "7/2024", "08:01:02", "08:02:03.004", "Gửi nhầm (mẫu)",
                  "▲▲▲", "/srv/mau/demo/systems.json", "HUB.H99.30", "Ctrl+C", "1,2 giây"):  # fmt: skip
        assert words in text


def test_trouble_stands_first_in_the_table() -> None:
    lines = [line for line in _told(good_facts(), width=120).splitlines() if line.lstrip().startswith("H99.3")]
    assert "Từ chối" in lines[0]


def test_no_colour_is_written_where_none_is_wanted() -> None:
    assert "\x1b[3" in _told(good_facts(), width=80, terminal=True)
    assert "\x1b[3" not in _told(good_facts(), width=80, terminal=True, environment={"NO_COLOR": "1"})
    assert "\x1b" not in _told(good_facts(), width=80)


def test_a_story_that_failed_is_told_without_facts() -> None:
    text = _told(Facts(), width=80)
    assert f"Kiểm tra: 0/{len(run_checks(Facts()))} đạt" in text
    assert "[byte_identical]" in text


def test_every_chapter_is_told() -> None:
    for field in fields(Facts):
        facts = Facts(**{field.name: getattr(good_facts(), field.name)})
        narrator = Narrator(Console(file=io.StringIO(), width=80))
        narrator.tell(field.name, facts)  # alone, it must not need the others

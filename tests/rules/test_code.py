"""Tests about the code itself: limits that reviewers would otherwise have to remember."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from lienthong.common.failpoints import NAMES
from lienthong.exchange.refusals import Reason

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for path in (ROOT / "src").rglob("*.py") if "migrations" not in path.parts)


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_files_stay_readable() -> None:
    long = [str(path) for path in SOURCES if len(path.read_text().splitlines()) > 400]
    assert long == []


def test_functions_stay_short() -> None:
    lengths = dict(entry for path in SOURCES for entry in _functions(path))
    assert [name for name, length in lengths.items() if length > 60] == []
    assert statistics.median(lengths.values()) <= 8


@pytest.mark.parametrize("name", NAMES)
def test_every_failpoint_stands_somewhere(name: str) -> None:
    assert any(f'hit("{name}")' in path.read_text() for path in SOURCES)


def test_every_reason_to_refuse_has_a_code_a_sentence_and_a_next_step() -> None:
    assert len({reason.code for reason in Reason}) == len(Reason)
    for reason in Reason:
        assert reason.code.startswith("exchange.")
        assert reason.sentence.endswith(".")
        assert reason.next_step.endswith(".")
        assert reason.http_status >= 400


def test_no_test_or_source_names_a_path_of_a_machine() -> None:
    forbidden = ("/" + "work/", "/" + "root/", "/" + "home/")
    named = [
        str(path)
        for path in [*SOURCES, *(ROOT / "tests").rglob("*.py")]
        if any(f in path.read_text() for f in forbidden)
    ]
    assert named == []

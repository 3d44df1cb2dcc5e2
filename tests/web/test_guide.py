"""The user guide inside the pages: short, whole, and found."""

from __future__ import annotations

import re

import pytest

from lienthong.accounts.roles import Role
from lienthong.web.help import guide
from lienthong.web.help.guide import Task

_PICTURE = re.compile(r"/tro-giup/hinh/([\w-]+)\.png")
_LINK = re.compile(r'href="/tro-giup/([\w-]+)/([\w-]+)/"')


@pytest.mark.parametrize("task", guide.tasks(), ids=lambda task: f"{task.shelf}/{task.slug}")
def test_a_task_has_a_title_at_most_six_steps_and_all_its_pictures(task: Task) -> None:
    assert task.title
    assert task.html.partition("</ol>")[0].count("<li>") <= 6
    assert [name for name in _PICTURE.findall(task.html) if not (guide.IMAGES / f"{name}.png").exists()] == []
    assert [link for link in _LINK.findall(task.html) if guide.find(*link) is None] == []


@pytest.mark.parametrize("text", ["ủy quyền", "uy quyen", "UY QUYỀN"])
def test_it_is_found_with_or_without_diacritics(text: str) -> None:
    assert guide.search(text)[0].slug == "uy-quyen"


def test_everybody_sees_their_own_tasks_first() -> None:
    assert guide.shelves(frozenset({Role.LEADER}))[0][0] == "Lãnh đạo"
    assert guide.shelves(frozenset({Role.INSPECTOR}))[0][0] == "Mọi người"

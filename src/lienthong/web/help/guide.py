"""The user guide: the Markdown files of ``docs/user-guide``, read once. A folder a reader, a file a task."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

from lienthong.accounts.roles import Role
from lienthong.common.folding import fold

FOLDER = Path(__file__).parents[4] / "docs" / "user-guide"
IMAGES = FOLDER / "images"

# In the order shown; a folder of another name is shown behind them, under its own name.
_SHELVES = {
    "chung": "Mọi người",
    "van-thu": "Văn thư",
    "lanh-dao": "Lãnh đạo",
    "chuyen-vien": "Chuyên viên",
    "quan-tri": "Quản trị",
    "van-hanh": "Vận hành trục",
    "thong-ke": "Thống kê",
}
_OF_ROLE = {
    Role.CLERK: "van-thu",
    Role.LEADER: "lanh-dao",
    Role.OFFICER: "chuyen-vien",
    Role.AGENCY_ADMIN: "quan-tri",
    Role.SYSTEM_ADMIN: "quan-tri",
    Role.OPERATOR: "van-hanh",
    Role.STATISTICS: "thong-ke",
}
_IMAGE = re.compile(r'src="(?:\.\./)*(?:images/)?([\w-]+\.png)"')
_LINK = re.compile(r'href="(?:\.\./)?((?:[\w-]+/)?)([\w-]+)\.md"')


@dataclass(frozen=True, slots=True)
class Task:
    """One page of the guide."""

    shelf: str
    slug: str
    title: str
    html: str
    folded: str


@cache
def tasks() -> tuple[Task, ...]:
    """All pages, by shelf and title."""
    found = [_read(path) for path in FOLDER.glob("*/*.md")]
    order = list(_SHELVES)
    return tuple(sorted(found, key=lambda task: (_rank(task.shelf, order), task.shelf, task.title)))


def shelf_title(shelf: str) -> str:
    """Whom a folder is for."""
    return _SHELVES.get(shelf, shelf)


def find(shelf: str, slug: str) -> Task | None:
    """One page."""
    return next((task for task in tasks() if (task.shelf, task.slug) == (shelf, slug)), None)


def search(text: str) -> list[Task]:
    """Pages with all the words, with or without diacritics; those with them in the title first."""
    words = fold(text).split()
    hits = [task for task in tasks() if words and all(word in task.folded for word in words)]
    return sorted(hits, key=lambda task: not all(word in fold(task.title) for word in words))


def shelves(roles: frozenset[Role]) -> list[tuple[str, list[Task]]]:
    """The pages by reader, the person's own first."""
    own = {_OF_ROLE[role] for role in roles if role in _OF_ROLE}
    names = list(dict.fromkeys(task.shelf for task in tasks()))
    names.sort(key=lambda name: name not in own)
    return [(shelf_title(name), [task for task in tasks() if task.shelf == name]) for name in names]


def _rank(shelf: str, order: list[str]) -> int:
    return order.index(shelf) if shelf in order else len(order)


def _read(path: Path) -> Task:
    text = path.read_text(encoding="utf-8")
    heading, _, body = text.partition("\n")
    shelf = path.parent.name
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(body)
    html = _IMAGE.sub(r'src="/tro-giup/hinh/\1" loading="lazy"', html)
    html = _LINK.sub(lambda match: f'href="/tro-giup/{match[1] or shelf + "/"}{match[2]}/"', html)
    return Task(shelf, path.stem, heading.lstrip("# ").strip(), html, fold(text))

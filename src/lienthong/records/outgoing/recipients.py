"""Whom a document may go to: the tree, what each can receive, and what pasted text means."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import DocumentAct
from lienthong.common import clock
from lienthong.common.folding import fold
from lienthong.records.outgoing import access
from lienthong.records.outgoing.models import OutgoingDocument, OutgoingRecipient, RecipientGroup
from lienthong.registry import directory
from lienthong.registry import revision as revisions
from lienthong.registry.models import Level, SystemKind
from lienthong.registry.resolution import Outcome as Found
from lienthong.registry.resolution import Resolution
from lienthong.registry.selectors import search_agencies
from lienthong.registry.tree import Node, city_tree

UPSTREAM_LIMIT = 100 * 1024 * 1024
"""Bytes of a package that the national axis takes (assumed: legal 13, point 10)."""

MOST_PASTED = 1000
_SEARCHED = 20  # names looked for one by one; the tree answers all others at once


class Reach(Enum):
    """Whether an agency gets documents through the axis now."""

    CONNECTED = ("connected", "Nhận qua trục")
    LOCKED = ("locked", "Hệ thống đang khóa")
    NOT_CONNECTED = ("not_connected", "Chưa kết nối, gửi giấy")

    def __new__(cls, value: str, label: str = "") -> Reach:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "") -> None:
        self.label = label

    @classmethod
    def of(cls, kind: str | None, *, locked: bool | None) -> Reach:
        if kind is None:
            return cls.NOT_CONNECTED
        return cls.LOCKED if locked else cls.CONNECTED


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agency that may be chosen. ``limit``: largest package in bytes (0: that of the axis)."""

    agency_id: int
    parent_id: int | None
    code: str
    name: str
    abbreviation: str
    level: str
    reach: Reach
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Branch:
    """A level of the tree with its agencies."""

    level: Level
    agencies: tuple[Candidate, ...]

    @property
    def connected(self) -> int:
        return sum(one.reach is Reach.CONNECTED for one in self.agencies)


@dataclass(frozen=True, slots=True)
class NamedList:
    """Agencies under a name: a group, the favourites, the latest."""

    id: int
    name: str
    agency_ids: tuple[int, ...]
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """All that the page offers; ``recent`` are those of the author's latest documents, most often used first."""

    branches: tuple[Branch, ...]
    groups: tuple[NamedList, ...]
    favourites: tuple[int, ...]
    recent: tuple[int, ...]


def candidate_of(node: Node) -> Candidate:
    return Candidate(
        node.agency_id,
        node.parent_id,
        node.code,
        node.name,
        node.abbreviation,
        node.level,
        Reach.of(node.system_kind, locked=node.system_locked),
        UPSTREAM_LIMIT if node.system_kind == SystemKind.UPSTREAM else 0,
    )


def choices(actor: Actor) -> Choices:
    """Everybody the actor's agency may send to within its city, and their shortcuts; others are found by search."""
    agency_id = access.home(actor, DocumentAct.COMPOSE)
    known = [candidate_of(node) for node in city_tree(agency_id, clock.today()) if node.agency_id != agency_id]
    by_level: dict[str, list[Candidate]] = defaultdict(list)
    for one in known:
        by_level[one.level].append(one)
    branches = tuple(
        Branch(level, tuple(sorted(by_level[level], key=lambda one: fold(one.name))))
        for level in Level
        if by_level[level]
    )
    groups = _groups(agency_id, actor.user_id)
    return Choices(
        branches,
        tuple(group for group in groups if group.name != FAVOURITES),
        next((group.agency_ids for group in groups if group.name == FAVOURITES), ()),
        _recent(agency_id, actor.user_id),
    )


FAVOURITES = "★"
"""Name of the group of a person's favourites."""


def _groups(agency_id: int, user_id: int) -> list[NamedList]:
    rows = RecipientGroup.objects.filter(agency=agency_id, owner=None) | RecipientGroup.objects.filter(
        agency=agency_id, owner=user_id
    )
    found = rows.prefetch_related("members").order_by("name")
    return [
        NamedList(row.pk, row.name, tuple(member.pk for member in row.members.all()), row.owner_id is not None)
        for row in found
    ]


_LATEST_DOCUMENTS, _RECENT = 20, 12


def _recent(agency_id: int, user_id: int) -> tuple[int, ...]:
    latest = OutgoingDocument.objects.filter(agency=agency_id, author=user_id).exclude(numbered_at=None)
    ids = list(latest.order_by("-numbered_at").values_list("pk", flat=True)[:_LATEST_DOCUMENTS])
    used = Counter(OutgoingRecipient.objects.filter(document__in=ids).values_list("agency_id", flat=True))
    return tuple(agency for agency, _ in used.most_common(_RECENT))


# --- Pasted text ------------------------------------------------------------------------------------------------------


class Match(Enum):
    """What became of one pasted line."""

    FOUND = "found"
    AMBIGUOUS = "ambiguous"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PastedLine:
    """One line: what it means, or what it may mean (``choices``), with a sentence for people."""

    text: str
    match: Match
    agency_id: int | None = None
    name: str = ""
    message: str = ""
    choices: tuple[tuple[int, str, str], ...] = field(default=())
    """Agency, code and name of each."""


_SEPARATORS = re.compile(r"[\n\r;\t]+")


def resolve_pasted(actor: Actor, text: str) -> list[PastedLine]:
    """What pasted codes and names mean, line by line; an agency named twice is answered once."""
    agency_id = access.home(actor, DocumentAct.COMPOSE)
    lines = _lines(text)[:MOST_PASTED]
    found = directory.resolve_many(lines, clock.today(), revision=revisions.current())
    tree = [candidate_of(node) for node in city_tree(agency_id, clock.today())]
    names = _Names(tree)
    told = [_of_code(found[line]) if found[line].outcome is not Found.UNKNOWN else names.look(line) for line in lines]
    unknown = [line for line, one in zip(lines, told, strict=True) if one.match is Match.UNKNOWN][:_SEARCHED]
    searched = {line: _search(line) for line in unknown}
    answers = [searched.get(one.text, one) for one in told]
    return list({one.agency_id or one.text: one for one in answers}.values())


def _lines(text: str) -> list[str]:
    parts = [part.strip(" ,.-•*") for part in _SEPARATORS.split(text)]
    split = [piece.strip() for part in parts for piece in (part.split(",") if _are_codes(part) else [part])]
    return list(dict.fromkeys(filter(None, split)))


def _are_codes(text: str) -> bool:
    return "," in text and all(re.fullmatch(r"\s*[0-9A-Za-z.\-]{3,35}\s*", piece) for piece in text.split(","))


def _of_code(found: Resolution) -> PastedLine:
    if found.outcome is Found.OPEN:
        return PastedLine(found.code, Match.FOUND, found.agency_id, found.name or "")
    since = f" từ {found.closed_on:%d/%m/%Y}" if found.closed_on else ""
    if found.successor_id and found.successor_code:
        message = f"{found.name} đã đóng{since}. Cơ quan kế thừa: {found.successor_name}."
        heir = (found.successor_id, found.successor_code, found.successor_name or "")
        return PastedLine(found.code, Match.CLOSED, None, found.name or "", message, (heir,))
    return PastedLine(found.code, Match.CLOSED, None, found.name or "", f"{found.name} đã đóng{since}.")


class _Names:
    """The tree by name and abbreviation: with their accents first, then without."""

    def __init__(self, tree: Sequence[Candidate]) -> None:
        self.exact: dict[str, list[Candidate]] = defaultdict(list)
        self.folded: dict[str, list[Candidate]] = defaultdict(list)
        for one in tree:
            for name in filter(None, {one.name, one.abbreviation}):
                self.exact[_plain(name)].append(one)
                self.folded[fold(name)].append(one)

    def look(self, line: str) -> PastedLine:
        hits = self.exact.get(_plain(line)) or self.folded.get(fold(line)) or []
        if len(hits) == 1:
            return PastedLine(line, Match.FOUND, hits[0].agency_id, hits[0].name)
        if hits:
            return _ambiguous(line, ((one.agency_id, one.code, one.name) for one in hits))
        return PastedLine(line, Match.UNKNOWN, message=f"Không thấy cơ quan nào là “{line[:80]}”.")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _ambiguous(line: str, found: Iterable[tuple[int, str, str]]) -> PastedLine:
    several = tuple(found)
    return PastedLine(
        line, Match.AMBIGUOUS, message=f"“{line[:80]}” có {len(several)} cơ quan, hãy chọn.", choices=several
    )


def _search(line: str) -> PastedLine:
    hits = search_agencies(line, on_date=clock.today(), limit=5)
    if not hits:
        return PastedLine(line, Match.UNKNOWN, message=f"Không thấy cơ quan nào là “{line[:80]}”.")
    same = [hit for hit in hits if fold(hit.name) == fold(line)]
    if len(same) == 1:
        return PastedLine(line, Match.FOUND, same[0].agency_id, same[0].name)
    return _ambiguous(line, ((hit.agency_id, hit.code, hit.name) for hit in same or hits))

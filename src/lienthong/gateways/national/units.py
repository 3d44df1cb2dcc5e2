"""An upstream's directory as it comes, put together from its three lists. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from lienthong.gateways.national.answers import Agency, Unit
from lienthong.registry.codes import normalise
from lienthong.registry.models import Level

_PROVINCIAL = ("H", "K")  # first letters of provinces' codes (edxml.md 2.1); all others are central
_DEEPEST = 32


@dataclass(frozen=True, slots=True)
class Incoming:
    """One unit: codes as the registry writes them, ``parent`` the remote id of the unit above, ``""`` at the top.

    ``center``: the hub that carries it, as the other side calls it; ``stamp`` changes whenever anything of it does.
    """

    remote_id: str
    code: str
    old_code: str
    name: str
    mail: str
    parent: str
    level: Level
    deleted: bool
    center: str
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Lists:
    """What the three calls answered; ``by_level`` are the lists of new codes, tier by tier."""

    units: list[Unit]
    agencies: list[Agency]
    by_level: dict[int, list[Agency]]


def merge(lists: Lists) -> list[Incoming]:
    """All units, those above before those below them; the first of two with one code counts."""
    old_codes, levels = _old_codes(lists), _levels(lists)
    found: dict[str, Incoming] = {}
    codes: set[str] = set()
    for one in _backbone(lists):
        code = normalise(one.code)
        if one.id and code and code not in codes and one.id not in found:
            codes.add(code)
            old = old_codes.get(code, "")
            found[one.id] = Incoming(
                one.id, code, old if old != code else "", " ".join(one.name.split()), one.mail.strip(), one.parent_id,
                levels.get(code, Level.OTHER), one.deleted, one.center_code, f"{one.version}|{one.modified}",
            )  # fmt: skip
    ordered = [found[remote_id] for remote_id in _downwards(found)]
    return [_stamped(_levelled(one, found, levels)) for one in ordered]


def ours(rows: Iterable[Incoming], *, own_codes: Collection[str], own_center: str, local: Collection[str]) -> set[str]:
    """Remote ids of the units on our own side: named so, carried by us, kept here, or below such a one."""
    found: set[str] = set()
    for row in rows:  # those above come first
        named = {row.code, row.old_code} & set(own_codes) or {row.code, row.old_code} & set(local)
        if named or row.center == own_center or row.parent in found:
            found.add(row.remote_id)
    return found


def _backbone(lists: Lists) -> Iterator[Unit]:
    """The synchronisation list; agencies that only another list has follow, as units of no version."""
    yield from lists.units
    listed = {unit.code for unit in lists.units}
    for agency in lists.agencies:
        if agency.code not in listed:
            yield Unit(agency.id, agency.code, agency.name, agency.mail, agency.parent_id, "", "", 0, False, True)


def _old_codes(lists: Lists) -> dict[str, str]:
    """Both lists name the old code beside the new one, in fields of their own (edxml.md 2.3)."""
    found = {normalise(one.code): normalise(one.old_code) for one in lists.agencies if one.old_code}
    for rows in lists.by_level.values():
        found |= {normalise(one.code): normalise(one.code102) for one in rows if one.code102}
    return found


def _levels(lists: Lists) -> dict[str, Level]:
    pairs = ((Level.of_number(number), rows) for number, rows in lists.by_level.items())
    return {normalise(one.code): level for level, rows in pairs if level is not None for one in rows}


def _levelled(one: Incoming, found: Mapping[str, Incoming], levels: Mapping[str, Level]) -> Incoming:
    """Where no list tells the tier it is the parent's, and at the top the code's first letter tells."""
    above, steps = one, 0
    while above.code not in levels and above.parent in found and steps < _DEEPEST:
        above, steps = found[above.parent], steps + 1
    level = levels.get(above.code)
    if level is None:
        level = Level.CITY if above.code.rpartition(".")[2][:1] in _PROVINCIAL else Level.CENTRAL
        if above.code[:1].isalpha():
            level = Level.CITY if above.code[0] in _PROVINCIAL else Level.CENTRAL
    parent = one.parent if one.parent in found and one.parent != one.remote_id else ""
    return replace(one, level=level, parent=parent)


def _stamped(one: Incoming) -> Incoming:
    content = "\x1f".join(
        [one.stamp, one.code, one.old_code, one.name, one.mail, one.parent, one.level, str(one.deleted), one.center]
    )
    return replace(one, stamp=hashlib.sha256(content.encode()).hexdigest()[:24])


def _downwards(found: Mapping[str, Incoming]) -> list[str]:
    """Remote ids, each after the one above it; of a circle every member comes, in some order."""
    ordered: list[str] = []
    seen: set[str] = set()
    for start in found:
        way, at = list[str](), start
        while at in found and at not in seen:
            seen.add(at)
            way.append(at)
            at = found[at].parent
        ordered += reversed(way)
    return ordered

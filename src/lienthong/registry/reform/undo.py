"""The counter-plan of a run: the same facts turned round, on the same day.

First the codes that open again, so that every agency which a step names is there; then the rest in the opposite order;
last what closes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from lienthong.registry.models import ReformRun
from lienthong.registry.reform import runs
from lienthong.registry.reform.changes import (
    Change,
    CodeChanged,
    CodeGiven,
    Created,
    MandateChanged,
    Moved,
    Renamed,
    ServiceChanged,
    Terms,
)

Record = dict[str, Any]


def counter_plan(run: ReformRun) -> str:
    """The YAML that takes a run back. Applied, it restores every answer of the directory for the day and all after it;
    the codes that the run gave out stay closed for ever."""
    steps = _joined(_turned(runs.changes_of(run)))
    plan = {
        "name": f"Hoàn tác lần {run.pk}: {run.name}"[:300],
        "date": run.effective_on.isoformat(),
        "undoes": run.pk,
        "steps": steps,
    }
    return yaml.safe_dump(plan, allow_unicode=True, sort_keys=False, width=110)


def _turned(changes: Sequence[Change]) -> list[Record]:
    heirs = {change.after.successor: change.agency for change in reversed(changes) if isinstance(change, CodeChanged)}
    backwards = list(reversed(changes))
    backwards.sort(key=_rank)  # stable: within a rank the opposite order stays
    return [_turn(change, heirs) for change in backwards]


def _rank(change: Change) -> int:
    match change:
        case CodeChanged():
            return 0 if change.before.valid_to is None else 2
        case Created() | CodeGiven():
            return 2
        case _:
            return 1


def _turn(change: Change, heirs: dict[str | None, str]) -> Record:  # noqa: PLR0911 - one answer each
    match change:
        case Created():
            # Who has heard of the new agency is told where to go back to: the first that had become part of it.
            heir = heirs.get(change.agency)
            return {"close": {"agency": change.agency} | ({"successor": heir} if heir else {})}
        case CodeGiven():
            return {"close": {"agency": change.agency, "code": change.code, "successor": change.agency}}
        case CodeChanged():
            return {"restore": {"codes": [change.code]}}
        case Renamed():
            naming = change.before
            return {
                "rename": {"agency": change.agency, "name": naming.name, "abbreviation": naming.abbreviation or None}
            }
        case Moved():
            place = change.before
            return {"move": {"agency": change.agency, "level": place.level, "parent": place.parent}}
        case ServiceChanged():
            return _turn_service(change)
        case MandateChanged():
            return _turn_mandate(change.agency, change.mandatary, change.before)


def _turn_service(change: ServiceChanged) -> Record:
    if change.before is None:
        return {"unserve": {"system": change.system, "agency": change.agency}}
    return {"serve": {"system": change.system, "agency": change.agency, "include_subordinates": change.before}}


def _turn_mandate(mandator: str, mandatary: str, before: Terms | None) -> Record:
    if before is None:
        return {"end_mandate": {"agency": mandator, "by": mandatary}}
    until = {"until": before.until.isoformat()} if before.until else {}
    return {"mandate": {"agency": mandator, "by": mandatary, "scope": before.scope, **until}}


def _joined(steps: Sequence[Record]) -> list[Record]:
    """Neighbouring restorations as one step."""
    joined: list[Record] = []
    for step in steps:
        if "restore" in step and joined and "restore" in joined[-1]:
            joined[-1]["restore"]["codes"] += step["restore"]["codes"]
        else:
            joined.append(step)
    return joined

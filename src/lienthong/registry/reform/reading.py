"""From YAML to a plan. Pure. A step that cannot be read is left out and the others are read all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from lienthong.registry.models import MandateScope, OnClosed, Scheme
from lienthong.registry.reform.faults import FaultKind, Faults
from lienthong.registry.reform.fields import Fields
from lienthong.registry.reform.plan import (
    Close,
    Create,
    EndMandate,
    GiveMandate,
    Merge,
    Move,
    NewAgency,
    Plan,
    Recode,
    Ref,
    Rename,
    Restore,
    Serve,
    Step,
    Transfer,
    Unserve,
)
from lienthong.registry.reform.yaml_tree import Tree, grow

_NAME_LONGEST, _SHORT_LONGEST, _MOST_STEPS = 500, 100, 5000
_NOBODY = Ref("", "")


class _Mandates(Enum):
    """What becomes of what a closed agency did for others."""

    END = "end"
    TRANSFER = "transfer"


@dataclass(slots=True)
class Draft:
    """What could be read. ``plan`` is ``None`` without a date; ``presumed`` are the codes of steps that could not be
    read, so that others which name them are not called wrong as well."""

    source: str
    plan: Plan | None
    faults: Faults
    presumed: set[str] = field(default_factory=set)


def read_plan(source: bytes) -> Draft:
    """Read a plan as far as it can be read.

    :raises PlanRefused: the file as a whole is no plan
    """
    faults = Faults()
    tree = grow(source, faults)
    fields = Fields(tree, faults)
    faults.refuse()
    draft = Draft(source.decode("utf-8-sig"), None, faults)
    name = fields.text("name", 300)
    day, basis, undoes = fields.day("date"), fields.text("basis", 500, required=False), fields.number("undoes")
    steps = _steps(fields.take("steps"), draft)
    fields.finish()
    if day is not None:
        draft.plan = Plan(name or "", day, basis or "", undoes, steps, tree.digest())
    return draft


def _steps(tree: Tree | None, draft: Draft) -> tuple[Step, ...]:
    if tree is None:
        return ()
    if tree.items is None:
        draft.faults.add(tree.path, FaultKind.KIND_WRONG, "Các bước phải là một danh sách, mỗi bước một dòng “- ”.")
        return ()
    if len(tree.items) > _MOST_STEPS:
        draft.faults.add(tree.path, FaultKind.STEPS_TOO_MANY, f"Có {len(tree.items)} bước.")
        return ()
    return tuple(step for item in tree.items if (step := _step(item, draft)) is not None)


def _step(tree: Tree, draft: Draft) -> Step | None:
    entries = tree.entries or {}
    if len(entries) != 1:
        draft.faults.add(tree.path, FaultKind.KIND_WRONG, "Mỗi bước có đúng một khóa, là loại bước.")
        return None
    ((kind, body),) = entries.items()
    if kind not in _READERS:
        known = ", ".join(_READERS)
        draft.faults.add(body.path, FaultKind.STEP_UNKNOWN, f"Không có loại bước {kind!r}; các loại: {known}.")
        return None
    before = len(draft.faults)
    fields = Fields(body, draft.faults)
    step = _READERS[kind](fields) if body.entries is not None else None
    if body.entries is not None:
        fields.finish()
    if len(draft.faults) > before:
        draft.presumed |= fields.seen
        return None
    return step


# --- One reader for each kind of step; what it answers after a fault is thrown away ----------------------------------


def _new_agency(fields: Fields) -> NewAgency:
    scheme = fields.choice("scheme", Scheme)
    return NewAgency(
        path=fields.path,
        code=fields.code("code") or _NOBODY,
        old_code=fields.code("old_code", required=False),
        scheme=scheme.value if scheme else None,
        name=fields.text("name", _NAME_LONGEST) or "",
        abbreviation=fields.text("abbreviation", _SHORT_LONGEST, required=False) or "",
        level=fields.level("level") or "",
        parent=None if fields.nothing("parent") else fields.code("parent", required=False),
    )


def _create(fields: Fields) -> Step:
    return Create(fields.path, _new_agency(fields))


def _close(fields: Fields) -> Step:
    return Close(
        path=fields.path,
        agencies=fields.codes("agencies", "agency"),
        codes=fields.codes("codes", "code", required=False),
        successor=fields.code("successor", required=False),
        on_closed=_on_closed(fields),
        transfer_mandates=_transfers(fields),
    )


def _merge(fields: Fields) -> Step:
    create = fields.nested("create", required=False) if fields.has("create") else None
    into = fields.code("into", required=create is None)
    if create and into:
        fields.refuse_both("into", "create")
    made = _new_agency(create) if create else None
    if create:
        create.finish()
    return Merge(
        path=fields.path,
        agencies=fields.codes("agencies", "agency"),
        into=into,
        create=made,
        name=None if create else fields.text("name", _NAME_LONGEST, required=False),
        abbreviation=None if create else fields.text("abbreviation", _SHORT_LONGEST, required=False),
        on_closed=_on_closed(fields),
        transfer_mandates=_transfers(fields),
    )


def _rename(fields: Fields) -> Step:
    return Rename(
        path=fields.path,
        agency=fields.code("agency") or _NOBODY,
        name=fields.text("name", _NAME_LONGEST) or "",
        abbreviation=""
        if fields.nothing("abbreviation")
        else fields.text("abbreviation", _SHORT_LONGEST, required=False),
    )


def _move(fields: Fields) -> Step:
    to_top = fields.nothing("parent")
    return Move(
        path=fields.path,
        agencies=fields.codes("agencies", "agency"),
        level=fields.level("level", required=False),
        parent=fields.code("parent", required=False),
        to_top=to_top,
    )


def _recode(fields: Fields) -> Step:
    return Recode(
        path=fields.path,
        agency=fields.code("agency") or _NOBODY,
        codes=fields.codes("codes", "code"),
        replaces=fields.codes("replaces", "replace", required=False),
        on_closed=_on_closed(fields),
    )


def _serve(fields: Fields) -> Step:
    return Serve(
        path=fields.path,
        system=fields.word("system") or _NOBODY,
        agencies=fields.codes("agencies", "agency"),
        include_subordinates=fields.flag("include_subordinates"),
    )


def _unserve(fields: Fields) -> Step:
    return Unserve(fields.path, fields.word("system") or _NOBODY, fields.codes("agencies", "agency"))


def _transfer(fields: Fields) -> Step:
    return Transfer(
        path=fields.path,
        system=fields.word("system") or _NOBODY,
        source=fields.code("from") or _NOBODY,
        target=fields.code("to") or _NOBODY,
    )


def _mandate(fields: Fields) -> Step:
    scope = fields.choice("scope", MandateScope, required=True)
    return GiveMandate(
        path=fields.path,
        agencies=fields.codes("agencies", "agency"),
        mandatary=fields.code("by") or _NOBODY,
        scope=scope.value if scope else "",
        until=_until(fields),
    )


def _end_mandate(fields: Fields) -> Step:
    return EndMandate(fields.path, fields.codes("agencies", "agency"), fields.code("by") or _NOBODY)


def _restore(fields: Fields) -> Step:
    return Restore(fields.path, fields.codes("codes", "code"))


def _until(fields: Fields) -> date | None:
    return None if fields.nothing("until") else fields.day("until", required=False)


def _on_closed(fields: Fields) -> str:
    return (fields.choice("on_closed", OnClosed) or OnClosed.REFUSE).value


def _transfers(fields: Fields) -> bool:
    return fields.choice("mandates", _Mandates) is _Mandates.TRANSFER


_READERS: dict[str, Callable[[Fields], Step]] = {
    "create": _create,
    "close": _close,
    "merge": _merge,
    "rename": _rename,
    "move": _move,
    "recode": _recode,
    "serve": _serve,
    "unserve": _unserve,
    "transfer": _transfer,
    "mandate": _mandate,
    "end_mandate": _end_mandate,
    "restore": _restore,
}

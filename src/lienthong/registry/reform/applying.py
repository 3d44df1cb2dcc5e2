"""A plan applied to the directory, through the services, in one transaction; or only rehearsed.

A rehearsal is the application itself, rolled back at the end: what it shows is what would happen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from lienthong.common import clock
from lienthong.registry import revision
from lienthong.registry.acts import note_reform
from lienthong.registry.models import ReformRun
from lienthong.registry.reform import runs
from lienthong.registry.reform.book import open_book
from lienthong.registry.reform.changes import Change, to_record
from lienthong.registry.reform.effects import find_changes
from lienthong.registry.reform.faults import FaultKind
from lienthong.registry.reform.plan import Plan
from lienthong.registry.reform.reach import Reached, Warned, look, warn
from lienthong.registry.reform.reading import Draft, read_plan
from lienthong.registry.reform.work import Undoing
from lienthong.registry.reform.writing import write_changes


@dataclass(frozen=True, slots=True)
class Reform:
    """What a plan does. ``run`` is its record once it is applied; ``was_applied``: it had been before, and nothing was
    done. ``reached`` are the agencies it touches, with the systems that carry their documents before and after."""

    plan: Plan
    changes: Sequence[Change]
    reached: Sequence[Reached] = ()
    warnings: Sequence[Warned] = ()
    run: ReformRun | None = None
    was_applied: bool = False


def rehearse(source: bytes) -> Reform:
    """What a plan would do.

    :raises PlanRefused: with all faults of the plan
    """
    with transaction.atomic():
        reform = _carry_out(source, operator=None)
        transaction.set_rollback(True)
    return reform


def apply_plan(source: bytes, *, operator: str) -> Reform:
    """Apply a plan, all of it or nothing. The same plan again changes nothing.

    :param operator: who does so, for the record
    :raises PlanRefused: with all faults of the plan
    """
    with transaction.atomic():
        return _carry_out(source, operator=operator)


@dataclass(slots=True)
class _Asked:
    """A plan, and the run that it takes back."""

    draft: Draft
    undoes: ReformRun | None = None
    undoing: Undoing | None = None


def _carry_out(source: bytes, *, operator: str | None) -> Reform:
    draft = read_plan(source)
    with revision.changing():
        if draft.plan is not None and not len(draft.faults):
            earlier = runs.in_force(draft.plan.sha256)
            if earlier is not None:
                return Reform(draft.plan, (), run=earlier, was_applied=True)
        asked = _ask(draft)
        changes = _changes(asked)
        draft.faults.refuse()
        plan = draft.plan
        if plan is None:
            raise RuntimeError("a plan without a date passed its reading")
        if not changes:
            return Reform(plan, (), was_applied=True)
        before = look(changes, plan.day)
        write_changes(changes, draft, plan)
        reached = look(changes, plan.day, before)
        run = None if operator is None else _record(asked, plan, changes, operator)
        return Reform(plan, changes, reached, warn(changes, reached, plan.day), run)


def _changes(asked: _Asked) -> list[Change]:
    plan = asked.draft.plan
    if plan is None:  # without a date nothing can be compared, what was read is told all the same
        return []
    return find_changes(asked.draft, plan, open_book(plan.day), today=clock.today(), undoing=asked.undoing)


def _ask(draft: Draft) -> _Asked:
    """Find the run that the plan undoes, or say why it cannot."""
    plan = draft.plan
    if plan is None or plan.undoes is None:
        return _Asked(draft)
    run = ReformRun.objects.filter(pk=plan.undoes).first()
    if run is None:
        draft.faults.add("undoes", FaultKind.RUN_UNKNOWN, f"Không có lần thực hiện số {plan.undoes}.")
        return _Asked(draft)
    undone = ReformRun.objects.filter(undoes=run).first()
    if undone is not None:
        draft.faults.add("undoes", FaultKind.RUN_UNDONE, f"Lần {run.pk} đã được hoàn tác ở lần {undone.pk}.")
    if plan.day != run.effective_on:
        draft.faults.add("date", FaultKind.UNDO_DATE, f"Lần {run.pk} có ngày {run.effective_on:%d/%m/%Y}.")
    return _Asked(draft, run, Undoing(runs.fates(run)))


def _record(asked: _Asked, plan: Plan, changes: Sequence[Change], operator: str) -> ReformRun:
    run = ReformRun.objects.create(
        name=plan.name,
        effective_on=plan.day,
        sha256=plan.sha256,
        source=asked.draft.source,
        effects=[to_record(change) for change in changes],
        operator=operator,
        applied_at=clock.now(),
        undoes=asked.undoes,
    )
    note_reform(run, Counter(type(change).__name__ for change in changes))
    return run

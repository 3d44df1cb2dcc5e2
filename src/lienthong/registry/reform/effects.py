"""What a plan changes, and every reason why it may not. Pure.

Steps are tried in their order on a book, each on what the ones before left. What must hold at the end (no open agency
below a closed one, every successor leads to an open one) is looked at last, so that the order within a plan is free.
"""

from __future__ import annotations

from datetime import date

from lienthong.registry.reform import closing, placing
from lienthong.registry.reform.book import Book
from lienthong.registry.reform.changes import Change
from lienthong.registry.reform.faults import FaultKind
from lienthong.registry.reform.plan import (
    Close,
    Create,
    EndMandate,
    GiveMandate,
    Merge,
    Move,
    Plan,
    Recode,
    Rename,
    Restore,
    Serve,
    Step,
    Transfer,
    Unserve,
)
from lienthong.registry.reform.reading import Draft
from lienthong.registry.reform.work import Undoing, Work

_NAMED_CHILDREN = 5


def find_changes(draft: Draft, plan: Plan, book: Book, *, today: date, undoing: Undoing | None) -> list[Change]:
    """The changes in the order in which they are to be written. Faults are added to those of the draft; the book is
    used up. Changes that were made before do not appear: a plan applied a second time has none."""
    work = Work(plan, book, draft.faults, draft.presumed, today, undoing)
    for step in plan.steps:
        _try(work, step)
    _refuse_orphans(work)
    _refuse_dead_ends(work)
    return work.changes


def _try(work: Work, step: Step) -> None:  # noqa: C901 - one arm for each kind of step
    match step:
        case Create():
            closing.create(work, step)
        case Close():
            closing.close(work, step)
        case Merge():
            closing.merge(work, step)
        case Recode():
            closing.recode(work, step)
        case Restore():
            closing.restore(work, step)
        case Rename():
            placing.rename_step(work, step)
        case Move():
            placing.move(work, step)
        case Serve():
            placing.serve(work, step)
        case Unserve():
            placing.unserve(work, step)
        case Transfer():
            placing.transfer(work, step)
        case GiveMandate():
            placing.give_mandate(work, step)
        case EndMandate():
            placing.end_mandate(work, step)


def _refuse_orphans(work: Work) -> None:
    below: dict[int, list[str]] = {}
    for parent, child in work.book.orphans(work.closed):
        below.setdefault(parent, []).append(work.name(child) or "")
    for agency, children in below.items():
        named = ", ".join(sorted(children)[:_NAMED_CHILDREN]) + (", …" if len(children) > _NAMED_CHILDREN else "")
        message = f"Còn {len(children)} cơ quan đang hoạt động trực thuộc {work.name(agency)}: {named}."
        work.refuse(work.closed[agency], FaultKind.HAS_CHILDREN, message)


def _refuse_dead_ends(work: Work) -> None:
    for agency, path in work.heirs.items():
        last = _last_heir(work.book, agency)
        if not work.book.is_open(last):
            message = f"Sau {work.name(agency)}, cơ quan kế thừa {work.name(last)} cũng đã đóng."
            work.refuse(path, FaultKind.SUCCESSOR_CLOSED, message)


def _last_heir(book: Book, agency: int) -> int:
    """Where the succession of an agency ends: at an open one, or at one that leads no further."""
    seen: set[int] = set()
    while agency not in seen:
        seen.add(agency)
        heirs = [code.successor for code in book.codes_of[agency] if code.successor not in (None, agency)]
        if (book.is_open(agency) and len(seen) > 1) or not heirs or heirs[0] is None:
            return agency
        agency = heirs[0]
    return agency

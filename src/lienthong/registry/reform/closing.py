"""Steps that end codes and agencies: close, merge, recode, restore. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lienthong.registry.models import OnClosed
from lienthong.registry.reform.book import AgencyEntry, CodeEntry
from lienthong.registry.reform.changes import CodeGiven, Created, Fate, Naming, Place
from lienthong.registry.reform.faults import FaultKind
from lienthong.registry.reform.placing import rename
from lienthong.registry.reform.plan import Close, Create, Merge, NewAgency, Recode, Ref, Restore
from lienthong.registry.reform.work import Work, shown


@dataclass(frozen=True, slots=True)
class _Ending:
    """In whose favour codes end, and what becomes of what is sent to them and of the mandates."""

    heir: int | None
    on_closed: str
    transfer_mandates: bool


def create(work: Work, step: Create) -> None:
    """A new agency."""
    create_agency(work, step.agency)


def create_agency(work: Work, new: NewAgency) -> int | None:
    """The agency just made, or the same one where an earlier application of the plan made it."""
    refs = [ref for ref in (new.code, new.old_code) if ref is not None]
    owners = {entry.agency if (entry := work.book.codes.get(ref.text)) else None for ref in refs}
    if owners != {None}:
        return _created_before(work, new, refs, owners)
    parent = work.open_agency(new.parent) if new.parent else None
    naming = Naming(new.name, new.abbreviation)
    agency = work.book.add_agency(AgencyEntry(naming, work.day, new.level, parent, work.day))
    for ref in refs:
        work.give_code(ref.path, ref.text, agency)
    work.changes.append(
        Created(
            path=new.path,
            agency=new.code.text,
            old_code=new.old_code.text if new.old_code else None,
            scheme=new.scheme,
            naming=naming,
            place=Place(new.level, work.name(parent)),
        )
    )
    return agency


def _created_before(work: Work, new: NewAgency, refs: Sequence[Ref], owners: set[int | None]) -> int | None:
    owner = next(iter(owners)) if len(owners) == 1 else None
    if owner is not None and work.book.is_open(owner) and work.book.agencies[owner].naming.name == new.name:
        return owner
    for ref in refs:
        _refuse_taken(work, ref)
    return None


def _refuse_taken(work: Work, ref: Ref) -> None:
    entry = work.book.codes.get(ref.text)
    if entry is not None:
        closed = f", đóng từ {shown(entry.valid_to)}" if entry.valid_to else ""
        work.refuse(ref.path, FaultKind.CODE_TAKEN, f"Mã {ref.text} đã được cấp{closed}.")


def close(work: Work, step: Close) -> None:
    """Agencies, or some of their codes, end."""
    heir = work.agency(step.successor) if step.successor else None
    if step.on_closed == OnClosed.REDIRECT and step.successor is None:
        work.refuse(step.path, FaultKind.REDIRECT_TO_NOBODY, "Chuyển tiếp mà không có cơ quan kế thừa.")
        return
    if step.successor and heir is None:
        return
    ending = _Ending(heir, step.on_closed, step.transfer_mandates)
    for ref in step.agencies:
        agency = work.agency(ref)
        if agency is not None:
            chosen = _chosen(work, agency, step.codes) if step.codes else _last_codes(work, agency)
            _close_codes(work, ref, agency, chosen, ending)


def _chosen(work: Work, agency: int, refs: Sequence[Ref]) -> list[CodeEntry]:
    chosen = []
    for ref in refs:
        entry = work.book.codes.get(ref.text)
        if entry is None or entry.agency != agency:
            work.refuse(ref.path, FaultKind.CODE_FOREIGN, f"Mã {ref.text} không phải của cơ quan này.")
        else:
            chosen.append(entry)
    return chosen


def _last_codes(work: Work, agency: int) -> list[CodeEntry]:
    """The codes that last beyond the day; without any, those that end that day, whose successor may be amended."""
    held = work.book.codes_of[agency]
    lasting = [code for code in held if code.lasts_beyond(work.day)]
    return lasting or [code for code in held if code.valid_to == max(code.valid_to or work.day for code in held)]


def _close_codes(work: Work, ref: Ref, agency: int, chosen: Sequence[CodeEntry], ending: _Ending) -> None:
    """Close codes of an agency; with its last one the agency ends, and what it did for others."""
    heir, fate = ending.heir, Fate(work.day, work.name(ending.heir), ending.on_closed)
    for code in chosen:
        if _may_close(work, ref, code):
            work.set_fate(ref.path, code, heir, fate)
    if heir is not None and heir != agency:
        work.heirs.setdefault(agency, ref.path)
    if work.book.is_open(agency):
        return
    if heir == agency:
        work.refuse(ref.path, FaultKind.SUCCEEDS_ITSELF, f"Cơ quan mang mã {ref.text} không còn mã nào để tự kế thừa.")
    work.closed.setdefault(agency, ref.path)
    _end_mandates(work, ref.path, agency, heir if ending.transfer_mandates else None)


def _may_close(work: Work, ref: Ref, code: CodeEntry) -> bool:
    if work.day < code.valid_from:
        message = f"Mã {code.code} chỉ có hiệu lực từ {shown(code.valid_from)}."
        work.refuse(ref.path, FaultKind.CLOSED_BEFORE_START, message)
        return False
    if code.valid_to not in (None, work.day) and code.valid_to <= work.today:
        work.refuse(ref.path, FaultKind.ALREADY_CLOSED, f"Mã {code.code} đã đóng từ {shown(code.valid_to)}.")
        return False
    return True


def _end_mandates(work: Work, path: str, agency: int, heir: int | None) -> None:
    for mandator, mandatary in work.book.mandates_of(agency):
        terms = work.book.mandates[mandator, mandatary].terms
        work.set_mandate(path, mandator, mandatary, None)
        if heir is not None and mandatary == agency and heir != mandator:
            work.set_mandate(path, mandator, heir, terms)


def merge(work: Work, step: Merge) -> None:
    """Agencies end in favour of one, which may be one of them."""
    heir = create_agency(work, step.create) if step.create else work.open_agency(step.into) if step.into else None
    if heir is None:
        return
    if step.name is not None:
        rename(work, step.path, heir, step.name, step.abbreviation)
    ending = _Ending(heir, step.on_closed, step.transfer_mandates)
    for ref in step.agencies:
        agency = work.agency(ref)
        if agency is not None and agency != heir:
            _close_codes(work, ref, agency, _last_codes(work, agency), ending)


def recode(work: Work, step: Recode) -> None:
    """The agency goes on under new codes."""
    agency = work.open_agency(step.agency)
    if agency is None:
        work.presumed |= {ref.text for ref in step.codes}
        return
    given = [ref for ref in step.codes if _give(work, step.path, agency, ref)]
    if len(given) < len(step.codes):
        return
    fresh = {ref.text for ref in step.codes}
    held = _chosen(work, agency, step.replaces) if step.replaces else work.book.codes_of[agency]
    fate = Fate(work.day, step.codes[0].text, step.on_closed)
    for code in held:
        if code.code not in fresh and code.lasts_beyond(work.day) and _may_close(work, step.agency, code):
            work.set_fate(step.path, code, agency, fate)


def _give(work: Work, path: str, agency: int, ref: Ref) -> bool:
    known = work.book.codes.get(ref.text)
    if known is not None and (known.agency != agency or not known.lasts_beyond(work.day)):
        _refuse_taken(work, ref)
        return False
    if known is None:
        work.changes.append(CodeGiven(path, work.name(agency) or "", ref.text))
        work.give_code(ref.path, ref.text, agency)
    return True


def restore(work: Work, step: Restore) -> None:
    """Codes stand as before the run that the plan takes back."""
    for ref in step.codes:
        known = work.undoing.fates.get(ref.text) if work.undoing else None
        code = work.book.codes.get(ref.text)
        if known is None or code is None:
            work.refuse(ref.path, FaultKind.RESTORE_NOT_ALLOWED, f"Mã {ref.text} không do lần được hoàn tác đóng.")
            continue
        before, after = known
        if not (_stands(work, code, before) or _stands(work, code, after)):
            work.refuse(ref.path, FaultKind.CHANGED_SINCE, f"Mã {ref.text} đã thay đổi sau lần được hoàn tác.")
            continue
        work.set_fate(ref.path, code, _heir(work, before), before)
        if not work.book.is_open(code.agency):
            work.closed.setdefault(code.agency, ref.path)


def _stands(work: Work, code: CodeEntry, fate: Fate) -> bool:
    return (code.valid_to, code.successor, code.on_closed) == (fate.valid_to, _heir(work, fate), fate.on_closed)


def _heir(work: Work, fate: Fate) -> int | None:
    return work.book.codes[fate.successor].agency if fate.successor else None

"""Steps that change an agency that goes on: its name, place, systems and mandates. Pure."""

from __future__ import annotations

from lienthong.registry.models import MandateScope
from lienthong.registry.reform.changes import Moved, Naming, Place, Renamed, Terms
from lienthong.registry.reform.faults import FaultKind
from lienthong.registry.reform.plan import EndMandate, GiveMandate, Move, Ref, Rename, Serve, Transfer, Unserve
from lienthong.registry.reform.work import Work, shown


def rename_step(work: Work, step: Rename) -> None:
    """Another name."""
    agency = work.open_agency(step.agency)
    if agency is not None:
        rename(work, step.path, agency, step.name, step.abbreviation)


def rename(work: Work, path: str, agency: int, name: str, abbreviation: str | None) -> None:
    """Another name; the abbreviation stays when it is ``None``."""
    entry = work.book.agencies[agency]
    naming = Naming(name, entry.naming.abbreviation if abbreviation is None else abbreviation)
    if naming == entry.naming or not work.late_enough(entry.named_from, path):
        return
    if work.claim(("name", agency), path):
        work.changes.append(Renamed(path, work.name(agency) or "", entry.naming, naming))
        entry.naming, entry.named_from = naming, work.day


def move(work: Work, step: Move) -> None:
    """Another level or parent."""
    parent = work.open_agency(step.parent) if step.parent else None
    if step.parent and parent is None:
        return
    for ref in step.agencies:
        agency = work.open_agency(ref)
        if agency is not None:
            _move_one(work, step, ref, agency, parent)


def _move_one(work: Work, step: Move, ref: Ref, agency: int, parent: int | None) -> None:
    entry = work.book.agencies[agency]
    level = step.level or entry.level
    above = parent if step.parent or step.to_top else entry.parent
    if (level, above) == (entry.level, entry.parent) or not work.late_enough(entry.placed_from, ref.path):
        return
    if work.book.is_below(above, agency):
        work.refuse(ref.path, FaultKind.CYCLE, f"Cơ quan cấp trên lại nằm dưới chính cơ quan mang mã {ref.text}.")
        return
    if work.claim(("place", agency), ref.path):
        before, after = Place(entry.level, work.name(entry.parent)), Place(level, work.name(above))
        work.changes.append(Moved(ref.path, work.name(agency) or "", before, after))
        entry.level, entry.parent, entry.placed_from = level, above, work.day


def serve(work: Work, step: Serve) -> None:
    """A system begins to carry agencies' documents. Only an undoing gives a closed one back the system it kept."""
    find = work.agency if work.undoing else work.open_agency
    for ref in step.agencies:
        agency = find(ref)
        if agency is not None and _is_system(work, step.system):
            work.set_service(ref.path, step.system.text, agency, step.include_subordinates)


def unserve(work: Work, step: Unserve) -> None:
    """A system ceases to."""
    for ref in step.agencies:
        agency = work.agency(ref)
        if agency is not None and _is_system(work, step.system) and _is_serving(work, step.system, agency, ref):
            work.set_service(ref.path, step.system.text, agency, None)


def transfer(work: Work, step: Transfer) -> None:
    """A system serves another agency instead."""
    source, target = work.agency(step.source), work.open_agency(step.target)
    if source is None or target is None or not _is_system(work, step.system):
        return
    if _is_serving(work, step.system, source, step.source):
        included = work.book.services[step.system.text, source].include_subordinates
        work.set_service(step.source.path, step.system.text, source, None)
        work.set_service(step.target.path, step.system.text, target, included)


def _is_system(work: Work, ref: Ref) -> bool:
    if ref.text not in work.book.systems:
        work.refuse(ref.path, FaultKind.SYSTEM_UNKNOWN, f"Không có hệ thống nào mang mã {ref.text}.")
    return ref.text in work.book.systems


def _is_serving(work: Work, system: Ref, agency: int, ref: Ref) -> bool:
    """What has just been done before is no fault, and nothing is left to do."""
    key = (system.text, agency)
    if key not in work.book.services and key not in work.book.ended:
        message = f"Hệ thống {system.text} không trực tiếp phục vụ cơ quan mang mã {ref.text}."
        work.refuse(ref.path, FaultKind.NOT_SERVING, message)
    return key in work.book.services


def give_mandate(work: Work, step: GiveMandate) -> None:
    """One agency sends or receives for others."""
    mandatary = work.open_agency(step.mandatary)
    if step.until is not None and step.until <= work.day:
        message = f"Ủy quyền kết thúc {shown(step.until)}, không sau ngày của phương án."
        work.refuse(step.path, FaultKind.MANDATE_ENDS_EARLY, message)
        return
    for ref in step.agencies:
        mandator = work.open_agency(ref)
        if mandator is not None and mandatary is not None:
            _give_one(work, step, ref, mandator, mandatary)


def _give_one(work: Work, step: GiveMandate, ref: Ref, mandator: int, mandatary: int) -> None:
    if mandator == mandatary:
        work.refuse(ref.path, FaultKind.MANDATE_ITSELF, f"Cơ quan mang mã {ref.text} ủy quyền cho chính mình.")
        return
    others = [pair for pair in work.book.mandates if pair[0] == mandator and pair[1] != mandatary]
    receivers = [pair for pair in others if MandateScope(work.book.mandates[pair].terms.scope).receives]
    if receivers and MandateScope(step.scope).receives:
        name = work.name(receivers[0][1])
        work.refuse(ref.path, FaultKind.MANDATE_SECOND_RECEIVER, f"Đã có {name} nhận thay {ref.text}.")
        return
    work.set_mandate(ref.path, mandator, mandatary, Terms(step.scope, step.until))


def end_mandate(work: Work, step: EndMandate) -> None:
    """It no longer does."""
    mandatary = work.agency(step.mandatary)
    for ref in step.agencies:
        mandator = work.agency(ref)
        if mandator is None or mandatary is None:
            continue
        pair = (mandator, mandatary)
        if pair in work.book.mandates:
            work.set_mandate(ref.path, mandator, mandatary, None)
        elif pair not in work.book.ended:
            message = f"{step.mandatary.text} không được {ref.text} ủy quyền."
            work.refuse(ref.path, FaultKind.MANDATE_UNKNOWN, message)

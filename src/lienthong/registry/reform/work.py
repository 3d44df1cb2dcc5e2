"""A plan being tried on a book: what every kind of step needs. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date

from lienthong.registry.reform.book import Book, CodeEntry, MandateEntry, ServiceEntry
from lienthong.registry.reform.changes import Change, CodeChanged, Fate, MandateChanged, ServiceChanged, Terms
from lienthong.registry.reform.faults import FaultKind, Faults
from lienthong.registry.reform.plan import Plan, Ref


@dataclass(frozen=True, slots=True)
class Undoing:
    """The run that a plan takes back: how each code stood before it and after it."""

    fates: Mapping[str, tuple[Fate, Fate]]


@dataclass(slots=True)
class Work:
    """``closed`` are the agencies that the plan closes and ``heirs`` the successors it names, each with its place."""

    plan: Plan
    book: Book
    faults: Faults
    presumed: set[str]
    today: date
    undoing: Undoing | None
    changes: list[Change] = field(default_factory=list)
    closed: dict[int, str] = field(default_factory=dict)
    heirs: dict[int, str] = field(default_factory=dict)
    _claims: dict[Hashable, str] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return self.plan.day

    def refuse(self, path: str, kind: FaultKind, message: str) -> None:
        self.faults.add(path, kind, message)

    # --- Finding ------------------------------------------------------------------------------------------------------

    def agency(self, ref: Ref) -> int | None:
        """The agency that has or had a code."""
        entry = self.book.codes.get(ref.text)
        if entry is None and ref.text not in self.presumed:
            self.refuse(ref.path, FaultKind.AGENCY_UNKNOWN, f"Không có cơ quan nào mang mã {ref.text}.")
        return entry.agency if entry else None

    def open_agency(self, ref: Ref) -> int | None:
        """The same, open on the day of the plan."""
        agency = self.agency(ref)
        if agency is not None and not self.book.is_open(agency):
            self.refuse(
                ref.path, FaultKind.NOT_OPEN, f"Cơ quan mang mã {ref.text} không hoạt động từ {shown(self.day)}."
            )
            return None
        return agency

    def name(self, agency: int | None) -> str | None:
        """The code by which the plan calls an agency, the same from its first step to its last."""
        name = self.book.name_of(agency)
        return name if agency is None or name is None else self._names.setdefault(agency, name)

    def claim(self, what: Hashable, path: str) -> bool:
        """Whether no other step has decided over the same fact."""
        first = self._claims.setdefault(what, path)
        if first != path:
            self.refuse(path, FaultKind.CONTRADICTS, f"Điều này đã được quyết ở {first}.")
        return first == path

    def late_enough(self, since: date, path: str) -> bool:
        """Whether the day is not before the latest change of the same fact."""
        if self.day < since:
            message = f"Ngày {shown(self.day)} sớm hơn lần thay đổi gần nhất ({shown(since)})."
            self.refuse(path, FaultKind.DATE_BEFORE_LAST, message)
        return self.day >= since

    # --- Changing -----------------------------------------------------------------------------------------------------

    def give_code(self, path: str, code: str, agency: int) -> None:
        """A new code; no other step may end it on the day it begins."""
        self.claim(("code", code), path)
        self.book.add_code(CodeEntry(code, agency, self.day))

    def set_fate(self, path: str, code: CodeEntry, heir: int | None, fate: Fate) -> None:
        """Let a code end, or stand again, as ``fate`` says."""
        before = Fate(code.valid_to, self.name(code.successor), code.on_closed)
        if (code.valid_to, code.successor, code.on_closed) == (fate.valid_to, heir, fate.on_closed):
            return
        if self.claim(("code", code.code), path):
            name = self.name(code.agency) or code.code
            code.valid_to, code.successor, code.on_closed = fate.valid_to, heir, fate.on_closed
            self.changes.append(CodeChanged(path, name, code.code, before, fate))

    def set_service(self, path: str, system: str, agency: int, after: bool | None) -> None:
        """Let a system serve an agency (with or without those below), or cease to."""
        entry = self.book.services.get((system, agency))
        before = entry.include_subordinates if entry else None
        if before is after or (entry and not self.late_enough(entry.since, path)):
            return
        if after is None:
            del self.book.services[system, agency]
        else:
            self.book.services[system, agency] = ServiceEntry(self.day, after)
        self.changes.append(ServiceChanged(path, self.name(agency) or "", system, before, after))

    def set_mandate(self, path: str, mandator: int, mandatary: int, after: Terms | None) -> None:
        """Let one agency act for another, or cease to."""
        entry = self.book.mandates.get((mandator, mandatary))
        before = entry.terms if entry else None
        if before == after or (entry and not self.late_enough(entry.since, path)):
            return
        if after is None:
            del self.book.mandates[mandator, mandatary]
        else:
            self.book.mandates[mandator, mandatary] = MandateEntry(self.day, after)
        names = self.name(mandator) or "", self.name(mandatary) or ""
        self.changes.append(MandateChanged(path, *names, before, after))


def shown(day: date) -> str:
    """A day as clerks write it."""
    return f"{day:%d/%m/%Y}"

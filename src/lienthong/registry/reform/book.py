"""The directory in memory, as it stands after all recorded changes, for a plan to be tried on. Pure but ``open_book``.

New agencies have negative keys until they are written.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from lienthong.registry.directory_file import snapshot
from lienthong.registry.models import Mandate, System, SystemService
from lienthong.registry.reform.changes import Naming, Terms


@dataclass(slots=True)
class CodeEntry:
    """A code and how it ends."""

    code: str
    agency: int
    valid_from: date
    valid_to: date | None = None
    successor: int | None = None
    on_closed: str = "refuse"

    def lasts_beyond(self, day: date) -> bool:
        """Not so one that was taken back on the day it began."""
        return self.valid_to is None or self.valid_to > max(day, self.valid_from)


@dataclass(slots=True)
class AgencyEntry:
    """The latest name and place of an agency, and since when."""

    naming: Naming
    named_from: date
    level: str
    parent: int | None
    placed_from: date


@dataclass(slots=True)
class Held:
    """A service or a mandate that holds, and since when."""

    since: date


@dataclass(slots=True)
class ServiceEntry(Held):
    include_subordinates: bool


@dataclass(slots=True)
class MandateEntry(Held):
    terms: Terms


@dataclass(slots=True)
class Book:
    """``ended`` are services (system, agency) and mandates (mandator, mandatary) that ended on the very day of the
    plan: a step that would end them has been done before."""

    day: date
    codes: dict[str, CodeEntry] = field(default_factory=dict)
    codes_of: dict[int, list[CodeEntry]] = field(default_factory=dict)
    agencies: dict[int, AgencyEntry] = field(default_factory=dict)
    systems: set[str] = field(default_factory=set)
    services: dict[tuple[str, int], ServiceEntry] = field(default_factory=dict)
    mandates: dict[tuple[int, int], MandateEntry] = field(default_factory=dict)
    ended: set[tuple[str | int, int]] = field(default_factory=set)

    def add_agency(self, entry: AgencyEntry) -> int:
        key = -1 - len(self.agencies)
        self.agencies[key] = entry
        return key

    def add_code(self, entry: CodeEntry) -> None:
        self.codes[entry.code] = entry
        self.codes_of.setdefault(entry.agency, []).append(entry)

    def is_open(self, agency: int) -> bool:
        """Whether one of its codes is open on the day and beyond."""
        return any(
            code.valid_from <= self.day and code.lasts_beyond(self.day) for code in self.codes_of.get(agency, ())
        )

    def name_of(self, agency: int | None) -> str | None:
        """The code by which an agency is called: the first that lasts, or else the first of all."""
        if agency is None:
            return None
        held = self.codes_of[agency]
        return next((code.code for code in held if code.lasts_beyond(self.day)), held[0].code)

    def orphans(self, closed: Container[int]) -> Iterator[tuple[int, int]]:
        """The agencies directly below closed ones that are open on the day or begin later, as (parent, child)."""
        for key, entry in self.agencies.items():
            lasting = any(code.lasts_beyond(self.day) for code in self.codes_of.get(key, ()))
            if lasting and entry.parent is not None and entry.parent in closed:
                yield entry.parent, key

    def mandates_of(self, agency: int) -> list[tuple[int, int]]:
        """Those that it gave or holds."""
        return [pair for pair in self.mandates if agency in pair]

    def is_below(self, agency: int | None, above: int) -> bool:
        """Whether an agency is ``above`` or stands below it."""
        seen: set[int] = set()
        while agency is not None and agency not in seen:
            if agency == above:
                return True
            seen.add(agency)
            agency = self.agencies[agency].parent
        return False


def open_book(day: date) -> Book:
    """Read the whole directory: 111,000 agencies take about two seconds."""
    known = snapshot.take()
    book = Book(day)
    for held in known.codes_of.values():
        for code in held:
            entry = CodeEntry(code.code, code.agency, code.valid_from, code.valid_to, code.successor, code.on_closed)
            book.add_code(entry)
    for pk, agency in known.agencies.items():
        naming = Naming(agency.name, agency.abbreviation)
        book.agencies[pk] = AgencyEntry(naming, agency.named_from, agency.level, agency.parent, agency.placed_from)
    book.systems = set(System.objects.values_list("system_id", flat=True))
    _read_services(book)
    _read_mandates(book)
    return book


def _read_services(book: Book) -> None:
    rows = SystemService.objects.filter(Q(valid_to=None) | Q(valid_to=book.day)).select_related("system")
    for row in rows:
        key = (row.system.system_id, row.agency_id)
        if row.valid_to is None:
            book.services[key] = ServiceEntry(row.valid_from, row.include_subordinates)
        else:
            book.ended.add(key)


def _read_mandates(book: Book) -> None:
    for row in Mandate.objects.filter(Q(valid_to=None) | Q(valid_to__gte=book.day)):
        pair = (row.mandator_id, row.mandatary_id)
        if row.valid_to == book.day:
            book.ended.add(pair)
        else:
            book.mandates[pair] = MandateEntry(row.valid_from, Terms(row.scope, row.valid_to))

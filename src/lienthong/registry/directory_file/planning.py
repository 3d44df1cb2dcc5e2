"""Comparing a file with the directory: what would change, and every reason why it may not. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from lienthong.registry import codes
from lienthong.registry.directory_file.columns import CONTACT, Cells
from lienthong.registry.directory_file.snapshot import KnownAgency, KnownCode, Snapshot
from lienthong.registry.models import Level, OnClosed, Scheme

Handle = int | str  # a known agency's key, or the main code of a new one


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row cannot be taken: where, a stable code, and a Vietnamese sentence."""

    row: int
    column: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """An understood row and its number in the file."""

    number: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class CodeState:
    """How a code must stand afterwards; ``known`` is how it stands, ``None`` for a new one."""

    code: str
    scheme: str
    agency: Handle
    valid_from: date
    valid_to: date | None
    successor: Handle | None
    on_closed: str
    known: KnownCode | None

    @property
    def is_changed(self) -> bool:
        known = self.known
        return known is None or (known.valid_to, known.successor, known.on_closed) != (
            self.valid_to,
            self.successor,
            self.on_closed,
        )


@dataclass(frozen=True, slots=True)
class AgencyState:
    """How an agency must stand afterwards; ``known`` is how it stands, ``None`` for a new one."""

    handle: Handle
    name: str
    abbreviation: str
    level: str
    parent: Handle | None
    contact: dict[str, str]
    valid_from: date
    known: KnownAgency | None

    @property
    def is_renamed(self) -> bool:
        return self.known is not None and (self.known.name, self.known.abbreviation) != (self.name, self.abbreviation)

    @property
    def is_moved(self) -> bool:
        return self.known is not None and (self.known.level, self.known.parent) != (self.level, self.parent)

    @property
    def is_reached_otherwise(self) -> bool:
        return self.known is not None and self.known.contact != self.contact


@dataclass(slots=True)
class Plan:
    """How all that the file names must stand, or why it cannot."""

    day: date
    agencies: list[AgencyState] = field(default_factory=list)
    codes: list[CodeState] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    @property
    def created(self) -> list[AgencyState]:
        return [state for state in self.agencies if state.known is None]

    @property
    def renamed(self) -> list[AgencyState]:
        return [state for state in self.agencies if state.is_renamed]

    @property
    def moved(self) -> list[AgencyState]:
        return [state for state in self.agencies if state.is_moved]

    @property
    def reached(self) -> list[AgencyState]:
        """Those whose contact changes."""
        return [state for state in self.agencies if state.is_reached_otherwise]

    @property
    def changed_codes(self) -> list[CodeState]:
        return [state for state in self.codes if state.is_changed]

    @property
    def changes(self) -> int:
        return len(self.created) + len(self.renamed) + len(self.moved) + len(self.reached) + len(self.changed_codes)


@dataclass(slots=True)
class _Work:
    known: Snapshot
    plan: Plan
    today: date
    rows_of_codes: dict[str, int] = field(default_factory=dict)
    handles: dict[str, Handle] = field(default_factory=dict)  # codes of the file
    rows_of_handles: dict[Handle, int] = field(default_factory=dict)

    def refuse(self, row: int, column: str, code: str, message: str) -> None:
        self.plan.errors.append(RowError(row, column, f"registry.import.{code}", message))

    def handle_of(self, code: str) -> Handle | None:
        known = self.known.codes.get(code)
        return known.agency if known else self.handles.get(code)


def make_plan(rows: Sequence[FileRow], known: Snapshot, *, day: date, today: date) -> Plan:
    """Compare; ``day`` is when new codes start and changes take effect unless a row says otherwise."""
    work = _Work(known, Plan(day), today)
    agencies = [row for row in rows if row.cells.main_code is None]
    _claim_codes(rows, work)
    for row in agencies:
        _find_agency(row, work)
    for row in rows:
        if row.cells.main_code is not None:
            _find_main(row, work)
    for row in agencies:
        _plan_agency(row, work)
    for row in rows:
        _plan_codes(row, work)
    _refuse_cycles(work)
    closed = _closed(work)
    _refuse_closed_parents(work, closed)
    _refuse_own_succession(work, closed)
    work.plan.errors.sort(key=lambda error: (error.row, error.column))
    return work.plan


# --- Which agency a row is about ----------------------------------------------------------------------------------


def _claim_codes(rows: Sequence[FileRow], work: _Work) -> None:
    for row in rows:
        for column, code in (("code", row.cells.code), ("old_code", row.cells.old_code)):
            if code is None:
                continue
            first = work.rows_of_codes.setdefault(code, row.number)
            if first != row.number:
                work.refuse(row.number, column, "duplicate", f"mã {code} đã có ở dòng {first}.")
            elif column == "old_code" and code == row.cells.code:
                work.refuse(row.number, column, "duplicate", f"mã {code} viết hai lần trong một dòng.")


def _find_agency(row: FileRow, work: _Work) -> None:
    cells = row.cells
    owners = {known.agency for code in (cells.code, cells.old_code) if code and (known := work.known.codes.get(code))}
    if len(owners) > 1:
        work.refuse(
            row.number, "old_code", "two_agencies", f"mã {cells.code} và {cells.old_code} thuộc hai cơ quan khác nhau."
        )
    handle: Handle = min(owners) if owners else cells.code
    first = work.rows_of_handles.setdefault(handle, row.number)
    if first != row.number and work.rows_of_codes.get(cells.code) == row.number:
        work.refuse(
            row.number,
            "code",
            "same_agency",
            f"mã {cells.code} thuộc cùng cơ quan với dòng {first}; điền cột “Thêm mã cho cơ quan”.",
        )
    for code in (cells.code, cells.old_code):
        if code:
            work.handles.setdefault(code, handle)


def _find_main(row: FileRow, work: _Work) -> None:
    cells = row.cells
    main = work.handle_of(cells.main_code or "")
    if main is None:
        work.refuse(row.number, "main_code", "unknown_code", f"không có cơ quan mang mã {cells.main_code}.")
        return
    known = work.known.codes.get(cells.code)
    if known is not None and known.agency != main:
        work.refuse(row.number, "code", "two_agencies", f"mã {cells.code} đã thuộc một cơ quan khác.")
        return
    work.handles[cells.code] = main
    stray = [name for name in ("old_code", "name", "level", "parent", *CONTACT) if getattr(cells, name) is not None]
    for column in stray:
        work.refuse(row.number, column, "stray_cell", "dòng thêm mã cho cơ quan đã có thì để trống ô này.")


# --- What must change ---------------------------------------------------------------------------------------------


def _plan_agency(row: FileRow, work: _Work) -> None:
    cells, handle = row.cells, work.handles[row.cells.code]
    known = work.known.agencies.get(handle) if isinstance(handle, int) else None
    name = cells.name or (known.name if known else "")
    level = cells.level or (known.level if known else None)
    for column, value in (("name", name), ("level", level)):
        if not value:
            work.refuse(row.number, column, "missing", "cơ quan mới phải có ô này.")
    parent: Handle | None = known.parent if known else None
    if cells.parent is not None:
        parent = _other_agency(row, "parent", cells.parent, handle, work)
    state = AgencyState(
        handle=handle,
        name=name,
        abbreviation=cells.abbreviation or (known.abbreviation if known else ""),
        level=str(level or Level.OTHER),
        parent=parent,
        contact={
            key: getattr(cells, key) if getattr(cells, key) is not None else (known.contact[key] if known else "")
            for key in CONTACT
        },
        valid_from=cells.valid_from or work.plan.day,
        known=known,
    )
    _refuse_early_change(row, state, work)
    work.plan.agencies.append(state)


def _other_agency(row: FileRow, column: str, code: str, own: Handle, work: _Work) -> Handle | None:
    found = work.handle_of(code)
    if found is None:
        work.refuse(row.number, column, "unknown_code", f"mã {code} không có trong tệp và trong danh bạ.")
    elif found == own:
        work.refuse(row.number, column, "itself", f"mã {code} là mã của chính cơ quan này.")
        return None
    return found


def _refuse_early_change(row: FileRow, state: AgencyState, work: _Work) -> None:
    if state.known is None:
        return
    for changed, column, last in (
        (state.is_renamed, "name", state.known.named_from),
        (state.is_moved, "parent", state.known.placed_from),
    ):
        if changed and work.plan.day < last:
            work.refuse(
                row.number,
                column,
                "date_before_last",
                f"thay đổi từ {work.plan.day:%d/%m/%Y} sớm hơn lần thay đổi gần nhất ({last:%d/%m/%Y}).",
            )


def _plan_codes(row: FileRow, work: _Work) -> None:
    cells = row.cells
    if cells.code not in work.handles or work.rows_of_codes[cells.code] != row.number:
        return
    _plan_code(row, cells.code, cells.scheme or codes.scheme_of(cells.code), work)
    old = cells.old_code
    if old is not None and work.rows_of_codes[old] == row.number and not _has_own_history(old, work):
        _plan_code(row, old, Scheme.QCVN102, work)


def _has_own_history(old_code: str, work: _Work) -> bool:
    """An old code that was closed before is named in its agency's row, but that row's dates are not its own."""
    known = work.known.codes.get(old_code)
    return known is not None and known.valid_to is not None


def _plan_code(row: FileRow, code: str, scheme: str, work: _Work) -> None:
    cells, known = row.cells, work.known.codes.get(code)
    agency = work.handles[code]
    successor: Handle | None = known.successor if known else None
    if cells.successor is not None:
        successor = _successor(row, cells.successor, code, work)
    on_closed = cells.on_closed or (known.on_closed if known else OnClosed.REFUSE)
    state = CodeState(
        code=code,
        scheme=known.scheme if known else scheme,
        agency=agency,
        valid_from=cells.valid_from or (known.valid_from if known else work.plan.day),
        valid_to=cells.closed_on or (known.valid_to if known else None),
        successor=successor,
        on_closed=str(on_closed),
        known=known,
    )
    _check_dates(row, state, work)
    work.plan.codes.append(state)


def _successor(row: FileRow, successor: str, code: str, work: _Work) -> Handle | None:
    """An agency that goes on under another code is its own successor."""
    own = work.handles[code]
    if successor != code and work.handle_of(successor) == own:
        return own
    return _other_agency(row, "successor", successor, own, work)


def _check_dates(row: FileRow, state: CodeState, work: _Work) -> None:
    known = state.known
    if known is not None and state.valid_from != known.valid_from and state.code == row.cells.code:
        work.refuse(
            row.number,
            "valid_from",
            "start_differs",
            f"mã {state.code} đã có hiệu lực từ {known.valid_from:%d/%m/%Y}; để trống ô này.",
        )
    if known is not None and known.valid_to not in (None, state.valid_to) and known.valid_to <= work.today:
        work.refuse(row.number, "closed_on", "already_closed", f"mã {state.code} đã đóng từ {known.valid_to:%d/%m/%Y}.")
    if state.valid_to is not None and state.valid_to < state.valid_from:
        work.refuse(row.number, "closed_on", "closed_before_start", "ngày đóng sớm hơn ngày bắt đầu hiệu lực.")
    if state.valid_to is None and (row.cells.successor or row.cells.on_closed):
        work.refuse(row.number, "closed_on", "missing", "có cơ quan kế thừa thì phải có ngày đóng.")
    if state.on_closed == OnClosed.REDIRECT and state.successor is None:
        work.refuse(row.number, "successor", "missing", "muốn chuyển tiếp thì phải có cơ quan kế thừa.")


# --- The directory as it would be ---------------------------------------------------------------------------------


def _refuse_cycles(work: _Work) -> None:
    parents = _parents(work)
    sound: set[Handle] = set()
    for state in work.plan.agencies:
        path = list(_way_up(state.handle, parents, sound))
        above = parents.get(path[-1]) if path else None
        if above == state.handle:
            row = work.rows_of_handles[state.handle]
            work.refuse(row, "parent", "cycle", "cơ quan cấp trên lại nằm dưới chính cơ quan này.")
        elif above not in path:  # the way ends at the top; a way into somebody else's circle proves nothing
            sound.update(path)


def _parents(work: _Work) -> dict[Handle, Handle | None]:
    parents: dict[Handle, Handle | None] = {pk: agency.parent for pk, agency in work.known.agencies.items()}
    return parents | {state.handle: state.parent for state in work.plan.agencies}


def _way_up(start: Handle, parents: dict[Handle, Handle | None], sound: set[Handle]) -> Iterator[Handle]:
    seen: set[Handle] = set()
    at: Handle | None = start
    while at is not None and at not in seen and at not in sound:
        seen.add(at)
        yield at
        at = parents.get(at)


def _closed(work: _Work) -> set[Handle]:
    """The agencies without an open code, once the file is taken in."""
    ends: dict[Handle, dict[str, date | None]] = {}
    for agency, held in work.known.codes_of.items():
        ends[agency] = {code.code: code.valid_to for code in held}
    for planned in work.plan.codes:
        ends.setdefault(planned.agency, {})[planned.code] = planned.valid_to
    return {handle for handle, held in ends.items() if None not in held.values()}


def _refuse_own_succession(work: _Work, closed: set[Handle]) -> None:
    for state in work.plan.changed_codes:
        if state.successor == state.agency and state.agency in closed:
            row = work.rows_of_codes[state.code]
            work.refuse(row, "successor", "itself", f"mã {state.code} là mã của chính cơ quan này.")


def _refuse_closed_parents(work: _Work, closed: set[Handle]) -> None:
    """An open agency must not stand below a closed one, whichever of the two the file changes."""
    for handle, parent in _parents(work).items():
        if parent not in closed or handle in closed:
            continue
        row = work.rows_of_handles.get(handle) or work.rows_of_handles.get(parent)
        if row is not None:
            held = work.known.codes_of.get(handle) if isinstance(handle, int) else None
            child = held[0].code if held else handle
            work.refuse(row, "parent", "parent_closed", f"cơ quan {child} đang hoạt động dưới một cơ quan đã đóng.")

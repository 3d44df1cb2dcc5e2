"""Taking a directory file in: all rows or none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from lienthong.common import clock
from lienthong.registry import revision
from lienthong.registry.acts import note_directory
from lienthong.registry.directory_file import snapshot
from lienthong.registry.directory_file.applying import Progress, apply_plan
from lienthong.registry.directory_file.columns import COLUMNS, CellError, Cells, understand
from lienthong.registry.directory_file.planning import FileRow, Plan, RowError, make_plan
from lienthong.registry.directory_file.reading import TextRow, read_rows

_TITLES = {column.key: column.title for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or in a dry run would do. With errors it did nothing."""

    rows: int
    created: int
    renamed: int
    moved: int
    contacts: int
    codes_added: int
    codes_closed: int
    applied: bool
    errors: tuple[RowError, ...]

    @property
    def changes(self) -> int:
        return self.created + self.renamed + self.moved + self.contacts + self.codes_added + self.codes_closed


def import_directory(
    path: Path, *, valid_from: date, dry_run: bool = False, progress: Progress = lambda _done, _total: None
) -> ImportReport:
    """Compare the file with the directory and write what differs.

    :param valid_from: when new codes start and changes take effect, unless a row says otherwise
    :raises RegistryError: ``registry.file.*`` when the file as a whole cannot be used
    """
    texts = read_rows(path)
    rows, errors = _understand_all(texts)
    with revision.changing():
        plan = make_plan(rows, snapshot.take(), day=valid_from, today=clock.today())
        found = _all_errors(errors, plan)
        apply = not found and not dry_run
        report = _report(len(texts), plan, found, applied=apply)
        if apply:
            apply_plan(plan, progress)
        if apply and report.changes:
            _note(path, report)
    return report


def _note(path: Path, report: ImportReport) -> None:
    counts = {name: count for name, count in asdict(report).items() if isinstance(count, int)}
    note_directory(file=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest(), **counts)


def _report(rows: int, plan: Plan, errors: tuple[RowError, ...], *, applied: bool) -> ImportReport:
    added = [state for state in plan.changed_codes if state.known is None]
    return ImportReport(
        rows=rows,
        created=len(plan.created),
        renamed=len(plan.renamed),
        moved=len(plan.moved),
        contacts=len(plan.reached),
        codes_added=len(added),
        codes_closed=len(plan.changed_codes) - len(added),
        applied=applied,
        errors=errors,
    )


def _understand_all(texts: Sequence[TextRow]) -> tuple[list[FileRow], list[RowError]]:
    rows: list[FileRow] = []
    errors: list[RowError] = []
    for text in texts:
        row, problems = _understand(text)
        errors += problems
        if row is not None:
            rows.append(row)
    return rows, errors


def _understand(text: TextRow) -> tuple[FileRow | None, list[RowError]]:
    errors = [RowError(text.number, column, "registry.import.cell", problem) for column, problem in text.problems]
    values: dict[str, object] = {}
    for key, cell in text.cells.items():
        try:
            values[key] = understand(key, cell)
        except CellError as error:
            errors.append(RowError(text.number, _TITLES[key], error.code, error.message))
    if "code" not in text.cells:
        errors.append(RowError(text.number, _TITLES["code"], "registry.import.missing", "phải có mã định danh."))
    if "code" not in values or ("main_code" in text.cells and "main_code" not in values):
        return None, errors
    # A row with a bad cell still takes part in the comparison, so that all its other errors are told at once.
    return FileRow(text.number, Cells(**values)), errors  # type: ignore[arg-type]


def _all_errors(unread: Sequence[RowError], plan: Plan) -> tuple[RowError, ...]:
    """What could not be read and what could not be planned, without calling an unreadable cell missing as well."""
    cells = {(error.row, error.column) for error in unread}
    planned = (RowError(error.row, _TITLES[error.column], error.code, error.message) for error in plan.errors)
    return tuple(sorted([*unread, *(error for error in planned if (error.row, error.column) not in cells)], key=_place))


def _place(error: RowError) -> tuple[int, str]:
    return error.row, error.column

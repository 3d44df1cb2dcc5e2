"""Writing the directory to a file."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import xlsxwriter

from lienthong.registry import codes
from lienthong.registry.directory_file import snapshot
from lienthong.registry.directory_file.columns import COLUMNS, LEVEL_WORDS, ON_CLOSED_WORDS
from lienthong.registry.directory_file.reading import FORMULA_SIGNS
from lienthong.registry.directory_file.snapshot import KnownAgency, KnownCode, Snapshot
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import Level, OnClosed, Scheme

Row = dict[str, str]


def export_directory(path: Path, *, overwrite: bool = False) -> int:
    """Write every agency, closed ones too, and answer the number of rows. The file appears whole or not at all.

    :raises RegistryError: ``registry.file.*``
    """
    writer = {".csv": _write_csv, ".xlsx": _write_xlsx}.get(path.suffix.lower())
    if writer is None:
        raise RegistryError(
            "registry.file.kind", f"Tệp {path.name} không phải .csv hoặc .xlsx.", "Đặt tên tệp có đuôi .csv hoặc .xlsx."
        )
    if path.exists() and not overwrite:
        raise RegistryError(
            "registry.file.exists", f"Tệp {path} đã có.", "Chọn tên khác, hoặc thêm --overwrite để ghi đè."
        )
    try:
        draft = _draft(path)
        try:
            rows = writer(draft, file_rows(snapshot.take()))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise RegistryError(
            "registry.file.unwritable",
            f"Không ghi được tệp {path}: {error.strerror or error}.",
            "Kiểm tra thư mục và quyền ghi.",
        ) from error
    return rows


def file_rows(known: Snapshot) -> Iterator[Row]:
    """The rows of the file: agencies by code, each followed by its further codes."""
    agencies = sorted(known.agencies.values(), key=lambda agency: known.codes_of[agency.pk][0].code)
    for agency in agencies:
        yield from _agency_rows(agency, known)


def _agency_rows(agency: KnownAgency, known: Snapshot) -> Iterator[Row]:
    main, *others = known.codes_of[agency.pk]
    beside = next((code for code in others if code.scheme == Scheme.QCVN102 and code.fate == main.fate), None)
    yield {
        **_code_cells(main, known),
        "old_code": beside.code if beside else "",
        "name": agency.name,
        "abbreviation": agency.abbreviation,
        "level": LEVEL_WORDS[Level(agency.level)],
        "parent": _best_code(agency.parent, known),
        **agency.contact,
    }
    for code in others:
        if code is not beside:
            yield {**_code_cells(code, known), "main_code": main.code}


def _code_cells(code: KnownCode, known: Snapshot) -> Row:
    closed = code.valid_to is not None
    return {
        "code": code.code,
        "scheme": "" if codes.scheme_of(code.code) == code.scheme else code.scheme,
        "valid_from": code.valid_from.isoformat(),
        "closed_on": code.valid_to.isoformat() if code.valid_to else "",
        "successor": _best_code(code.successor, known),
        "on_closed": ON_CLOSED_WORDS[OnClosed(code.on_closed)] if closed else "",
    }


def _best_code(agency: int | None, known: Snapshot) -> str:
    return known.codes_of[agency][0].code if agency is not None else ""


def _write_csv(path: Path, rows: Iterable[Row]) -> int:
    written = 0
    with path.open("w", encoding="utf-8-sig", newline="") as handle:  # the mark makes spreadsheets read it as UTF-8
        writer = csv.writer(handle)
        writer.writerow([column.title for column in COLUMNS])
        for row in rows:
            writer.writerow([_guarded(row.get(column.key, "")) for column in COLUMNS])
            written += 1
    return written


def _guarded(cell: str) -> str:
    """Keep a spreadsheet from running a name as a formula; ``reading`` takes the apostrophe off again."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


def _write_xlsx(path: Path, rows: Iterable[Row]) -> int:
    count = 0
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Danh bạ")
        text = workbook.add_format({"num_format": "@"})
        bold = workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(COLUMNS) - 1, 22, text)
        for place, column in enumerate(COLUMNS):
            sheet.write_string(0, place, column.title, bold)
        for count, row in enumerate(rows, start=1):
            for place, column in enumerate(COLUMNS):
                if cell := row.get(column.key, ""):
                    sheet.write_string(count, place, cell, text)
    return count


def _draft(path: Path) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    os.close(handle)
    draft = Path(name)
    draft.chmod(0o644)
    return draft

"""Opening a directory file, CSV or XLSX, as rows of texts."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from lienthong.registry.directory_file.columns import COLUMNS, Column, column_of
from lienthong.registry.errors import RegistryError

FORMULA_SIGNS = ("=", "+", "-", "@", "'")


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row: its number as a spreadsheet shows it, its filled cells by column, and what could not be read (column
    and sentence)."""

    number: int
    cells: dict[str, str]
    problems: tuple[tuple[str, str], ...] = ()


class _FormulaCell(str):
    """The text of a cell whose value depends on a calculation."""


def read_rows(path: Path) -> list[TextRow]:
    """All rows that are not empty.

    :raises RegistryError: ``registry.file.*`` when the file as a whole cannot be used
    """
    rows = _records(path)
    header: list[Column] | None = None
    found = []
    for number, cells in enumerate(rows, start=1):
        if not any(cells):
            continue
        if header is None:
            header = _header(cells, number)
        else:
            found.append(_row(number, cells, header))
    if header is None:
        raise RegistryError("registry.file.empty", f"Tệp {path.name} không có dòng nào.", _columns_help())
    return found


def _records(path: Path) -> Iterator[list[str]]:
    try:
        if path.suffix.lower() == ".xlsx":
            return iter(_xlsx(path))
        if path.suffix.lower() == ".csv":
            return _csv(path.name, _decoded(path))
    except OSError as error:
        raise RegistryError(
            "registry.file.unreadable", f"Không đọc được tệp {path}: {error.strerror or error}.", "Kiểm tra đường dẫn."
        ) from error
    raise RegistryError(
        "registry.file.kind", f"Tệp {path.name} không phải .csv hoặc .xlsx.", "Lưu lại thành CSV UTF-8 hoặc XLSX."
    )


# --- CSV ----------------------------------------------------------------------------------------------------------


def _csv(name: str, text: str) -> Iterator[list[str]]:
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for record in reader:
            yield [_without_guard(cell.strip()) for cell in record]
    except csv.Error as error:
        raise RegistryError(
            "registry.file.malformed",
            f"Tệp {name} hỏng ở dòng {reader.line_num}: {error}.",
            "Kiểm tra dấu ngoặc kép của dòng đó, hoặc lưu lại tệp từ phần mềm bảng tính.",
        ) from error


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RegistryError(
            "registry.file.encoding",
            f"Tệp {path.name} không phải UTF-8: byte sai ở dòng {line}.",
            "Lưu lại tệp dạng “CSV UTF-8” rồi nhập lại.",
        ) from error


def _without_guard(cell: str) -> str:
    """Take off the apostrophe that exports put before what a spreadsheet would run as a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_SIGNS) else cell


# --- XLSX ---------------------------------------------------------------------------------------------------------


def _xlsx(path: Path) -> list[list[str]]:
    try:
        workbook = load_workbook(path, read_only=True)
        try:
            sheet = workbook.worksheets[0]
            return [[_cell_text(cell) for cell in row] for row in sheet.iter_rows()]
        finally:
            workbook.close()
    except (InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, IndexError, EOFError) as error:
        raise RegistryError(
            "registry.file.malformed",
            f"Tệp {path.name} không phải tệp XLSX đọc được.",
            "Mở bằng phần mềm bảng tính rồi lưu lại thành .xlsx hoặc CSV UTF-8.",
        ) from error


def _cell_text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in {"f", "e"}:
        return _FormulaCell(str(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


# --- Both ---------------------------------------------------------------------------------------------------------


def _header(cells: list[str], number: int) -> list[Column]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    columns = [column_of(cell) for cell in cells]
    unknown = [cell or f"(cột thứ {place})" for place, cell in enumerate(cells, start=1) if not column_of(cell)]
    if unknown:
        raise RegistryError(
            "registry.file.column_unknown", f"Dòng {number}: không biết cột {', '.join(unknown)}.", _columns_help()
        )
    known = [column for column in columns if column]
    repeated = sorted({column.title for column in known if known.count(column) > 1})
    if repeated:
        raise RegistryError(
            "registry.file.column_repeated",
            f"Dòng {number}: có hơn một cột {', '.join(repeated)}.",
            _columns_help(),
        )
    if column_of("code") not in known:
        raise RegistryError(
            "registry.file.column_missing", f"Dòng {number}: thiếu cột “Mã định danh” (code).", _columns_help()
        )
    return known


def _row(number: int, cells: list[str], header: list[Column]) -> TextRow:
    problems = []
    if any(cells[len(header) :]):
        problems.append(("", "có ô nằm ngoài các cột của dòng tiêu đề."))
    problems += [
        (column.title, "ô là công thức hoặc lỗi tính toán; hãy dán thành giá trị.")
        for column, cell in zip(header, cells, strict=False)
        if isinstance(cell, _FormulaCell)
    ]
    filled = {column.key: cell for column, cell in zip(header, cells, strict=False) if cell}
    return TextRow(number, filled, tuple(problems))


def _columns_help() -> str:
    return "Các cột: " + ", ".join(f"{column.title} ({column.key})" for column in COLUMNS)

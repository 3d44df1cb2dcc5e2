"""A register as a spreadsheet, written line by line: as long as it may be, memory stays the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

import xlsxwriter

from lienthong.records.outgoing.selectors import OutgoingEntryLine
from lienthong.records.registers import INCOMING_COLUMNS, OUTGOING_COLUMNS, RegisterLine

Value = date | int | str | None
Columns = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above a register."""

    agency: str
    book: str
    period: str


def write_incoming(out: BinaryIO, lines: Iterable[RegisterLine], heading: Heading) -> None:
    """The incoming register, ready to print on A4 across."""
    _write(out, "Sổ văn bản đến", INCOMING_COLUMNS, map(_of_incoming, lines), heading)


def write_outgoing(out: BinaryIO, lines: Iterable[OutgoingEntryLine], heading: Heading) -> None:
    """The outgoing register in the same way."""
    _write(out, "Sổ văn bản đi", OUTGOING_COLUMNS, map(_of_outgoing, lines), heading)


def _of_incoming(line: RegisterLine) -> Sequence[Value]:
    return (
        line.arrival_date, line.arrival_number, line.author, line.code, line.issued_on, line.content, line.receiver,
        line.passed_on, "", line.remark,
    )  # fmt: skip


def _of_outgoing(line: OutgoingEntryLine) -> Sequence[Value]:
    return (
        line.number, line.code, line.issued_on, line.content, line.signer, line.receivers, line.keeper, line.copies,
        line.note,
    )  # fmt: skip


def _write(
    out: BinaryIO, sheet_name: str, columns: Columns, lines: Iterable[Sequence[Value]], heading: Heading
) -> None:
    """Agency and period above, headings with their numbers, repeated on every page; a border around every cell."""
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "in_memory": False}) as file:
        face = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
        title = file.add_format({**face, "bold": True, "align": "center", "font_size": 14})
        plain = file.add_format({**face, "align": "center", "italic": True})
        head = file.add_format(
            {**face, "bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": 1}
        )
        cell = file.add_format({**face, "border": 1, "text_wrap": 1})
        day = file.add_format({**face, "border": 1, "num_format": "dd/mm/yyyy", "align": "center"})
        sheet = file.add_worksheet(sheet_name)
        _set_page(sheet, columns)
        last = len(columns) - 1
        sheet.merge_range(0, 0, 0, last, heading.agency.upper(), title)
        sheet.merge_range(1, 0, 1, last, heading.book.upper(), title)
        sheet.merge_range(2, 0, 2, last, heading.period, plain)
        for column, (label, _) in enumerate(columns):
            sheet.write_string(4, column, label, head)
        for column in range(last + 1):
            sheet.write_string(5, column, f"({column + 1})", head)
        for row, values in enumerate(lines, start=6):
            _write_line(sheet, row, values, cell, day)


def _set_page(sheet: xlsxwriter.worksheet.Worksheet, columns: Columns) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(4, 5)
    sheet.freeze_panes(6, 0)
    sheet.set_footer("&C&P/&N")
    for column, (_, width) in enumerate(columns):
        sheet.set_column(column, column, width)


def _write_line(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    values: Sequence[Value],
    cell: xlsxwriter.format.Format,
    day: xlsxwriter.format.Format,
) -> None:
    for column, value in enumerate(values):
        if isinstance(value, date):
            sheet.write_datetime(row, column, value, day)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, cell)
        else:
            sheet.write_string(row, column, value or "", cell)

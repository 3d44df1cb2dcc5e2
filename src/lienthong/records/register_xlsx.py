"""A register as a spreadsheet, written line by line: as long as it may be, memory stays the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import BinaryIO

import xlsxwriter

from lienthong.records.registers import INCOMING_COLUMNS, RegisterLine


def write_incoming(out: BinaryIO, lines: Iterable[RegisterLine], *, agency: str, book: str, period: str) -> None:
    """The incoming register: agency and period above, headings with their numbers, a border around every cell; ready
    to print on A4 across, headings repeated."""
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "in_memory": False}) as file:
        face = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
        title = file.add_format({**face, "bold": True, "align": "center", "font_size": 14})
        plain = file.add_format({**face, "align": "center", "italic": True})
        head = file.add_format(
            {**face, "bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": 1}
        )
        cell = file.add_format({**face, "border": 1, "text_wrap": 1})
        day = file.add_format({**face, "border": 1, "num_format": "dd/mm/yyyy", "align": "center"})
        sheet = file.add_worksheet("Sổ văn bản đến")
        _set_page(sheet)
        last = len(INCOMING_COLUMNS) - 1
        sheet.merge_range(0, 0, 0, last, agency.upper(), title)
        sheet.merge_range(1, 0, 1, last, f"{book.upper()}", title)
        sheet.merge_range(2, 0, 2, last, period, plain)
        for column, (label, _) in enumerate(INCOMING_COLUMNS):
            sheet.write_string(4, column, label, head)
        for column in range(last + 1):
            sheet.write_string(5, column, f"({column + 1})", head)
        for row, line in enumerate(lines, start=6):
            _write_line(sheet, row, line, cell, day)


def _set_page(sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(4, 5)
    sheet.freeze_panes(6, 0)
    sheet.set_footer("&C&P/&N")
    for column, (_, width) in enumerate(INCOMING_COLUMNS):
        sheet.set_column(column, column, width)


def _write_line(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    line: RegisterLine,
    cell: xlsxwriter.format.Format,
    day: xlsxwriter.format.Format,
) -> None:
    values: list[date | int | str | None] = [
        line.arrival_date, line.arrival_number, line.author, line.code, line.issued_on, line.content, line.receiver,
        line.passed_on, "", line.remark,
    ]  # fmt: skip
    for column, value in enumerate(values):
        if isinstance(value, date):
            sheet.write_datetime(row, column, value, day)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, cell)
        else:
            sheet.write_string(row, column, value or "", cell)

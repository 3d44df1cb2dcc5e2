"""A report as a spreadsheet in the official layout: one sheet with the summary, one per long table."""

from __future__ import annotations

import io

import xlsxwriter

from lienthong.statistics.reports.content import Report, Table

_FACE = "Times New Roman"
_LONG = 15  # rows from which a table gets a sheet of its own


def write_xlsx(report: Report) -> bytes:
    """The whole file. Names of agencies come from outside, so nothing is ever read as a formula."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        formats = _formats(book)
        sheet = book.add_worksheet("Báo cáo")
        _set_up(sheet)
        row = _head(sheet, report, formats)
        for table in report.tables:
            if len(table.rows) > _LONG:
                own = book.add_worksheet(table.title[:31])
                _set_up(own)
                _table(own, 0, table, formats)
                own.freeze_panes(2, 1)
            elif table.rows:
                row = _table(sheet, row, table, formats) + 1
        sheet.write(row + 1, 0, f"Số liệu lấy từ trục lúc {report.made_at}.", formats["note"])
    return out.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[str, object]:
    base = {"font_name": _FACE, "font_size": 12, "valign": "vcenter"}
    boxed = {**base, "border": 1, "text_wrap": True}
    return {
        "left": book.add_format({**base, "bold": True, "align": "center", "text_wrap": True}),
        "motto": book.add_format({**base, "bold": True, "align": "center"}),
        "title": book.add_format({**base, "bold": True, "font_size": 14, "align": "center"}),
        "section": book.add_format({**base, "bold": True}),
        "text": book.add_format({**base, "text_wrap": True, "valign": "top"}),
        "note": book.add_format({**base, "italic": True, "font_size": 11}),
        "head": book.add_format({**boxed, "bold": True, "align": "center", "bg_color": "#E8EEF4"}),
        "cell": book.add_format(boxed),
        "number": book.add_format({**boxed, "num_format": "#,##0"}),
    }


def _set_up(sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.set_margins(left=0.8, right=0.6, top=0.8, bottom=0.8)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P/&N")
    sheet.set_column(0, 0, 52)
    sheet.set_column(1, 9, 18)


def _head(sheet: xlsxwriter.worksheet.Worksheet, report: Report, formats: dict[str, object]) -> int:
    sheet.write(0, 0, report.scope.upper(), formats["left"])
    sheet.merge_range(0, 1, 0, 3, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", formats["motto"])
    sheet.merge_range(1, 1, 1, 3, "Độc lập - Tự do - Hạnh phúc", formats["motto"])
    sheet.merge_range(3, 0, 3, 3, report.title.upper(), formats["title"])
    sheet.merge_range(4, 0, 4, 3, report.period.label, formats["motto"])
    sheet.merge_range(5, 0, 5, 3, f"(Căn cứ: {report.basis})", formats["note"])
    sheet.merge_range(7, 0, 7, 3, " ".join(report.sentences), formats["text"])
    sheet.set_row(7, 48)
    return 9


def _table(sheet: xlsxwriter.worksheet.Worksheet, row: int, table: Table, formats: dict[str, object]) -> int:
    sheet.write_string(row, 0, table.title, formats["section"])
    for column, heading in enumerate(table.headings):
        sheet.write_string(row + 1, column, heading, formats["head"])
    sheet.set_row(row + 1, 32)
    for offset, line in enumerate(table.rows, row + 2):
        for column, cell in enumerate(line):
            if isinstance(cell, int | float):
                sheet.write_number(offset, column, cell, formats["number"])
            else:
                sheet.write_string(offset, column, cell or "", formats["cell"])
    end = row + 2 + len(table.rows)
    if table.note:
        sheet.write_string(end, 0, table.note, formats["note"])
        end += 1
    return end

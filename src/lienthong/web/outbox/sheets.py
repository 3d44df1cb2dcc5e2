"""Lists of this area as XLSX. Texts are written as texts: a subject that begins with ``=`` is no formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import xlsxwriter

from lienthong.common import clock
from lienthong.records.outgoing.board import Board, BoardRow
from lienthong.records.outgoing.notation import type_name
from lienthong.records.outgoing.selectors import OutgoingLine

_LIST = ("Số, ký hiệu", "Ngày ban hành", "Loại", "Trích yếu", "Người ký", "Trạng thái", "Gửi lúc", "Nơi nhận", "Đã đến",
         "Đã tiếp nhận", "Từ chối")  # fmt: skip
_BOARD = ("Mã", "Nơi nhận", "Trạng thái", "Đã giao lúc", "Đã đến (01)", "Tiếp nhận (03)", "Từ chối (02)",
          "Hoàn thành (06)", "Nội dung", "Quá hạn", "Đã nhắc")  # fmt: skip


def outgoing_sheet(lines: Iterable[OutgoingLine]) -> bytes:
    """The list of outgoing documents."""
    return _sheet("Văn bản đi", _LIST, (_line(line) for line in lines))


def _line(line: OutgoingLine) -> Sequence[object]:
    one, tally = line.document, line.tally
    return (
        one.code, one.issued_on, type_name(one.type_code), one.subject, one.signer_name, one.standing.label,
        one.sent_at, line.recipients, tally.arrived if tally else None, tally.accepted if tally else None,
        tally.refused if tally else None,
    )  # fmt: skip


def board_sheet(board: Board) -> bytes:
    """The board of one document."""
    return _sheet(f"{board.document.code}", _BOARD, (_row(row) for row in board.rows))


def _row(row: BoardRow) -> Sequence[object]:
    return (
        row.code, row.name, row.word.label, row.delivered_at, row.steps.get("01"), row.steps.get("03"),
        row.steps.get("02"), row.steps.get("06"), row.word.text or row.description,
        row.overdue.duty.label if row.overdue else "", row.reminders or None,
    )  # fmt: skip


def _sheet(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet("".join(letter for letter in title if letter not in "[]:*?/\\")[:31] or "Danh sách")
    bold, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_row(0, 0, head, bold)
    sheet.freeze_panes(1, 0)
    for place, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            sheet.write(place, column, _cell(value), wrap)
    sheet.set_column(0, len(head) - 1, 18)
    sheet.set_column(3, 3, 48)
    book.close()
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return f"{clock.in_vietnam(value):%d/%m/%Y %H:%M}"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else value

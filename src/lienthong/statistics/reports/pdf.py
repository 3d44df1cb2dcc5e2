"""A report as PDF, by typst, with the typeface that comes inside it: works without a network and without fonts of the
machine."""

from __future__ import annotations

import json
from importlib import resources

import typst

from lienthong.common.text import grouped
from lienthong.statistics.reports.content import Cell, Report


def write_pdf(report: Report) -> bytes:
    """The whole file."""
    with resources.as_file(resources.files(__name__.rpartition(".")[0]) / "report.typ") as template:
        made = typst.compile(
            str(template), format="pdf", ignore_system_fonts=True, sys_inputs={"report": json.dumps(_data(report))}
        )
    if not isinstance(made, bytes):
        raise TypeError("typst made no single file")
    return made


def _data(report: Report) -> dict[str, object]:
    shown = [table for table in report.tables if table.rows]
    return {
        "title": report.title,
        "scope": report.scope,
        "period": report.period.label,
        "made_at": report.made_at,
        "basis": report.basis,
        "sentences": report.sentences,
        "tables": [
            {"number": str(number), "title": table.title, "headings": list(table.headings), "note": table.note,
             "rows": [[_text(cell) for cell in row] for row in table.rows]}
            for number, table in enumerate(shown, 1)
        ],
    }  # fmt: skip


def _text(cell: Cell) -> str:
    return grouped(cell) if isinstance(cell, int) else "" if cell is None else str(cell)

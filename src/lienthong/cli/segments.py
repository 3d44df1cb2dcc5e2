"""``lienthong segments``: look after the stored bytes."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from lienthong.cli import runtime
from lienthong.cli.vietnamese import Command, Group
from lienthong.common.text import grouped

if TYPE_CHECKING:
    from lienthong.exchange.segments.verify import Report, Trouble

app = typer.Typer(cls=Group, no_args_is_help=True)


@app.callback()
def group() -> None:
    """Kho gói tin."""


@app.command(cls=Command)
def verify(
    repair: bool = typer.Option(False, "--repair", help="Thu hồi chỗ của phần mồ côi (chưa từng được xác nhận)."),
    as_json: bool = typer.Option(False, "--json", help="In một đối tượng JSON."),
) -> None:
    """Băm lại toàn bộ gói tin đã lưu và so với cơ sở dữ liệu. Mã thoát 1 khi có gói tin hỏng hoặc mất."""
    runtime.prepare()
    from lienthong.exchange.upkeep import verify_segments  # noqa: PLC0415 - needs Django

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=as_json or not console.is_terminal) as progress:
        task = progress.add_task("Đang kiểm tra kho gói tin…", total=None)
        report = verify_segments(repair=repair, on_segment=lambda: progress.advance(task))
    if as_json:
        sys.stdout.write(json.dumps(_as_dict(report), ensure_ascii=False) + "\n")
    else:
        _print(report)
    raise typer.Exit(0 if report.is_sound else 1)


def _as_dict(report: Report) -> dict[str, object]:
    troubles = [{**asdict(trouble), "problem": trouble.problem.value} for trouble in report.troubles]
    return {**asdict(report), "sound": report.is_sound, "troubles": troubles}


def _print(report: Report) -> None:
    console = Console()
    console.print(
        f"Đã kiểm tra {grouped(report.packages)} gói tin, {grouped(report.bytes)} byte trong {report.segments} tệp."
    )
    if not report.troubles:
        console.print("[green]Kho nguyên vẹn, không có phần mồ côi.[/green]")
        return
    table = Table("Vấn đề", "Tệp", "Vị trí", "Số byte", "Xử lý")
    for trouble in report.troubles:
        table.add_row(
            trouble.problem.label, trouble.segment, grouped(trouble.offset), grouped(trouble.length), _action(trouble)
        )
    console.print(table)


def _action(trouble: Trouble) -> str:
    if trouble.told:
        return trouble.told if trouble.problem.value == "erased" else "chạy lại lienthong holds erase"
    if trouble.repaired:
        return "đã thu hồi"
    if trouble.problem.reclaimable:
        return "chạy lại với --repair để thu hồi"
    return "" if trouble.problem.value == "busy" else "khôi phục từ bản sao lưu"

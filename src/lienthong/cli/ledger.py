"""``lienthong ledger``: how the evidence log stands, and whether anything in it was touched."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lienthong.cli import runtime
from lienthong.cli.vietnamese import Command, Group
from lienthong.common import clock

if TYPE_CHECKING:
    from lienthong.exchange.reconcile import Reconciled
    from lienthong.ledger.audit import AuditReport
    from lienthong.ledger.checkpoint import Checkpoint
    from lienthong.ledger.status import Status

app = typer.Typer(cls=Group, no_args_is_help=True)

_CHECKPOINTS = typer.Option([], "--checkpoint", help="Điểm kiểm giữ ở nơi khác mà nhật ký phải chứa.")
_BYTES = typer.Option(False, "--bytes", help="Băm lại cả từng gói tin đã lưu (lâu hơn).")
_JSON = typer.Option(False, "--json", help="In một đối tượng JSON.")


@app.callback()
def group() -> None:
    """Nhật ký bằng chứng."""


@app.command(cls=Command)
def status(as_json: bool = _JSON) -> None:
    """Cỡ nhật ký, hàng chờ và dấu thời gian. Mã thoát 1 khi dấu thời gian gián đoạn quá mức cho phép."""
    runtime.prepare()
    from lienthong.ledger.status import status as present  # noqa: PLC0415 - needs Django

    found = present()
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False, default=_plain) + "\n")
    else:
        _print_status(found)
    raise typer.Exit(1 if found.exceeded else 0)


@app.command(cls=Command)
def audit(
    checkpoint: list[Path] = _CHECKPOINTS,
    with_bytes: bool = _BYTES,
    as_json: bool = _JSON,
) -> None:
    """Tính lại nhật ký, đối chiếu với dữ liệu của trục; nêu dòng hỏng đầu tiên. Mã thoát 1 khi có chỗ hỏng."""
    runtime.prepare()
    from lienthong.exchange.reconcile import reconcile  # noqa: PLC0415 - needs Django
    from lienthong.ledger.audit import audit as recompute  # noqa: PLC0415

    with runtime.refusing():
        report = recompute(witnessed=[_witnessed(path) for path in checkpoint])
    rows = reconcile(with_bytes=with_bytes)
    if as_json:
        sys.stdout.write(json.dumps(_audit_fields(report, rows), ensure_ascii=False) + "\n")
    else:
        _print_audit(report)
        _print_rows(rows, with_bytes=with_bytes)
    raise typer.Exit(0 if report.is_sound and rows.is_sound else 1)


@app.command("rotate-key", cls=Command)
def rotate_key() -> None:
    """Thay khóa ký; khóa công khai cũ vẫn được công bố để kiểm tra chữ ký cũ."""
    runtime.prepare()
    from lienthong.ledger.rotation import rotate_key as rotate  # noqa: PLC0415 - needs Django

    with runtime.refusing():
        key = rotate(user=runtime.operator())
    sys.stdout.write(f"Khóa mới: {key}\nCông bố khóa này ở nơi các cơ quan vẫn lấy khóa của trục.\n")


@app.command("rebuild-tiles", cls=Command)
def rebuild_tiles() -> None:
    """Dựng lại các ô của cây băm từ các lá, khi ô bị hỏng; kết quả phải khớp điểm kiểm đã ký."""
    runtime.prepare()
    from lienthong.ledger.repair import rebuild_tiles as rebuild  # noqa: PLC0415 - needs Django

    with runtime.refusing():
        count = rebuild()
    sys.stdout.write(f"Đã dựng lại {count} ô.\n")


def _witnessed(path: Path) -> Checkpoint:
    from lienthong.ledger import keys  # noqa: PLC0415 - needs Django
    from lienthong.ledger.checkpoint import open_checkpoint  # noqa: PLC0415
    from lienthong.ledger.notes import NoteError  # noqa: PLC0415

    try:
        return open_checkpoint(path.read_text(encoding="utf-8"), keys.public_keys())[0]
    except (OSError, UnicodeDecodeError, NoteError) as error:
        raise typer.BadParameter(f"{path}: không phải điểm kiểm do trục ký ({error}).") from error


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    raise TypeError(type(value).__name__)


def _moment(value: datetime | None) -> str:
    return f"{clock.in_vietnam(value):%d/%m/%Y %H:%M:%S}" if value else "chưa có"


def _print_status(found: Status) -> None:
    stamps = found.coverage
    table = Table(show_header=False, box=None)
    table.add_row("Sự kiện trong nhật ký", f"{found.size:,}")
    table.add_row("Điểm kiểm gần nhất", _moment(found.head_at))
    table.add_row("Đang chờ vào nhật ký", f"{found.waiting:,}" + (
        f", từ {_moment(found.waiting_since)}" if found.waiting_since else ""))  # fmt: skip
    if not stamps.configured:
        table.add_row("Dấu thời gian", "chưa cấu hình (LIENTHONG_TSA_URL)")
    else:
        table.add_row("Dấu thời gian gần nhất", _moment(stamps.last_stamp))
        table.add_row("Chưa có dấu từ", _moment(stamps.since) if stamps.since else "không còn sự kiện nào thiếu dấu")
        table.add_row("Mức gián đoạn cho phép", f"{int(stamps.budget.total_seconds()):,} giây")
    console = Console(highlight=False)
    console.print(table)
    if found.exceeded:
        effect = "Trục đang từ chối gói tin mới." if found.refusing else "Trục vẫn nhận gói tin (LIENTHONG_TSA_REFUSE)."
        console.print(f"[red]Dấu thời gian gián đoạn quá mức cho phép.[/red] {effect}")


def _audit_fields(report: AuditReport, rows: Reconciled) -> dict[str, object]:
    return {
        "sound": report.is_sound and rows.is_sound,
        "events": report.events,
        "checkpoints": report.checkpoints,
        "stamps": report.stamps,
        "waiting": report.waiting,
        "root": report.root.hex(),
        "breaks": [{**asdict(found), "damage": found.damage.code} for found in report.breaks],
        "compared": rows.events,
        "packages": rows.packages,
        "differences": [{**asdict(one), "mismatch": one.mismatch.code} for one in rows.differences],
    }


def _print_audit(report: AuditReport) -> None:
    console = Console(highlight=False)
    console.print(
        f"Đã tính lại {report.events:,} sự kiện, {report.checkpoints:,} điểm kiểm, {report.stamps:,} dấu thời gian;"
        f" {report.waiting:,} sự kiện đang chờ."
    )
    first = report.first
    if first is None:
        console.print("[green]Nhật ký nguyên vẹn.[/green]")
        return
    console.print(f"[red]Chỗ hỏng đầu tiên: {first.damage.label} ở vị trí {first.position}, dòng {first.row}.[/red]")
    table = Table("Vấn đề", "Vị trí", "Dòng", "Chi tiết")
    for found in report.breaks:
        table.add_row(found.damage.label, str(found.position), found.row, escape(found.detail))
    console.print(table)


def _print_rows(rows: Reconciled, *, with_bytes: bool) -> None:
    console = Console(highlight=False)
    packages = f", {rows.packages:,} gói tin đã băm lại" if with_bytes else ""
    console.print(f"Đã đối chiếu {rows.events:,} sự kiện với dữ liệu của trục{packages}.")
    for told in rows.erased:
        console.print(escape(told))
    if rows.is_sound:
        console.print("[green]Dữ liệu của trục khớp với nhật ký.[/green]")
        return
    first = rows.differences[0]
    console.print(f"[red]Chỗ lệch đầu tiên: {first.mismatch.label}, {first.row}.[/red]")
    table = Table("Vấn đề", "Dòng", "Sự kiện ở vị trí", "Chi tiết")
    for one in rows.differences:
        position = "–" if one.position is None else str(one.position)
        table.add_row(one.mismatch.label, one.row, position, escape(one.detail))
    console.print(table)

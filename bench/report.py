"""The report for people (a table, in Vietnamese) and for programs (JSON)."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.measure import Row

_PLAIN_WIDTH = 132
_VALUES = {
    "rate": "{:.0f}/s",
    "mb_per_second": "{:.0f} MB/s",
    "deliveries_per_second": "{:.0f} lượt giao/s",
    "peak_mb": "đỉnh {:.0f} MB",
    "growth_mb": "web tăng {:.0f} MB",
    "total_growth_mb": "cả CSDL tăng {:.0f} MB",
    "upload_mb_per_second": "vào {:.0f} MB/s",
    "download_mb_per_second": "downloadEdoc {:.0f} MB/s",
    "get_mb_per_second": "getEdoc {:.0f} MB/s",
    "busy_cores": "cả máy dùng {:.1f} nhân",
}


def show(machine: dict[str, object], rows: list[Row]) -> None:
    """Print the table."""
    console = Console() if sys.stdout.isatty() else Console(width=_PLAIN_WIDTH)
    console.print("Máy: " + ", ".join(f"{name} {value}" for name, value in machine.items()))
    table = Table("", "Phép đo", "Kết quả", "p50 / p99", "CPU máy chủ / bộ tải", "Giới hạn của máy", "Mục tiêu / đạt")
    for row in rows:
        table.add_row(row.part, row.what, _results(row), _latency(row), _cpu(row), _limits(row), _targets(row))
    console.print(table)
    console.print(
        "CPU tính cho một gói (b: một vòng); việc khác: phần máy đang dùng cho việc không thuộc phép đo.\n"
        "Giới hạn: ghi nối tiếp có fsync / SHA-256 trên một nhân."
    )


def save(path: Path, machine: dict[str, object], rows: list[Row], *, quick: bool) -> None:
    """Write everything that was measured."""
    path.parent.mkdir(parents=True, exist_ok=True)
    results = [{**asdict(row), "met": row.met()} for row in rows]
    path.write_text(json.dumps({"machine": machine, "quick": quick, "results": results}, ensure_ascii=False, indent=1))


def _results(row: Row) -> str:
    return "\n".join(form.format(row.values[name]) for name, form in _VALUES.items() if name in row.values)


def _latency(row: Row) -> str:
    values = row.values
    if "p95_ms" in values:
        p50, p95, most = (values[name] for name in ("p50_ms", "p95_ms", "max_ms"))
        return f"{p50:.0f} / p95 {p95:.0f} / tối đa {most:.0f} ms"
    return f"{values['p50_ms']:.0f} / {values['p99_ms']:.0f} ms" if "p50_ms" in values else ""


def _cpu(row: Row) -> str:
    values = row.values
    if "server_cpu_ms" not in values:
        return ""
    own = f"{values['server_cpu_ms']:.2f} / {values['generator_cpu_ms']:.2f} ms"
    return f"{own}\nviệc khác: {values['other_cores']:.1f} nhân"


def _limits(row: Row) -> str:
    unit = "/s" if "rate" in row.values else " MB/s"
    names = {"append": "ghi", "sha256": "băm"}
    return "\n".join(f"{names[name]} {value:.0f}{unit}" for name, value in row.limits.items())


def _targets(row: Row) -> str:
    lines = [
        f"{direction} {bound:.0f} {'[green]đạt[/green]' if met else '[red]chưa đạt[/red]'}"
        for (_, direction, bound), met in zip(row.targets, row.met(), strict=True)
    ]
    return "\n".join(lines)

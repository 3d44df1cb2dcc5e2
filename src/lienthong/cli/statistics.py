"""``lienthong statistics``: bring figures up to date, make them again, write reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lienthong.cli import registry_io as io
from lienthong.cli.registry_io import Command
from lienthong.cli.vietnamese import COMMANDS, Group
from lienthong.registry.errors import RegistryError

app = typer.Typer(cls=Group, help="Số liệu thống kê.", no_args_is_help=True, add_completion=False)


@app.command("update", cls=Command, rich_help_panel=COMMANDS, help="Cập nhật số liệu đến lúc này (worker vẫn tự làm).")
def update_command() -> None:
    with io.answering(as_json=False):
        from lienthong.statistics import jobs  # noqa: PLC0415 - needs Django

        typer.echo(f"Đã xem lại {jobs.update()} văn bản.")


@app.command("recompute", cls=Command, rich_help_panel=COMMANDS, help="Tính lại số liệu của các ngày đã qua.")
def recompute_command(
    first: Annotated[str, typer.Option("--from", metavar="NGÀY", help="Ngày đầu.", show_default=False)],
    last: Annotated[str | None, typer.Option("--to", metavar="NGÀY", help="Ngày cuối; mặc định hôm nay.")] = None,
) -> None:
    with io.answering(as_json=False):
        from lienthong.statistics import jobs  # noqa: PLC0415 - needs Django

        count = jobs.recompute(first=io.read_day(first, "--from"), last=io.read_day(last, "--to"))
        typer.echo(f"Đã tính lại số liệu của {count} văn bản.")


@app.command("report", cls=Command, rich_help_panel=COMMANDS, help="Ghi báo cáo của một kỳ ra tệp .xlsx hoặc .pdf.")
def report_command(
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp .xlsx hoặc .pdf.", show_default=False)],
    period: Annotated[str, typer.Option("--period", metavar="KỲ", help="Như 2026-11, 2026-Q4, 2026.")],
    agency: Annotated[str | None, typer.Option("--agency", metavar="MÃ", help="Chỉ một cơ quan.")] = None,
) -> None:
    with io.answering(as_json=False):
        from lienthong.registry.selectors import agency_by_code  # noqa: PLC0415 - needs Django
        from lienthong.statistics import periods  # noqa: PLC0415
        from lienthong.statistics.measures import Scope  # noqa: PLC0415
        from lienthong.statistics.reports import content, pdf, xlsx  # noqa: PLC0415

        writers = {".xlsx": xlsx.write_xlsx, ".pdf": pdf.write_pdf}
        write = writers.get(file.suffix.lower())
        if write is None:
            raise RegistryError(
                "statistics.format", f"Không ghi được báo cáo ra {file.name}.", "Đặt đuôi .xlsx hoặc .pdf."
            )
        try:
            wanted = periods.parse(period)
        except periods.PeriodError as error:
            raise RegistryError("statistics.period", str(error), "Ví dụ --period 2026-Q4.") from None
        scope = Scope(agency_id=agency_by_code(agency).pk if agency else None)
        file.write_bytes(write(content.build(scope, wanted)))
        typer.echo(f"Đã ghi báo cáo {wanted.label} ra {file}.")

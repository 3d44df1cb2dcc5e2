"""``lienthong alerts``: what a person must see."""

from __future__ import annotations

from typing import Annotated

import typer

from lienthong.cli import registry_io as io
from lienthong.cli import runtime
from lienthong.cli.refusals import answering
from lienthong.cli.registry_io import Command, Json
from lienthong.cli.vietnamese import COMMANDS, Group
from lienthong.common import clock

app = typer.Typer(
    cls=Group, help="Cảnh báo cho người vận hành và cán bộ bảo vệ bí mật.", no_args_is_help=True, add_completion=False
)

Number = Annotated[int, typer.Argument(metavar="SỐ", help="Số cảnh báo (xem list).", show_default=False)]
_FIELDS = (
    "id", "kind", "level", "subject", "detail", "times", "first_at", "last_at", "muted_until", "acknowledged_at",
    "acknowledged_by", "note",
)  # fmt: skip


@app.command("list", cls=Command, rich_help_panel=COMMANDS, help="Liệt kê cảnh báo chưa ai xem. Mã thoát 1 khi có.")
def list_command(
    muted: Annotated[bool, typer.Option("--muted", help="Cả những cảnh báo đang tạm ẩn.")] = False,
    as_json: Json = False,
) -> None:
    with answering(as_json=as_json):
        from lienthong.exchange.guards.alerts import open_alerts  # noqa: PLC0415 - needs Django

        found = open_alerts(muted=muted)
        if as_json:
            io.print_json({"alerts": [{name: getattr(alert, name) for name in _FIELDS} for alert in found]})
        else:
            made = io.table("Số", "Mức", "Cảnh báo", "Nội dung", "Lần", "Gần nhất", "Việc cần làm")
            for one in found:
                told = f"{one.subject} {one.detail}".strip()
                made.add_row(str(one.pk), one.level_label, one.kind_label, told, str(one.times), io.shown(one.last_at),
                             one.next_step)  # fmt: skip
            io.console().print(made)
    raise typer.Exit(1 if found else 0)


@app.command("ack", cls=Command, rich_help_panel=COMMANDS, help="Ghi nhận đã xem một cảnh báo.")
def acknowledge_command(
    number: Number,
    note: Annotated[str, typer.Option("--note", metavar="GHI_CHÚ", help="Đã làm gì.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="NGƯỜI", help="Ai đã xem; mặc định người dùng máy này.")] = "",
) -> None:
    with answering(as_json=False):
        from lienthong.exchange.guards.alerts import acknowledge_alert  # noqa: PLC0415 - needs Django

        acknowledge_alert(alert_id=number, actor=by or runtime.operator(), note=note)
        typer.echo(f"Đã ghi nhận cảnh báo số {number}.")


@app.command("mute", cls=Command, rich_help_panel=COMMANDS, help="Tạm ẩn một cảnh báo.")
def mute_command(
    number: Number,
    duration: Annotated[str, typer.Option("--for", metavar="THỜI_GIAN", help="Như 90m, 24h, 7d.")] = "24h",
) -> None:
    with answering(as_json=False):
        from lienthong.exchange.guards.alerts import mute_alert  # noqa: PLC0415 - needs Django

        until = clock.now() + io.read_duration(duration, "--for")
        mute_alert(alert_id=number, until=until)
        typer.echo(f"Ẩn cảnh báo số {number} tới {io.shown(until)}.")

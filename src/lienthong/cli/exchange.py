"""``lienthong exchange``: what recipients owe, and the rules it is judged by."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from lienthong.cli import registry_io as io
from lienthong.cli.registry_io import Command, Json
from lienthong.cli.vietnamese import COMMANDS, Group

app = typer.Typer(cls=Group, help="Theo dõi văn bản đã gửi.", no_args_is_help=True, add_completion=False)


@app.command(
    "overdue", cls=Command, rich_help_panel=COMMANDS, help="Nơi nhận nào chưa trả lời, quá hạn theo quy tắc nào."
)
def overdue_command(
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="MÃ", help="Chỉ văn bản của cơ quan ban hành này.")
    ] = None,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.exchange.chasing import list_overdue  # noqa: PLC0415 - needs Django
        from lienthong.registry import selectors  # noqa: PLC0415 - needs Django

        issuer = selectors.agency_by_code(agency).pk if agency else None
        found = list_overdue(issuer_id=issuer)
        if as_json:
            rows = [{**asdict(one), "duty_label": one.duty.label} for one in found]
            io.print_json({"count": len(found), "overdue": rows})
            return
        table = io.table("Việc", "Nơi nhận", "Văn bản", "Từ lúc", "Hạn", "Căn cứ", title=f"Quá hạn: {len(found)}")
        for one in found:
            table.add_row(
                one.duty.label, f"{one.recipient_name} ({one.recipient_code})", f"{one.code} của {one.issuer_name}",
                io.shown(one.since), io.shown(one.due), one.rule,
            )  # fmt: skip
        io.console().print(table)


@app.command("rule-sets", cls=Command, rich_help_panel=COMMANDS, help="Các bộ quy tắc pháp lý và ngày áp dụng.")
def rule_sets_command(as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.exchange import rule_sets  # noqa: PLC0415 - needs Django

        timeline = rule_sets.timeline()
        found = [*timeline.sets, *timeline.unused]
        if as_json:
            fields = ("id", "name", "effective_from", "effective_to", "enabled", "verified", "note")
            io.print_json({"rule_sets": [{name: getattr(one, name) for name in fields} for one in found]})
            return
        table = io.table("Mã", "Tên", "Áp dụng từ ngày ký", "Đang dùng", "Đã xác minh")
        for one in found:
            table.add_row(one.id, one.name, io.shown(one.effective_from), io.shown(one.enabled), io.shown(one.verified))
        io.console().print(table)

"""``lienthong deliveries``: what did not arrive, why, and what is done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lienthong.cli import registry_io as io
from lienthong.cli import runtime
from lienthong.cli.refusals import answering
from lienthong.cli.registry_io import Command, Json
from lienthong.cli.vietnamese import COMMANDS, Group

if TYPE_CHECKING:
    from lienthong.exchange.attention import Actor, Troubled

app = typer.Typer(cls=Group, help="Lượt chuyển gặp sự cố.", no_args_is_help=True, add_completion=False)

DeliveryId = Annotated[str, typer.Argument(metavar="MÃ", help="Mã lượt chuyển (xem list).", show_default=False)]
Why = Annotated[str, typer.Option("--reason", metavar="LÝ_DO", help="Vì sao; người gửi đọc được.", show_default=False)]
By = Annotated[str, typer.Option("--by", metavar="NGƯỜI", help="Ai quyết định; mặc định người dùng máy này.")]


@app.command("list", cls=Command, rich_help_panel=COMMANDS, help="Liệt kê lượt chuyển chưa tới nơi.")
def list_command(
    given_up: Annotated[bool, typer.Option("--given-up", help="Chỉ những lượt đã ngừng thử, chờ xử lý.")] = False,
    limit: Annotated[int, typer.Option(metavar="SỐ", help="Nhiều nhất bao nhiêu dòng.", min=1)] = 200,
    as_json: Json = False,
) -> None:
    with answering(as_json=as_json):
        from lienthong.exchange import attention  # noqa: PLC0415 - needs Django

        found = (attention.list_given_up if given_up else attention.list_troubled)(limit=limit)
        if as_json:
            io.print_json({"count": len(found), "deliveries": found})
        else:
            _print(found)


@app.command("resend", cls=Command, rich_help_panel=COMMANDS, help="Gửi lại, với thời hạn thử mới.")
def resend_command(delivery_id: DeliveryId, reason: Why, by: By = "", as_json: Json = False) -> None:
    with answering(as_json=as_json):
        from lienthong.exchange import attention  # noqa: PLC0415 - needs Django

        attention.resend(delivery_id=delivery_id, actor=_actor(by), reason=reason)
        _told("Sẽ gửi lại ngay.", {"delivery": delivery_id, "action": "resend"}, as_json=as_json)


@app.command("redirect", cls=Command, rich_help_panel=COMMANDS, help="Chuyển hướng tới cơ quan khác.")
def redirect_command(
    delivery_id: DeliveryId,
    to: Annotated[str, typer.Option("--to", metavar="MÃ_CƠ_QUAN", help="Cơ quan nhận thay.", show_default=False)],
    reason: Why,
    by: By = "",
    as_json: Json = False,
) -> None:
    with answering(as_json=as_json):
        from lienthong.exchange import attention  # noqa: PLC0415 - needs Django

        other = attention.redirect(delivery_id=delivery_id, to_code=to, actor=_actor(by), reason=reason)
        fields = {"delivery": delivery_id, "action": "redirect", "to_delivery": other}
        _told(f"Đã chuyển hướng tới {to}; lượt chuyển mới {other}.", fields, as_json=as_json)


@app.command("paper", cls=Command, rich_help_panel=COMMANDS, help="Báo đã gửi bản giấy thay bản điện tử.")
def paper_command(delivery_id: DeliveryId, reason: Why, by: By = "", as_json: Json = False) -> None:
    with answering(as_json=as_json):
        from lienthong.exchange import attention  # noqa: PLC0415 - needs Django

        attention.send_paper(delivery_id=delivery_id, actor=_actor(by), reason=reason)
        _told("Đã ghi nhận gửi bản giấy.", {"delivery": delivery_id, "action": "paper"}, as_json=as_json)


def _actor(by: str) -> Actor:
    from lienthong.exchange.attention import Actor  # noqa: PLC0415 - needs Django

    return Actor(name=by or runtime.operator())


def _told(sentence: str, fields: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        io.print_json(fields)
    else:
        typer.echo(sentence)


def _print(rows: list[Troubled]) -> None:
    made = io.table("Mã", "Hệ thống", "Văn bản", "Gửi", "Nhận", "Tình trạng", "Nguyên nhân", "Đã thử", "Từ", "Xử lý")
    for row in rows:
        actions = "; ".join(
            f"{one.action.label} ({one.actor}, {io.shown(one.at)}): {one.reason}" for one in row.actions
        )
        document = f"{row.notation} {row.subject}".strip() or "báo trạng thái"
        made.add_row(
            row.id,
            row.system_id,
            document,
            row.from_code,
            ", ".join(row.to_codes),
            row.state.label,
            row.error,
            str(row.attempts),
            io.shown(row.created_at),
            io.shown(actions),
        )
    io.console().print(made if rows else "Không có lượt chuyển nào gặp sự cố.")

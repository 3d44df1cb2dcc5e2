"""``lienthong systems key``: keys of the REST interface. A key is shown once, and never again."""

from __future__ import annotations

from typing import Annotated

import typer

from lienthong.cli import registry_io as io
from lienthong.cli.registry_io import Command, Json
from lienthong.cli.vietnamese import COMMANDS, Group

app = typer.Typer(
    cls=Group, help="Khóa API (giao diện REST) của một hệ thống.", no_args_is_help=True, add_completion=False
)

SystemId = Annotated[str, typer.Argument(metavar="MÃ_HỆ_THỐNG", help="Mã hệ thống.", show_default=False)]
Prefix = Annotated[
    str, typer.Argument(metavar="PHẦN_ĐẦU", help="Phần đầu của khóa, sau ltk_ (xem list).", show_default=False)
]
Lifetime = Annotated[
    str | None, typer.Option("--expires-in", metavar="KHOẢNG", help="Thời hạn: 90d, 365d; mặc định không hết hạn.")
]


@app.command("list", cls=Command, rich_help_panel=COMMANDS, help="Liệt kê khóa API của một hệ thống.")
def list_command(system_id: SystemId, as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry.details import api_key_details  # noqa: PLC0415 - needs Django

        keys = api_key_details(system_id)
        if as_json:
            io.print_json({"count": len(keys), "keys": keys})
            return
        table = io.table(
            "Phần đầu", "Nhãn", "Quyền", "Từ địa chỉ", "Yêu cầu/phút", "Hết hạn", "Dùng lần cuối", "Còn dùng"
        )
        for key in keys:
            shown = (key.label, ", ".join(key.scopes), ", ".join(key.allowed_networks), key.rate_per_minute)
            times = (key.expires_at, key.last_used_at, key.is_live)
            table.add_row(key.prefix, *map(io.shown, (*shown, *times)))
        io.console().print(table)


@app.command("add", cls=Command, rich_help_panel=COMMANDS, help="Cấp một khóa API; khóa chỉ hiện một lần.")
def add_command(  # noqa: PLR0913 - one option each
    system_id: SystemId,
    *,
    scope: Annotated[
        list[str] | None, typer.Option("--scope", metavar="QUYỀN", help="Quyền của khóa; mặc định mọi quyền.")
    ] = None,
    network: Annotated[
        list[str] | None,
        typer.Option("--network", metavar="MẠNG", help="Chỉ dùng được từ mạng này, ví dụ 10.0.5.0/24."),
    ] = None,
    rate: Annotated[int | None, typer.Option(metavar="SỐ", help="Số yêu cầu mỗi phút; mặc định 600.")] = None,
    expires_in: Lifetime = None,
    label: Annotated[str, typer.Option(metavar="NHÃN", help="Ghi chú cho khóa.")] = "",
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import selectors, services  # noqa: PLC0415 - needs Django
        from lienthong.registry.models import ApiScope  # noqa: PLC0415
        from lienthong.registry.services.api_keys import DEFAULT_RATE  # noqa: PLC0415

        made = services.create_api_key(
            system=selectors.system_by_id(system_id),
            scopes=scope or ApiScope.values,
            networks=network or (),
            rate_per_minute=DEFAULT_RATE if rate is None else rate,
            lifetime=io.read_duration(expires_in, "--expires-in") if expires_in else None,
            label=label,
        )
        _show(made.key.prefix, made.token, f"Đã cấp khóa API cho {system_id}.", as_json=as_json)


@app.command("rotate", cls=Command, rich_help_panel=COMMANDS, help="Cấp khóa thay thế; khóa cũ còn dùng một thời gian.")
def rotate_command(
    prefix: Prefix,
    overlap: Annotated[
        str, typer.Option(metavar="KHOẢNG", help="Thời gian dùng song song: 90m, 24h, 7d; 0 là hết ngay.")
    ] = "24h",
    expires_in: Lifetime = None,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import services  # noqa: PLC0415 - needs Django

        made = services.rotate_api_key(
            prefix=prefix,
            overlap=io.read_duration(overlap, "--overlap"),
            lifetime=io.read_duration(expires_in, "--expires-in") if expires_in else None,
        )
        _show(made.key.prefix, made.token, f"Đã cấp khóa thay cho {prefix}.", as_json=as_json)


@app.command("revoke", cls=Command, rich_help_panel=COMMANDS, help="Thu hồi ngay một khóa API.")
def revoke_command(prefix: Prefix, as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import services  # noqa: PLC0415 - needs Django

        key = services.revoke_api_key(prefix=prefix)
        if as_json:
            io.print_json({"prefix": key.prefix, "revoked_at": key.revoked_at})
        else:
            typer.echo(f"Đã thu hồi khóa API {prefix} của {key.system.system_id}.")


def _show(prefix: str, token: str, sentence: str, *, as_json: bool) -> None:
    if as_json:
        io.print_json({"prefix": prefix, "token": token})
        return
    typer.echo(sentence)
    typer.echo("Khóa API, chỉ hiện một lần này; hãy chép ngay vào cấu hình của hệ thống:")
    typer.echo(token)

"""``lienthong keys``: the keys that protect secrets, changed while the axis runs."""

from __future__ import annotations

import typer

from lienthong.cli import registry_io as io
from lienthong.cli.registry_io import Command, Json
from lienthong.cli.vietnamese import COMMANDS, Group

app = typer.Typer(
    cls=Group,
    help="Khóa chủ mã hóa khóa bí mật của các hệ thống. Khóa ký nhật ký: lienthong ledger rotate-key; khóa của một hệ"
    " thống: lienthong systems rotate, lienthong systems key rotate.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("list", cls=Command, rich_help_panel=COMMANDS, help="Liệt kê khóa chủ và số khóa bí mật cần đến chúng.")
def list_command(as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        _show(as_json=as_json)


@app.command("rotate", cls=Command, rich_help_panel=COMMANDS, help="Thay khóa chủ, không dừng trục.")
def rotate_command(as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry.rotation import rotate_master_key  # noqa: PLC0415 - needs Django

        rotate_master_key()
        _show(as_json=as_json)


@app.command("reencrypt", cls=Command, rich_help_panel=COMMANDS, help="Làm nốt việc mã hóa lại bằng khóa chủ mới.")
def reencrypt_command(as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry.rotation import encrypt_again  # noqa: PLC0415 - needs Django

        encrypt_again()
        _show(as_json=as_json)


@app.command("retire", cls=Command, rich_help_panel=COMMANDS, help="Bỏ các khóa chủ cũ không còn ai cần.")
def retire_command(as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry.rotation import retire_master_keys  # noqa: PLC0415 - needs Django

        retire_master_keys()
        _show(as_json=as_json)


def _show(*, as_json: bool) -> None:
    from lienthong.registry.rotation import master_keys  # noqa: PLC0415 - needs Django

    keys = master_keys()
    if as_json:
        io.print_json({"keys": keys})
        return
    made = io.table("Khóa chủ", "Vai trò", "Số khóa bí mật")
    for key in keys:
        made.add_row(key.id, "mã hóa và giải mã" if key.encrypts else "chỉ giải mã", str(key.secrets))
    io.console().print(made)

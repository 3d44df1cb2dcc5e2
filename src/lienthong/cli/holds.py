"""``lienthong holds``: packages that are kept from their recipients, and what a person decides about them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from lienthong.cli import registry_io as io
from lienthong.cli import runtime
from lienthong.cli.refusals import answering
from lienthong.cli.registry_io import Command, Json
from lienthong.cli.vietnamese import COMMANDS, Group

app = typer.Typer(cls=Group, help="Gói tin đang bị giữ.", no_args_is_help=True, add_completion=False)

PackageId = Annotated[UUID, typer.Argument(metavar="MÃ_GÓI", help="Mã gói tin (xem list).", show_default=False)]
Why = Annotated[str, typer.Option("--reason", metavar="LÝ_DO", help="Vì sao; được ghi lại.", show_default=False)]
By = Annotated[str, typer.Option("--by", metavar="NGƯỜI", help="Ai quyết định; mặc định người dùng máy này.")]


@app.command("list", cls=Command, rich_help_panel=COMMANDS, help="Liệt kê gói tin mà nơi nhận chưa được thấy.")
def list_command(as_json: Json = False) -> None:
    with answering(as_json=as_json):
        from lienthong.exchange.guards.holds import list_held  # noqa: PLC0415 - needs Django

        found = list_held()
        if as_json:
            io.print_json({"held": found})
            return
        made = io.table("Mã gói", "Hệ thống gửi", "Nơi nhận", "Lý do", "Từ")
        for one in found:
            made.add_row(str(one.package_id), one.system_id, ", ".join(one.recipients), one.reason, io.shown(one.since))
        io.console().print(made)


@app.command("release", cls=Command, rich_help_panel=COMMANDS, help="Chuyển tiếp gói tin tới nơi nhận.")
def release_command(package_id: PackageId, reason: Why, by: By = "") -> None:
    with answering(as_json=False):
        from lienthong.exchange.guards.holds import release_held  # noqa: PLC0415 - needs Django

        release_held(package_id=package_id, actor=by or runtime.operator(), reason=reason)
        typer.echo("Nơi nhận lấy được gói tin từ bây giờ.")


@app.command("block", cls=Command, rich_help_panel=COMMANDS, help="Chặn hẳn gói tin; bên gửi đọc được lý do.")
def block_command(package_id: PackageId, reason: Why, by: By = "") -> None:
    with answering(as_json=False):
        from lienthong.exchange.guards.holds import block_held  # noqa: PLC0415 - needs Django

        block_held(package_id=package_id, actor=by or runtime.operator(), reason=reason)
        typer.echo("Đã chặn gói tin; bên gửi sửa rồi gửi lại được.")


@app.command("erase", cls=Command, rich_help_panel=COMMANDS,
             help="Xóa hẳn nội dung một gói tin đã nhận (lộ bí mật nhà nước). Không hoàn tác được.")  # fmt: skip
def erase_command(
    package_id: PackageId,
    reason: Why,
    by: By = "",
    sure: Annotated[bool, typer.Option("--yes", help="Không hỏi lại.")] = False,
) -> None:
    with answering(as_json=False):
        from lienthong.records.erasing import erase_package  # noqa: PLC0415 - needs Django

        if not sure:
            typer.confirm(f"Xóa hẳn nội dung gói tin {package_id}? Không ai đọc lại được.", abort=True)
        erase_package(package_id=package_id, actor=by or runtime.operator(), reason=reason)
        typer.echo("Đã xóa nội dung gói tin; mã băm, nơi gửi, thời gian và nhật ký bằng chứng được giữ.")
        typer.echo("Kiểm tra: lienthong segments verify; lienthong ledger audit --bytes. Bản sao lưu phải xóa riêng.")

"""``lienthong systems``: the systems that connect, whom they serve, and their secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lienthong.cli import api_keys, runtime
from lienthong.cli import registry_io as io
from lienthong.cli import registry_views as views
from lienthong.cli.registry_io import Command, Json
from lienthong.cli.vietnamese import COMMANDS, Group
from lienthong.registry.errors import RegistryError

if TYPE_CHECKING:
    from lienthong.exchange.maintenance import MaintenanceWindow

app = typer.Typer(
    cls=Group, help="Hệ thống kết nối và khóa bí mật của chúng.", no_args_is_help=True, add_completion=False
)

app.add_typer(api_keys.app, name="key", rich_help_panel=COMMANDS)

SystemId = Annotated[str, typer.Argument(metavar="MÃ_HỆ_THỐNG", help="Mã hệ thống.", show_default=False)]
Agency = Annotated[str, typer.Option("--agency", metavar="MÃ", help="Mã định danh của cơ quan.", show_default=False)]
Subordinates = Annotated[
    bool, typer.Option("--include-subordinates", help="Phục vụ cả các cơ quan trực thuộc chưa có hệ thống riêng.")
]
ValidFrom = Annotated[
    str | None, typer.Option("--valid-from", metavar="NGÀY", help="Ngày bắt đầu phục vụ; mặc định hôm nay.")
]


@app.command("list", cls=Command, rich_help_panel=COMMANDS, help="Liệt kê các hệ thống.")
def list_command(as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry.details import system_details  # noqa: PLC0415 - needs Django

        systems = system_details()
        if as_json:
            io.print_json({"count": len(systems), "systems": systems})
        else:
            views.print_systems(systems)


@app.command("show", cls=Command, rich_help_panel=COMMANDS, help="Xem một hệ thống; khóa bí mật không xem lại được.")
def show_command(system_id: SystemId, as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        _tell(system_id, "", as_json=as_json)


@app.command("add", cls=Command, rich_help_panel=COMMANDS, help="Thêm một hệ thống; khóa bí mật chỉ hiện một lần.")
def add_command(  # noqa: PLR0913 - one option each
    *,
    agency: Annotated[
        list[str] | None, typer.Option("--agency", metavar="MÃ", help="Cơ quan được phục vụ; dùng được nhiều lần.")
    ] = None,
    kind: Annotated[str, typer.Option(metavar="LOẠI", help="pull, desk, upstream hoặc push.")] = "pull",
    name: Annotated[str, typer.Option(metavar="TÊN", help="Tên hệ thống; mặc định là mã.")] = "",
    system_id: Annotated[
        str | None, typer.Option("--system-id", metavar="MÃ", help="Mã hệ thống; mặc định đặt theo mã cơ quan đầu.")
    ] = None,
    include_subordinates: Subordinates = False,
    valid_from: ValidFrom = None,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import selectors, services  # noqa: PLC0415 - needs Django

        made = services.add_system(
            agencies=[selectors.agency_by_code(code) for code in agency or []],
            system_id=system_id,
            name=name,
            kind=kind,
            include_subordinates=include_subordinates,
            valid_from=io.read_day(valid_from, "--valid-from"),
        )
        if as_json:
            system = made.system
            shown = {"system_id": system.system_id, "name": system.name, "kind": str(system.kind)}
            io.print_json({**shown, "agencies": agency or [], "secret": made.secret})
        else:
            typer.echo(f"Đã thêm hệ thống {made.system.system_id}.")
            _show_secret(made.secret)


@app.command("rotate", cls=Command, rich_help_panel=COMMANDS, help="Cấp khóa mới; khóa cũ còn dùng được một thời gian.")
def rotate_command(
    system_id: SystemId,
    overlap: Annotated[
        str, typer.Option(metavar="KHOẢNG", help="Thời gian dùng song song: 90m, 24h, 7d; 0 là hết ngay.")
    ] = "24h",
    label: Annotated[str, typer.Option(metavar="NHÃN", help="Ghi chú cho khóa mới.")] = "",
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import selectors, services  # noqa: PLC0415 - needs Django

        length = io.read_duration(overlap, "--overlap")
        made = services.rotate_secret(system=selectors.system_by_id(system_id), overlap=length, label=label)
        until = made.credential.created_at + length
        if as_json:
            io.print_json(
                {
                    "system_id": system_id,
                    "credential_id": made.credential.pk,
                    "old_secrets_until": until,
                    "secret": made.secret,
                }
            )
        else:
            typer.echo(f"Đã cấp khóa mới cho {system_id}. Khóa cũ dùng được đến {io.shown(until)}.")
            _show_secret(made.secret)


@app.command("revoke", cls=Command, rich_help_panel=COMMANDS, help="Thu hồi ngay khóa bí mật.")
def revoke_command(
    system_id: SystemId,
    credential: Annotated[int | None, typer.Option(metavar="SỐ", help="Số của khóa cần thu hồi (xem show).")] = None,
    every: Annotated[bool, typer.Option("--all", help="Thu hồi mọi khóa: hệ thống không vào được nữa.")] = False,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import selectors, services  # noqa: PLC0415 - needs Django

        if every == (credential is not None):
            raise RegistryError(
                "cli.usage",
                "Phải chọn một trong hai: --credential SỐ hoặc --all.",
                f"Xem số của các khóa: lienthong systems show {system_id}",
            )
        count = services.revoke_credentials(system=selectors.system_by_id(system_id), credential_id=credential)
        _tell(system_id, f"Đã thu hồi {count} khóa của {system_id}.", as_json=as_json)


@app.command("lock", cls=Command, rich_help_panel=COMMANDS, help="Khóa một hệ thống ngay lập tức.")
def lock_command(
    system_id: SystemId,
    reason: Annotated[str, typer.Option(metavar="LÝ_DO", help="Vì sao khóa.", show_default=False)],
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import selectors, services  # noqa: PLC0415 - needs Django

        services.lock_system(system=selectors.system_by_id(system_id), reason=reason)
        _tell(system_id, f"Đã khóa {system_id}.", as_json=as_json)


@app.command("unlock", cls=Command, rich_help_panel=COMMANDS, help="Mở khóa một hệ thống.")
def unlock_command(system_id: SystemId, as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import selectors, services  # noqa: PLC0415 - needs Django

        services.unlock_system(system=selectors.system_by_id(system_id))
        _tell(system_id, f"Đã mở khóa {system_id}.", as_json=as_json)


@app.command("serve", cls=Command, rich_help_panel=COMMANDS, help="Cho hệ thống phục vụ thêm một cơ quan.")
def serve_command(
    system_id: SystemId,
    agency: Agency,
    include_subordinates: Subordinates = False,
    valid_from: ValidFrom = None,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import selectors, services  # noqa: PLC0415 - needs Django

        services.serve_agency(
            system=selectors.system_by_id(system_id),
            agency=selectors.agency_by_code(agency),
            include_subordinates=include_subordinates,
            valid_from=io.read_day(valid_from, "--valid-from"),
        )
        _tell(system_id, f"{system_id} phục vụ cơ quan mã {agency}.", as_json=as_json)


@app.command("unserve", cls=Command, rich_help_panel=COMMANDS, help="Thôi phục vụ một cơ quan từ một ngày.")
def unserve_command(
    system_id: SystemId,
    agency: Agency,
    on: Annotated[str | None, typer.Option("--on", metavar="NGÀY", help="Ngày thôi; mặc định hôm nay.")] = None,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import selectors, services  # noqa: PLC0415 - needs Django

        services.stop_serving(
            system=selectors.system_by_id(system_id),
            agency=selectors.agency_by_code(agency),
            on_date=io.read_day(on, "--on"),
        )
        _tell(system_id, f"{system_id} thôi phục vụ cơ quan mã {agency}.", as_json=as_json)


@app.command("set-webhook", cls=Command, rich_help_panel=COMMANDS, help="Đẩy gói tin tới một địa chỉ của hệ thống.")
def set_webhook_command(
    system_id: SystemId,
    url: Annotated[str, typer.Argument(metavar="URL", help="Địa chỉ http(s) nhận gói tin.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Thôi đẩy; hệ thống lại tự lấy.")] = False,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.gateways.webhook.addresses import remove_webhook, set_webhook  # noqa: PLC0415 - needs Django
        from lienthong.registry import selectors  # noqa: PLC0415

        if remove == bool(url):
            raise RegistryError(
                "cli.usage", "Phải chọn một trong hai: URL hoặc --remove.", "Ví dụ: … set-webhook MÃ https://…"
            )
        system = selectors.system_by_id(system_id)
        if remove:
            remove_webhook(system=system)
            _tell(system_id, f"{system_id} lại tự lấy gói tin.", as_json=as_json)
        else:
            set_webhook(system=system, url=url)
            _tell(system_id, f"Từ nay gói tin cho {system_id} được đẩy tới {url}.", as_json=as_json)


@app.command("maintenance", cls=Command, rich_help_panel=COMMANDS, help="Báo bảo trì: gói tin chờ, không mất lượt thử.")
def maintenance_command(
    system_id: SystemId,
    length: Annotated[str, typer.Option("--for", metavar="KHOẢNG", help="Bao lâu từ bây giờ: 90m, 24h, 7d.")] = "",
    reason: Annotated[str, typer.Option(metavar="LÝ_DO", help="Vì sao; người gửi đọc được.")] = "",
    end: Annotated[bool, typer.Option("--end", help="Kết thúc bảo trì ngay.")] = False,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.common import clock  # noqa: PLC0415 - beside what needs Django
        from lienthong.exchange import maintenance  # noqa: PLC0415
        from lienthong.registry import selectors  # noqa: PLC0415

        system = selectors.system_by_id(system_id)
        if end:
            maintenance.end_maintenance(system=system)
        elif length:
            until = clock.now() + io.read_duration(length, "--for")
            maintenance.set_maintenance(system=system, until=until, reason=reason, actor=runtime.operator())
        window = maintenance.current_maintenance(system)
        if as_json:
            io.print_json({"system_id": system_id, "maintenance": window})
        else:
            typer.echo(_maintenance_told(system_id, window))


def _maintenance_told(system_id: str, window: MaintenanceWindow | None) -> str:
    if window is None:
        return f"{system_id} không bảo trì."
    return f"{system_id} bảo trì đến {io.shown(window.ends_at)}: {window.reason} ({window.actor})."


def _tell(system_id: str, sentence: str, *, as_json: bool) -> None:
    """After a change: the sentence, or the system as it now stands; without a sentence, the system for people."""
    from lienthong.registry.details import system_detail  # noqa: PLC0415 - needs Django

    if as_json:
        io.print_json(system_detail(system_id))
    elif sentence:
        typer.echo(sentence)
    else:
        views.print_system(system_detail(system_id))


def _show_secret(secret: str) -> None:
    typer.echo("Khóa bí mật, chỉ hiện một lần này; hãy chép ngay vào cấu hình của hệ thống:")
    typer.echo(secret)

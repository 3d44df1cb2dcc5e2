"""``lienthong upstreams``: the axes this one is a client of, and the hubs below it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from lienthong.cli import registry_io as io
from lienthong.cli.registry_io import Command, Json
from lienthong.cli.vietnamese import COMMANDS, Group
from lienthong.registry.errors import RegistryError

if TYPE_CHECKING:
    from lienthong.gateways.national.models import Upstream
    from lienthong.gateways.national.sync import SyncReport

app = typer.Typer(cls=Group, help="Trục phía trên và trục cấp dưới.", no_args_is_help=True, add_completion=False)

_VARIABLE = "LIENTHONG_UPSTREAM_SECRET"
UpstreamId = Annotated[str, typer.Argument(metavar="MÃ", help="Mã trục phía trên, do trục này đặt.")]
Trace = Annotated[bool, typer.Option("--trace/--no-trace", help="Thêm TraceHeader của trục này khi chuyển tiếp.")]


@app.command("add", cls=Command, rich_help_panel=COMMANDS, help="Thêm một trục phía trên; khóa đọc từ dòng nhập.")
def add_command(  # noqa: PLR0913 - one option each
    *,
    system_id: UpstreamId,
    endpoint: Annotated[str, typer.Option(metavar="ĐỊA_CHỈ", help="Ví dụ https://truc.example.vn/vxp.")],
    remote_id: Annotated[str, typer.Option("--remote-id", metavar="MÃ", help="Mã hệ thống trục kia cấp cho ta.")],
    secret: Annotated[str, typer.Option(prompt="Khóa bí mật do trục kia cấp", hide_input=True, envvar=_VARIABLE)],
    name: Annotated[str, typer.Option(metavar="TÊN", help="Tên gọi; mặc định là mã.")] = "",
    own: Annotated[
        list[str] | None, typer.Option("--own", metavar="MÃ", help="Mã gốc của phía ta trong danh bạ trục kia.")
    ] = None,
    poll_min: Annotated[float, typer.Option(metavar="GIÂY", help="Khoảng hỏi ngắn nhất.")] = 2.0,
    poll_max: Annotated[float, typer.Option(metavar="GIÂY", help="Khoảng hỏi dài nhất khi vắng.")] = 30.0,
    timeout: Annotated[float, typer.Option(metavar="GIÂY", help="Thời gian chờ một lời gọi.")] = 60.0,
    unknown_sender: Annotated[
        str, typer.Option(metavar="CÁCH", help="Nơi gửi lạ: sync (đồng bộ danh bạ rồi thử lại) hoặc fail.")
    ] = "sync",
    directory: Annotated[bool, typer.Option("--directory/--no-directory", help="Đồng bộ danh bạ của trục kia.")] = True,
    trace: Trace = True,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.gateways.national import upstreams  # noqa: PLC0415 - needs Django

        made = upstreams.add_upstream(
            system_id=system_id,
            name=name,
            endpoint=endpoint,
            remote_system_id=remote_id,
            secret=secret,
            terms=upstreams.Terms(
                own_codes=own or [],
                poll_min=poll_min,
                poll_max=poll_max,
                timeout=timeout,
                on_unknown_sender=unknown_sender,
                syncs_directory=directory,
                adds_trace=trace,
            ),
        )
        _tell(made, f"Đã thêm trục {system_id}. Lấy danh bạ: lienthong upstreams sync {system_id}", as_json=as_json)


@app.command(
    "change", cls=Command, rich_help_panel=COMMANDS, help="Đổi địa chỉ, mã, khóa hoặc cách làm việc với một trục."
)
def change_command(  # noqa: PLR0913 - one option each
    *,
    system_id: UpstreamId,
    endpoint: Annotated[str, typer.Option(metavar="ĐỊA_CHỈ", help="Địa chỉ mới.")] = "",
    remote_id: Annotated[str, typer.Option("--remote-id", metavar="MÃ", help="Mã hệ thống mới ở trục kia.")] = "",
    secret: Annotated[
        bool, typer.Option("--secret", help="Hỏi khóa bí mật mới (hoặc LIENTHONG_UPSTREAM_SECRET).")
    ] = False,
    own: Annotated[
        list[str] | None, typer.Option("--own", metavar="MÃ", help="Mã gốc của phía ta, thay cho các mã cũ.")
    ] = None,
    poll_min: Annotated[float | None, typer.Option(metavar="GIÂY", help="Khoảng hỏi ngắn nhất.")] = None,
    poll_max: Annotated[float | None, typer.Option(metavar="GIÂY", help="Khoảng hỏi dài nhất khi vắng.")] = None,
    timeout: Annotated[float | None, typer.Option(metavar="GIÂY", help="Thời gian chờ một lời gọi.")] = None,
    unknown_sender: Annotated[str | None, typer.Option(metavar="CÁCH", help="Nơi gửi lạ: sync hoặc fail.")] = None,
    directory: Annotated[
        bool | None, typer.Option("--directory/--no-directory", help="Đồng bộ danh bạ của trục kia.")
    ] = None,
    trace: Annotated[bool | None, typer.Option("--trace/--no-trace", help="Thêm TraceHeader của trục này.")] = None,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.gateways.national import upstreams  # noqa: PLC0415 - needs Django

        upstream = upstreams.upstream_by_id(system_id)
        wished: dict[str, Any] = {
            "own_codes": own,
            "poll_min": poll_min,
            "poll_max": poll_max,
            "timeout": timeout,
            "on_unknown_sender": unknown_sender,
            "syncs_directory": directory,
            "adds_trace": trace,
        }
        terms = replace(
            upstreams.terms_of(upstream), **{name: value for name, value in wished.items() if value is not None}
        )
        changes = upstreams.Changes(
            endpoint=endpoint, remote_system_id=remote_id, secret=_new_secret() if secret else "", terms=terms
        )
        upstreams.change_upstream(upstream=upstream, changes=changes)
        _tell(upstream, f"Đã đổi trục {system_id}. Thử lại: lienthong upstreams check {system_id}", as_json=as_json)


def _new_secret() -> str:
    given = os.environ.get(_VARIABLE)
    return given if given is not None else str(typer.prompt("Khóa bí mật mới do trục kia cấp", hide_input=True))


@app.command("check", cls=Command, rich_help_panel=COMMANDS, help="Thử từng lời gọi tới một trục, không thay đổi gì.")
def check_command(system_id: UpstreamId, as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.gateways.national.probing import probe  # noqa: PLC0415 - needs Django
        from lienthong.gateways.national.upstreams import upstream_by_id  # noqa: PLC0415

        found = []
        for one in probe(upstream_by_id(system_id)):
            found.append(one)
            if not as_json:
                typer.echo(f"{'✔' if one.good else '✘'} {one.call} ({one.milliseconds} ms): {one.told}")
        good = all(one.good for one in found)
        if as_json:
            io.print_json({"good": good, "calls": found})
    raise typer.Exit(0 if good else 1)


@app.command("list", cls=Command, rich_help_panel=COMMANDS, help="Liệt kê các trục phía trên.")
def list_command(as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.gateways.national.details import upstream_details  # noqa: PLC0415 - needs Django

        found = upstream_details()
        if as_json:
            io.print_json({"count": len(found), "upstreams": found})
            return
        table = io.table("Mã", "Địa chỉ", "Trạng thái", "Hỏi lần cuối", "Chờ gửi", "Đồng bộ danh bạ")
        for one in found:
            table.add_row(
                one.system_id, one.endpoint, one.standing, *map(io.shown, (one.polled_at, one.waiting, one.synced_at))
            )
        io.console().print(table)


@app.command("show", cls=Command, rich_help_panel=COMMANDS, help="Xem một trục phía trên và các gói tin đã từ chối.")
def show_command(system_id: UpstreamId, as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.gateways.national.upstreams import upstream_by_id  # noqa: PLC0415 - needs Django

        _tell(upstream_by_id(system_id), "", as_json=as_json)


@app.command("lock", cls=Command, rich_help_panel=COMMANDS, help="Ngừng gửi nhận với một trục; --off để nối lại.")
def lock_command(
    system_id: UpstreamId,
    reason: Annotated[str, typer.Option(metavar="LÝ_DO", help="Vì sao ngừng.")] = "",
    off: Annotated[bool, typer.Option("--off", help="Nối lại.")] = False,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.gateways.national.upstreams import upstream_by_id  # noqa: PLC0415 - needs Django
        from lienthong.registry import services  # noqa: PLC0415

        upstream = upstream_by_id(system_id)
        if off:
            services.unlock_system(system=upstream.system)
        else:
            services.lock_system(system=upstream.system, reason=reason)
        _tell(upstream, f"Đã {'nối lại' if off else 'ngừng'} {system_id}.", as_json=as_json)


@app.command("route", cls=Command, rich_help_panel=COMMANDS, help="Cho văn bản của một cơ quan đi theo trục này.")
def route_command(
    system_id: UpstreamId,
    agency: Annotated[str, typer.Option("--agency", metavar="MÃ", help="Cơ quan, kể cả các cơ quan trực thuộc.")],
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.gateways.national.upstreams import route_agency, upstream_by_id  # noqa: PLC0415 - needs Django
        from lienthong.registry.selectors import agency_by_code  # noqa: PLC0415

        upstream = upstream_by_id(system_id)
        route_agency(upstream=upstream, agency=agency_by_code(agency))
        _tell(upstream, f"Từ hôm nay cơ quan {agency} đi theo {system_id}.", as_json=as_json)


@app.command("sync", cls=Command, rich_help_panel=COMMANDS, help="Đồng bộ danh bạ của một trục phía trên.")
def sync_command(system_id: UpstreamId, as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.gateways.national.sync import synchronise  # noqa: PLC0415 - needs Django
        from lienthong.gateways.national.upstreams import upstream_by_id  # noqa: PLC0415

        console = Console(stderr=True)
        with _answered(), Progress(console=console, transient=True, disable=as_json or not console.is_terminal) as bar:
            job = bar.add_task("Đồng bộ danh bạ", total=None)
            report = synchronise(
                upstream_by_id(system_id), lambda done, total: bar.update(job, completed=done, total=total)
            )
        if as_json:
            io.print_json(report)
        else:
            _print_sync(report)


@app.command("poll", cls=Command, rich_help_panel=COMMANDS, help="Lấy ngay những gì đang chờ ở một trục phía trên.")
def poll_command(system_id: UpstreamId, as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.gateways.national.link import once  # noqa: PLC0415 - needs Django
        from lienthong.gateways.national.upstreams import upstream_by_id  # noqa: PLC0415

        with _answered():
            tally = once(upstream_by_id(system_id))
        if as_json:
            io.print_json(tally)
        else:
            typer.echo(
                f"Nhận {tally.taken}, đã có từ trước {tally.repeated}, từ chối {tally.refused}, để lại {tally.stays}."
            )


@app.command("hub", cls=Command, rich_help_panel=COMMANDS, help="Khai báo một hệ thống kết nối là trục cấp dưới.")
def hub_command(
    system_id: Annotated[str, typer.Argument(metavar="MÃ_HỆ_THỐNG", help="Mã hệ thống.")],
    off: Annotated[bool, typer.Option("--off", help="Không còn là trục cấp dưới.")] = False,
    trace: Trace = False,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.exchange.hubs.links import set_link  # noqa: PLC0415 - needs Django
        from lienthong.registry.selectors import system_by_id  # noqa: PLC0415

        set_link(system=system_by_id(system_id), is_hub=not off, adds_trace=trace)
        shown: dict[str, Any] = {"system_id": system_id, "is_hub": not off, "adds_trace": trace}
        if as_json:
            io.print_json(shown)
        else:
            typer.echo(f"{system_id}: {'hệ thống thường' if off else 'trục cấp dưới'}, TraceHeader: {io.shown(trace)}.")


class _answered:  # noqa: N801 - reads as a statement
    """The other side's failure as ours: one line, exit code 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        from lienthong.gateways.national.answers import VxpError  # noqa: PLC0415 - needs Django

        if isinstance(error, VxpError):
            raise RegistryError(
                "national.upstream.failed",
                f"Trục phía trên không trả lời đúng: {error}.",
                "Kiểm tra địa chỉ, mã hệ thống và khóa: lienthong upstreams show.",
            ) from error


def _tell(upstream: Upstream, sentence: str, *, as_json: bool) -> None:
    from lienthong.gateways.national.details import upstream_detail  # noqa: PLC0415 - needs Django

    detail = upstream_detail(upstream)
    if as_json:
        io.print_json(detail)
        return
    if sentence:
        typer.echo(sentence)
        return
    table = io.table("Mục", "Giá trị", title=detail.system_id)
    for label, value in detail.facts:
        table.add_row(label, io.shown(value))
    io.console().print(table)
    if detail.refused:
        refused = io.table("Gói tin từ chối", "Nơi gửi", "Mã", "Lý do", "Lần", "Lần cuối")
        for one in detail.refused:
            refused.add_row(one.remote_id, one.from_code, one.code, one.detail, str(one.times), io.shown(one.last_at))
        io.console().print(refused)


def _print_sync(report: SyncReport) -> None:
    typer.echo(
        f"Danh bạ có {report.listed} đơn vị, phía ta {report.own}, không đổi {report.unchanged}. "
        f"Thêm {report.created}, sửa {report.changed}, đóng {report.closed}, thêm đường đi {report.routed}."
    )
    for line in report.skipped[:20]:
        typer.echo(f"Bỏ qua {line}")
    if len(report.skipped) > 20:
        typer.echo(f"… và {len(report.skipped) - 20} đơn vị khác.")

"""``lienthong agencies``: the directory of agencies."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from lienthong.cli import registry_io as io
from lienthong.cli import registry_views as views
from lienthong.cli.registry_io import Command, Json
from lienthong.cli.vietnamese import COMMANDS, Group
from lienthong.common import clock
from lienthong.registry.errors import RegistryError

if TYPE_CHECKING:
    from lienthong.registry.directory_file import ImportReport
    from lienthong.registry.models import Agency, Level

app = typer.Typer(cls=Group, help="Danh bạ cơ quan.", no_args_is_help=True, add_completion=False)

_HUMAN_LIMIT = 100  # a screen of a directory of 111,000 agencies; JSON gives all

Code = Annotated[str, typer.Argument(metavar="MÃ", help="Mã định danh của cơ quan.", show_default=False)]
On = Annotated[str | None, typer.Option("--on", metavar="NGÀY", help="Ngày xét; mặc định hôm nay.")]
ValidFrom = Annotated[
    str | None, typer.Option("--valid-from", metavar="NGÀY", help="Ngày bắt đầu hiệu lực; mặc định hôm nay.")
]
LevelOption = Annotated[
    str | None, typer.Option("--level", metavar="CẤP", help="trung ương, thành phố, huyện, xã hoặc khác.")
]
Parent = Annotated[str | None, typer.Option("--parent", metavar="MÃ", help="Mã cơ quan cấp trên.")]


@app.command("list", cls=Command, rich_help_panel=COMMANDS, help="Liệt kê các cơ quan đang hoạt động.")
def list_command(
    level: LevelOption = None,
    on: On = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Số dòng nhiều nhất.", metavar="SỐ")] = None,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import selectors  # noqa: PLC0415 - needs Django

        rows = list(selectors.directory_rows(io.read_day(on, "--on"), _level(level)))
        shown = rows[: limit or (len(rows) if as_json else _HUMAN_LIMIT)]
        if as_json:
            io.print_json({"count": len(rows), "agencies": shown})
        else:
            views.print_directory(shown, len(rows))


@app.command("search", cls=Command, rich_help_panel=COMMANDS, help="Tìm theo mã, tên (cả không dấu) hoặc tên viết tắt.")
def search_command(  # noqa: PLR0913 - one option each
    *,
    text: Annotated[list[str], typer.Argument(metavar="CHỮ...", help="Một phần mã, tên hoặc tên viết tắt.")],
    level: LevelOption = None,
    on: On = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Số dòng nhiều nhất.", metavar="SỐ")] = 50,
    closed: Annotated[bool, typer.Option("--closed", help="Tìm cả cơ quan đã đóng.")] = False,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import selectors  # noqa: PLC0415 - needs Django

        hits = selectors.search_agencies(
            " ".join(text), on_date=io.read_day(on, "--on"), level=_level(level), limit=limit, include_closed=closed
        )
        if as_json:
            io.print_json({"count": len(hits), "agencies": hits})
        else:
            views.print_hits(hits)


@app.command("show", cls=Command, rich_help_panel=COMMANDS, help="Xem mọi điều đã ghi về một cơ quan.")
def show_command(code: Code, on: On = None, as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry.details import agency_detail  # noqa: PLC0415 - needs Django

        detail = agency_detail(code, on_date=io.read_day(on, "--on"))
        if as_json:
            io.print_json(detail)
        else:
            views.print_agency(detail)


@app.command(
    "resolve", cls=Command, rich_help_panel=COMMANDS, help="Một mã dẫn tới đâu vào một ngày; mã thoát 1 nếu không có."
)
def resolve_command(code: Code, on: On = None, as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry.directory import resolve  # noqa: PLC0415 - needs Django
        from lienthong.registry.resolution import Outcome  # noqa: PLC0415

        found = resolve(code, io.read_day(on, "--on"))
        if as_json:
            io.print_json(found)
        else:
            views.print_resolution(found)
        raise typer.Exit(1 if found.outcome is Outcome.UNKNOWN else 0)


@app.command("add", cls=Command, rich_help_panel=COMMANDS, help="Thêm một cơ quan.")
def add_command(  # noqa: PLR0913 - one option each
    *,
    code: Code,
    name: Annotated[str, typer.Option(metavar="TÊN", help="Tên đầy đủ.", show_default=False)],
    level: Annotated[str, typer.Option(metavar="CẤP", help="trung ương, thành phố, huyện, xã hoặc khác.")],
    parent: Parent = None,
    abbreviation: Annotated[str, typer.Option(metavar="TÊN_TẮT", help="Tên viết tắt.")] = "",
    old_code: Annotated[str, typer.Option(metavar="MÃ", help="Mã 13 ký tự, nếu mã chính là mã mới.")] = "",
    valid_from: ValidFrom = None,
    mail: Annotated[str, typer.Option(metavar="THƯ", help="Thư điện tử.")] = "",
    phone: Annotated[str, typer.Option(metavar="SỐ", help="Điện thoại.")] = "",
    fax: Annotated[str, typer.Option(metavar="SỐ", help="Fax.")] = "",
    address: Annotated[str, typer.Option(metavar="NƠI", help="Địa chỉ.")] = "",
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import services  # noqa: PLC0415 - needs Django

        services.create_agency(
            code=code,
            name=name,
            level=_level(level) or level,
            parent=_agency(parent),
            abbreviation=abbreviation,
            old_code=old_code,
            valid_from=io.read_day(valid_from, "--valid-from"),
            contact={"mail": mail, "phone": phone, "fax": fax, "address": address},
        )
        _tell(code, f"Đã thêm cơ quan mã {code}.", as_json=as_json)


@app.command("rename", cls=Command, rich_help_panel=COMMANDS, help="Đổi tên một cơ quan từ một ngày.")
def rename_command(
    code: Code,
    name: Annotated[str, typer.Option(metavar="TÊN", help="Tên mới.", show_default=False)],
    abbreviation: Annotated[str | None, typer.Option(metavar="TÊN_TẮT", help="Tên viết tắt mới.")] = None,
    valid_from: ValidFrom = None,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import selectors, services  # noqa: PLC0415 - needs Django

        services.rename_agency(
            agency=selectors.agency_by_code(code),
            name=name,
            abbreviation=abbreviation,
            valid_from=io.read_day(valid_from, "--valid-from"),
        )
        _tell(code, f"Cơ quan mã {code} nay mang tên “{name}”.", as_json=as_json)


@app.command("move", cls=Command, rich_help_panel=COMMANDS, help="Chuyển một cơ quan sang cấp trên hoặc cấp khác.")
def move_command(  # noqa: PLR0913 - one option each
    *,
    code: Code,
    level: LevelOption = None,
    parent: Parent = None,
    no_parent: Annotated[bool, typer.Option("--no-parent", help="Không còn cơ quan cấp trên.")] = False,
    valid_from: ValidFrom = None,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import selectors, services  # noqa: PLC0415 - needs Django

        if no_parent == (parent is not None):
            raise RegistryError(
                "cli.usage", "Phải chọn một trong hai: --parent MÃ hoặc --no-parent.", "Nêu cơ quan cấp trên mới."
            )
        agency = selectors.agency_by_code(code)
        services.move_agency(
            agency=agency,
            level=_level(level) or agency.placements.get(valid_to=None).level,
            parent=_agency(parent),
            valid_from=io.read_day(valid_from, "--valid-from"),
        )
        _tell(code, f"Đã chuyển cơ quan mã {code}.", as_json=as_json)


@app.command("close", cls=Command, rich_help_panel=COMMANDS, help="Đóng mọi mã của một cơ quan từ một ngày.")
def close_command(  # noqa: PLR0913 - one option each
    *,
    code: Code,
    on: On = None,
    successor: Annotated[str | None, typer.Option(metavar="MÃ", help="Mã cơ quan kế thừa.")] = None,
    redirect: Annotated[
        bool, typer.Option("--redirect", help="Chuyển văn bản gửi tới mã cũ cho cơ quan kế thừa thay vì từ chối.")
    ] = False,
    only_code: Annotated[bool, typer.Option("--only-code", help="Chỉ đóng mã này, giữ các mã khác.")] = False,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry import selectors, services  # noqa: PLC0415 - needs Django
        from lienthong.registry.models import OnClosed  # noqa: PLC0415

        identifier = selectors.identifier_by_code(code)
        day, heir = io.read_day(on, "--on"), _agency(successor)
        then = OnClosed.REDIRECT if redirect else OnClosed.REFUSE
        if only_code:
            services.close_identifier(identifier=identifier, on_date=day, successor=heir, on_closed=then)
        else:
            services.close_agency(agency=identifier.agency, on_date=day, successor=heir, on_closed=then)
        _tell(code, f"Mã {code} đóng từ ngày {day:%d/%m/%Y}.", as_json=as_json)


@app.command(
    "import",
    cls=Command,
    rich_help_panel=COMMANDS,
    help="Nhập danh bạ từ tệp CSV hoặc XLSX, tất cả hoặc không gì cả.",
)
def import_command(
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp .csv (UTF-8) hoặc .xlsx.", show_default=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ kiểm tra và đếm, không ghi gì.")] = False,
    valid_from: ValidFrom = None,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry.directory_file import import_directory  # noqa: PLC0415 - needs Django

        day = io.read_day(valid_from, "--valid-from")
        with Progress(transient=True, disable=as_json or not io.console().is_terminal) as progress:
            bar = progress.add_task("Đang nhập danh bạ…", total=None)
            report = import_directory(
                file,
                valid_from=day,
                dry_run=dry_run,
                progress=lambda done, total: progress.update(bar, completed=done, total=total),
            )
        _print_report(file, report, dry_run=dry_run, as_json=as_json)


@app.command("export", cls=Command, rich_help_panel=COMMANDS, help="Xuất toàn bộ danh bạ ra tệp CSV hoặc XLSX.")
def export_command(
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp .csv hoặc .xlsx sẽ tạo.", show_default=False)],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Cho phép ghi đè tệp đã có.")] = False,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry.directory_file import export_directory  # noqa: PLC0415 - needs Django

        rows = export_directory(file, overwrite=overwrite)
        if as_json:
            io.print_json({"file": str(file), "rows": rows})
        else:
            typer.echo(f"Đã xuất {rows} dòng ra {file}.")


@app.command("columns", cls=Command, rich_help_panel=COMMANDS, help="Các cột của tệp nhập và xuất.")
def columns_command(as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry.directory_file.columns import COLUMNS  # noqa: PLC0415 - needs Django

        if as_json:
            io.print_json({"columns": COLUMNS})
        else:
            views.print_columns(COLUMNS)


def _print_report(file: Path, report: ImportReport, *, dry_run: bool, as_json: bool) -> None:
    refused = RegistryError(
        "registry.import.refused",
        f"Tệp {file.name} có {len(report.errors)} lỗi; không dòng nào được nhập.",
        "Sửa các dòng nêu trên rồi nhập lại cả tệp.",
    )
    if as_json:
        document = {"file": str(file), "dry_run": dry_run, "changes": report.changes, **asdict(report)}
        if report.errors:
            document["error"] = {key: getattr(refused, key) for key in ("code", "message", "next_step")}
        io.print_json(document)
        raise typer.Exit(1 if report.errors else 0)
    views.print_report(report, dry_run=dry_run)
    if report.errors:
        io.refuse(refused, as_json=False)


def _tell(code: str, sentence: str, *, as_json: bool) -> None:
    """After a change: the sentence, or the agency as it now stands."""
    from lienthong.registry.details import agency_detail  # noqa: PLC0415 - needs Django

    if as_json:
        io.print_json(agency_detail(code, on_date=clock.today()))
    else:
        typer.echo(sentence)


def _agency(code: str | None) -> Agency | None:
    from lienthong.registry.selectors import agency_by_code  # noqa: PLC0415 - needs Django

    return None if code is None else agency_by_code(code)


def _level(text: str | None) -> Level | None:
    from lienthong.registry.directory_file.columns import CellError, read_level  # noqa: PLC0415 - needs Django

    if text is None:
        return None
    try:
        return read_level(text)
    except CellError as error:
        raise RegistryError(
            "registry.agency.level_unknown", f"--level {error.message}", "Viết lại tên cấp như trên."
        ) from None

"""``lienthong registry``: reforms of the administrative map, applied from a plan and taken back."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lienthong.cli import reform_views as views
from lienthong.cli import registry_io as io
from lienthong.cli.registry_io import Command, Json
from lienthong.cli.vietnamese import COMMANDS, Group
from lienthong.common import clock
from lienthong.registry.errors import RegistryError

if TYPE_CHECKING:
    from lienthong.registry.reform import Reform

app = typer.Typer(cls=Group, help="Sắp xếp đơn vị hành chính.", no_args_is_help=True, add_completion=False)

Apply = Annotated[bool, typer.Option("--apply", help="Thực hiện thật; nếu không thì chỉ chạy thử.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Chỉ chạy thử, không ghi gì (mặc định).")]
Yes = Annotated[bool, typer.Option("--yes", help="Không hỏi lại trước khi thực hiện.")]
Operator = Annotated[
    str | None,
    typer.Option("--operator", metavar="TÊN", help="Người thực hiện, ghi vào lịch sử; mặc định tên đăng nhập."),
]
EXAMPLES = ("reform-2025.yaml", "neighbour-2025.csv")


@app.command(
    "reform", cls=Command, rich_help_panel=COMMANDS, help="Chạy thử hoặc thực hiện một phương án sắp xếp (tệp YAML)."
)
def reform_command(  # noqa: PLR0913 - one option each
    *,
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Phương án .yaml.", show_default=False)],
    apply: Apply = False,
    dry_run: DryRun = False,
    undo_file: Annotated[
        Path | None, typer.Option("--undo-file", metavar="TỆP", help="Ghi phương án hoàn tác ra tệp sau khi thực hiện.")
    ] = None,
    operator: Operator = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        _refuse_both(apply=apply, dry_run=dry_run)
        if undo_file is not None and (not apply or undo_file.exists()):
            raise RegistryError(
                "cli.usage",
                "--undo-file chỉ dùng với --apply, và tệp chưa được có sẵn.",
                "Thêm --apply, hoặc chọn tên tệp khác.",
            )
        reform = _go(_read(file), apply=apply, operator=operator, yes=yes, as_json=as_json)
        if undo_file is not None and reform.run is not None:
            _write_undo(undo_file, reform)
        _show(reform, apply=apply, as_json=as_json)


@app.command("reforms", cls=Command, rich_help_panel=COMMANDS, help="Các phương án đã thực hiện.")
def reforms_command(as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry.reform.runs import list_runs  # noqa: PLC0415 - needs Django

        runs = list_runs()
        if as_json:
            io.print_json({"count": len(runs), "runs": runs})
        else:
            views.print_runs(runs)


@app.command(
    "undo", cls=Command, rich_help_panel=COMMANDS, help="Hoàn tác một lần thực hiện; chỉ chạy thử nếu không có --apply."
)
def undo_command(  # noqa: PLR0913 - one option each
    *,
    number: Annotated[int, typer.Argument(metavar="SỐ", help="Số của lần thực hiện.", show_default=False)],
    apply: Apply = False,
    dry_run: DryRun = False,
    plan: Annotated[bool, typer.Option("--plan", help="Chỉ in phương án hoàn tác (YAML).")] = False,
    operator: Operator = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.registry.reform import counter_plan  # noqa: PLC0415 - needs Django
        from lienthong.registry.reform.runs import find_run  # noqa: PLC0415

        _refuse_both(apply=apply, dry_run=dry_run)
        text = counter_plan(find_run(number))
        if plan:
            sys.stdout.write(text)
            return
        _show(
            _go(text.encode(), apply=apply, operator=operator, yes=yes, as_json=as_json), apply=apply, as_json=as_json
        )


@app.command(
    "example", cls=Command, rich_help_panel=COMMANDS, help="Chép phương án mẫu của thành phố mẫu vào một thư mục."
)
def example_command(
    folder: Annotated[Path, typer.Argument(metavar="THƯ_MỤC", help="Thư mục sẽ chứa các tệp mẫu.", show_default=False)],
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        files = [folder / name for name in EXAMPLES]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for file in files:
                with file.open("x", encoding="utf-8") as out:
                    out.write((resources.files("lienthong.cli.demo") / file.name).read_text(encoding="utf-8"))
        except OSError as error:
            raise _unwritable(folder, error) from error
        if as_json:
            io.print_json({"files": [str(file) for file in files]})
        else:
            typer.echo("\n".join(f"Đã chép {file}." for file in files))


def _go(source: bytes, *, apply: bool, operator: str | None, yes: bool, as_json: bool) -> Reform:
    """Rehearse, ask where a person can answer, apply; a plan with faults shows them all."""
    from lienthong.registry.reform import apply_plan, rehearse  # noqa: PLC0415 - needs Django

    if not apply:
        return _or_faults(lambda: rehearse(source), as_json=as_json)
    if not yes and not as_json and sys.stdin.isatty():
        trial = _or_faults(lambda: rehearse(source), as_json=as_json)
        views.print_reform(trial, _touched(trial), applied=False)
        typer.confirm("Thực hiện?", abort=True)
    return _or_faults(lambda: apply_plan(source, operator=operator or getpass.getuser()), as_json=as_json)


def _or_faults(act: Callable[[], Reform], *, as_json: bool) -> Reform:
    from lienthong.registry.reform import PlanRefused  # noqa: PLC0415 - needs Django

    try:
        return act()
    except PlanRefused as refused:
        if as_json:
            error = {key: getattr(refused, key) for key in ("code", "message", "next_step")}
            io.print_json({"error": error, "faults": refused.faults})
            raise typer.Exit(1) from None
        views.print_faults(refused.faults)
        raise


def _show(reform: Reform, *, apply: bool, as_json: bool) -> None:
    applied = apply and reform.run is not None and not reform.was_applied
    touched = _touched(reform)
    if as_json:
        io.print_json(views.document(reform, touched, applied=applied))
    else:
        views.print_reform(reform, touched, applied=applied)


def _touched(reform: Reform) -> views.Touched:
    from lienthong.accounts.selectors import people_by_agency  # noqa: PLC0415 - needs Django
    from lienthong.exchange.affected import open_deliveries_by_agency  # noqa: PLC0415

    agencies = [reached.agency_id for reached in reform.reached]
    return views.Touched(open_deliveries_by_agency(agencies), people_by_agency(agencies, clock.today()))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise RegistryError(
            "registry.reform.file_unreadable",
            f"Không đọc được tệp {file}: {error.strerror or error}.",
            "Kiểm tra đường dẫn và quyền đọc.",
        ) from error


def _write_undo(file: Path, reform: Reform) -> None:
    """The reform stands by now, whatever becomes of the file: ``undo`` makes the same plan at any time."""
    from lienthong.registry.reform import counter_plan  # noqa: PLC0415 - needs Django

    if reform.run is None:
        return
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(counter_plan(reform.run))
    except OSError as error:
        sys.stderr.write(f"Không ghi được {file}: {error.strerror or error}. Phương án đã thực hiện; ")
        sys.stderr.write(f"in phương án hoàn tác bằng: lienthong registry undo {reform.run.pk} --plan\n")


def _refuse_both(*, apply: bool, dry_run: bool) -> None:
    if apply and dry_run:
        raise RegistryError("cli.usage", "Chỉ chọn một trong hai: --dry-run hoặc --apply.", "Bỏ một tùy chọn.")


def _unwritable(folder: Path, error: OSError) -> RegistryError:
    return RegistryError(
        "registry.file.unwritable",
        f"Không ghi được vào {folder}: {error.strerror or error}.",
        "Chọn thư mục khác, chưa có các tệp này.",
    )

"""``lienthong signatures``: check signatures of a file, see those of a document, demand them of senders.

Exit codes of ``check``: 0 valid (with or without warnings), 1 invalid, 2 the file cannot be used, 3 indeterminate,
4 unsigned.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO
from uuid import UUID

import typer

from lienthong.cli import registry_io as io
from lienthong.cli import runtime
from lienthong.cli.registry_io import Command, Json
from lienthong.cli.vietnamese import COMMANDS, Group
from lienthong.common import clock
from lienthong.registry.errors import RegistryError

if TYPE_CHECKING:
    from lienthong.exchange.signatures.reports import PackageReport

app = typer.Typer(
    cls=Group, help="Chữ ký số của gói tin và của tệp PDF trong gói.", no_args_is_help=True, add_completion=False
)

_UNUSABLE = 2
_EXITS = {"valid": 0, "valid_with_warnings": 0, "invalid": 1, "indeterminate": 3, "unsigned": 4}

File = Annotated[Path, typer.Argument(metavar="TỆP", help="Gói tin .edxml hoặc tệp .pdf.", show_default=False)]
Roots = Annotated[
    Path | None,
    typer.Option(
        "--roots", metavar="THƯ_MỤC", help="Thư mục chứng thư tin cậy và CRL; mặc định theo LIENTHONG_TRUST_DIR."
    ),
]
DocId = Annotated[str, typer.Argument(metavar="MÃ_VĂN_BẢN", help="DocId trong biên nhận.", show_default=False)]


@app.command(
    "check",
    cls=Command,
    rich_help_panel=COMMANDS,
    help="Kiểm tra chữ ký của một gói tin hoặc tệp PDF, không cần mạng hay cơ sở dữ liệu. "
    "Mã thoát: 0 hợp lệ, 1 không hợp lệ, 2 không đọc được tệp, 3 chưa kết luận được, 4 không có chữ ký.",
)
def check_command(
    file: File,
    roots: Roots = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="NGÀY", help="Ngày đã nhận tệp; mặc định là bây giờ.")
    ] = None,
    as_json: Json = False,
) -> None:
    runtime.load()
    from lienthong.cli import signatures_views as views  # noqa: PLC0415 - needs Django

    try:
        if roots is not None and not roots.is_dir():
            raise NotADirectoryError(20, "không phải thư mục", str(roots))
        with file.open("rb") as stream:
            report, signed_on = _checked(stream, file, roots, _moment(at))
    except OSError as error:
        refusal = RegistryError(
            "cli.file", f"Không đọc được “{error.filename or file}”: {error.strerror}.", "Kiểm tra đường dẫn."
        )
        io.refuse(refusal, as_json=as_json, exit_code=_UNUSABLE)
    except RegistryError as refusal:
        io.refuse(refusal, as_json=as_json, exit_code=_UNUSABLE)
    if as_json:
        io.print_json(views.report_json(str(file), report))
    else:
        views.print_report(file.name, report, signed_on=signed_on)
    raise typer.Exit(_EXITS[report.result.value])


def _moment(at: str | None) -> datetime:
    """When the file was received: now, or by the end of a day."""
    if at is None:
        return clock.now()
    return min(datetime.combine(io.read_day(at, "--at"), time.max, clock.VIETNAM).astimezone(UTC), clock.now())


def _checked(
    stream: BinaryIO, file: Path, roots: Path | None, received_at: datetime
) -> tuple[PackageReport, date | None]:
    from django.conf import settings  # noqa: PLC0415

    from edxml102.model import DocumentPackage  # noqa: PLC0415
    from edxml102.reader import read_package  # noqa: PLC0415
    from lienthong.exchange.signatures.packages import check_file, check_package  # noqa: PLC0415 - pyHanko is slow to load
    from lienthong.exchange.signatures.pdf import is_pdf  # noqa: PLC0415
    from lienthong.exchange.signatures.trust import TrustStore  # noqa: PLC0415

    store, now = TrustStore.of_folder(roots or settings.TRUST_DIR), clock.now()
    if is_pdf(stream):
        return check_file(stream, store=store, received_at=received_at, checked_at=now), None
    read = read_package(stream)
    if not isinstance(read.package, DocumentPackage):
        why = read.findings[0].message if read.findings else "Gói trạng thái không mang chữ ký."
        raise RegistryError(
            "cli.not_signed_kind",
            f"“{file.name}” không phải tệp PDF hay gói tin mang văn bản. {why}",
            "Xem chi tiết: lienthong edxml inspect TỆP",
        )
    report = check_package(stream, read.package, store=store, received_at=received_at, checked_at=now)
    return report, read.package.header.promulgation_info.date


@app.command("show", cls=Command, rich_help_panel=COMMANDS, help="Xem kết quả kiểm tra chữ ký đã lưu của một văn bản.")
def show_command(doc_id: DocId, as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.cli import signatures_views as views  # noqa: PLC0415 - needs Django
        from lienthong.exchange.signatures.selectors import signature_state  # noqa: PLC0415

        packages = signature_state(_identifier(doc_id))
        if not packages:
            raise RegistryError(
                "signatures.document_unknown",
                f"Trục không giữ văn bản nào có mã {doc_id!r}.",
                "Dùng DocId trong biên nhận gửi văn bản.",
            )
        if as_json:
            io.print_json({"packages": packages})
        else:
            views.print_state(packages)


@app.command("recheck", cls=Command, rich_help_panel=COMMANDS, help="Cho kiểm tra lại, ví dụ sau khi thêm CRL.")
def recheck_command(
    doc_id: Annotated[
        str | None, typer.Argument(metavar="MÃ_VĂN_BẢN", help="Bỏ trống: mọi gói tin chưa kết luận được.")
    ] = None,
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.exchange.signatures.services import check_again  # noqa: PLC0415 - needs Django

        count = check_again(document=_identifier(doc_id) if doc_id else None, now=clock.now())
        if as_json:
            io.print_json({"due": count})
        else:
            typer.echo(f"{count} gói tin sẽ được kiểm tra lại.")


@app.command("policies", cls=Command, rich_help_panel=COMMANDS, help="Liệt kê yêu cầu về chữ ký đối với bên gửi.")
def policies_command(as_json: Json = False) -> None:
    with io.answering(as_json=as_json):
        from lienthong.cli import signatures_views as views  # noqa: PLC0415 - needs Django
        from lienthong.exchange.signatures.selectors import policies  # noqa: PLC0415

        views.print_policies(policies(), as_json=as_json)


@app.command("demand", cls=Command, rich_help_panel=COMMANDS, help="Đặt yêu cầu về chữ ký đối với bên gửi.")
def demand_command(
    demand: Annotated[
        str, typer.Argument(metavar="none|any|valid", help="none: không; any: phải ký; valid: phải hợp lệ.")
    ],
    *,
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="MÃ", help="Cơ quan gửi; bỏ trống: mọi bên gửi khác.")
    ] = None,
    valid_from: Annotated[
        str | None, typer.Option("--valid-from", metavar="NGÀY", help="Ngày bắt đầu; mặc định hôm nay.")
    ] = None,
    basis: Annotated[str, typer.Option("--basis", metavar="CĂN_CỨ", help="Văn bản quy định.", show_default=False)],
    as_json: Json = False,
) -> None:
    with io.answering(as_json=as_json):
        from lienthong.exchange.signatures import services  # noqa: PLC0415 - needs Django
        from lienthong.exchange.signatures.policies import Demand  # noqa: PLC0415
        from lienthong.registry import selectors  # noqa: PLC0415

        if demand not in {one.value for one in Demand}:
            raise RegistryError("cli.usage", f"Không có mức {demand!r}.", "Dùng none, any hoặc valid.")
        day = io.read_day(valid_from, "--valid-from")
        sender = selectors.agency_by_code(agency) if agency else None
        services.set_policy(agency=sender, demand=Demand(demand), valid_from=day, basis=basis)
        told = {"agency": agency, "demand": demand, "valid_from": day, "basis": basis}
        if as_json:
            io.print_json(told)
        else:
            who = agency or "mọi bên gửi không có quy định riêng"
            typer.echo(f"{Demand(demand).label}, đối với {who}, từ {io.shown(day)}.")


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise RegistryError(
            "signatures.document_unknown", f"{text!r} không phải mã văn bản.", "Dùng DocId trong biên nhận gửi văn bản."
        ) from None

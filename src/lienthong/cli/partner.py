"""``lienthong send``, ``inbox``, ``fetch``, ``confirm``, ``report``: a partner's work, over the REST interface.

They need LIENTHONG_API_URL and LIENTHONG_API_KEY, and neither database nor data folder of an axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from lienthong.cli import partner_files as files
from lienthong.cli import registry_io as io
from lienthong.cli.edxml_views import clean
from lienthong.cli.registry_io import Command, Json
from lienthong.cli.runtime import explained
from lienthong.cli.vietnamese import Group
from lienthong.client import AxisError, Client, Delivery, Patience, ProblemError, Receipt
from lienthong.registry.errors import RegistryError

app = typer.Typer(cls=Group)

_PATIENCE = Patience(pauses=(0.3, 1))  # a person is waiting
_NO_KEY = RegistryError(
    "cli.api_key_missing",
    "Chưa có khóa API.",
    "Đặt LIENTHONG_API_KEY; quản trị trục cấp khóa bằng: lienthong systems key add",
)

Deliveries = Annotated[list[str], typer.Argument(metavar="MÃ_GÓI…", help="Mã gói (xem inbox).", show_default=False)]


@app.command(cls=Command, help="Gửi gói edXML dựng sẵn; hoặc, với --metadata, gửi các tệp của một văn bản mới.")
def send(
    paths: Annotated[
        list[Path], typer.Argument(metavar="TỆP…", help="Gói edXML, hoặc tệp đính kèm.", show_default=False)
    ],
    metadata: Annotated[
        Path | None, typer.Option("--metadata", metavar="TỆP", help="JSON mô tả văn bản; trục dựng gói tin.")
    ] = None,
    as_json: Json = False,
) -> None:
    with _axis(as_json=as_json) as axis:
        files.refuse_missing([*paths, *([metadata] if metadata else [])])
        if metadata is not None:
            described = files.read_metadata(metadata, paths)
            _send_each([lambda: axis.send_document(described, [(path.name, path) for path in paths])], as_json=as_json)
        else:
            _send_each([partial(axis.send_package, path) for path in paths], as_json=as_json)


def _send_each(sendings: Sequence[Callable[[], Receipt]], *, as_json: bool) -> None:
    """What was sent before one is refused has its receipt shown all the same."""
    receipts: list[Receipt] = []
    try:
        for sending in sendings:
            receipts.append(sending())
            if not as_json:
                _tell(receipts[-1])
    except AxisError as error:
        if not as_json:
            raise
        refusal = _as_registry_error(error)
        told = {"code": refusal.code, "message": refusal.message, "next_step": refusal.next_step}
        io.print_json({"receipts": receipts, "error": told})
        raise typer.Exit(1) from error
    if as_json:
        io.print_json({"receipts": receipts})


@app.command(cls=Command, help="Liệt kê gói tin đang chờ nhận, khẩn trước.")
def inbox(
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="LOẠI", help="document (văn bản) hoặc status (trạng thái).")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="SỐ", help="Nhiều nhất bao nhiêu dòng.", min=1, max=200)] = 50,
    as_json: Json = False,
) -> None:
    with _axis(as_json=as_json) as axis:
        waiting = axis.deliveries_page(kind=kind, limit=limit).items
        if as_json:
            io.print_json({"count": len(waiting), "deliveries": waiting})
            return
        table = io.table("Mã gói", "Đến lúc", "Từ", "Nội dung", "Khẩn", "Cỡ (byte)")
        for delivery in waiting:
            table.add_row(*_inbox_row(delivery))
        io.console().print(table)


@app.command(cls=Command, help="Tải gói tin về; mã băm được kiểm tra.")
def fetch(
    deliveries: Deliveries,
    into: Annotated[Path, typer.Option("--into", metavar="THƯ_MỤC", help="Nơi ghi.")] = Path(),
    attachments: Annotated[bool, typer.Option("--attachments", help="Tách luôn các tệp đính kèm.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Ghi đè tệp đã có.")] = False,
    as_json: Json = False,
) -> None:
    with _axis(as_json=as_json) as axis:
        into.mkdir(parents=True, exist_ok=True)
        written: list[Path] = []
        for delivery in deliveries:
            package = files.fetch_package(axis, delivery, into, force=force)
            written.append(package)
            if attachments:
                written += files.extract_all(package, into / package.stem, force=force)
        if as_json:
            io.print_json({"files": [str(path) for path in written]})
        else:
            for path in written:
                typer.echo(str(path))


@app.command(cls=Command, help="Xác nhận đã nhận gói tin; --fail nếu nhận lỗi.")
def confirm(
    deliveries: Deliveries,
    fail: Annotated[str | None, typer.Option("--fail", metavar="LÝ_DO", help="Nhận lỗi, vì sao.")] = None,
    processing: Annotated[bool, typer.Option("--processing", help="Còn đang nhận, giữ thêm.")] = False,
    as_json: Json = False,
) -> None:
    with _axis(as_json=as_json) as axis:
        outcome = "fail" if fail else "processing" if processing else "done"
        confirmed = [axis.confirm(delivery, outcome=outcome, reason=fail or "") for delivery in deliveries]
        if as_json:
            io.print_json({"deliveries": confirmed})
        else:
            for delivery in confirmed:
                typer.echo(f"{delivery.id}: {delivery.state_label}.")


@app.command(cls=Command, help="Báo trạng thái xử lý của một văn bản đã nhận, hoặc xin lấy lại văn bản đã gửi (13).")
def report(  # noqa: PLR0913 - one option each
    identifier: Annotated[
        str, typer.Argument(metavar="MÃ", help="Mã gói đã nhận; với 13 là mã văn bản đã gửi.", show_default=False)
    ],
    code: Annotated[
        str, typer.Argument(metavar="TRẠNG_THÁI", help="01, 02, 03, 04, 05, 06, 13, 15 hoặc 16.", show_default=False)
    ],
    *,
    description: Annotated[str, typer.Option(metavar="LỜI", help="Ghi chú; bắt buộc với 02, 13, 16.")] = "",
    recipient: Annotated[str, typer.Option(metavar="MÃ", help="Nơi nhận cần lấy lại văn bản (13).")] = "",
    reporter: Annotated[str, typer.Option(metavar="MÃ", help="Cơ quan báo, nếu gói gửi tới nhiều cơ quan.")] = "",
    staff: Annotated[str, typer.Option(metavar="TÊN", help="Người thực hiện.")] = "",
    as_json: Json = False,
) -> None:
    with _axis(as_json=as_json) as axis:
        about = {"sent_id": identifier, "recipient": recipient} if code == "13" else {"delivery_id": identifier}
        receipt = axis.report(code, **about, reporter=reporter, description=description, staff=staff)
        if as_json:
            io.print_json({"receipt": receipt})
        else:
            _tell(receipt)


@contextmanager
def _axis(*, as_json: bool) -> Iterator[Client]:
    """The axis that the settings name; whatever it refuses ends the command with its words."""
    with explained():
        url, key = settings.API_URL, settings.API_KEY
    if not key:
        io.refuse(_NO_KEY, as_json=as_json)
    try:
        with Client(url, key, patience=_PATIENCE) as axis:
            yield axis
    except AxisError as error:
        io.refuse(_as_registry_error(error), as_json=as_json)
    except RegistryError as error:
        io.refuse(error, as_json=as_json)
    except OSError as error:
        io.refuse(files.file_error(error), as_json=as_json)


def _as_registry_error(error: AxisError) -> RegistryError:
    lines = [clean(str(error))]
    if isinstance(error, ProblemError):
        lines += [clean(f"{finding.path}: {finding.message}") for finding in error.findings]
    return RegistryError(error.code, "\n  ".join(lines), error.next_step)


def _tell(receipt: Receipt) -> None:
    sent = sum(recipient.sent for recipient in receipt.recipients)
    verb = "Trục đã nhận từ trước" if receipt.repeated else "Trục đã nhận"
    typer.echo(f"{verb}: {receipt.id}, lúc {io.shown(receipt.received_at)}; chuyển {sent}/{len(receipt.recipients)}.")
    for recipient in receipt.recipients:
        if not recipient.sent:
            typer.echo(clean(f"  Không gửi được tới {recipient.code} {recipient.name}: {recipient.reason}"))


def _inbox_row(delivery: Delivery) -> list[str]:
    if delivery.document is not None:
        facts = delivery.document
        source, text = facts.from_name, f"{facts.number}/{facts.notation} {facts.subject}"
    elif delivery.status is not None:
        source, text = delivery.status.from_code, f"Trạng thái {delivery.status.code} của {delivery.status.document_id}"
    else:
        source, text = "", delivery.kind
    size = f"{delivery.size:,}".replace(",", ".")
    urgent = {0: "", 1: "khẩn", 2: "thượng khẩn", 3: "hỏa tốc", 4: "hỏa tốc hẹn giờ"}.get(delivery.priority, "")
    return [str(delivery.id), io.shown(delivery.arrived_at), clean(source), clean(text), urgent, size]

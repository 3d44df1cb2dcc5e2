"""``lienthong evidence``: take the evidence of a document out of the axis."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from lienthong.cli import runtime
from lienthong.cli.vietnamese import Command, Group

app = typer.Typer(cls=Group, no_args_is_help=True)

_DOC_ID = typer.Argument(help="DocId trong biên nhận, hoặc docId của lượt chuyển tới một nơi nhận.")
_OUT = typer.Option(..., "--out", help="Tệp gói bằng chứng sẽ ghi (.asice).", dir_okay=False)


@app.callback()
def group() -> None:
    """Gói bằng chứng của một văn bản."""


@app.command(cls=Command)
def export(
    doc_id: str = _DOC_ID,
    out: Path = _OUT,
    package: bool = typer.Option(True, "--package/--no-package", help="Kèm gói tin, hay chỉ mã băm của nó."),
) -> None:
    """Xuất gói bằng chứng (ASiC-E) của một văn bản hoặc một lượt chuyển."""
    runtime.prepare()
    from lienthong.exchange.evidence import export_bundle  # noqa: PLC0415 - needs Django
    from lienthong.ledger.events import Actor  # noqa: PLC0415

    with runtime.refusing():
        done = export_bundle(doc_id=doc_id, out=out, actor=Actor(user=runtime.operator()), with_packages=package)
    sys.stdout.write(f"Đã ghi {out}: {done.events} sự kiện, {done.packages} gói tin.\n")
    sys.stdout.write(f"Kiểm tra ở bất kỳ máy nào: lienthong verify {out.name} --key KHÓA.txt\n")


@app.command(cls=Command)
def receipt(doc_id: str = _DOC_ID) -> None:
    """In biên nhận có chữ ký của trục (JWS)."""
    runtime.prepare()
    from lienthong.exchange.evidence import read_receipt  # noqa: PLC0415 - needs Django

    with runtime.refusing():
        text = read_receipt(doc_id)
    sys.stdout.write(f"{text}\n")

"""``lienthong verify``: check an evidence bundle anywhere, without network, database or settings."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from lienthong.cli.vietnamese import Command, Group

if TYPE_CHECKING:
    from cryptography import x509

    from lienthong.ledger.notes import VerifyKey
    from lienthong.ledger.verifier import Verdict

app = typer.Typer(cls=Group)

_EXIT = {"proven": 0, "contradicted": 1, "not_proven": 3}
_MARKS = {"proven": "[green]✔[/green]", "not_proven": "[yellow]○[/yellow]", "contradicted": "[red]✘[/red]"}


_BUNDLE = typer.Argument(help="Gói bằng chứng (.asice).", exists=True, dir_okay=False)
_KEY = typer.Option(None, "--key", help="Tệp khóa công khai của trục (/log/keys), lấy ngoài gói.")
_TSA = typer.Option(None, "--tsa", help="Chứng thư (PEM) của cơ quan cấp dấu thời gian.")


@app.command(cls=Command)
def verify(
    bundle: Path = _BUNDLE,
    key: Path | None = _KEY,
    tsa: Path | None = _TSA,
    as_json: bool = typer.Option(False, "--json", help="In một đối tượng JSON."),
) -> None:
    """Kiểm tra gói bằng chứng, không cần mạng và cơ sở dữ liệu. Mã thoát: 0 đúng, 1 sai, 3 chưa đủ căn cứ."""
    from lienthong.ledger.verifier import verify_bundle  # noqa: PLC0415 - loaded only when used

    verdict = verify_bundle(bundle, trusted=_keys(key), authorities=_certificates(tsa))
    if as_json:
        sys.stdout.write(json.dumps(_as_dict(verdict), ensure_ascii=False) + "\n")
    else:
        _print(verdict)
    raise typer.Exit(_EXIT[verdict.state.code])


def _keys(path: Path | None) -> list[VerifyKey]:
    from lienthong.ledger.notes import VerifyKey  # noqa: PLC0415 - loaded only when used

    if path is None:
        return []
    try:
        return [VerifyKey.parse(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path}: không phải tệp khóa công khai của trục ({error}).") from error


def _certificates(path: Path | None) -> list[x509.Certificate]:
    from cryptography import x509  # noqa: PLC0415 - loaded only when used

    if path is None:
        return []
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path}: không phải chứng thư PEM ({error}).") from error


def _as_dict(verdict: Verdict) -> dict[str, object]:
    claims = [{**asdict(claim), "state": claim.state.code} for claim in verdict.claims]
    return {"state": verdict.state.code, "conclusion": verdict.conclusion, "claims": claims}


def _print(verdict: Verdict) -> None:
    console = Console(highlight=False)
    for claim in verdict.claims:
        where = f" [dim]({claim.where})[/dim]" if claim.where else ""
        console.print(f"{_MARKS[claim.state.code]} {claim.state.label}: {claim.text}{where}", soft_wrap=True)
    console.print(f"\n{verdict.conclusion}", style="bold", soft_wrap=True)

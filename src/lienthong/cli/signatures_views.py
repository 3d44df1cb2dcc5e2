"""How results of signature checks are told: to people in Vietnamese, to programs as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from rich.text import Text

from lienthong.cli import registry_io as io
from lienthong.cli.edxml_views import clean
from lienthong.exchange.rule_sets import SignatureRule, rule_set
from lienthong.exchange.signatures.findings import Effect
from lienthong.exchange.signatures.policies import Demand
from lienthong.exchange.signatures.reports import PackageReport, Part
from lienthong.exchange.signatures.results import Result
from lienthong.exchange.signatures.signers import Role

if TYPE_CHECKING:
    from rich.console import Console

    from lienthong.exchange.signatures.models import SignaturePolicy
    from lienthong.exchange.signatures.selectors import StoredPackage

_STYLES = {
    Result.VALID: "green",
    Result.VALID_WITH_WARNINGS: "yellow",
    Result.INDETERMINATE: "yellow",
    Result.UNSIGNED: "red",
    Result.INVALID: "red",
}
_MARKS = {Effect.NOTE: "·", Effect.WARNING: "!", Effect.INDETERMINATE: "?", Effect.INVALID: "✗"}


def report_json(file: str, report: PackageReport) -> dict[str, Any]:
    """One document for programs."""
    return {
        "file": file,
        "result": report.result.value,
        "label": report.result.label,
        "document": report.document.value,
        "checked_at": report.checked_at,
        "parts": [
            {
                "part": part.part.value,
                "name": part.name,
                "result": part.result.value,
                "signatures": [one.as_json() for one in part.signatures],
                "findings": part.findings_json(),
                "used": report.used_json(part),
            }
            for part in report.parts
        ],
    }


def print_report(name: str, report: PackageReport, *, signed_on: date | None = None) -> None:
    """Explain: what is signed, by whom, what holds and what does not; by the rules of the day of signing."""
    console = io.console()
    console.print(Text.assemble(f"{clean(name)}: ", (report.result.label.upper(), _STYLES[report.result])))
    for part in report.parts:
        signatures = [one.as_json() for one in part.signatures]
        _print_part(part.part, part.name, part.result, signatures, part.findings_json())
    _print_close(console, report.result, has_roots=bool(report.roots), signed_on=signed_on)


def print_state(packages: Sequence[StoredPackage]) -> None:
    """What is stored of each package."""
    console = io.console()
    for package in packages:
        result = package.result
        label = (result.label.upper(), _STYLES[result]) if result else ("CHƯA KIỂM TRA", "yellow")
        console.print(Text.assemble(f"Gói {package.package_id}, nhận {io.shown(package.received_at)}: ", label))
        for part in package.parts:
            _print_part(part.part, part.name, part.result, part.signatures, part.findings)
        if package.checked_at:
            again = f"; kiểm tra lại lúc {io.shown(package.due_at)}" if package.due_at else ""
            console.print(f"  Kiểm tra lúc {io.shown(package.checked_at)}{again}.")
        if result and result.for_information_only:
            console.print(f"  {_information_only(package.signed_on)}")


def print_policies(policies: Sequence[SignaturePolicy], *, as_json: bool) -> None:
    """All dated demands."""
    if as_json:
        rows = [
            {
                "agency": _agency_code(one),
                "demand": one.demand,
                "valid_from": one.valid_from,
                "valid_to": one.valid_to,
                "basis": one.basis,
            }
            for one in policies
        ]
        io.print_json({"count": len(rows), "policies": rows})
        return
    if not policies:
        io.console().print("Chưa có quy định nào: trục kiểm tra và báo kết quả, không từ chối vì chữ ký.")
        return
    table = io.table("Bên gửi", "Yêu cầu", "Từ ngày", "Đến trước", "Căn cứ")
    for one in policies:
        who = _agency_code(one) or "mọi bên gửi khác"
        table.add_row(who, Demand(one.demand).label, io.shown(one.valid_from), io.shown(one.valid_to), clean(one.basis))
    io.console().print(table)


def _agency_code(policy: SignaturePolicy) -> str:
    if policy.agency is None:
        return ""
    identifier = policy.agency.identifiers.order_by("-valid_from", "-pk").first()
    return identifier.code if identifier else str(policy.agency_id)


def _print_part(
    part: Part, name: str, result: Result, signatures: Sequence[dict[str, Any]], findings: Sequence[dict[str, str]]
) -> None:
    console = io.console()
    title = f"{part.label} “{clean(name)}”" if name else part.label
    console.print(Text.assemble(f"  {title}: ", (result.label, _STYLES[result])))
    for one in signatures:
        console.print(f"    {_who(one)}")
        _print_findings(console, [found for found in findings if found["signature"] == one["field"]], indent=6)
    fields = {one["field"] for one in signatures}
    _print_findings(console, [found for found in findings if found["signature"] not in fields], indent=4)


def _who(one: dict[str, Any]) -> str:
    organization = f", {clean(one['organization'])}" if one["organization"] else ""
    when = io.shown(datetime.fromisoformat(one["signed_at"])) if one["signed_at"] else "không rõ giờ"
    proof = "có dấu thời gian" if one["stamped"] else "giờ tự khai"
    proof = proof if one["signed_at"] else "chữ ký XML không mang giờ ký"
    label = Result(one["result"]).label
    role = Role(one["role"]).label
    return f"Ký bởi {clean(one['name'])} ({role}{organization}), {when} ({proof}), CA: {clean(one['issuer'])} → {label}"


def _print_findings(console: Console, findings: Sequence[dict[str, str]], *, indent: int) -> None:
    for found in findings:
        mark = _MARKS[Effect(found["effect"])]
        console.print(f"{' ' * indent}{mark} {clean(found['message'])} [{found['id']}]")


def _print_close(console: Console, result: Result, *, has_roots: bool, signed_on: date | None) -> None:
    if not has_roots:
        console.print("→ Đặt chứng thư của tổ chức chứng thực tin cậy vào một thư mục và chỉ ra bằng --roots.")
    elif result is Result.INDETERMINATE:
        console.print("→ Bổ sung chứng thư hoặc CRL còn thiếu vào thư mục tin cậy rồi kiểm tra lại.")
    if result.for_information_only:
        console.print(f"→ {_information_only(signed_on)}")


def _information_only(signed_on: date | None) -> str:
    basis = rule_set(signed_on).cited(SignatureRule.INFORMATION_ONLY)
    return f"Văn bản chỉ có giá trị thông tin, tham khảo {basis}".rstrip() + "."

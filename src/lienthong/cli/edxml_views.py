"""What the ``edxml`` commands show: trees and tables for people, plain values for JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from edxml102.codes import BusinessType, Priority, StatusCode
from edxml102.errors import Finding, Severity
from edxml102.model import Attachment, DocumentPackage, Organ, Package, PackageKind, StatusPackage
from edxml102.reader import ReadResult
from lienthong.common.text import grouped

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
_KINDS = {PackageKind.DOCUMENT: "văn bản", PackageKind.STATUS: "trạng thái"}
SEVERITIES = {
    Severity.ERROR: ("lỗi", "bold red"),
    Severity.WARNING: ("cảnh báo", "yellow"),
    Severity.NOTE: ("ghi chú", "cyan"),
}


def console() -> Console:
    """A console for standard output as it is now; foreign text is never read as markup."""
    return Console(markup=False, highlight=False, emoji=False)


def clean(text: str) -> str:
    """Make foreign text safe for a terminal: no control or direction characters, one line."""
    return _CONTROL.sub(" ", text).strip()


def tree_of(name: str, result: ReadResult, findings: tuple[Finding, ...]) -> Tree:
    """Lay out a package for reading."""
    tree = Tree(Text(f"{clean(name)} · {grouped(result.size)} byte", style="bold"))
    tree.add(f"SHA-256: {result.sha256.hex()}")
    if isinstance(result.package, DocumentPackage):
        _add_document(tree, result.package)
    elif isinstance(result.package, StatusPackage):
        _add_status(tree, result.package)
    _add_findings(tree, findings)
    return tree


def _add_document(tree: Tree, package: DocumentPackage) -> None:
    header, bussiness = package.header, package.trace.bussiness
    business = BusinessType.known(bussiness.document_type)
    priority = Priority.known(header.other_info.priority)
    branch = _branch(tree, f"Gói {_KINDS[package.kind]}")
    _add_rows(
        branch,
        ("Nghiệp vụ", _labelled(bussiness.document_type, business.label if business else "")),
        ("Lý do", bussiness.reason),
        ("Mã định danh văn bản", header.document_id),
        ("Cơ quan gửi", _organ(header.from_)),
        *(("Nơi nhận", _organ(organ)) for organ in header.to),
        ("Số, ký hiệu", header.code.text),
        ("Ngày ban hành", header.promulgation_info.promulgation_date),
        ("Loại văn bản", header.document_type.type_name),
        ("Trích yếu", header.subject),
        ("Người ký", " · ".join(filter(None, (header.signer_info.position, header.signer_info.full_name)))),
        ("Mức độ khẩn", _labelled(header.other_info.priority, priority.label if priority else "")),
        ("Hạn trả lời", header.due_date),
        *(("Phúc đáp", f"{block.code} ({block.document_id})") for block in header.response_for if not block.is_empty),
        *(("Chặng", f"{hop.timestamp} {hop.organ_id}") for hop in package.trace.traces),
        ("Chữ ký gói", _signature(package)),
    )
    files = _branch(tree, f"Tệp đính kèm ({len(package.attachments)})")
    for attachment in package.attachments:
        files.add(Text(_attachment(attachment)))


def _add_status(tree: Tree, package: StatusPackage) -> None:
    status = StatusCode.known(package.status_code)
    subject, staff = package.response_for, package.staff_info
    _add_rows(
        _branch(tree, f"Gói {_KINDS[package.kind]}"),
        ("Trạng thái", _labelled(package.status_code, status.label if status else "không có trong quy chuẩn")),
        ("Cơ quan báo", _organ(package.from_)),
        ("Gửi tới", subject.organ_id),
        ("Văn bản", f"{subject.code} ngày {subject.promulgation_date} ({subject.document_id})"),
        ("Mô tả", package.description),
        ("Thời điểm", package.timestamp),
        ("Người xử lý", " · ".join(filter(None, (staff.staff, staff.department))) if staff else ""),
    )


def _add_findings(tree: Tree, findings: tuple[Finding, ...]) -> None:
    branch = _branch(tree, f"Nhận xét ({len(findings)})")
    for finding in findings:
        label, style = SEVERITIES[finding.severity]
        place = f" · {clean(finding.path)}" if finding.path else ""
        branch.add(Text.assemble((label, style), f" [{finding.id}]{place}: {clean(finding.message)}"))


def _branch(tree: Tree, title: str) -> Tree:
    return tree.add(Text(title, style="bold"))


def _add_rows(branch: Tree, *rows: tuple[str, str]) -> None:
    for label, value in rows:
        if value:
            branch.add(Text.assemble((f"{label}: ", "dim"), clean(value)))


def _organ(organ: Organ) -> str:
    return f"{organ.organ_name} ({organ.organ_id})" if organ.organ_name else organ.organ_id


def _labelled(code: str, label: str) -> str:
    return f"{code} – {label}" if label else code


def _signature(package: DocumentPackage) -> str:
    if package.signature is None:
        return ""
    return "có (chưa kiểm tra)" if package.signature.is_verifiable else "có, nhưng không thể kiểm tra"


def _attachment(attachment: Attachment) -> str:
    view = attachment.view
    content = f"{grouped(view.size)} byte, SHA-256 {view.sha256.hex()}" if view else "không có nội dung"
    return clean(f"{attachment.attachment_name} · {attachment.content_type} · cid:{attachment.content_id} · {content}")


def findings_table(rows: Iterable[tuple[str, Finding]]) -> Table:
    """List findings of several files."""
    table = Table("Tệp", "Mức", "Nhận xét", show_lines=True)
    for name, finding in rows:
        label, style = SEVERITIES[finding.severity]
        line = f" (dòng {finding.line})" if finding.line else ""
        title = " · ".join(filter(None, (finding.id, clean(finding.path)))) + line
        table.add_row(Text(clean(name)), Text(label, style=style), Text(f"{title}\n{clean(finding.message)}"))
    return table


def json_of(name: str, result: ReadResult, findings: tuple[Finding, ...]) -> dict[str, Any]:
    """Give a package and its findings as plain values."""
    return {
        "file": name,
        "size": result.size,
        "sha256": result.sha256.hex(),
        "kind": result.package.kind.value if result.package else None,
        "package": _plain(result.package) if result.package else None,
        "findings": findings_json(findings),
    }


def findings_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Give findings as plain values."""
    return [{**_plain(finding), "severity": finding.severity.value} for finding in findings]


def _plain(value: Package | Any) -> Any:
    if is_dataclass(value):
        return {item.name.rstrip("_"): _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.hex() if isinstance(value, bytes) else value

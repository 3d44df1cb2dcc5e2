"""What the commands of ``registry`` show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

from lienthong.cli.registry_io import console, shown, table

if TYPE_CHECKING:
    from lienthong.registry.reform import Fault, Reform
    from lienthong.registry.reform.runs import RunDetail


class Touched(NamedTuple):
    """What a plan touches besides the registry, by agency: packages not yet fetched, people who work there."""

    waiting: Mapping[int, int]
    people: Mapping[int, int]


def print_reform(reform: Reform, touched: Touched, *, applied: bool) -> None:
    out = console()
    plan = reform.plan
    out.print(f"{plan.name}, từ ngày {shown(plan.day)}" + (f". Căn cứ: {plan.basis}" if plan.basis else ""))
    if reform.was_applied:
        number = f" ở lần {reform.run.pk}" if reform.run else ""
        out.print(f"Phương án này đã được thực hiện{number}; không có gì thay đổi.")
        return
    _print_changes(reform)
    _print_reached(reform, touched)
    for warning in reform.warnings:
        out.print(f"Lưu ý ({warning.path}): {warning.message}")
    if applied and reform.run:
        out.print(f"Đã thực hiện, lần số {reform.run.pk}: {len(reform.changes)} thay đổi.")
        out.print(f"Hoàn tác: lienthong registry undo {reform.run.pk} --apply")
    else:
        out.print(f"Chạy thử: {len(reform.changes)} thay đổi, chưa ghi gì. Thực hiện: thêm --apply.")


def _print_changes(reform: Reform) -> None:
    from lienthong.registry.reform.changes import tell  # noqa: PLC0415 - needs Django

    made = table("Bước", "Việc", "Cơ quan", "Đang là", "Sẽ là", title="Các thay đổi")
    for change in reform.changes:
        line = tell(change)
        made.add_row(change.path, line.act, line.agency, line.before, line.after)
    console().print(made)


def _print_reached(reform: Reform, touched: Touched) -> None:
    made = table("Cơ quan", "Tên", "Hệ thống nhận trước", "Hệ thống nhận sau", "Kế thừa", "Gói chờ", "Người dùng")
    made.title = "Ai bị ảnh hưởng"
    for row in reform.reached:
        counts = (touched.waiting.get(row.agency_id, 0), touched.people.get(row.agency_id, 0))
        values = (row.system_before, row.system_after, row.successor, *counts)
        made.add_row(row.code, row.name, *(shown(value) for value in values))
    console().print(made)


def print_faults(faults: Sequence[Fault]) -> None:
    made = table("Dòng", "Chỗ", "Lỗi", "Cần làm", "Mã lỗi")
    for fault in faults:
        made.add_row(shown(fault.line), shown(fault.path), fault.message, fault.next_step, fault.code)
    console().print(made)


def print_runs(runs: Sequence[RunDetail]) -> None:
    made = table("Lần", "Phương án", "Ngày hiệu lực", "Thay đổi", "Người thực hiện", "Lúc", "Ghi chú")
    for run in runs:
        notes = [f"hoàn tác lần {run.undoes}"] if run.undoes else []
        notes += [f"đã hoàn tác ở lần {run.undone_by}"] if run.undone_by else []
        values = (run.id, run.name, run.effective_on, run.changes, run.operator, run.applied_at, ", ".join(notes))
        made.add_row(*(shown(value) for value in values))
    console().print(made if runs else "Chưa thực hiện phương án nào.")


def document(reform: Reform, touched: Touched, *, applied: bool) -> dict[str, Any]:
    """The JSON document of ``reform`` and ``undo``."""
    from lienthong.registry.reform.changes import tell, to_record  # noqa: PLC0415 - needs Django

    plan = reform.plan
    agencies = [
        {
            **asdict(row),
            "open_deliveries": touched.waiting.get(row.agency_id, 0),
            "people": touched.people.get(row.agency_id, 0),
        }
        for row in reform.reached
    ]
    systems = {name for row in reform.reached for name in (row.system_before, row.system_after) if name}
    return {
        "plan": {
            "name": plan.name,
            "date": plan.day,
            "basis": plan.basis,
            "undoes": plan.undoes,
            "sha256": plan.sha256,
        },
        "applied": applied,
        "was_applied": reform.was_applied,
        "run": reform.run.pk if reform.run else None,
        "count": len(reform.changes),
        "changes": [{**to_record(change), "told": asdict(tell(change))} for change in reform.changes],
        "agencies": agencies,
        "systems": sorted(systems),
        "open_deliveries": sum(row["open_deliveries"] for row in agencies),
        "people": sum(row["people"] for row in agencies),
        "warnings": reform.warnings,
    }

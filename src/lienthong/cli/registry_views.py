"""What the commands of ``agencies`` and ``systems`` show to people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lienthong.cli.registry_io import console, shown, table

if TYPE_CHECKING:
    from lienthong.registry.details import AgencyDetail, MandateDetail, ServiceDetail, SystemDetail
    from lienthong.registry.directory_file import ImportReport
    from lienthong.registry.directory_file.columns import Column
    from lienthong.registry.resolution import Resolution
    from lienthong.registry.selectors import AgencyHit, DirectoryRow


def print_directory(rows: Sequence[DirectoryRow], total: int) -> None:
    from lienthong.registry.models import Level  # noqa: PLC0415 - needs Django

    levels = {level.number: level.label for level in Level}
    made = table("Mã định danh", "Mã 13 ký tự", "Tên cơ quan", "Cấp", "Hệ thống")
    for row in rows:
        made.add_row(row.code, shown(row.old_code), row.name, levels[row.level], shown(row.center_code))
    console().print(made)
    rest = f"; còn {total - len(rows)} cơ quan chưa hiện, thêm --limit" if total > len(rows) else ""
    console().print(f"{len(rows)}/{total} cơ quan{rest}.")


def print_hits(hits: Sequence[AgencyHit]) -> None:
    made = table("Mã định danh", "Tên cơ quan", "Viết tắt", "Cấp", "Cấp trên", "Đóng từ")
    for hit in hits:
        made.add_row(
            hit.code, hit.name, shown(hit.abbreviation), _level(hit.level), shown(hit.parent_code), shown(hit.closed_on)
        )
    console().print(made if hits else "Không tìm thấy cơ quan nào.")


def print_agency(detail: AgencyDetail) -> None:
    from lienthong.registry.models import OnClosed  # noqa: PLC0415 - needs Django
    from lienthong.registry.resolution import Outcome  # noqa: PLC0415

    out = console()
    out.print(f"{detail.code} – {detail.names[-1].name if detail.names else ''}")
    out.print(f"Tình trạng: {Outcome(detail.outcome).label}. Hệ thống nhận văn bản: {shown(detail.served_by)}")
    codes = table("Mã", "Loại", "Từ ngày", "Đóng từ", "Kế thừa", "Khi gửi tới mã đã đóng", title="Mã định danh")
    for code in detail.codes:
        fate = OnClosed(code.on_closed).label if code.on_closed else None
        codes.add_row(
            code.code,
            code.scheme,
            *(shown(value) for value in (code.valid_from, code.valid_to, code.successor, fate)),
        )
    names = table("Tên", "Viết tắt", "Từ ngày", "Đến trước ngày", title="Tên")
    for name in detail.names:
        names.add_row(name.name, *(shown(value) for value in (name.abbreviation, name.valid_from, name.valid_to)))
    places = table("Cấp", "Cấp trên", "Từ ngày", "Đến trước ngày", title="Cấp và cơ quan cấp trên")
    for place in detail.placements:
        places.add_row(
            _level(place.level), *(shown(value) for value in (place.parent, place.valid_from, place.valid_to))
        )
    for part in (codes, names, places):
        out.print(part)
    contact = detail.contact
    out.print(
        f"Thư: {shown(contact.mail)} · Điện thoại: {shown(contact.phone)} · Fax: {shown(contact.fax)}"
        f" · Địa chỉ: {shown(contact.address)}"
    )
    _print_services(detail.services)
    _print_mandates(detail.mandates)


def print_resolution(found: Resolution) -> None:
    from lienthong.registry.models import OnClosed, SystemKind  # noqa: PLC0415 - needs Django

    made = table("", "")
    made.show_header = False
    made.add_row("Mã", found.code)
    made.add_row("Tình trạng", found.outcome.label)
    if found.agency_id is not None:
        made.add_row("Cơ quan", shown(found.name))
        made.add_row("Cấp", _level(found.level or ""))
        made.add_row("Kết nối", SystemKind(found.system_kind).label if found.system_kind else "Chưa kết nối")
    if found.system_locked:
        made.add_row("", "Hệ thống đang bị khóa")
    if found.closed_on is not None and found.on_closed is not None:
        made.add_row("Đóng từ", shown(found.closed_on))
        made.add_row("Khi gửi tới", OnClosed(found.on_closed).label)
        made.add_row("Kế thừa", f"{shown(found.successor_code)} {found.successor_name or ''}".strip())
    console().print(made)


def print_report(report: ImportReport, *, dry_run: bool) -> None:
    out = console()
    if report.errors:
        made = table("Dòng", "Cột", "Lỗi", "Mã lỗi")
        for error in report.errors:
            made.add_row(str(error.row), shown(error.column), error.message, error.code)
        out.print(made)
        return
    said = "Kiểm tra xong, chưa ghi gì" if dry_run else "Đã nhập"
    out.print(f"{said}: {report.rows} dòng, {report.changes} thay đổi.")
    if report.changes:
        out.print(
            f"Cơ quan mới {report.created} · mã mới {report.codes_added} · đổi tên {report.renamed} · "
            f"chuyển cấp trên {report.moved} · sửa liên hệ {report.contacts} · mã đóng hoặc sửa kế thừa "
            f"{report.codes_closed}"
        )


def print_columns(columns: Sequence[Column]) -> None:
    made = table("Cột", "Tên máy", "Ý nghĩa")
    for column in columns:
        made.add_row(column.title, column.key, shown(column.meaning))
    console().print(made)
    console().print("Ô trống giữ nguyên điều đã có. Cơ quan không có trong tệp không thay đổi.")


def print_systems(systems: Sequence[SystemDetail]) -> None:
    made = table("Mã hệ thống", "Tên", "Loại", "Tình trạng", "Phục vụ", "Khóa còn dùng")
    for system in systems:
        served = ", ".join(service.agency for service in system.services if service.valid_to is None)
        live = sum(credential.is_live for credential in system.credentials)
        made.add_row(system.system_id, system.name, system.kind, _state(system), shown(served), str(live))
    console().print(made if systems else "Chưa có hệ thống nào.")


def print_system(system: SystemDetail) -> None:
    out = console()
    out.print(f"{system.system_id} – {system.name} ({system.kind})")
    out.print(f"Tình trạng: {_state(system)}. Tạo lúc {shown(system.created_at)}")
    _print_services(system.services)
    made = table("Số", "Nhãn", "Cấp lúc", "Hết hạn", "Thu hồi", "Còn dùng", title="Khóa bí mật")
    for credential in system.credentials:
        made.add_row(
            str(credential.id),
            *(
                shown(value)
                for value in (
                    credential.label,
                    credential.created_at,
                    credential.expires_at,
                    credential.revoked_at,
                    credential.is_live,
                )
            ),
        )
    out.print(made)


def _print_services(services: Sequence[ServiceDetail]) -> None:
    made = table("Hệ thống", "Cơ quan", "Tên cơ quan", "Cả trực thuộc", "Từ ngày", "Đến trước ngày", title="Phục vụ")
    for service in services:
        made.add_row(
            service.system_id,
            service.agency,
            service.agency_name,
            *(shown(value) for value in (service.include_subordinates, service.valid_from, service.valid_to)),
        )
    if services:
        console().print(made)


def _print_mandates(mandates: Sequence[MandateDetail]) -> None:
    from lienthong.registry.models import MandateScope  # noqa: PLC0415 - needs Django

    made = table("Ủy quyền", "Cho", "Việc", "Từ ngày", "Đến trước ngày", title="Gửi, nhận thay")
    for row in mandates:
        days = (shown(value) for value in (row.valid_from, row.valid_to))
        made.add_row(row.mandator, row.mandatary, MandateScope(row.scope).label, *days)
    if mandates:
        console().print(made)


def _state(system: SystemDetail) -> str:
    return f"Đang khóa: {system.locked_reason}" if system.state == "locked" else "Đang hoạt động"


def _level(level: str) -> str:
    from lienthong.registry.models import Level  # noqa: PLC0415 - needs Django

    return Level(level).label

"""The people of the browser tests. Everybody is invented ("mẫu")."""

from __future__ import annotations

import secrets
from datetime import timedelta

from lienthong.accounts.models import Delegation, Position, User
from lienthong.accounts.roles import Role
from lienthong.common import clock
from lienthong.registry.models import Agency, Level
from tests.factories import LONG_AGO, make_agency


def make_people() -> dict[str, str]:
    """Agencies and people; answers the passwords by user name."""
    city = make_agency("H99", "Ủy ban nhân dân thành phố (mẫu)")
    department = make_agency("H99.1", "Sở Tài chính (mẫu)", parent=city)
    commune = make_agency("H99.2", "Ủy ban nhân dân phường Mẫu B", level=Level.COMMUNE, parent=city)
    cast = [
        ("hanh.vt", "Trần Thị Hạnh", [(commune, Role.CLERK, "Văn thư")]),
        ("dung.vt", "Lê Văn Dũng", [(department, Role.CLERK, "Văn thư"), (commune, Role.OFFICER, "")]),
        ("mau.ld", "Nguyễn Văn Mẫu", [(commune, Role.LEADER, "Chủ tịch")]),
        ("lan.cv", "Phạm Thị Lan", [(commune, Role.OFFICER, "Chuyên viên")]),
        ("binh.qt", "Võ Văn Bình", [(commune, Role.AGENCY_ADMIN, "Quản trị")]),
        ("thu.tk", "Đỗ Thị Thu", [(city, Role.STATISTICS, "")]),
        ("son.tt", "Hoàng Sơn", [(commune, Role.INSPECTOR, "Thanh tra viên")]),
        ("van.vh", "Bùi Văn Vận", [(None, Role.OPERATOR, "")]),
        ("quan.ht", "Đặng Quân", [(None, Role.SYSTEM_ADMIN, "")]),
        ("moi.vt", "Ngô Thị Mới", [(commune, Role.CLERK, "Văn thư")]),
    ]
    passwords = {username: _person(username, name, held) for username, name, held in cast}
    User.objects.filter(username="moi.vt").update(must_change_password=True)
    _delegate("mau.ld", "dung.vt")
    return passwords


def _person(username: str, name: str, held: list[tuple[Agency | None, Role, str]]) -> str:
    password = secrets.token_urlsafe(12)
    user = User(username=username, full_name=name, created_at=clock.now())
    user.set_password(password)
    user.save()
    for agency, role, title in held:
        Position.objects.create(user=user, agency=agency, role=role, title=title, valid_from=LONG_AGO)
    return password


def _delegate(from_username: str, to_username: str) -> None:
    today = clock.today()
    Delegation.objects.create(
        position=Position.objects.get(user__username=from_username),
        to_user=User.objects.get(username=to_username),
        valid_from=today,
        valid_to=today + timedelta(days=7),
        reason="Đi công tác (mẫu)",
        created_at=clock.now(),
    )

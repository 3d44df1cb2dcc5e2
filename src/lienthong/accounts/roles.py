"""What people are in an agency, or for the axis."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """A role is held in one agency, except those of the axis, which are held in none."""

    CLERK = "clerk", "Văn thư"
    LEADER = "leader", "Lãnh đạo"
    OFFICER = "officer", "Chuyên viên"
    AGENCY_ADMIN = "agency_admin", "Quản trị cơ quan"
    STATISTICS = "statistics", "Xem thống kê"
    INSPECTOR = "inspector", "Thanh tra, kiểm tra"
    OPERATOR = "operator", "Vận hành trục"
    SYSTEM_ADMIN = "system_admin", "Quản trị hệ thống"

    @property
    def is_of_axis(self) -> bool:
        """Held for the whole axis, in no agency."""
        return self in {Role.OPERATOR, Role.SYSTEM_ADMIN}

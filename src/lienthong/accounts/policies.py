"""Who may do what: one function per kind of object, asked by every service and every page (design section 9.2).

Pure: the tables below are the whole truth, and ``tests/accounts/test_policies.py`` states them a second time.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from lienthong.accounts.actors import Actor
from lienthong.accounts.roles import Role


class NotAllowedError(Exception):
    """The actor may not do this. ``code`` is stable; the message is a Vietnamese sentence with the next step."""

    code = "LT-A01"


class DocumentAct(Enum):
    """What people do with documents of an agency, and who may."""

    READ = ("xem văn bản", {Role.CLERK, Role.LEADER, Role.INSPECTOR})
    REGISTER = ("tiếp nhận và vào sổ", {Role.CLERK})
    REFUSE = ("từ chối tiếp nhận", {Role.CLERK})
    ASSIGN = ("phân công xử lý", {Role.LEADER})
    HANDLE = ("xử lý văn bản", {Role.CLERK, Role.LEADER})
    FORWARD = ("chuyển tiếp văn bản", {Role.CLERK, Role.LEADER})
    COMPOSE = ("soạn văn bản", {Role.CLERK, Role.OFFICER})
    SEND = ("cấp số và gửi văn bản", {Role.CLERK})
    ASK = ("thu hồi, cập nhật, thay thế, lấy lại", {Role.CLERK})
    ANSWER = ("trả lời yêu cầu của bên gửi", {Role.CLERK})
    EXPORT = ("xuất sổ và danh sách", {Role.CLERK, Role.LEADER, Role.INSPECTOR})

    def __init__(self, label: str, roles: set[Role]) -> None:
        self.label = label
        self.roles = frozenset(roles)


# What an officer may do with a document that was assigned to them.
_ASSIGNED = frozenset({DocumentAct.READ, DocumentAct.HANDLE})


def may_on_documents(actor: Actor, act: DocumentAct, *, agency_id: int, assignees: Collection[int] = ()) -> bool:
    """Whether the actor may do this with a document of the agency. ``assignees``: users it was assigned to."""
    if actor.agency_id is None or actor.agency_id != agency_id:
        return False
    if actor.has(*act.roles):
        return True
    return act in _ASSIGNED and actor.has(Role.OFFICER) and actor.user_id in assignees


def require_on_documents(actor: Actor, act: DocumentAct, *, agency_id: int, assignees: Collection[int] = ()) -> None:
    """:raises NotAllowedError: the actor may not"""
    if not may_on_documents(actor, act, agency_id=agency_id, assignees=assignees):
        raise NotAllowedError(f"Bạn không có quyền {act.label}. Liên hệ quản trị của cơ quan nếu cần quyền này.")


class AxisAct(Enum):
    """What people do with the axis itself. None of these shows the content of a document."""

    WATCH = ("xem trạng thái trục", {Role.OPERATOR, Role.SYSTEM_ADMIN})
    TRACE = ("tra cứu đường đi của gói tin", {Role.OPERATOR})
    REPAIR = ("gửi lại, chuyển hướng lượt chuyển", {Role.OPERATOR})
    HOLDS = ("quyết định gói tin bị giữ", {Role.OPERATOR, Role.SYSTEM_ADMIN})
    REGISTRY = ("quản lý cơ quan và hệ thống", {Role.OPERATOR, Role.SYSTEM_ADMIN})
    CREDENTIALS = ("cấp và thu hồi khóa", {Role.SYSTEM_ADMIN})
    REFORM = ("áp dụng phương án sắp xếp", {Role.SYSTEM_ADMIN})
    STATISTICS = ("xem thống kê toàn thành phố", {Role.OPERATOR, Role.SYSTEM_ADMIN})

    def __init__(self, label: str, roles: set[Role]) -> None:
        self.label = label
        self.roles = frozenset(roles)


def may_on_axis(actor: Actor, act: AxisAct) -> bool:
    """Whether the actor may do this with the axis; roles of an agency never may."""
    return actor.agency_id is None and actor.has(*act.roles)


def require_on_axis(actor: Actor, act: AxisAct) -> None:
    """:raises NotAllowedError: the actor may not"""
    if not may_on_axis(actor, act):
        raise NotAllowedError(f"Bạn không có quyền {act.label}. Liên hệ quản trị hệ thống nếu cần quyền này.")


def may_read_statistics(actor: Actor, *, agency_id: int | None) -> bool:
    """Figures of an agency, or of the whole city (``agency_id`` is ``None``)."""
    if agency_id is not None and agency_id == actor.agency_id:
        return actor.has(Role.STATISTICS, Role.LEADER, Role.CLERK, Role.INSPECTOR, Role.AGENCY_ADMIN)
    return may_on_axis(actor, AxisAct.STATISTICS)


def may_manage_people(actor: Actor, *, agency_id: int | None) -> bool:
    """Accounts and roles of an agency, or of the axis (``agency_id`` is ``None``)."""
    if actor.agency_id is None:
        return actor.has(Role.SYSTEM_ADMIN)
    return agency_id == actor.agency_id and actor.has(Role.AGENCY_ADMIN)


def require_people(actor: Actor, *, agency_id: int | None) -> None:
    """:raises NotAllowedError: the actor may not manage people there"""
    if not may_manage_people(actor, agency_id=agency_id):
        raise NotAllowedError("Bạn không có quyền quản lý người dùng ở đây. Liên hệ quản trị hệ thống nếu cần.")


def may_manage_account(actor: Actor, *, agencies: Collection[int | None]) -> bool:
    """The account itself: its data, password, whether it is open. ``agencies``: where the person holds positions. Who
    also works elsewhere or for the axis is not one agency's to lock out, or to become by a new password."""
    if actor.agency_id is None:
        return actor.has(Role.SYSTEM_ADMIN)
    return actor.has(Role.AGENCY_ADMIN) and bool(agencies) and all(agency == actor.agency_id for agency in agencies)


def require_account(actor: Actor, *, agencies: Collection[int | None]) -> None:
    """:raises NotAllowedError: the account is not theirs to manage"""
    if not may_manage_account(actor, agencies=agencies):
        raise NotAllowedError(
            "Tài khoản này không chỉ thuộc cơ quan bạn nên bạn không sửa được. Nhờ quản trị hệ thống làm giúp."
        )

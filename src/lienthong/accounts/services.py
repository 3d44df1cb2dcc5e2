"""Writes about people. Each asks the policies, is one transaction and leaves an event, never a password."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from lienthong.accounts import policies
from lienthong.accounts.actors import Actor
from lienthong.accounts.acts import note_person
from lienthong.accounts.errors import AccountError
from lienthong.accounts.models import Delegation, Position, User
from lienthong.accounts.roles import Role
from lienthong.accounts.selectors import accountable_agencies, delegations_open, positions_open
from lienthong.common import clock
from lienthong.ledger.kinds import EventKind
from lienthong.registry.models import Agency

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for another when read out
_LONGEST_DELEGATION = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that works once: whoever signs in with it chooses another. Shown once, kept nowhere."""

    user: User
    password: str = field(repr=False)


# --- Accounts -----------------------------------------------------------------------------------------------------


@transaction.atomic
def create_person(  # noqa: PLR0913 - one value each
    *,
    actor: Actor,
    username: str,
    full_name: str,
    role: Role,
    agency: Agency | None,
    title: str = "",
    email: str = "",
    phone: str = "",
    valid_from: date | None = None,
) -> NewPassword:
    """Make an account with its first position.

    :raises NotAllowedError: the actor manages neither the agency nor the axis
    :raises AccountError: ``accounts.username.*``, ``accounts.position.*``
    """
    policies.require_people(actor, agency_id=agency.pk if agency else None)
    user = User(username=_username(username), full_name=" ".join(full_name.split()), email=email, phone=phone)
    user.created_at, user.must_change_password = clock.now(), True
    password = _one_time_password()
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise AccountError(
            "accounts.username.taken",
            f"Tên đăng nhập {user.username} đã có người dùng.",
            "Chọn tên khác; nếu là cùng một người, hãy mở tài khoản đó và giao thêm vai trò.",
            field="username",
        ) from None
    note_person(EventKind.PERSON_ADDED, user)
    _grant(user, role, agency, title, valid_from or clock.today())
    return NewPassword(user, password)


@transaction.atomic
def change_person(*, actor: Actor, user: User, full_name: str, email: str, phone: str) -> None:
    """Correct a person's data. What they did before keeps the name they had then.

    :raises NotAllowedError: the account is not the actor's to manage
    """
    policies.require_account(actor, agencies=accountable_agencies(user, today=clock.today()))
    user.full_name, user.email, user.phone = " ".join(full_name.split()), email, phone
    user.save()
    note_person(EventKind.PERSON_CHANGED, user)


@transaction.atomic
def reset_password(*, actor: Actor, user: User) -> NewPassword:
    """Give out another password; whoever was signed in with the old one no longer is.

    :raises NotAllowedError: the account is not the actor's to manage
    """
    policies.require_account(actor, agencies=accountable_agencies(user, today=clock.today()))
    password = _one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    note_person(EventKind.PASSWORD_RESET, user)
    return NewPassword(user, password)


@transaction.atomic
def change_own_password(*, user: User, password: str) -> None:
    """The person chose this password."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    note_person(EventKind.PASSWORD_CHANGED, user)


@transaction.atomic
def set_active(*, actor: Actor, user: User, active: bool) -> None:
    """Close an account, at once and everywhere, or open it again.

    :raises NotAllowedError: the account is not the actor's to manage
    :raises AccountError: ``accounts.self``
    """
    policies.require_account(actor, agencies=accountable_agencies(user, today=clock.today()))
    _not_oneself(actor, user)
    if user.is_active == active:
        return
    user.is_active = active
    user.save(update_fields=["is_active"])
    note_person(EventKind.PERSON_REACTIVATED if active else EventKind.PERSON_DEACTIVATED, user)


# --- Positions ------------------------------------------------------------------------------------------------------


@transaction.atomic
def grant_position(  # noqa: PLR0913 - one value each
    *, actor: Actor, user: User, role: Role, agency: Agency | None, title: str = "", valid_from: date | None = None
) -> Position:
    """Give a person a role. Nobody gives one to themselves.

    :raises NotAllowedError: the actor manages neither the agency nor the axis
    :raises AccountError: ``accounts.position.*``, ``accounts.self``
    """
    policies.require_people(actor, agency_id=agency.pk if agency else None)
    _not_oneself(actor, user)
    return _grant(user, role, agency, title, valid_from or clock.today())


@transaction.atomic
def end_position(*, actor: Actor, position: Position) -> None:
    """The person holds this role no longer, from today; authority given under it ends too.

    :raises NotAllowedError: the actor manages neither the agency nor the axis
    :raises AccountError: ``accounts.self``, ``accounts.position.ended``
    """
    policies.require_people(actor, agency_id=position.agency_id)
    _not_oneself(actor, position.user)
    today = clock.today()
    if position.valid_to is not None and position.valid_to <= today:
        raise AccountError("accounts.position.ended", "Vai trò này đã thôi từ trước.", "Tải lại trang.")
    position.valid_to = max(today, position.valid_from)
    position.save(update_fields=["valid_to"])
    note_person(EventKind.POSITION_ENDED, position.user, **_told(position))


def _grant(user: User, role: Role, agency: Agency | None, title: str, valid_from: date) -> Position:
    if role.is_of_axis != (agency is None):
        raise AccountError(
            "accounts.position.place",
            f"Vai trò {role.label} {'không thuộc cơ quan nào' if role.is_of_axis else 'phải thuộc một cơ quan'}.",
            "Chọn lại vai trò hoặc cơ quan.",
            field="role",
        )
    if positions_open(user.positions.all(), clock.today()).filter(role=role, agency=agency).exists():
        raise AccountError(
            "accounts.position.held", f"{user.full_name} đang giữ vai trò này rồi.", "Không cần làm gì.", field="role"
        )
    position = Position.objects.create(user=user, role=role, agency=agency, title=title.strip(), valid_from=valid_from)
    note_person(EventKind.POSITION_GRANTED, user, **_told(position))
    return position


# --- Authority given to somebody else (ủy quyền) ---------------------------------------------------------------------


@transaction.atomic
def delegate(  # noqa: PLR0913 - one value each
    *, actor: Actor, position: Position, to_user: User, valid_from: date, valid_to: date, reason: str = ""
) -> Delegation:
    """Let a colleague act in a position of one's own, both days included.

    :raises AccountError: ``accounts.delegation.*``
    """
    _check_delegation(actor, position, to_user, valid_from, valid_to)
    delegation = Delegation.objects.create(
        position=position,
        to_user=to_user,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason.strip(),
        created_at=clock.now(),
    )
    days = {"first_day": valid_from.isoformat(), "last_day": valid_to.isoformat()}
    note_person(EventKind.DELEGATION_GIVEN, position.user, to=to_user.username, **_told(position), **days)
    return delegation


@transaction.atomic
def revoke_delegation(*, actor: Actor, delegation: Delegation) -> None:
    """Take it back, by who gave it or who manages the agency's people. Done again, it changes nothing.

    :raises NotAllowedError: the actor is neither
    """
    position = delegation.position
    if actor.user_id != position.user_id or actor.on_behalf_of:
        policies.require_people(actor, agency_id=position.agency_id)
    if delegation.revoked_at is None:
        delegation.revoked_at = clock.now()
        delegation.save(update_fields=["revoked_at"])
        note_person(EventKind.DELEGATION_REVOKED, position.user, to=delegation.to_user.username, **_told(position))


def _check_delegation(actor: Actor, position: Position, to_user: User, valid_from: date, valid_to: date) -> None:
    today = clock.today()
    if position.user_id != actor.user_id or actor.on_behalf_of:
        raise policies.NotAllowedError("Chỉ ủy quyền được vai trò của chính mình. Nhờ người giữ vai trò tự ủy quyền.")
    if not positions_open(Position.objects.filter(pk=position.pk), today).exists() or not position.role_is_delegable:
        raise _refused("role", "Vai trò này không ủy quyền được.", "Chọn vai trò khác đang giữ.", "position")
    if valid_from < today or valid_to < valid_from or valid_to - valid_from > _LONGEST_DELEGATION:
        raise _refused("dates", "Thời gian ủy quyền không hợp lệ.", "Từ hôm nay trở đi, tối đa một năm.", "valid_to")
    colleagues = positions_open(Position.objects.filter(Q(agency_id=position.agency_id), user=to_user), today)
    if to_user.pk == actor.user_id or not to_user.is_active or not colleagues.exists():
        raise _refused("person", "Chỉ ủy quyền được cho người khác cùng cơ quan.", "Chọn đồng nghiệp.", "to_user")
    same = delegations_open(Delegation.objects.filter(position=position, to_user=to_user), today)
    if same.filter(Q(valid_to__gte=valid_from)).exists():
        raise _refused("given", f"{to_user.full_name} đang có ủy quyền này.", "Thu hồi trước nếu đổi ngày.", "to_user")


def _refused(code: str, message: str, next_step: str, form_field: str) -> AccountError:
    return AccountError(f"accounts.delegation.{code}", message, next_step, field=form_field)


# --- Small things ---------------------------------------------------------------------------------------------------


def _username(text: str) -> str:
    name = text.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise AccountError(
            "accounts.username.malformed",
            "Tên đăng nhập gồm chữ thường không dấu, số, dấu chấm, gạch nối; từ 3 ký tự.",
            "Ví dụ: hanh.vt",
            field="username",
        )
    return name


def _one_time_password() -> str:
    """59 bits, in groups that are read out and typed without mistakes."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def _not_oneself(actor: Actor, user: User) -> None:
    if actor.user_id == user.pk:
        raise AccountError(
            "accounts.self", "Không tự làm việc này cho chính mình được.", "Nhờ một quản trị khác làm giúp."
        )


def _told(position: Position) -> dict[str, str | int]:
    return {"role": str(position.role), **({"agency": position.agency_id} if position.agency_id else {})}

"""The tables of who may do what, stated a second time."""

from __future__ import annotations

import pytest

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import (
    AxisAct,
    DocumentAct,
    NotAllowedError,
    may_manage_people,
    may_on_axis,
    may_on_documents,
    may_read_statistics,
    require_on_documents,
)
from lienthong.accounts.roles import Role

WARD, OTHER = 7, 8
MAY = {
    Role.CLERK: "READ REGISTER REFUSE HANDLE FORWARD COMPOSE SEND ASK ANSWER EXPORT",
    Role.LEADER: "READ ASSIGN HANDLE FORWARD EXPORT",
    Role.OFFICER: "COMPOSE",
    Role.INSPECTOR: "READ EXPORT",
}


def someone(role: Role, agency: int | None = WARD) -> Actor:
    return Actor(user_id=1, name="Trần Thị Hạnh", roles=frozenset({role}), agency_id=agency)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", DocumentAct)
def test_documents(role: Role, act: DocumentAct) -> None:
    assert may_on_documents(someone(role), act, agency_id=WARD) is (act.name in MAY.get(role, "").split())
    assert not may_on_documents(someone(role), act, agency_id=OTHER)
    assert not may_on_documents(someone(role, None), act, agency_id=WARD)


def test_an_officer_handles_what_was_assigned_to_them() -> None:
    officer = someone(Role.OFFICER)
    for act in (DocumentAct.READ, DocumentAct.HANDLE):
        assert may_on_documents(officer, act, agency_id=WARD, assignees={1})
        assert not may_on_documents(officer, act, agency_id=WARD, assignees={2})
        assert not may_on_documents(officer, act, agency_id=OTHER, assignees={1})
    assert not may_on_documents(officer, DocumentAct.REGISTER, agency_id=WARD, assignees={1})


def test_a_refusal_says_what_and_whom_to_ask() -> None:
    with pytest.raises(NotAllowedError, match=r"Bạn không có quyền tiếp nhận và vào sổ\. Liên hệ quản trị của cơ quan"):
        require_on_documents(someone(Role.LEADER), DocumentAct.REGISTER, agency_id=WARD)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", AxisAct)
def test_axis(role: Role, act: AxisAct) -> None:
    theirs = {
        Role.OPERATOR: "WATCH TRACE REPAIR HOLDS REGISTRY STATISTICS",
        Role.SYSTEM_ADMIN: "WATCH HOLDS REGISTRY CREDENTIALS REFORM STATISTICS",
    }
    assert may_on_axis(someone(role, None), act) is (act.name in theirs.get(role, "").split())
    assert not may_on_axis(someone(role), act)


@pytest.mark.parametrize(
    ("role", "at", "of", "may"),
    [
        (Role.STATISTICS, WARD, WARD, True),
        (Role.STATISTICS, WARD, OTHER, False),
        (Role.STATISTICS, WARD, None, False),
        (Role.OFFICER, WARD, WARD, False),
        (Role.OPERATOR, None, None, True),
        (Role.OPERATOR, None, OTHER, True),
    ],
)
def test_statistics(role: Role, at: int | None, of: int | None, *, may: bool) -> None:
    assert may_read_statistics(someone(role, at), agency_id=of) is may


@pytest.mark.parametrize(
    ("role", "at", "of", "may"),
    [
        (Role.AGENCY_ADMIN, WARD, WARD, True),
        (Role.AGENCY_ADMIN, WARD, OTHER, False),
        (Role.AGENCY_ADMIN, WARD, None, False),
        (Role.CLERK, WARD, WARD, False),
        (Role.SYSTEM_ADMIN, None, OTHER, True),
        (Role.OPERATOR, None, None, False),
    ],
)
def test_people(role: Role, at: int | None, of: int | None, *, may: bool) -> None:
    assert may_manage_people(someone(role, at), agency_id=of) is may


def test_acts_under_authority_say_so() -> None:
    actor = Actor(user_id=1, name="Trần Thị Hạnh", roles=frozenset({Role.LEADER}), on_behalf_of="Nguyễn Văn Mẫu")
    assert actor.signature == "Trần Thị Hạnh (theo ủy quyền của Nguyễn Văn Mẫu)"

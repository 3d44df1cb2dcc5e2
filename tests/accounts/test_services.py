"""People, what they are, and the authority they give: through the services, with named people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lienthong.accounts import selectors, services
from lienthong.accounts.actors import Actor
from lienthong.accounts.errors import AccountError
from lienthong.accounts.models import Delegation, Position, User
from lienthong.accounts.policies import NotAllowedError
from lienthong.accounts.roles import Role
from lienthong.common import clock
from lienthong.ledger.models import LedgerEvent
from lienthong.registry.models import Agency
from tests.factories import make_agency

pytestmark = pytest.mark.django_db

ROOT = Actor(user_id=0, name="root", roles=frozenset({Role.SYSTEM_ADMIN}))


@pytest.fixture
def commune() -> Agency:
    return make_agency("H99.2", "UBND phường Mẫu B")


@pytest.fixture
def department() -> Agency:
    return make_agency("H99.1", "Sở Tài chính (mẫu)")


def someone(username: str, role: Role, agency: Agency | None, name: str = "Trần Thị Hạnh") -> User:
    made = services.create_person(actor=ROOT, username=username, full_name=name, role=role, agency=agency)
    return made.user


def acting(user: User, choice: str = "") -> Actor:
    found = selectors.current_actor(user, choice=choice, today=clock.today())
    assert found is not None
    return found[0]


def test_a_new_person_signs_in_once_with_a_password_that_is_kept_nowhere(commune: Agency) -> None:
    made = services.create_person(
        actor=ROOT, username=" Hanh.VT ", full_name="Trần  Thị Hạnh", role=Role.CLERK, agency=commune, title="Văn thư"
    )
    user = User.objects.get(username="hanh.vt")
    assert user.check_password(made.password)
    assert user.must_change_password
    assert user.full_name == "Trần Thị Hạnh"
    told = str(list(LedgerEvent.objects.values()))
    assert "PositionGranted" in told
    assert made.password not in told


def test_a_user_name_is_taken_once_whatever_its_case(commune: Agency) -> None:
    someone("hanh", Role.CLERK, commune)
    with pytest.raises(AccountError) as caught:
        someone("HANH", Role.CLERK, commune)
    assert caught.value.code == "accounts.username.taken"


@pytest.mark.parametrize("username", ["ab", "hạnh", "a b c", "-abc"])
def test_a_user_name_can_be_typed_on_any_keyboard(commune: Agency, username: str) -> None:
    with pytest.raises(AccountError) as caught:
        someone(username, Role.CLERK, commune)
    assert caught.value.field == "username"


def test_a_role_of_the_axis_is_held_in_no_agency_and_the_others_in_one(commune: Agency) -> None:
    with pytest.raises(AccountError):
        someone("van.vh", Role.OPERATOR, commune)
    with pytest.raises(AccountError):
        someone("hanh", Role.CLERK, None)


def test_an_agency_admin_manages_their_own_people_only(commune: Agency, department: Agency) -> None:
    admin = acting(someone("binh", Role.AGENCY_ADMIN, commune, "Võ Văn Bình"))
    hanh, dung = someone("hanh", Role.CLERK, commune), someone("dung", Role.CLERK, department)
    services.reset_password(actor=admin, user=hanh)
    with pytest.raises(NotAllowedError):
        services.reset_password(actor=admin, user=dung)
    with pytest.raises(NotAllowedError):
        services.create_person(actor=admin, username="moi", full_name="Mới", role=Role.CLERK, agency=department)
    with pytest.raises(NotAllowedError):
        services.create_person(actor=admin, username="moi", full_name="Mới", role=Role.OPERATOR, agency=None)


def test_who_also_works_elsewhere_is_not_one_agencys_to_lock_out(commune: Agency, department: Agency) -> None:
    admin = acting(someone("binh", Role.AGENCY_ADMIN, commune))
    both = someone("dung", Role.CLERK, department)
    services.grant_position(actor=admin, user=both, role=Role.OFFICER, agency=commune)
    for act in (services.reset_password, lambda **given: services.set_active(active=False, **given)):
        with pytest.raises(NotAllowedError):
            act(actor=admin, user=both)


def test_nobody_gives_themselves_a_role(commune: Agency) -> None:
    user = someone("quan", Role.SYSTEM_ADMIN, None)
    with pytest.raises(AccountError) as caught:
        services.grant_position(actor=acting(user), user=user, role=Role.CLERK, agency=commune)
    assert caught.value.code == "accounts.self"


def test_a_role_ends_today_and_can_be_given_again(commune: Agency) -> None:
    hanh = someone("hanh", Role.CLERK, commune)
    services.end_position(actor=ROOT, position=hanh.positions.get())
    assert selectors.seats_of(hanh, today=clock.today()) == []
    services.grant_position(actor=ROOT, user=hanh, role=Role.CLERK, agency=commune)
    assert [seat.label for seat in selectors.seats_of(hanh, today=clock.today())] == ["Văn thư"]


def test_a_closed_account_has_no_seat_and_can_be_opened_again(commune: Agency) -> None:
    hanh = someone("hanh", Role.CLERK, commune)
    services.set_active(actor=ROOT, user=hanh, active=False)
    assert selectors.seats_of(hanh, today=clock.today()) == []
    services.set_active(actor=ROOT, user=hanh, active=True)
    assert selectors.seats_of(hanh, today=clock.today()) != []


def test_roles_in_one_agency_are_one_seat_and_each_agency_another(commune: Agency, department: Agency) -> None:
    dung = someone("dung", Role.CLERK, department)
    services.grant_position(actor=ROOT, user=dung, role=Role.OFFICER, agency=department)
    services.grant_position(actor=ROOT, user=dung, role=Role.INSPECTOR, agency=commune)
    seats = selectors.seats_of(dung, today=clock.today())
    assert [(seat.agency_name, seat.label) for seat in seats] == [
        ("UBND phường Mẫu B", "Thanh tra, kiểm tra"),
        ("Sở Tài chính (mẫu)", "Văn thư, Chuyên viên"),
    ]
    assert acting(dung, seats[1].key).agency_code == "H99.1"


# --- Authority given ---


def give(leader: User, to: User, *, days: int = 7) -> Delegation:
    today = clock.today()
    return services.delegate(
        actor=acting(leader),
        position=leader.positions.get(),
        to_user=to,
        valid_from=today,
        valid_to=today + timedelta(days=days),
    )


def test_a_leader_lets_a_colleague_act_and_every_act_says_so(commune: Agency) -> None:
    leader, deputy = someone("mau", Role.LEADER, commune, "Nguyễn Văn Mẫu"), someone("lan", Role.OFFICER, commune)
    delegation = give(leader, deputy)
    actor = acting(deputy, f"delegation-{delegation.pk}")
    assert actor.roles == {Role.LEADER}
    assert actor.signature == "Trần Thị Hạnh (theo ủy quyền của Nguyễn Văn Mẫu)"
    assert acting(deputy).roles == {Role.OFFICER}


def test_authority_ends_with_its_last_day_its_giver_and_its_revocation(commune: Agency) -> None:
    leader, deputy = someone("mau", Role.LEADER, commune), someone("lan", Role.OFFICER, commune)
    give(leader, deputy, days=1)
    today = clock.today()
    count = [len(selectors.seats_of(deputy, today=today + timedelta(days=days))) for days in (0, 1, 2)]
    assert count == [2, 2, 1]
    services.end_position(actor=ROOT, position=leader.positions.get())
    assert len(selectors.seats_of(deputy, today=today)) == 1


def test_authority_is_taken_back_by_its_giver(commune: Agency) -> None:
    leader, deputy = someone("mau", Role.LEADER, commune), someone("lan", Role.OFFICER, commune)
    delegation = give(leader, deputy)
    with pytest.raises(NotAllowedError):
        services.revoke_delegation(actor=acting(deputy), delegation=delegation)
    services.revoke_delegation(actor=acting(leader), delegation=delegation)
    assert len(selectors.seats_of(deputy, today=clock.today())) == 1


def test_authority_is_not_given_on_nor_to_strangers(commune: Agency, department: Agency) -> None:
    leader, deputy = someone("mau", Role.LEADER, commune), someone("lan", Role.OFFICER, commune)
    stranger = someone("dung", Role.CLERK, department)
    with pytest.raises(AccountError) as caught:
        give(leader, stranger)
    assert caught.value.field == "to_user"
    delegation = give(leader, deputy)
    with pytest.raises(NotAllowedError):
        services.delegate(
            actor=acting(deputy, f"delegation-{delegation.pk}"),
            position=Position.objects.get(user=leader),
            to_user=someone("hanh", Role.CLERK, commune),
            valid_from=clock.today(),
            valid_to=clock.today(),
        )


# --- Lists ---


def test_people_are_found_with_or_without_diacritics(commune: Agency, department: Agency) -> None:
    someone("hanh", Role.CLERK, commune, "Trần Thị Hạnh")
    someone("dung", Role.CLERK, department, "Lê Văn Dũng")
    admin = acting(someone("binh", Role.AGENCY_ADMIN, commune, "Võ Văn Bình"))
    for text in ("hạnh", "tran hanh", "HANH"):
        assert [user.username for user in selectors.people_of(ROOT, text=text)] == ["hanh"]
    assert [user.username for user in selectors.people_of(admin)] == ["binh", "hanh"]
    assert [user.username for user in selectors.people_of(ROOT, after="binh", limit=1)] == ["dung"]


def test_the_list_costs_the_same_for_one_and_for_many(
    commune: Agency, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    for number in range(12):
        someone(f"nguoi{number}", Role.CLERK, commune)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len([user.held for user in selectors.people_of(ROOT)]) == 12


def test_people_of_agencies_are_counted_once_each_while_they_hold_something(
    commune: Agency, department: Agency
) -> None:
    hanh, minh = someone("hanh", Role.CLERK, commune), someone("minh", Role.LEADER, commune)
    services.grant_position(actor=ROOT, user=hanh, role=Role.STATISTICS, agency=commune)
    asked = [commune.pk, department.pk]
    assert selectors.people_by_agency(asked, clock.today()) == {commune.pk: 2}

    services.set_active(actor=ROOT, user=minh, active=False)
    assert selectors.people_by_agency(asked, clock.today()) == {commune.pk: 1}
    assert selectors.people_by_agency([department.pk], clock.today()) == {}

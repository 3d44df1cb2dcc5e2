"""One's own account: nobody reaches into another's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from lienthong.accounts import services
from lienthong.accounts.models import Delegation
from lienthong.accounts.roles import Role
from lienthong.accounts.selectors import actor_in, seats_of
from lienthong.common import clock
from tests.web.world import BROWSER, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def test_a_session_is_ended_by_its_owner_only(world: World) -> None:
    world.client(Role.CLERK)
    session = UserSession.objects.create(
        user=world.people[Role.LEADER], session_key="k" * 32, ip="192.0.2.1", user_agent="Firefox/140 Windows"
    )
    response = world.client(Role.CLERK).post(reverse("my-session-end"), {"session": session.pk})
    assert response.status_code == 404
    assert UserSession.objects.filter(pk=session.pk).exists()


def _delegation(world: World) -> Delegation:
    leader = world.people[Role.LEADER]
    today = clock.today()
    return services.delegate(
        actor=actor_in(seats_of(leader, today=today)[0], leader),
        position=leader.positions.get(),
        to_user=world.people[Role.OFFICER],
        valid_from=today,
        valid_to=today + timedelta(days=7),
    )


def test_authority_is_taken_back_by_who_gave_it(world: World) -> None:
    delegation = _delegation(world)
    url = reverse("my-delegation-revoke", args=[delegation.pk])
    assert world.client(Role.OFFICER).post(url).status_code == 404
    assert world.client(Role.LEADER).post(url).status_code == 302
    delegation.refresh_from_db()
    assert delegation.revoked_at is not None


def test_whoever_acts_for_somebody_is_named_with_them(world: World) -> None:
    delegation = _delegation(world)
    client = world.client(Role.OFFICER)
    client.post(reverse("choose-seat"), {"seat": f"delegation-{delegation.pk}"})
    assert "Theo ủy quyền của Người mẫu" in client.get(reverse("me")).content.decode()


def test_a_session_does_not_outlive_its_hours(world: World, settings: pytest.FixtureRequest) -> None:
    client = world.client(Role.CLERK)
    assert client.get(reverse("me")).status_code == 200
    session = client.session
    session["began"] -= 13 * 3600
    session.save()
    response = client.get(reverse("me"))
    assert response.status_code == 302
    assert "_auth_user_id" not in client.session


def test_what_a_page_fetches_by_itself_keeps_no_session_alive(world: World) -> None:
    client = world.client(Role.CLERK)
    client.get(reverse("me"))
    session = client.session
    session["seen"] = 0
    session.save()
    client.get(reverse("me"), headers={"X-Background": "1"})
    assert client.session["seen"] == 0
    client.get(reverse("me"))
    assert client.session["seen"] > 0


def test_an_account_closed_meanwhile_is_signed_out(world: World) -> None:
    client = world.client(Role.CLERK)
    services.set_active(
        actor=actor_in(
            seats_of(world.people[Role.SYSTEM_ADMIN], today=clock.today())[0], world.people[Role.SYSTEM_ADMIN]
        ),
        user=world.people[Role.CLERK],
        active=False,
    )
    assert client.get(reverse("me")).status_code == 302


def test_nobody_without_a_position_gets_further_than_a_kind_word(world: World) -> None:
    clerk = world.people[Role.CLERK]
    clerk.positions.update(valid_to=clock.today())
    response = world.client(Role.CLERK).get(reverse("me"))
    assert response.status_code == 403
    assert "chưa được phân vị trí" in response.content.decode()


def test_the_sign_in_leads_to_no_other_site(world: World) -> None:
    clerk = world.people[Role.CLERK]
    clerk.set_password("sáng nay trời mưa to")
    clerk.save()
    filled = {"login": clerk.username, "password": "sáng nay trời mưa to", "next": "https://elsewhere.example/"}
    response = Client(**BROWSER).post(reverse("account_login"), filled)
    assert (response.status_code, response["Location"]) == (302, "/")

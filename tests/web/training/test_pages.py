"""The pages of the training ground: nobody else's account, nobody from outside, nothing of it in a real instance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, clear_url_caches, resolve, reverse
from pytest_django import Settings

from lienthong.accounts.models import User
from lienthong.accounts.roles import Role
from lienthong.training.ground import BANNER, read_progress
from lienthong.training.incidents import IncidentKind
from lienthong.training.models import IncidentState
from lienthong.training.personas import offer_personas
from lienthong.training.selectors import asked_incidents
from lienthong.web import navigation
from tests.web.world import BROWSER, World, make_world

OUTSIDE = "203.0.113.9"
ADDRESSES = (
    "/tap-huan/",
    "/tap-huan/vao-vai/",
    "/tap-huan/su-co/",
    "/tap-huan/su-co/noi-nhan-cham/",
    "/tap-huan/bai-tap/tim-van-ban/",
    "/tap-huan/bai-tap/tim-van-ban/bat-dau/",
    "/tap-huan/lam-lai/",
)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def ground(world: World, settings: Settings, tmp_path: Path) -> Iterator[World]:
    settings.TRAINING, settings.DATA_DIR = True, tmp_path
    settings.ROOT_URLCONF = "tests.web.training.addresses"
    clear_url_caches()
    navigation._url.cache_clear()
    offer_personas(people=[(world.people[role].username, "mẫu") for role in (Role.CLERK, Role.LEADER)])
    yield world
    clear_url_caches()
    navigation._url.cache_clear()


@pytest.fixture
def anybody() -> Client:
    return Client(**BROWSER)


def enter(client: Client, user: User) -> int:
    return client.post(reverse("training-enter"), {"persona": user.pk}).status_code


def signed_in(client: Client) -> int | None:
    found = client.session.get("_auth_user_id")
    return int(found) if found else None


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_real_instance_has_no_such_address(world: World, address: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("training-enter")
    with pytest.raises(Resolver404):
        resolve(address)
    for client in (Client(**BROWSER), world.client(Role.SYSTEM_ADMIN)):
        assert client.get(address).status_code == 404
        assert client.post(address, {"persona": world.people[Role.CLERK].pk}).status_code == 404


def test_the_addresses_alone_open_nothing(ground: World, settings: Settings, anybody: Client) -> None:
    """Were they ever routed by mistake, the setting still keeps the door."""
    settings.TRAINING = False
    assert {anybody.get(address).status_code for address in ADDRESSES} == {404}
    assert enter(anybody, ground.people[Role.CLERK]) == 404
    assert signed_in(anybody) is None


def test_one_click_makes_somebody_the_persona(ground: World, anybody: Client) -> None:
    clerk = ground.people[Role.CLERK]
    assert enter(anybody, clerk) == 302
    assert signed_in(anybody) == clerk.pk
    assert enter(anybody, ground.people[Role.LEADER]) == 302, "and then another one"
    assert signed_in(anybody) == ground.people[Role.LEADER].pk


@pytest.mark.parametrize("persona", ["", "x", "0", "999999999", "9999999999999", "1 OR 1=1"])
def test_who_is_no_persona_cannot_be_entered(ground: World, anybody: Client, persona: str) -> None:
    assert anybody.post(reverse("training-enter"), {"persona": persona}).status_code == 404
    assert enter(anybody, ground.people[Role.SYSTEM_ADMIN]) == 404
    assert signed_in(anybody) is None


def test_who_left_cannot_be_entered_either(ground: World, anybody: Client) -> None:
    User.objects.filter(pk=ground.people[Role.CLERK].pk).update(is_active=False)
    assert enter(anybody, ground.people[Role.CLERK]) == 404


def test_a_link_or_a_forged_form_enters_nobody(ground: World) -> None:
    strict = Client(enforce_csrf_checks=True, **BROWSER)
    assert enter(strict, ground.people[Role.CLERK]) == 403
    assert strict.get(reverse("training-enter")).status_code == 405
    assert signed_in(strict) is None


def test_it_serves_this_machine_alone_unless_it_is_open(ground: World, settings: Settings, anybody: Client) -> None:
    for address in ADDRESSES:
        assert anybody.get(address, REMOTE_ADDR=OUTSIDE).status_code == 404
        assert anybody.post(address, {"persona": ground.people[Role.CLERK].pk}, REMOTE_ADDR=OUTSIDE).status_code == 404
    assert anybody.get("/tap-huan/", REMOTE_ADDR="::1").status_code == 200
    settings.TRAINING_OPEN = True
    assert anybody.get("/tap-huan/", REMOTE_ADDR=OUTSIDE).status_code == 200


def test_every_page_carries_the_banner_and_a_real_one_none(ground: World, settings: Settings) -> None:
    clerk = ground.client(Role.CLERK)
    pages = [clerk.get(address) for address in ("/tap-huan/", reverse("me"), "/khong-co/")]
    pages.append(Client(**BROWSER).get(reverse("account_login")))
    assert all(BANNER in page.content.decode() for page in pages)
    settings.TRAINING = False
    assert BANNER not in clerk.get(reverse("me")).content.decode()


def test_an_incident_is_started_from_the_page(ground: World, anybody: Client) -> None:
    kind = IncidentKind.SLOW
    anybody.post(reverse("training-incident", args=[kind.value]), {"act": "start"})
    assert [(row.kind, row.state) for row in asked_incidents()] == [(kind.value, IncidentState.STARTING)]
    told = anybody.get(reverse("training-incidents")).content.decode()
    assert "Đang bắt đầu" in told
    assert anybody.post(reverse("training-incident", args=["khong-co"])).status_code == 302


def test_an_exercise_of_another_role_leads_back_with_a_sentence(ground: World) -> None:
    clerk, address = ground.client(Role.CLERK), reverse("training-exercise", args=["phan-cong-tren-dien-thoai"])
    assert "Bài này dành cho lãnh đạo" in clerk.get(address, follow=True).content.decode()
    assert "Bạn chưa vào vai ai" in Client(**BROWSER).get(address, follow=True).content.decode()


def test_an_exercise_waits_for_its_material_and_then_shows_the_first_step(ground: World) -> None:
    clerk = ground.client(Role.CLERK)
    clerk.post(reverse("training-begin", args=["vao-so-van-ban-khan"]))
    told = clerk.get(reverse("training-exercise", args=["vao-so-van-ban-khan"])).content.decode()
    assert "Đang chuẩn bị văn bản cho bài này" in told
    clerk.post(reverse("training-begin", args=["thu-hoi-van-ban"]))
    told = clerk.get(reverse("training-progress", args=["thu-hoi-van-ban"])).content.decode()
    assert 'aria-current="step"' in told


def test_starting_over_asks_the_players(ground: World, anybody: Client) -> None:
    answer = anybody.post(reverse("training-start-over"), follow=True)
    assert "Đang chờ bắt đầu" in answer.content.decode()
    assert read_progress().is_done is False

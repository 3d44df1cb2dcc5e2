"""The small city that tests of pages are played in: two agencies with one person in every role, and the axis."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.test import Client

from lienthong.accounts import services
from lienthong.accounts.actors import Actor
from lienthong.accounts.models import User
from lienthong.accounts.roles import Role
from lienthong.registry.models import Agency
from tests.factories import make_agency

BROWSER = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8"}
ROOT = Actor(user_id=0, name="root", roles=frozenset({Role.SYSTEM_ADMIN}))


@dataclass
class World:
    """``people``: by role, of ``ours`` (or of the axis); ``others``: the same roles in ``theirs``."""

    ours: Agency
    theirs: Agency
    people: dict[Role, User] = field(default_factory=dict)
    others: dict[Role, User] = field(default_factory=dict)

    def client(self, role: Role) -> Client:
        """A browser in which that person has signed in."""
        client = Client(**BROWSER)
        client.force_login(self.people[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client


def make_world() -> World:
    world = World(make_agency(name="UBND phường Mẫu B"), make_agency(name="Sở Tài chính (mẫu)"))
    for role in Role:
        place = None if role.is_of_axis else world.ours
        world.people[role] = make_person(f"{role.value}.ta".replace("_", "-"), role, place)
        if place is not None:
            world.others[role] = make_person(f"{role.value}.ho".replace("_", "-"), role, world.theirs)
    return world


def make_person(username: str, role: Role, agency: Agency | None) -> User:
    """Somebody who chose their own password already. Hashing is what takes time, so there is none to sign in with."""
    made = services.create_person(actor=ROOT, username=username, full_name="Người mẫu", role=role, agency=agency)
    made.user.must_change_password = False
    made.user.save()
    return made.user

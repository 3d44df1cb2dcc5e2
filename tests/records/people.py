"""People of the made-up city as actors, with accounts that services can find."""

from __future__ import annotations

from lienthong.accounts.actors import Actor
from lienthong.accounts.models import Position, User
from lienthong.accounts.roles import Role
from lienthong.common import clock
from lienthong.registry.models import Agency
from tests.factories import LONG_AGO


def make_person(username: str, full_name: str, role: Role, agency: Agency, code: str = "H99.40") -> Actor:
    user = User.objects.create(username=username, full_name=full_name, created_at=clock.now())
    Position.objects.create(user=user, agency=agency, role=role, valid_from=LONG_AGO)
    return Actor(
        user_id=user.pk,
        name=full_name,
        roles=frozenset({role}),
        agency_id=agency.pk,
        agency_code=code,
        remote="10.0.0.9",
    )

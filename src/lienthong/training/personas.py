"""Whom trainees may sign in as. Only people that the training ground itself made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from lienthong.accounts.models import User
from lienthong.accounts.roles import Role
from lienthong.accounts.selectors import seats_of
from lienthong.common import clock
from lienthong.training.ground import require_ground
from lienthong.training.models import Persona


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A persona as the page shows it."""

    user_id: int
    username: str
    name: str
    roles: frozenset[Role]
    label: str
    title: str
    agency_name: str
    about: str


@transaction.atomic
def offer_personas(*, people: Iterable[tuple[str, str]]) -> None:
    """Let anybody sign in as these: user name and what they are for, in the order of the page."""
    require_ground()
    wanted = list(people)
    users = {user.username: user for user in User.objects.filter(username__in=[name for name, _ in wanted])}
    for place, (username, about) in enumerate(wanted):
        Persona.objects.update_or_create(user=users[username], defaults={"about": about, "place": place})


def list_personas() -> list[Face]:
    """Everybody who can be chosen, in order."""
    rows = Persona.objects.select_related("user").filter(user__is_active=True).order_by("place")
    return [_face(row) for row in rows]


def find_persona(user_id: int) -> User | None:
    """The account of a persona; ``None`` for whoever is none, whatever their id."""
    require_ground()
    row = Persona.objects.select_related("user").filter(user_id=user_id, user__is_active=True).first()
    return row.user if row else None


def _face(row: Persona) -> Face:
    seats = seats_of(row.user, today=clock.today())
    first = seats[0] if seats else None
    return Face(
        user_id=row.user_id,
        username=row.user.username,
        name=row.user.full_name,
        roles=first.roles if first else frozenset(),
        label=first.label if first else "",
        title=first.title if first else "",
        agency_name=first.agency_name if first else "",
        about=row.about,
    )

"""Reads people: in which seats they may act today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, TypeVar

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from lienthong.accounts.actors import Actor
from lienthong.accounts.models import Delegation, Position, User
from lienthong.accounts.policies import may_manage_people
from lienthong.accounts.roles import Role
from lienthong.common import clock
from lienthong.common.folding import fold
from lienthong.registry.models import AgencyIdentifier, AgencyName, Scheme

AXIS_NAME = "Trục liên thông"

_Row = TypeVar("_Row", Position, Delegation)
_BY_SCHEME = Case(
    *(When(scheme=scheme, then=Value(rank)) for rank, scheme in enumerate(Scheme.values)),
    default=Value(99),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where somebody may act: with their own roles in one agency (or for the axis), or for somebody else there.

    ``key`` names the seat in the person's session.
    """

    key: str
    roles: frozenset[Role]
    agency_id: int | None = None
    agency_code: str = ""
    agency_name: str = AXIS_NAME
    title: str = ""
    on_behalf_of: str = ""
    delegation_id: int | None = None

    @property
    def label(self) -> str:
        """What they are there: ``Văn thư, Lãnh đạo`` or ``Lãnh đạo, theo ủy quyền của Nguyễn Văn Mẫu``."""
        roles = ", ".join(role.label for role in Role if role in self.roles)
        return f"{roles}, theo ủy quyền của {self.on_behalf_of}" if self.on_behalf_of else roles


def seats_of(user: User, *, today: date) -> list[Seat]:
    """All seats of a person on a day: their own first, by agency, then those held by delegation."""
    if not user.is_active:
        return []
    own = with_agency(positions_open(user.positions.all(), today), today).order_by(
        F("agency_id").asc(nulls_last=True), "id"
    )
    held = with_agency(delegations_open(user.delegations_held.all(), today), today, "position__")
    return [*_own_seats(own), *(_delegated_seat(delegation) for delegation in held.order_by("id"))]


def current_actor(user: User, *, choice: str, today: date, remote: str = "") -> tuple[Actor, list[Seat]] | None:
    """Who the person is in the seat they chose, or in their first one; and all their seats. ``None`` without any."""
    seats = seats_of(user, today=today)
    if not seats:
        return None
    seat = next((seat for seat in seats if seat.key == choice), seats[0])
    return actor_in(seat, user, remote=remote), seats


def actor_in(seat: Seat, user: User, *, remote: str = "") -> Actor:
    """The person as services and policies see them there."""
    return Actor(
        user_id=user.pk,
        name=user.full_name,
        roles=seat.roles,
        agency_id=seat.agency_id,
        agency_code=seat.agency_code,
        agency_name=seat.agency_name,
        title=seat.title,
        on_behalf_of=seat.on_behalf_of,
        delegation_id=seat.delegation_id,
        remote=remote,
    )


def positions_open(positions: QuerySet[Position], today: date) -> QuerySet[Position]:
    """Those held on the day."""
    return positions.filter(Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today)


def delegations_open(delegations: QuerySet[Delegation], today: date) -> QuerySet[Delegation]:
    """Those in force on the day: nobody gives on what they no longer hold."""
    return delegations.filter(
        Q(position__valid_to=None) | Q(position__valid_to__gt=today),
        revoked_at=None,
        valid_from__lte=today,
        valid_to__gte=today,
        position__valid_from__lte=today,
        position__user__is_active=True,
    ).select_related("position__user")


def with_agency(rows: QuerySet[_Row], today: date, path: str = "") -> QuerySet[_Row]:
    """Each with ``agency_name`` and ``agency_code`` as they are on the day; empty for the axis."""
    agency = OuterRef(f"{path}agency_id")
    names = AgencyName.objects.filter(agency_id=agency, valid_from__lte=today).order_by("-valid_from")
    codes = AgencyIdentifier.objects.filter(agency_id=agency, valid_from__lte=today).order_by(
        F("valid_to").desc(nulls_first=True), _BY_SCHEME, "id"
    )
    return rows.annotate(
        agency_name=Coalesce(Subquery(names.values("name")[:1]), Value(""), output_field=CharField()),
        agency_code=Coalesce(Subquery(codes.values("code")[:1]), Value(""), output_field=CharField()),
    )


def _own_seats(positions: Iterable[Position]) -> list[Seat]:
    return [_own_seat(list(group)) for _, group in groupby(positions, key=lambda position: position.agency_id)]


def _own_seat(positions: list[Position]) -> Seat:
    first = positions[0]
    return Seat(
        key=f"agency-{first.agency_id}" if first.agency_id else "axis",
        roles=frozenset(Role(position.role) for position in positions),
        title=next((position.title for position in positions if position.title), ""),
        **_place(first, first),
    )


def _delegated_seat(delegation: Delegation) -> Seat:
    position = delegation.position
    return Seat(
        key=f"delegation-{delegation.pk}",
        roles=frozenset({Role(position.role)}),
        title=position.title,
        on_behalf_of=position.user.full_name,
        delegation_id=delegation.pk,
        **_place(position, delegation),
    )


def _place(position: Position, row: Position | Delegation) -> dict[str, Any]:
    annotated: Any = row
    if position.agency_id is None:
        return {}
    return {"agency_id": position.agency_id, "agency_code": annotated.agency_code, "agency_name": annotated.agency_name}


# --- For those who manage people -------------------------------------------------------------------------------------


def accountable_agencies(user: User, *, today: date) -> set[int | None]:
    """Where the person holds positions today or will; where they last did, when they hold none."""
    still = user.positions.filter(Q(valid_to=None) | Q(valid_to__gt=today))
    return set((still if still.exists() else user.positions.all()).values_list("agency_id", flat=True))


def people_of(  # noqa: PLR0913 - one filter each
    actor: Actor, *, text: str = "", role: str = "", active: bool = True, after: str = "", limit: int = 50
) -> list[User]:
    """People the actor manages, by user name, beginning behind ``after``; their open positions come along as
    ``held``. Whoever manages an agency sees those who hold or held a position there."""
    people = User.objects.filter(is_active=active)
    if actor.agency_id is not None:
        people = people.filter(Exists(Position.objects.filter(user=OuterRef("pk"), agency_id=actor.agency_id)))
    for word in text.lower().split():
        people = people.filter(Q(folded__contains=fold(word)) | Q(username__contains=word))
    today = clock.today()
    held = with_agency(positions_open(Position.objects.all(), today), today).order_by("id")
    if actor.agency_id is not None:
        held = held.filter(agency_id=actor.agency_id)
    if role:
        people = people.filter(Exists(held.filter(user=OuterRef("pk"), role=role)))
    found = people.filter(username__gt=after).order_by("username")
    return list(found.prefetch_related(Prefetch("positions", queryset=held, to_attr="held"))[:limit])


def person_for(actor: Actor, pk: int) -> User | None:
    """One of the people the actor manages; ``None`` for others, whether they exist or not."""
    if not may_manage_people(actor, agency_id=actor.agency_id):
        return None
    people = User.objects.filter(pk=pk)
    if actor.agency_id is not None:
        people = people.filter(Exists(Position.objects.filter(user=OuterRef("pk"), agency_id=actor.agency_id)))
    return people.first()


def colleagues_of(user_id: int, *, agency_ids: Iterable[int | None], today: date) -> QuerySet[User]:
    """Active people with a position in one of the places, without the person."""
    places = Q(agency_id__in=[pk for pk in agency_ids if pk is not None])
    if None in set(agency_ids):
        places |= Q(agency_id=None)
    there = positions_open(Position.objects.filter(places), today)
    found = User.objects.filter(Exists(there.filter(user=OuterRef("pk"))), is_active=True)
    return found.exclude(pk=user_id).order_by("full_name", "pk")


# --- Authority given -------------------------------------------------------------------------------------------------


def delegable_positions(user: User, *, today: date) -> QuerySet[Position]:
    """Positions of one's own that may be given to somebody else, with their agency's name."""
    return with_agency(positions_open(user.positions.exclude(role=Role.SYSTEM_ADMIN), today), today).order_by("id")


def delegations_given(user: User, *, today: date) -> QuerySet[Delegation]:
    """What the person gave away that is in force or will be."""
    given = Delegation.objects.filter(position__user=user, revoked_at=None, valid_to__gte=today)
    return with_agency(given, today, "position__").select_related("to_user", "position").order_by("valid_from", "id")


def people_by_agency(agency_ids: Iterable[int], today: date) -> dict[int, int]:
    """How many people hold a position in each agency today; none for those where nobody does."""
    held = positions_open(Position.objects.filter(agency__in=list(agency_ids), user__is_active=True), today)
    return dict(held.values_list("agency").annotate(people=Count("user", distinct=True)).order_by())

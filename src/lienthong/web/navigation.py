"""Where people can go: one list for the side, the phone's bar and the keys. An area without a page yet is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, reverse

from lienthong.accounts.actors import Actor
from lienthong.accounts.policies import AxisAct, DocumentAct, may_manage_people, may_on_axis, may_on_documents
from lienthong.accounts.roles import Role
from lienthong.web.pages import Allow, anybody

AGENCY_ROLES = frozenset(role for role in Role if not role.is_of_axis)


@dataclass(frozen=True, slots=True)
class Count:
    """A number beside an entry. ``tone``: ``""``, ``blue``, ``orange`` or ``red``; ``meaning`` is read out with it."""

    number: int
    meaning: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry. ``view``: name of its URL; ``key``: after G; ``section``: heading it stands under."""

    view: str
    label: str
    icon: str
    allow: Allow = anybody
    key: str = ""
    short: str = ""
    section: str = ""
    on_phone: bool = False

    @property
    def url(self) -> str:
        return _url(self.view)


def _documents(act: DocumentAct) -> Allow:
    return lambda actor: (
        actor.agency_id is not None
        and may_on_documents(actor, act, agency_id=actor.agency_id, assignees=[actor.user_id])
    )


def _outgoing(actor: Actor) -> bool:
    return _documents(DocumentAct.READ)(actor) or _documents(DocumentAct.COMPOSE)(actor)


def may_see_statistics(actor: Actor) -> bool:
    """Figures of the own agency, or of the city."""
    return may_on_axis(actor, AxisAct.STATISTICS) or actor.has(
        Role.STATISTICS, Role.LEADER, Role.CLERK, Role.INSPECTOR, Role.AGENCY_ADMIN
    )


def _people(actor: Actor) -> bool:
    return may_manage_people(actor, agency_id=actor.agency_id)


def _axis(act: AxisAct) -> Allow:
    return lambda actor: may_on_axis(actor, act)


PLACES = (
    Place("today", "Việc hôm nay", "checkbox", _documents(DocumentAct.READ), "h", "Hôm nay", on_phone=True),
    Place("inbox", "Văn bản đến", "inbox", _documents(DocumentAct.READ), "i", "Đến", on_phone=True),
    Place("outbox", "Văn bản đi", "send", _outgoing, "o", "Đi", on_phone=True),
    Place("registers", "Sổ văn bản", "book-2", _documents(DocumentAct.EXPORT), "s"),
    Place("assignments", "Nhiệm vụ", "list-check", _documents(DocumentAct.READ), "n", on_phone=True),
    Place("scoring", "Chấm điểm", "star", _documents(DocumentAct.READ), "c"),
    Place("statistics", "Thống kê", "chart-bar", may_see_statistics, "t", on_phone=True),
    Place("axis", "Vận hành trục", "route", _axis(AxisAct.WATCH), "v", "Trục", section="Quản trị", on_phone=True),
    Place("agencies", "Cơ quan", "sitemap", anybody, "a", section="Quản trị"),
    Place("people", "Người dùng", "users", _people, "u", section="Quản trị", on_phone=True),
    Place("training", "Tập huấn", "flag", anybody, "p", section="Hỗ trợ"),
    Place("help", "Trợ giúp", "help-circle", anybody, "", section="Hỗ trợ", on_phone=True),
)

COUNTERS: dict[str, Callable[[Actor], Count | None]] = {}
"""By name of the view; areas add theirs (``navigation.COUNTERS["inbox"] = …``). Each costs a query on every page."""


@cache
def _url(view: str) -> str:
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""


def places_of(actor: Actor) -> list[Place]:
    """The entries for this person, in order."""
    return [place for place in PLACES if place.url and place.allow(actor)]


def phone_places(places: list[Place]) -> list[Place]:
    """The four that fit beside "Thêm"."""
    return [place for place in places if place.on_phone][:4]


def may_compose(actor: Actor) -> bool:
    """Whether "Soạn văn bản" is shown."""
    return bool(_url("compose")) and _documents(DocumentAct.COMPOSE)(actor)

"""What the frame around every page needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from lienthong.training.ground import BANNER, is_ground
from lienthong.training.selectors import under_way
from lienthong.web import navigation
from lienthong.web.pages import actor_of

THEMES = {"auto": "Theo máy", "light": "Sáng", "dark": "Tối"}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Theme, and for those who signed in: who they are, where else they may act, where they can go."""
    theme = request.COOKIES.get("theme", "auto")
    told: dict[str, Any] = {"theme": theme if theme in THEMES else "auto", "themes": THEMES}
    if is_ground():
        told["training"] = BANNER
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.must_change_password:
        return told
    if not hasattr(request, "actor"):  # a page of allauth, or an error before the page
        found = actor_of(request)
        if found is None:
            return told
        request.actor, request.seats = found  # type: ignore[attr-defined]
    if is_ground():
        told["exercise_under_way"] = under_way(request.actor)  # type: ignore[attr-defined]
    return told | _frame(request)


def _frame(request: Any) -> dict[str, Any]:
    places = navigation.places_of(request.actor)
    counts = {view: count(request.actor) for view, count in navigation.COUNTERS.items()}
    here = max((place.url for place in places if request.path.startswith(place.url)), key=len, default="")
    return {
        "actor": request.actor,
        "seats": request.seats,
        "places": places,
        "phone_places": navigation.phone_places(places),
        "counts": counts,
        "here": here,
        "may_compose": navigation.may_compose(request.actor),
    }

"""The page of the training ground: choose whom to be, exercises, incidents, starting over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST, require_safe

from lienthong.accounts.actors import Actor
from lienthong.training import ground as starting
from lienthong.training import selectors, services
from lienthong.training.exercises import BY_SLUG
from lienthong.training.personas import Face, find_persona, list_personas
from lienthong.training.selectors import Standing
from lienthong.web.training.guard import at_the_ground, trainee, visitor

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@at_the_ground
@require_safe
def ground(request: HttpRequest) -> HttpResponse:
    """Everything the training ground offers; for those who have chosen nobody yet too."""
    actor, faces = visitor(request), list_personas()
    told: dict[str, Any] = {
        "faces": faces,
        "me": actor,
        "standings": [_card(standing, actor, faces) for standing in selectors.list_standings(actor)],
        "incidents": selectors.list_incidents(),
        "starting_over": starting.read_progress(),
    }
    return render(request, "training/ground.html", told)


def _card(standing: Standing, actor: Actor | None, faces: list[Face]) -> dict[str, Any]:
    """An exercise, and who of the personas could do it."""
    wanted = standing.exercise
    return {
        "standing": standing,
        "is_mine": actor is not None and actor.has(wanted.role),
        "who": next((face for face in faces if face.username == wanted.persona), None),
    }


@at_the_ground
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Be one of the personas, with one click. Nobody else's account can be entered here."""
    chosen = request.POST.get("persona", "")
    user = find_persona(int(chosen)) if chosen.isdecimal() and len(chosen) < 10 else None
    if user is None:
        raise Http404
    logout(request)
    login(request, user, backend=_BACKEND)
    messages.success(request, f"Bạn đang vào vai {user.full_name}.")
    slug = request.POST.get("exercise", "")
    return redirect("training-exercise", slug=slug) if slug in BY_SLUG else redirect("home")


# --- Incidents --------------------------------------------------------------------------------------------------------


@at_the_ground
@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    """The list by itself, as the page asks for it again and again."""
    return render(request, "training/_incidents.html", {"incidents": selectors.list_incidents()})


@at_the_ground
@require_POST
def turn_incident(request: HttpRequest, name: str) -> HttpResponse:
    """Start or stop one."""
    kind = services.incident_of(name)
    if request.POST.get("act") == "stop":
        services.stop_incident(kind=kind)
    else:
        services.start_incident(kind=kind)
    return incidents_or_page(request)


def incidents_or_page(request: HttpRequest) -> HttpResponse:
    """The region for htmx, the page for others."""
    if getattr(request, "htmx", None):
        return render(request, "training/_incidents.html", {"incidents": selectors.list_incidents()})
    return redirect(f"{reverse('training')}#su-co")


# --- Exercises --------------------------------------------------------------------------------------------------------


@at_the_ground
@require_safe
def exercise(request: HttpRequest, slug: str) -> HttpResponse:
    """One exercise with its steps."""
    return render(request, "training/exercise.html", _told(request, slug))


@at_the_ground
@require_safe
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    """The steps by themselves, checked now."""
    return render(request, "training/_steps.html", _told(request, slug))


@at_the_ground
@require_POST
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin, or begin once more."""
    services.begin_exercise(actor=trainee(request), slug=slug)
    return redirect("training-exercise", slug=slug)


@at_the_ground
@require_POST
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """What the trainee thinks is the answer."""
    services.answer_question(actor=trainee(request), slug=slug, answer=request.POST.get("answer", ""))
    return redirect("training-exercise", slug=slug)


def _told(request: HttpRequest, slug: str) -> dict[str, Any]:
    actor = trainee(request)
    found = services.exercise_for(actor, slug)
    standing = selectors.look_at(actor, found)
    now = next((step for step in standing.steps if step.state == "now"), None)
    asks = bool(found.question) and now is not None and now.number == _question_step(standing)
    return {
        "standing": standing,
        "exercise": found,
        "now": now,
        "place": _place(now.step.place) if now else "",
        "asks": asks,
        "wrong": asks and bool(standing.attempt and standing.attempt.answer),
    }


def _question_step(standing: Standing) -> int:
    return next((one.number for one in standing.steps if one.step.check.__name__ == "answered"), 0)


def _place(view: str) -> str:
    """Where a step is done; ``""`` while that page does not exist."""
    try:
        return reverse(view) if view else ""
    except NoReverseMatch:
        return ""


# --- Starting over ------------------------------------------------------------------------------------------------


@at_the_ground
@require_POST
def start_over(request: HttpRequest) -> HttpResponse:
    """Let the made-up city be rebuilt: all that was done is forgotten."""
    starting.ask_to_start_over()
    return redirect("training-starting-over")


@at_the_ground
@require_safe
def starting_over(request: HttpRequest) -> HttpResponse:
    """How far that is. While the server itself is started anew, this request simply takes as long."""
    told = {"progress": starting.read_progress()}
    name = "training/_starting_over.html" if getattr(request, "htmx", None) else "training/starting_over.html"
    return render(request, name, told)

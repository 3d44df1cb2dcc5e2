"""Writes of the training ground: what trainees ask for, and what the players answer."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from lienthong.accounts.actors import Actor
from lienthong.common import clock
from lienthong.training.errors import TrainingError
from lienthong.training.exercises import BY_SLUG, Exercise
from lienthong.training.ground import require_ground
from lienthong.training.incidents import BY_KIND, IncidentKind
from lienthong.training.models import Attempt, Incident, IncidentState

_LONGEST_ANSWER = 200

# --- Incidents --------------------------------------------------------------------------------------------------------


def start_incident(*, kind: IncidentKind) -> None:
    """Ask the players for it; one that is going on goes on."""
    _turn(kind, asked=IncidentState.STARTING, unless=(IncidentState.STARTING, IncidentState.ON))


def stop_incident(*, kind: IncidentKind) -> None:
    """Ask the players to end it; one that is not going on stays so."""
    _turn(kind, asked=IncidentState.ENDING, unless=(IncidentState.ENDING, IncidentState.OFF))


@transaction.atomic
def _turn(kind: IncidentKind, *, asked: IncidentState, unless: tuple[IncidentState, ...]) -> None:
    require_ground()
    row, _ = Incident.objects.select_for_update().get_or_create(kind=kind.value, defaults={"changed_at": clock.now()})
    if row.state not in unless:
        row.state, row.told, row.changed_at = asked, "", clock.now()
        row.save()


@transaction.atomic
def tell_incident(
    *, kind: IncidentKind, state: IncidentState, told: str, material: dict[str, Any] | None = None
) -> None:
    """The players say how far it is."""
    require_ground()
    changes = {"state": state, "told": told, "changed_at": clock.now()}
    Incident.objects.filter(kind=kind.value).update(**changes, **({} if material is None else {"material": material}))


def incident_of(name: str) -> IncidentKind:
    """:raises TrainingError: ``training.incident_unknown``"""
    kind = next((kind for kind in BY_KIND if kind.value == name), None)
    if kind is None:
        raise TrainingError("training.incident_unknown", f"Không có sự cố {name!r}.", "Chọn trong danh sách.")
    return kind


# --- Exercises --------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin_exercise(*, actor: Actor, slug: str) -> Attempt:
    """Begin, or begin once more with fresh material.

    :raises TrainingError: ``training.exercise_unknown``, ``training.role_missing``
    """
    exercise = exercise_for(actor, slug)
    now = clock.now()
    fresh: dict[str, Any] = {
        "started_at": now,
        "ready_at": None if exercise.material else now,
        "done_at": None,
        "material": {},
        "steps_done": 0,
        "answer": "",
        "trouble": "",
    }
    attempt, _ = Attempt.objects.update_or_create(user_id=actor.user_id, exercise=slug, defaults=fresh)
    return attempt


@transaction.atomic
def answer_question(*, actor: Actor, slug: str, answer: str) -> None:
    """Keep what somebody thinks is the answer; the check compares it.

    :raises TrainingError: ``training.exercise_unknown``, ``training.role_missing``
    """
    exercise_for(actor, slug)
    text = " ".join(answer.split())[:_LONGEST_ANSWER]
    Attempt.objects.filter(user_id=actor.user_id, exercise=slug).update(answer=text)


@transaction.atomic
def hand_out(*, attempt: Attempt, material: dict[str, Any]) -> None:
    """The players have prepared an exercise: it counts from now."""
    require_ground()
    now = clock.now()
    Attempt.objects.filter(pk=attempt.pk, started_at=attempt.started_at).update(
        material=material, ready_at=now, started_at=now, trouble=""
    )


@transaction.atomic
def cannot_hand_out(*, attempt: Attempt, trouble: str) -> None:
    """The players could not prepare it; who waits is told why."""
    require_ground()
    Attempt.objects.filter(pk=attempt.pk).update(trouble=trouble[:500])


def exercise_for(actor: Actor, slug: str) -> Exercise:
    """The exercise, if it is one of the actor's roles.

    :raises TrainingError: ``training.exercise_unknown``, ``training.role_missing``
    """
    require_ground()
    exercise = BY_SLUG.get(slug)
    if exercise is None:
        raise TrainingError("training.exercise_unknown", "Không có bài tập này.", "Chọn trong danh sách bài tập.")
    if not actor.has(exercise.role):
        raise TrainingError(
            "training.role_missing",
            f"Bài này dành cho {exercise.role.label.lower()}.",
            "Vào vai một người có vai trò đó ở trang Tập huấn.",
        )
    return exercise

"""How far everything is: incidents, exercises and their steps."""

from __future__ import annotations

from dataclasses import dataclass

from lienthong.accounts.actors import Actor
from lienthong.accounts.models import Position
from lienthong.common import clock
from lienthong.training.checks import Trainee
from lienthong.training.exercises import BY_SLUG, EXERCISES, Exercise, Step
from lienthong.training.incidents import CATALOGUE, Script
from lienthong.training.models import Attempt, Incident, IncidentState


@dataclass(frozen=True, slots=True)
class Playing:
    """An incident and where it stands."""

    script: Script
    state: IncidentState
    told: str

    @property
    def is_on(self) -> bool:
        return self.state == IncidentState.ON

    @property
    def is_changing(self) -> bool:
        return self.state in (IncidentState.STARTING, IncidentState.ENDING)


def list_incidents() -> list[Playing]:
    """All of the catalogue, in its order."""
    rows = {row.kind: row for row in Incident.objects.all()}
    return [_playing(script, rows.get(script.kind.value)) for script in CATALOGUE]


def _playing(script: Script, row: Incident | None) -> Playing:
    return Playing(script, IncidentState(row.state) if row else IncidentState.OFF, row.told if row else "")


def asked_incidents() -> list[Incident]:
    """What the players must begin or end."""
    return list(
        Incident.objects.filter(state__in=[IncidentState.STARTING, IncidentState.ENDING]).order_by("changed_at")
    )


# --- Exercises --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepStanding:
    """``state``: done, now or later."""

    step: Step
    number: int
    state: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody is in an exercise; ``attempt`` is ``None`` before they began."""

    exercise: Exercise
    attempt: Attempt | None
    steps: tuple[StepStanding, ...]

    @property
    def done(self) -> int:
        return sum(step.state == "done" for step in self.steps)

    @property
    def is_done(self) -> bool:
        return self.attempt is not None and self.attempt.done_at is not None

    @property
    def is_waiting(self) -> bool:
        """For the players to prepare it."""
        return self.attempt is not None and self.attempt.ready_at is None


def list_standings(actor: Actor | None) -> list[Standing]:
    """All exercises; how far the actor is, as was last seen."""
    attempts = {row.exercise: row for row in Attempt.objects.filter(user_id=actor.user_id)} if actor else {}
    return [_standing(one, attempts.get(one.slug), _as_noted(one, attempts.get(one.slug))) for one in EXERCISES]


def under_way(actor: Actor) -> Standing | None:
    """The exercise that the actor began last and has not finished, as was last seen."""
    row = Attempt.objects.filter(user_id=actor.user_id, done_at=None).order_by("-started_at").first()
    exercise = BY_SLUG.get(row.exercise) if row else None
    return _standing(exercise, row, _as_noted(exercise, row)) if exercise else None


def look_at(actor: Actor, exercise: Exercise) -> Standing:
    """How far the actor is, checked now; what is done stays done. Notes the progress and the end."""
    attempt = Attempt.objects.filter(user_id=actor.user_id, exercise=exercise.slug).first()
    if attempt is None or attempt.ready_at is None or attempt.done_at is not None:
        return _standing(exercise, attempt, _as_noted(exercise, attempt))
    trainee = Trainee(actor.user_id, actor.agency_id, attempt.started_at, attempt.material, attempt.answer)
    done = _in_order(exercise, attempt.steps_done, trainee)
    if done != attempt.steps_done:
        _note(attempt, done, whole=done == len(exercise.steps))
    return _standing(exercise, attempt, done)


def _in_order(exercise: Exercise, done: int, trainee: Trainee) -> int:
    """How many steps are done, each after the one before."""
    while done < len(exercise.steps) and exercise.steps[done].check(trainee):
        done += 1
    return done


def _note(attempt: Attempt, done: int, *, whole: bool) -> None:
    attempt.steps_done, attempt.done_at = done, clock.now() if whole else None
    Attempt.objects.filter(pk=attempt.pk, started_at=attempt.started_at).update(
        steps_done=done, done_at=attempt.done_at
    )


def _as_noted(exercise: Exercise, attempt: Attempt | None) -> int:
    return min(attempt.steps_done, len(exercise.steps)) if attempt else 0


def _standing(exercise: Exercise, attempt: Attempt | None, done: int) -> Standing:
    now = done if attempt and attempt.ready_at else -1
    steps = tuple(
        StepStanding(step, number + 1, "done" if number < done else "now" if number == now else "later")
        for number, step in enumerate(exercise.steps)
    )
    return Standing(exercise, attempt, steps)


def unprepared() -> list[Attempt]:
    """Exercises that somebody waits for."""
    rows = Attempt.objects.filter(ready_at=None, trouble="").select_related("user").order_by("started_at")
    return [row for row in rows if row.exercise in BY_SLUG]


def agency_of(user_id: int) -> int | None:
    """Where a persona works."""
    return Position.objects.filter(user=user_id, valid_to=None).values_list("agency_id", flat=True).first()


def open_materials(name: str) -> list[Attempt]:
    """Attempts under way whose exercise has this material."""
    slugs = [exercise.slug for exercise in EXERCISES if exercise.material == name]
    return list(Attempt.objects.filter(exercise__in=slugs, done_at=None).exclude(ready_at=None))

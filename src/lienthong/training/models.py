"""Who may be signed in as, which incidents are wanted, how far people are with their exercises."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Persona(models.Model):
    """A made-up person whom anybody at the training ground may sign in as. ``place`` orders the page."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", primary_key=True)
    about = models.TextField()
    place = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "training_persona"

    def __str__(self) -> str:
        return str(self.user)


class IncidentState(models.TextChoices):
    """``STARTING`` and ``ENDING`` were asked for on the page; the players make them ``ON`` and ``OFF``."""

    OFF = "off", "Chưa chạy"
    STARTING = "starting", "Đang bắt đầu"
    ON = "on", "Đang diễn ra"
    ENDING = "ending", "Đang kết thúc"


class Incident(models.Model):
    """One scripted incident (``incidents.CATALOGUE``). ``told`` is what the players last said about it; ``material``
    what they must find again to end it."""

    kind = models.TextField(primary_key=True)
    state = models.TextField(choices=IncidentState, default=IncidentState.OFF)
    told = models.TextField(blank=True, default="")
    material = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "training_incident"

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"


class Attempt(models.Model):
    """A person at an exercise. The players prepare ``material`` (``ready_at``), the checks look for it. ``trouble``:
    why it could not be prepared."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    exercise = models.TextField()
    started_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    material = models.JSONField(default=dict)
    steps_done = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(blank=True, default="")
    trouble = models.TextField(blank=True, default="")

    class Meta:
        db_table = "training_attempt"
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "exercise"], name="training_attempt_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.exercise}"

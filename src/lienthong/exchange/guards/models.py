"""Alerts: what a person of the operator must see, until one says so."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lienthong.common import clock
from lienthong.exchange.guards.kinds import AlertKind, Level


class Erasure(models.Model):
    """An order to destroy the bytes of a package that was accepted. The package's row, hash and events stay."""

    package = models.OneToOneField("exchange.Package", on_delete=models.PROTECT, primary_key=True, related_name="+")
    actor = models.TextField()
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "guards_erasure"

    def __str__(self) -> str:
        return f"{self.package_id} by {self.actor}"

    @property
    def told(self) -> str:
        """Who ordered it and when, in words."""
        return f"theo lệnh của {self.actor} ngày {clock.in_vietnam(self.at):%d/%m/%Y %H:%M}"


class Alert(models.Model):
    """One thing that needs a person. The same thing again (``dedupe_key``) raises ``times`` of the open row.

    Never holds content of a document: ``subject`` and ``detail`` name systems, codes and hashes.
    """

    kind = models.TextField()  # an AlertKind; without choices, so that a new kind needs no migration
    level = models.TextField()
    subject = models.TextField()
    detail = models.TextField()
    dedupe_key = models.TextField()
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    muted_until = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.TextField(default="")
    note = models.TextField(default="")

    class Meta:
        db_table = "guards_alert"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dedupe_key"], condition=Q(acknowledged_at=None), name="guards_alert_open_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-first_at"], name="guards_alert_newest")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}"

    @property
    def kind_label(self) -> str:
        """In words; one that another version wrote is shown as it is."""
        return AlertKind(self.kind).label if self.kind in AlertKind._value2member_map_ else self.kind

    @property
    def level_label(self) -> str:
        return Level(self.level).label if self.level in Level._value2member_map_ else self.level

    @property
    def next_step(self) -> str:
        return AlertKind(self.kind).next_step if self.kind in AlertKind._value2member_map_ else ""

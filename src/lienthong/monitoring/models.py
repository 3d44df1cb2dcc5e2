"""Samples of how the axis was doing, and conditions that hold or held."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Sample(models.Model):
    """The axis at one moment. The first group only ever grows (what was counted up to ``at``), the second is as it was
    then; times in seconds. ``event_id``: the newest event of the ledger that is counted."""

    at = models.DateTimeField(primary_key=True)
    event_id = models.BigIntegerField()
    documents = models.BigIntegerField()
    reports = models.BigIntegerField()
    rejected = models.BigIntegerField()
    delivered = models.BigIntegerField()
    failures = models.BigIntegerField()

    waiting = models.IntegerField()
    waiting_p95 = models.FloatField()
    waiting_oldest = models.FloatField()
    given_up = models.IntegerField()

    class Meta:
        db_table = "monitoring_sample"


class Condition(models.Model):
    """Something wrong that lasts: raised by a rule while it holds, ended by itself when it no longer does.

    ``subject`` tells apart what a rule can say of several things (a system, a disk). Never content of a document.
    """

    rule = models.TextField()
    subject = models.TextField(blank=True, default="")
    level = models.TextField()
    text = models.TextField()
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    muted_until = models.DateTimeField(null=True)
    muted_by = models.TextField(blank=True, default="")

    class Meta:
        db_table = "monitoring_condition"
        constraints = (
            models.UniqueConstraint(fields=("rule", "subject"), condition=Q(ended_at=None), name="monitoring_once"),
        )
        indexes = (models.Index(fields=("-since",), name="monitoring_condition_newest"),)

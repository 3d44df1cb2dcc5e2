"""Tables of the figures. All of it can be made again from the exchange (``jobs.recompute``).

*Facts* hold one row per document, per copy (a document at one recipient) and per refused package, with the levels and
parents of the day they happened on. *Counts* are their daily and monthly sums. ``facts`` and ``rollup`` write them
with SQL; these models give the schema.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class DocumentFact(models.Model):
    """One document that the axis accepted. ``sign_days``: whole days from signing to sending; the signature columns
    are null until the main file was checked."""

    document = models.UUIDField(primary_key=True)
    day = models.DateField()
    hour = models.SmallIntegerField()
    business_type = models.TextField()
    sender_id = models.BigIntegerField()
    sender_level = models.TextField()
    sender_parent_id = models.BigIntegerField(null=True)
    sign_days = models.IntegerField(null=True)
    by_person = models.BooleanField(null=True)
    by_body = models.BooleanField(null=True)

    class Meta:
        db_table = "statistics_document"
        indexes = (
            models.Index(fields=("day",), name="statistics_document_day"),
            models.Index(fields=("sender_id", "day"), name="statistics_document_sender"),
        )


class CopyFact(models.Model):
    """One document at one recipient. Steps are in seconds, null where a report is missing. ``waiting_since`` is set as
    long as the recipient owes a report (``wanted``: the duty)."""

    recipient = models.UUIDField(primary_key=True)
    document = models.UUIDField()
    day = models.DateField()
    hour = models.SmallIntegerField()
    business_type = models.TextField()
    sender_id = models.BigIntegerField()
    sender_level = models.TextField()
    sender_parent_id = models.BigIntegerField(null=True)
    receiver_id = models.BigIntegerField(null=True)
    receiver_level = models.TextField()
    receiver_parent_id = models.BigIntegerField(null=True)
    outcome = models.TextField()
    good = models.BooleanField()
    state = models.TextField()
    carried = models.TextField()
    cause = models.TextField()
    refusal = models.TextField()
    answered = models.BooleanField()
    signed_on = models.DateField(null=True)
    wanted = models.TextField()
    waiting_since = models.DateTimeField(null=True)
    transport = models.IntegerField(null=True)
    step_01 = models.IntegerField(null=True)
    step_03 = models.IntegerField(null=True)
    step_06 = models.IntegerField(null=True)
    asked = models.TextField()

    class Meta:
        db_table = "statistics_copy"
        indexes = (
            models.Index(fields=("day",), name="statistics_copy_day"),
            models.Index(fields=("document", "recipient"), name="statistics_copy_document"),
            models.Index(fields=("sender_id", "day"), name="statistics_copy_sender"),
            models.Index(fields=("receiver_id", "day"), name="statistics_copy_receiver"),
            models.Index(fields=("waiting_since",), condition=~Q(wanted=""), name="statistics_copy_waiting"),
            # Deliveries that may still move without leaving an event.
            models.Index(
                fields=("recipient",), condition=Q(carried__in=("open", "given_up")), name="statistics_copy_open"
            ),
        )


class RejectionFact(models.Model):
    """One package that the axis refused, by its event in the ledger."""

    event_id = models.BigIntegerField(primary_key=True)
    day = models.DateField()
    at = models.DateTimeField()
    sender_id = models.BigIntegerField(null=True)
    sender_level = models.TextField()
    sender_parent_id = models.BigIntegerField(null=True)
    sender_code = models.TextField()
    system = models.TextField()
    code = models.TextField()

    class Meta:
        db_table = "statistics_rejection"
        indexes = (models.Index(fields=("day",), name="statistics_rejection_day"),)


class Count(models.Model):
    """How often ``measure`` came with ``key`` in the day or month that begins on ``start``. ``agency_id`` 0: the sum of
    a level (and parent 0)."""

    id = models.BigAutoField(primary_key=True)
    month = models.BooleanField()
    start = models.DateField()
    measure = models.TextField()
    agency_id = models.BigIntegerField()
    level = models.TextField()
    parent_id = models.BigIntegerField()
    key = models.TextField()
    count = models.BigIntegerField()

    class Meta:
        db_table = "statistics_count"
        indexes = (models.Index(fields=("month", "agency_id", "start"), name="statistics_count_agency"),)


class Progress(models.Model):
    """One row: how far the job has come. Days from ``live_from`` on are counted live."""

    live_from = models.DateField()
    event_id = models.BigIntegerField()
    check_id = models.BigIntegerField()
    reform_id = models.BigIntegerField()
    done_at = models.DateTimeField()

    class Meta:
        db_table = "statistics_progress"
        constraints = (models.CheckConstraint(condition=Q(id=1), name="statistics_progress_single"),)

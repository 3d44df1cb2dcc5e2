"""Tables of the axis. The hot path reads and writes them with raw SQL (``intake``, ``deliveries``); these models give
the schema, the migrations and the slow reads.

One *document* (a sender's submission) is carried by one or more stored *packages*; it has one *recipient* row per
addressee and each package one *delivery* per recipient system. Status reports are packages too, with deliveries of
their own; a *report* row says what they changed.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lienthong.common.ids import new_id
from lienthong.exchange.states import ActionKind, Ask, DeliveryState, RecipientState


class Document(models.Model):
    """What one agency sent under one document identifier and business type. ``id`` is the ``DocId`` of its receipt."""

    id = models.UUIDField(primary_key=True, default=new_id)
    system = models.ForeignKey("registry.System", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, related_name="+")
    document_id = models.TextField()
    business_type = models.TextField()
    fingerprint = models.BinaryField()
    sha256 = models.BinaryField()
    from_code = models.TextField()
    from_name = models.TextField()
    number = models.TextField()
    notation = models.TextField()
    promulgation_date = models.DateField(null=True)
    subject = models.TextField()
    type_name = models.TextField()
    priority = models.SmallIntegerField()
    target_document_id = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_document"
        constraints = (
            # A number is unique only per issuing agency (lessons, 5); the business type keeps a recall apart.
            models.UniqueConstraint(fields=("agency", "document_id", "business_type"), name="exchange_document_key"),
        )
        indexes = (models.Index(fields=("system", "-received_at"), name="exchange_document_sent"),)


class Package(models.Model):
    """A stored package, exactly as received: ``segment``, ``offset``, ``length`` and ``sha256`` are its address."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.TextField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="packages")
    system = models.ForeignKey("registry.System", on_delete=models.PROTECT, related_name="+")
    segment = models.TextField()
    offset = models.BigIntegerField()
    length = models.BigIntegerField()
    sha256 = models.BinaryField()
    attachments = models.JSONField()
    findings = models.JSONField()
    remote = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_package"
        indexes = (models.Index(fields=("segment", "offset"), name="exchange_package_address"),)


class Delivery(models.Model):
    """One package for one recipient system: did the bytes get there? ``id`` is the ``docId`` that system sees."""

    id = models.UUIDField(primary_key=True, default=new_id)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="deliveries")
    system = models.ForeignKey("registry.System", on_delete=models.PROTECT, related_name="+")
    kind = models.TextField()
    rank = models.SmallIntegerField()
    state = models.TextField(choices=[(state.value, state.label) for state in DeliveryState])
    from_code = models.TextField()
    to_code = models.TextField()
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    available_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")
    # Only deliveries that the axis carries itself have these: the batch insert of the hot path leaves them out.
    cause = models.TextField(db_default="")
    remote_id = models.TextField(db_default="")
    lease_token = models.UUIDField(null=True)
    tried_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_delivery"
        constraints = (models.UniqueConstraint(fields=("package", "system"), name="exchange_delivery_once"),)
        indexes = (
            # The list of every poll: urgent first, then in order of arrival; delivered rows are not in the index.
            models.Index(
                fields=("system", "kind", "-rank", "id"),
                condition=Q(state__in=[state.value for state in DeliveryState if state.is_open]),
                name="exchange_delivery_open",
            ),
            # What failed for good and waits for a person: few, looked for by the pages of those who sent it.
            models.Index(
                fields=("package",),
                condition=Q(state__in=[DeliveryState.GIVEN_UP.value, DeliveryState.BLOCKED.value]),
                name="exchange_delivery_stuck",
            ),
            # What workers have under way to a system; those who fetch for themselves hold no token.
            models.Index(
                fields=("system",), condition=Q(lease_token__isnull=False), name="exchange_delivery_under_way"
            ),
        )


class Recipient(models.Model):
    """One addressee of a document: how it was routed, and what the agency says it did with it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="recipients")
    code = models.TextField()
    name = models.TextField()
    outcome = models.TextField()
    reason = models.TextField()
    agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    to_agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, related_name="recipients")
    state = models.TextField(choices=[(state.value, state.label) for state in RecipientState])
    status_code = models.TextField(default="")
    status_at = models.DateTimeField(null=True)
    status_description = models.TextField(default="")

    class Meta:
        db_table = "exchange_recipient"
        constraints = (models.UniqueConstraint(fields=("document", "code"), name="exchange_recipient_once"),)
        indexes = (models.Index(fields=("delivery",), name="exchange_recipient_delivery"),)


class Report(models.Model):
    """A status report, kept for ever as it came, late and repeated ones too. The recipient's state is their fold."""

    id = models.BigAutoField(primary_key=True)
    package = models.OneToOneField(Package, on_delete=models.PROTECT, related_name="report")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, null=True, related_name="reports")
    reporter = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, related_name="+")
    document_id = models.TextField()
    code = models.TextField()
    timestamp = models.TextField()
    event_time = models.DateTimeField()
    description = models.TextField()
    moved = models.BooleanField()
    arrived_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_report"
        indexes = (
            models.Index(fields=("recipient",), name="exchange_report_recipient"),
            models.Index(fields=("reporter", "document_id"), name="exchange_report_orphan"),
        )


class RecipientAsk(models.Model):
    """What a recall, update or replacement asks of one recipient of the document it acts on, and the answer.

    ``recipient`` is the row of that document; ``asking`` the row of the document that asks, at the same agency.
    ``agreed`` is how the rules read the answer. Never deleted: the history of what is shown is read from here.
    """

    id = models.BigAutoField(primary_key=True)
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="asks", db_index=False)
    asking = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="asks_made")
    kind = models.TextField(choices=[(ask.value, ask.label) for ask in Ask])
    reason = models.TextField()
    changes_document = models.BooleanField()
    asked_at = models.DateTimeField()
    agreed = models.BooleanField(null=True)
    answered_code = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(default="")

    class Meta:
        db_table = "exchange_ask"
        constraints = (models.UniqueConstraint(fields=("recipient", "asking"), name="exchange_ask_once"),)
        indexes = (
            # Those that are chased; answered ones leave the index.
            models.Index(fields=("asked_at",), condition=Q(answered_at=None), name="exchange_ask_unanswered"),
        )


class Channel(models.Model):
    """The way to a system that the axis carries packages to, as all workers share it: its circuit breaker
    (``breaker.Breaker``) and when it was last used."""

    system = models.OneToOneField("registry.System", primary_key=True, on_delete=models.PROTECT, related_name="+")
    failures = models.IntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    trial_until = models.DateTimeField(null=True)
    last_error = models.TextField(default="")
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_channel"


class Maintenance(models.Model):
    """A time in which deliveries to a system wait and their budget does not run."""

    system = models.ForeignKey("registry.System", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField()
    actor = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_maintenance"
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gte=models.F("starts_at")), name="exchange_maintenance_dates"),
        )
        indexes = (models.Index(fields=("system", "ends_at"), name="exchange_maintenance_system"),)


class DeliveryAction(models.Model):
    """What a person did about a delivery that was given up: who, when, why."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="actions")
    action = models.TextField(choices=[(kind.value, kind.label) for kind in ActionKind])
    actor = models.TextField()
    reason = models.TextField()
    at = models.DateTimeField()
    to_delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "exchange_delivery_action"
        indexes = (models.Index(fields=("delivery", "-id"), name="exchange_action_delivery"),)

"""Incoming documents of an agency, what was done with them, and what the issuers must still be told."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from lienthong.common.ids import new_id
from lienthong.exchange.states import Ask
from lienthong.records.incoming_states import IncomingState
from lienthong.records.models.books import Book


class IncomingDocument(models.Model):
    """A document at one agency that received it. Without ``recipient`` it came on paper, or from the agency above
    (``forwarded_from``).

    ``origin`` is the document as the axis keeps it. What lists show is copied here from the package, so that a list
    asks one table; ``IncomingAct`` keeps what an update changed. ``codes``: the codes it was addressed to the agency
    under. ``asked`` is what the issuer waits to be answered (``exchange.states.Ask``), ``asking`` the recall or update
    that asks it.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, related_name="+", db_index=False)
    recipient = models.OneToOneField("exchange.Recipient", on_delete=models.PROTECT, null=True, related_name="+")
    package = models.ForeignKey(
        "exchange.Package", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    origin = models.ForeignKey(
        "exchange.Document", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    forwarded_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="forwarded")
    codes = ArrayField(models.TextField(), default=list)
    from_agency = models.ForeignKey(
        "registry.Agency", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    from_code = models.TextField(blank=True, default="")
    from_name = models.TextField()
    document_id = models.TextField(blank=True, default="")
    business_type = models.TextField(default="0")
    number = models.TextField(blank=True, default="")
    notation = models.TextField(blank=True, default="")
    code_folded = models.TextField()
    promulgation_date = models.DateField(null=True)
    type_name = models.TextField(blank=True, default="")
    subject = models.TextField()
    signer_name = models.TextField(blank=True, default="")
    signer_position = models.TextField(blank=True, default="")
    priority = models.SmallIntegerField(default=0)
    due_date = models.DateField(null=True)
    page_amount = models.TextField(blank=True, default="")
    responds_to = ArrayField(models.TextField(), default=list)
    reason = models.TextField(blank=True, default="")
    arrived_at = models.DateTimeField()

    state = models.TextField(choices=IncomingState, default=IncomingState.ARRIVED)
    asked = models.TextField(blank=True, default="", choices=[(ask.value, ask.label) for ask in Ask])
    asking = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="asks", db_index=False)
    asked_at = models.DateTimeField(null=True)
    ask_reason = models.TextField(blank=True, default="")
    opened_at = models.DateTimeField(null=True)
    opened_by = models.TextField(blank=True, default="")
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    book = models.ForeignKey(Book, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    arrival_number = models.PositiveIntegerField(null=True)
    arrival_year = models.PositiveSmallIntegerField(null=True)
    arrival_date = models.DateField(null=True)
    registered_at = models.DateTimeField(null=True)
    registered_by = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    handling_due = models.DateField(null=True)
    handlers = models.TextField(blank=True, default="")
    assigned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "records_incoming"
        constraints: ClassVar = [
            # Nothing is delivered twice to an agency as two documents (design, section 9.1).
            models.UniqueConstraint(
                fields=["agency", "origin"],
                condition=Q(origin__isnull=False),
                name="records_incoming_once",
            ),
            models.UniqueConstraint(
                fields=["book", "arrival_year", "arrival_number"],
                condition=Q(arrival_number__isnull=False),
                name="records_incoming_number",
            ),
            models.CheckConstraint(
                condition=Q(arrival_number=None)
                | Q(book__isnull=False, arrival_year__isnull=False, arrival_date__isnull=False),
                name="records_incoming_registered",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency", "-id"], name="records_incoming_list"),
            models.Index(fields=["agency", "state", "-id"], name="records_incoming_state"),
            # What nobody has taken yet: counters, to-do list, and the list that shows the urgent first.
            models.Index(
                fields=["agency", "-priority", "-id"],
                condition=Q(state=IncomingState.ARRIVED),
                name="records_incoming_waiting",
            ),
            # Deadlines that people set: those of today and before.
            models.Index(
                fields=["agency", "handling_due"],
                condition=Q(handling_due__isnull=False, ended_at=None),
                name="records_incoming_handling",
            ),
            models.Index(fields=["agency", "asked"], condition=~Q(asked=""), name="records_incoming_asked"),
            models.Index(fields=["agency", "code_folded"], name="records_incoming_code"),
            models.Index(fields=["agency", "document_id"], name="records_incoming_docid"),
            # What came in answer to a document that went out.
            GinIndex(fields=["responds_to"], name="records_incoming_responds"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.subject[:60]}"

    @property
    def code(self) -> str:
        """Number and notation as printed: ``15/UBND-VX``."""
        return f"{self.number}/{self.notation}" if self.notation else self.number

    @property
    def standing(self) -> IncomingState:
        return IncomingState(self.state)

    @property
    def is_paper(self) -> bool:
        """It has no package: nothing to show but the register, nobody to report to."""
        return self.package_id is None

    @property
    def is_readable(self) -> bool:
        """Whether its content may be given out: what was recalled or taken back is not any more (spec 5.2)."""
        return self.package_id is not None and self.state != IncomingState.CANCELLED


class Endorsement(models.Model):
    """What a leader wrote on a document (bút phê): who handles it, until when. Undone ones stay as history."""

    incoming = models.ForeignKey(IncomingDocument, on_delete=models.PROTECT, related_name="endorsements")
    text = models.TextField(blank=True, default="")
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    officers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="endorsements", db_table="records_officer")
    due_date = models.DateField(null=True)
    made_by = models.TextField()
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "records_endorsement"

    def __str__(self) -> str:
        return f"{self.made_by}: {self.text[:60]}"


class IncomingAct(models.Model):
    """One line of a document's history, never changed: who did what, when; ``data`` what it changed."""

    id = models.BigAutoField(primary_key=True)
    incoming = models.ForeignKey(IncomingDocument, on_delete=models.PROTECT, related_name="acts")
    kind = models.TextField()
    label = models.TextField()
    detail = models.TextField(blank=True, default="")
    actor = models.TextField(blank=True, default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        db_table = "records_incoming_act"

    def __str__(self) -> str:
        return f"{self.label} ({self.actor})"

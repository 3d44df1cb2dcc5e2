"""Tables of outgoing documents. One row lives from the first draft to the document's end; what became of it at each
recipient is not copied here but read from the axis (``exchange``)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from edxml102.codes import BusinessType
from lienthong.common.ids import new_id
from lienthong.records.outgoing.metadata import FIELD_NAMES, Metadata
from lienthong.records.outgoing.states import OutgoingAct, OutgoingState


class OutgoingDocument(models.Model):
    """A document of an agency on its way out, or an order about one (recall, update), which has no number of its own.

    ``version`` rises with what is typed, and ``typed_by`` tells who typed last: whoever saves over somebody else's text
    is told. ``number`` stands in the register; ``document_id`` and ``exchange_id`` (the axis's ``DocId``) identify what
    was sent. ``frozen_at``: recalled everywhere, so nothing about it changes any more. ``lease_until``: some process is
    sending it.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=[(state.value, state.label) for state in OutgoingState])
    business_type = models.CharField(max_length=1, default=BusinessType.NEW.code)
    target = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="orders")
    reason = models.TextField(default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    updated_by = models.TextField()
    typed_by = models.TextField(default="")

    type_code = models.TextField()
    unit = models.TextField(default="")
    subject = models.TextField(default="")
    place = models.TextField(default="")
    issued_on = models.DateField(null=True)
    signer_name = models.TextField(default="")
    signer_position = models.TextField(default="")
    signer_competence = models.TextField(default="")
    priority = models.SmallIntegerField(default=0)
    due_on = models.DateField(null=True)
    to_places = models.TextField(default="")
    staff_department = models.TextField(default="")
    staff_name = models.TextField(default="")
    staff_mobile = models.TextField(default="")
    staff_email = models.TextField(default="")
    subject_class = models.TextField(default="")
    sphere = models.TextField(default="")
    page_amount = models.SmallIntegerField(null=True)
    copies = models.SmallIntegerField(null=True)
    answers = models.JSONField(default=list)

    book = models.ForeignKey("records.Book", on_delete=models.PROTECT, null=True, related_name="+")
    year = models.SmallIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    number_text = models.TextField(default="")
    notation = models.TextField(default="")
    folded_code = models.TextField(default="")
    folded = models.TextField(default="")
    numbered_at = models.DateTimeField(null=True)
    document_id = models.TextField(default="")
    not_secret_by = models.TextField(default="")
    not_secret_at = models.DateTimeField(null=True)

    sender_remote = models.TextField(default="")
    send_asked_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    exchange_id = models.UUIDField(null=True, unique=True)
    sent_at = models.DateTimeField(null=True)
    receipt = models.TextField(default="")
    refusal_code = models.TextField(default="")
    refusal = models.TextField(default="")
    faults = models.JSONField(default=list)
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # Gap-free numbers are the series' work; that none is given twice is also held here.
            models.UniqueConstraint(
                fields=["book", "year", "number"], condition=~Q(number=None), name="outgoing_number_once"
            ),
            models.UniqueConstraint(
                fields=["agency", "document_id", "business_type"],
                condition=~Q(document_id=""),
                name="outgoing_document_id_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency", "-updated_at", "-id"], name="outgoing_recent"),
            models.Index(fields=["agency", "-numbered_at", "-id"], name="outgoing_numbered"),
            models.Index(fields=["agency", "state", "-updated_at"], name="outgoing_by_state"),
            models.Index(fields=["agency", "folded_code"], name="outgoing_by_code"),
            models.Index(
                fields=["lease_until"], condition=Q(state=OutgoingState.SENDING.value), name="outgoing_in_flight"
            ),
            models.Index(fields=["target"], name="outgoing_orders"),
            # What answers a document that came in.
            GinIndex(fields=["answers"], opclasses=["jsonb_path_ops"], name="outgoing_answers"),
        ]

    def __str__(self) -> str:
        return self.code or f"draft {self.pk}"

    @property
    def standing(self) -> OutgoingState:
        return OutgoingState(self.state)

    @property
    def code(self) -> str:
        """``15/UBND-VX``; ``""`` before it has a number."""
        return f"{self.number_text}/{self.notation}" if self.number_text else ""

    @property
    def business(self) -> BusinessType:
        return BusinessType.known(self.business_type) or BusinessType.NEW

    @property
    def is_order(self) -> bool:
        """Nothing but a question about another document."""
        return self.business in (BusinessType.RECALL, BusinessType.UPDATE)

    @property
    def metadata(self) -> Metadata:
        return Metadata(**{name: getattr(self, name) for name in FIELD_NAMES})


class OutgoingFile(models.Model):
    """A file of a document. Its bytes lie in ``DATA_DIR/outgoing``, and their length there is how far an upload came.

    ``sha256`` is empty while it is arriving. ``verdict``: a result of ``exchange.signatures``, with ``findings`` and
    ``signatures`` as it reported them.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    document = models.ForeignKey(OutgoingDocument, on_delete=models.CASCADE, related_name="files")
    place = models.PositiveSmallIntegerField()
    name = models.TextField()
    size = models.BigIntegerField()
    sha256 = models.BinaryField(default=b"")
    created_at = models.DateTimeField()
    created_by = models.TextField()
    verdict = models.CharField(max_length=32, default="")
    findings = models.JSONField(default=list)
    signatures = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=Q(sha256=b""), name="outgoing_file_arriving"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_complete(self) -> bool:
        return bool(self.sha256)


class OutgoingRecipient(models.Model):
    """An agency a document goes to. ``by_axis`` and ``on_paper`` may both hold (REQ-28 7.2: paper goes along).
    ``trouble``: why the axis could not bring it there; it is pinned until paper was sent."""

    document = models.ForeignKey(OutgoingDocument, on_delete=models.CASCADE, related_name="recipients")
    agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=64)
    name = models.TextField()
    by_axis = models.BooleanField(default=True)
    on_paper = models.BooleanField(default=False)
    paper_sent_at = models.DateTimeField(null=True)
    trouble = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "agency"], name="outgoing_recipient_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["document"],
                condition=~Q(trouble="") & Q(paper_sent_at=None),
                name="outgoing_recipient_trouble",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class OutgoingEntry(models.Model):
    """One line of a document's history: what was done, by whom."""

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(OutgoingDocument, on_delete=models.CASCADE, related_name="history")
    act = models.CharField(max_length=24, choices=[(act.value, act.label) for act in OutgoingAct])
    at = models.DateTimeField()
    who = models.TextField()
    detail = models.TextField(default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["document", "id"], name="outgoing_entry_document")]

    def __str__(self) -> str:
        return f"{self.act} {self.document_id}"


class Reminder(models.Model):
    """Somebody reminded a recipient of what it owes. Agencies at the desk see it in their pages; the standard has no
    package that reminds, so others are called (docs/adr/0113)."""

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(OutgoingDocument, on_delete=models.CASCADE, related_name="reminders")
    code = models.CharField(max_length=64)
    agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    in_pages = models.BooleanField()
    duty = models.TextField(default="")
    note = models.TextField(default="")
    at = models.DateTimeField()
    who = models.TextField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["document", "code"], name="outgoing_reminder_document"),
            models.Index(fields=["agency", "-at"], name="outgoing_reminder_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.at}"


class RecipientGroup(models.Model):
    """A named list of recipients of one agency; shared by its people, or one person's favourites (``owner``)."""

    agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=100)
    updated_at = models.DateTimeField()
    members = models.ManyToManyField("registry.Agency", related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency", "owner", "name"], name="outgoing_group_name", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PaperRule(models.Model):
    """When paper goes along (REQ-28/2018-7.2b): a line of the list that the head of the agency fixed. An empty part
    stands for any. ``to_agency``: the receiver."""

    agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, related_name="+")
    type_code = models.CharField(max_length=8, blank=True, default="")
    to_agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    subject_class = models.CharField(max_length=100, blank=True, default="")
    basis = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    created_by = models.TextField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~(Q(type_code="") & Q(to_agency=None) & Q(subject_class="")), name="outgoing_paper_rule_says"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency"], condition=Q(ended_at=None), name="outgoing_paper_rule_open"),
        ]

    def __str__(self) -> str:
        return self.basis

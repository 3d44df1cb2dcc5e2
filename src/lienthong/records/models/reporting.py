"""What agencies of the desk still have to tell others, and what others told them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lienthong.records.models.incoming import IncomingDocument


class ReportState(models.TextChoices):
    """What became of a report that an act causes."""

    WAITING = "waiting", "Chờ báo cho bên gửi"
    SENT = "sent", "Đã báo cho bên gửi"
    REFUSED = "refused", "Trục không nhận báo cáo"


class ReportJob(models.Model):
    """A status report that follows from an act. Written in the act's transaction, sent afterwards by a worker: whatever
    dies in between, it is still to be sent. ``available_at`` is when to try (again), or the end of a worker's lease."""

    id = models.BigAutoField(primary_key=True)
    incoming = models.ForeignKey(IncomingDocument, on_delete=models.PROTECT, related_name="reports")
    from_code = models.TextField()
    status_code = models.TextField()
    description = models.TextField(blank=True, default="")
    staff = models.TextField(blank=True, default="")
    remote = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    state = models.TextField(choices=ReportState, default=ReportState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    available_at = models.DateTimeField()
    error = models.TextField(blank=True, default="")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "records_report"
        indexes: ClassVar = [
            # The worker's queue; sent ones leave it.
            models.Index(fields=["available_at"], condition=Q(state="waiting"), name="records_report_waiting"),
            models.Index(fields=["incoming", "id"], condition=Q(state="refused"), name="records_report_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.status_code} from {self.from_code}"


class StatusNotice(models.Model):
    """A status report that arrived for an agency of the desk, about a document it sent (or, for a take-back, got)."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey("registry.Agency", on_delete=models.PROTECT, related_name="+", db_index=False)
    report = models.OneToOneField("exchange.Report", on_delete=models.PROTECT, related_name="+")
    origin = models.ForeignKey("exchange.Document", on_delete=models.PROTECT, null=True, related_name="+")
    document_id = models.TextField()
    from_code = models.TextField()
    from_name = models.TextField()
    status_code = models.TextField()
    description = models.TextField(blank=True, default="")
    arrived_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "records_notice"
        indexes: ClassVar = [models.Index(fields=["agency", "-id"], name="records_notice_list")]

    def __str__(self) -> str:
        return f"{self.status_code} from {self.from_code}"

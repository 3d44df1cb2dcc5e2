"""The outbox: reports that acts cause, written with the act. ``reporting`` sends them."""

from __future__ import annotations

from datetime import datetime

from edxml102.codes import StatusCode
from lienthong.records.models import IncomingDocument, ReportJob
from lienthong.records.wakeups import wake_worker


def queue_report(  # noqa: PLR0913 - one field each
    incoming: IncomingDocument,
    code: StatusCode,
    *,
    at: datetime,
    description: str = "",
    staff: str = "",
    remote: str = "",
) -> None:
    """Have the issuer told, once the caller's transaction is committed. Paper and what only another agency of the desk
    passed on have nobody to report to."""
    if incoming.recipient_id is None:
        return
    ReportJob.objects.bulk_create(
        ReportJob(
            incoming=incoming,
            from_code=own,
            status_code=code.code,
            description=description,
            staff=staff,
            remote=remote,
            at=at,
            available_at=at,
        )
        for own in incoming.codes
    )
    wake_worker()

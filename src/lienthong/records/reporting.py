"""Sends the reports of the outbox, in the order of the acts. A job is leased, sent, then marked: a report sent twice
because a worker died in between is no second one to the axis (same code, same time)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from edxml102.errors import EdxmlError
from lienthong.common import clock
from lienthong.common.failpoints import hit
from lienthong.exchange.models import Recipient
from lienthong.exchange.refusals import Refusal
from lienthong.exchange.retry import RetryPolicy
from lienthong.records import history
from lienthong.records.desk import Report, report_status
from lienthong.records.models import ReportJob, ReportState
from lienthong.records.refusals import RecordsRefusal
from lienthong.records.wakeups import tell_pages

_log = logging.getLogger(__name__)
_LEASE = timedelta(minutes=2)
_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600))
_RETRY = RetryPolicy(_PAUSES, budget=timedelta.max)  # an agency's word is never given up, only shown as late


def send_due() -> int:
    """Send everything that is due now; answers how many reports were tried."""
    tried = 0
    while (job := _claim()) is not None:
        _send(job)
        tried += 1
    return tried


def send_again(job: ReportJob) -> None:
    """Have a refused report tried once more, after what was wrong has been put right."""
    job.state, job.available_at, job.error = ReportState.WAITING, clock.now(), ""
    job.save(update_fields=["state", "available_at", "error"])


def _claim() -> ReportJob | None:
    """The next job, leased. An issuer hears of a document's steps one after another."""
    now = clock.now()
    with transaction.atomic():
        job = _due(now).select_for_update(skip_locked=True, of=("self",)).select_related("incoming").first()
        if job is None:
            return None
        job.available_at, job.attempts = now + _LEASE, job.attempts + 1
        job.save(update_fields=["available_at", "attempts"])
    return job


def _due(now: datetime) -> QuerySet[ReportJob]:
    earlier = ReportJob.objects.filter(
        incoming=OuterRef("incoming"), from_code=OuterRef("from_code"), id__lt=OuterRef("id"), state=ReportState.WAITING
    )
    waiting = ReportJob.objects.filter(state=ReportState.WAITING, available_at__lte=now)
    return waiting.exclude(Exists(earlier)).order_by("available_at", "id")


def _send(job: ReportJob) -> None:
    hit("records.before_report")
    try:
        report_status(agency_id=job.incoming.agency_id, report=_report(job), remote=job.remote)
    except Refusal as refusal:
        if refusal.reason.temporary:
            _later(job, refusal.reason.sentence)
        else:
            _refused(job, f"{refusal.reason.sentence} {refusal.detail}".strip())
        return
    except RecordsRefusal as refusal:  # nobody serves the agency just now: its word is kept
        _later(job, refusal.text)
        return
    except EdxmlError as error:
        _refused(job, f"{error} {' '.join(finding.message for finding in error.findings[:3])}".strip())
        return
    hit("records.after_report")
    job.state, job.sent_at, job.error = ReportState.SENT, clock.now(), ""
    _save(job)


def _report(job: ReportJob) -> Report:
    incoming = job.incoming
    name = Recipient.objects.filter(document=incoming.origin_id, code=job.from_code).values_list("name", flat=True)
    return Report(
        from_code=job.from_code,
        from_name=name.first() or job.from_code,
        to_code=incoming.from_code,
        document_id=incoming.document_id,
        number_notation=incoming.code,
        promulgation_date=incoming.promulgation_date,
        code=job.status_code,
        at=job.at,
        description=job.description,
        staff=job.staff,
    )


def _later(job: ReportJob, error: str) -> None:
    job.available_at, job.error = clock.now() + (_RETRY.pause(job.attempts) or _PAUSES[-1]), error
    _save(job)


def _refused(job: ReportJob, error: str) -> None:
    """It stays on the agency's list until somebody has looked at it."""
    _log.warning("a report of %s was refused: %s", job.from_code, error)
    job.state, job.error = ReportState.REFUSED, error
    with transaction.atomic():
        _save(job)
        label = f"Trục không nhận báo cáo {job.status_code}"
        history.note(job.incoming, "report_refused", label, at=clock.now(), detail=error)


def _save(job: ReportJob) -> None:
    with transaction.atomic():
        job.save(update_fields=["state", "available_at", "error", "sent_at"])
        tell_pages(job.incoming.agency_id)

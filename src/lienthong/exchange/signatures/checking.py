"""The worker that checks what was accepted, beside the hot path (design section 4).

A claim is a lease: a worker that dies leaves a row that falls due again. The database is let go while bytes are
checked, and nothing is fetched inside a transaction.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from edxml102.model import DocumentPackage
from edxml102.reader import read_package
from lienthong.common import clock
from lienthong.common.failpoints import hit
from lienthong.common.sql import hot_cursor, release_connection
from lienthong.exchange.segments import LocalSegments, SegmentError
from lienthong.exchange.segments.view import open_view
from lienthong.exchange.signatures import rows
from lienthong.exchange.signatures.acts import checked, note_trust
from lienthong.exchange.signatures.findings import Check
from lienthong.exchange.signatures.holding import settle_hold
from lienthong.exchange.signatures.packages import check_package, software
from lienthong.exchange.signatures.pdf import GaveUpError
from lienthong.exchange.signatures.recheck import next_check
from lienthong.exchange.signatures.reports import PackageReport, Part, PartReport
from lienthong.exchange.signatures.results import Result
from lienthong.exchange.signatures.trust import TrustStore
from lienthong.ledger.append import append_events

LEASE = timedelta(minutes=15)
_BATCH = 8
_ATTEMPTS = 3  # after so many workers died on a package, no other one tries
_POLL_SECONDS = 1.0
_OUTAGE_SECONDS = 5.0

_told: TrustStore | None = None

_log = logging.getLogger(__name__)


def trust_store(*, fetch: bool) -> TrustStore:
    """Whom this axis trusts now."""
    return TrustStore.of_folder(settings.TRUST_DIR, fetch=fetch, fetch_seconds=settings.SIGNATURE_FETCH_SECONDS)


def check_due(segments: LocalSegments, *, now: datetime | None = None) -> int:
    """Check one batch of packages that are due; answers how many were claimed."""
    moment = now or clock.now()
    _note_trust()
    with transaction.atomic(), connection.wrap_database_errors:
        claims = rows.claim_due(hot_cursor(), now=moment, lease=LEASE, limit=_BATCH)
        # One that was begun before and never finished may have killed its worker: alone it takes no others with it.
        claims = claims or rows.claim_due(hot_cursor(), now=moment, lease=LEASE, limit=1, begun=True)
    release_connection()
    for claim in claims:
        try:
            report = _check(segments, claim, moment)
            hit("signatures.before_record")
            _record(claim, report, moment)
        except DatabaseError:
            raise
        except Exception:  # noqa: BLE001 - one package must not end the worker; it falls due again, then is given up
            _log.exception("signature check of package %s failed", claim.package_id)
    release_connection()
    return len(claims)


def _note_trust() -> None:
    """A change of the trust folder is told once, before the first check that rests on it."""
    global _told  # noqa: PLW0603 - spares a question to the database per round
    store = trust_store(fetch=settings.SIGNATURE_FETCH)
    if store is not _told:
        with transaction.atomic(), connection.wrap_database_errors:
            note_trust(hot_cursor(), store)
        _told = store


def run(segments: LocalSegments, stop: threading.Event) -> None:
    """Check until told to stop. An outage of the database is waited out."""
    while not stop.is_set():
        try:
            if not check_due(segments):
                stop.wait(_POLL_SECONDS)
        except DatabaseError as error:
            _log.warning("signature worker: %s", error)
            connection.close()
            stop.wait(_OUTAGE_SECONDS)


def _check(segments: LocalSegments, claim: rows.Claim, now: datetime) -> PackageReport:
    if claim.attempts > _ATTEMPTS:
        return _unchecked(Check.GAVE_UP, now)
    with open_view(segments, claim.address) as stream:
        read = read_package(stream)
        if read.sha256 != claim.address.sha256:
            raise SegmentError(f"{claim.address.segment}+{claim.address.offset}: mã băm không khớp")
        if not isinstance(read.package, DocumentPackage):
            return _unchecked(Check.UNREADABLE, now)
        try:
            with _time_limit(settings.SIGNATURE_CHECK_SECONDS):
                return check_package(
                    stream,
                    read.package,
                    store=trust_store(fetch=settings.SIGNATURE_FETCH),
                    received_at=claim.received_at,
                    checked_at=now,
                )
        except GaveUpError:
            return _unchecked(Check.TIMED_OUT, now)


def _unchecked(check: Check, now: datetime) -> PackageReport:
    part = PartReport(part=Part.MAIN, result=Result.INDETERMINATE, findings=(check.found(),))
    return PackageReport(parts=(part,), checked_at=now, software=software())


def _record(claim: rows.Claim, report: PackageReport, now: datetime) -> None:
    with transaction.atomic(), connection.wrap_database_errors:
        cursor = hot_cursor()
        if not rows.finish(cursor, claim, report, due_at=next_check(report, claim.rounds + 1, now)):
            return
        settle_hold(cursor, claim, report)
        number, known = rows.last_outcome(cursor, claim.package_id)
        if not _says_the_same(report, known):
            rows.insert_round(cursor, claim.package_id, report, number=number + 1)
            sha256, document = claim.address.sha256, claim.document_id
            append_events(cursor, [checked(claim.package_id, document, report, number=number + 1, sha256=sha256)])


def _says_the_same(report: PackageReport, known: dict[tuple[str, int | None], tuple[str, list[str]]]) -> bool:
    if len(known) != len(report.parts):
        return False
    parts = ((part, known.get((part.part.value, part.index))) for part in report.parts)
    return all(before is not None and part.same_outcome(*before) for part, before in parts)


@contextmanager
def _time_limit(seconds: int) -> Iterator[None]:
    """End a check that a hostile file keeps busy. Only the main thread can: the worker is a process of its own."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def give_up(number: int, frame: FrameType | None) -> None:
        raise GaveUpError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

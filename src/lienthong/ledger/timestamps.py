"""Time-stamps of checkpoints from a configured authority (RFC 3161), and the budget for its outages.

What is stamped is the signed note, so a stamp shows that everything up to that size was in the log by then, whoever
holds the axis's key later. The network is called outside any transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from django.conf import settings
from django.db import connection

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.ledger import selectors, stamps
from lienthong.ledger.errors import LedgerError
from lienthong.ledger.models import LedgerStamp
from lienthong.ledger.stamps import Stamp, StampError

_LARGEST_ANSWER = 256 * 1024


def is_configured() -> bool:
    return bool(settings.TSA_URL)


def authorities() -> list[x509.Certificate]:
    """The certificates by which answers are trusted.

    :raises LedgerError: ``ledger.stamp.certificate``
    """
    path = settings.TSA_CA_FILE
    try:
        return x509.load_pem_x509_certificates(Path(path).read_bytes()) if path else []
    except (OSError, ValueError) as error:
        raise LedgerError(
            "ledger.stamp.certificate",
            f"Không đọc được chứng thư của cơ quan cấp dấu thời gian {path}: {error}.",
            "Kiểm tra LIENTHONG_TSA_CA_FILE: một hoặc nhiều chứng thư dạng PEM.",
        ) from error


def ask(message: bytes) -> tuple[bytes, Stamp]:
    """Have the authority stamp ``message``; answers its checked response.

    :raises LedgerError: ``ledger.stamp.unavailable``, or ``ledger.stamp.certificate``
    """
    request, trusted = stamps.new_request(message), authorities()
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        answer = httpx.post(settings.TSA_URL, content=request.raw, headers=headers, timeout=settings.TSA_TIMEOUT)
        answer.raise_for_status()
        raw = answer.content[:_LARGEST_ANSWER]
        stamp = stamps.check_response(raw, message, authorities=trusted, nonce=request.nonce)
    except (httpx.HTTPError, httpx.InvalidURL, StampError) as error:
        raise LedgerError(
            "ledger.stamp.unavailable",
            f"Không lấy được dấu thời gian từ {settings.TSA_URL}: {error}.",
            "Kiểm tra đường truyền, LIENTHONG_TSA_URL và LIENTHONG_TSA_CA_FILE; hệ thống tự thử lại.",
        ) from error
    return raw, stamp


def stamp_newest() -> Stamp | None:
    """Stamp the newest checkpoint, unless it is stamped already or no authority is configured.

    :raises LedgerError: ``ledger.stamp.*``
    """
    head = selectors.latest_head()
    if not is_configured() or head is None or LedgerStamp.objects.filter(size=head.size).exists():
        return None
    response, stamp = ask(head.note.encode())
    LedgerStamp.objects.create(
        size=head.size, response=response, gen_time=stamp.at, authority=stamp.authority, created_at=clock.now()
    )
    return stamp


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far time-stamps reach. ``since``: when the oldest act that no stamp covers was recorded."""

    configured: bool
    last_stamp: datetime | None
    since: datetime | None
    budget: timedelta

    def is_exceeded(self, now: datetime) -> bool:
        """Whether acts have been without a stamp for longer than the budget. A quiet night is not an outage."""
        return self.configured and self.since is not None and now - self.since > self.budget


def coverage() -> Coverage:
    """The present coverage. An act counts from its own time, so a sequencer that stands still shows as well."""
    last = LedgerStamp.objects.order_by("-size").first()
    since = None
    if is_configured():
        cursor = hot_cursor()
        with connection.wrap_database_errors:
            cursor.execute(
                """
                SELECT least(
                    (SELECT e.at FROM ledger_leaf l JOIN ledger_event e ON e.id = l.event_id WHERE l.position = %s),
                    (SELECT min(e.at) FROM ledger_waiting w JOIN ledger_event e ON e.id = w.event_id))
                """,
                [last.size if last else 0],
            )
            row = cursor.fetchone()
        since = row[0] if row else None
    return Coverage(is_configured(), last.gen_time if last else None, since, timedelta(seconds=settings.TSA_BUDGET))

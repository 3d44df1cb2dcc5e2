"""The job that watches: a sample and the rules, every minute."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction

from lienthong.common import clock
from lienthong.common.sql import release_connection
from lienthong.ledger import status as ledger_status
from lienthong.monitoring import conditions, samples
from lienthong.monitoring.disk import disk
from lienthong.monitoring.expiry import expiring
from lienthong.monitoring.health import readiness
from lienthong.monitoring.links import link_healths
from lienthong.monitoring.rules import State, evaluate
from lienthong.monitoring.systems import system_healths

_log = logging.getLogger(__name__)
_LOCK = 0x3A7C  # two workers must not take the same sample


def look() -> State:
    """The state of the axis now."""
    return State(
        now=clock.now(),
        checks=readiness(),
        systems=system_healths(),
        links=link_healths(),
        expiries=expiring(),
        disk=disk(),
        disk_warning_percent=settings.DISK_WARNING_PERCENT,
        ledger=ledger_status.status(),
        figures_at=_figures_at(),
        figures_every=timedelta(seconds=settings.STATISTICS_SECONDS),
    )


def watch() -> bool:
    """Take the sample of this minute and judge; nothing when another worker just did. Answers whether it did."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not (cursor.fetchone() or (False,))[0]:
            return False
        last = samples.latest()
        if last is not None and clock.now() - last.at < timedelta(seconds=settings.METRICS_SECONDS) * 0.9:
            return False
        samples.take_sample()
        conditions.keep(evaluate(look()))
    return True


def run(stopping: threading.Event) -> None:
    """Watch until ``stopping`` is set; a database that goes away is waited for."""
    while not stopping.is_set():
        try:
            watch()
        except (DatabaseError, InterfaceError) as error:
            _log.error("no sample was taken: %s", error)
            connection.close()
        release_connection()
        stopping.wait(settings.METRICS_SECONDS)


def _figures_at() -> datetime | None:
    """The figures are a neighbour of this package that it does not import: one value of their table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT done_at FROM statistics_progress")
        row = cursor.fetchone()
    return row[0] if row else None

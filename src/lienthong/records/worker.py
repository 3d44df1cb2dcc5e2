"""What the workplace does in the background: documents and reports that wait to be sent, words of documents for
search. Woken by PostgreSQL or, failing that, by the clock."""

from __future__ import annotations

import logging
import threading

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from lienthong.common.sql import conninfo, release_connection
from lienthong.records.outgoing.services.file_store import sweep
from lienthong.records.outgoing.services.sending import resume_sending
from lienthong.records.reporting import send_due
from lienthong.records.search.reading import read_due
from lienthong.records.wakeups import WORK_CHANNEL

_log = logging.getLogger(__name__)
_DATABASE_PAUSE = 1.0  # seconds


def work_once() -> int:
    """Do everything that is due now; answers how many pieces of work there were."""
    done = send_due() + resume_sending()
    sweep()
    while (count := read_due()) > 0:
        done += count
        done += send_due()  # reports never wait for a long file
    release_connection()
    return done


def run(stopping: threading.Event) -> None:
    """Work until ``stopping`` is set; a database that goes away is waited for."""
    while not stopping.is_set():
        try:
            _listen(stopping)
        except (psycopg.Error, DatabaseError, InterfaceError) as error:
            _log.error("the database does not answer: %s", error)
            connection.close()
            stopping.wait(_DATABASE_PAUSE)
        except Exception:  # noqa: BLE001 - one broken piece of work does not end the role; it becomes due again
            _log.exception("a piece of the workplace's background work failed")
            connection.close()
            stopping.wait(_DATABASE_PAUSE)


def _listen(stopping: threading.Event) -> None:
    with psycopg.connect(conninfo(), autocommit=True) as listener:
        listener.execute(f"LISTEN {WORK_CHANNEL}")
        while not stopping.is_set():
            work_once()
            for _ in listener.notifies(timeout=settings.WORKER_POLL_SECONDS, stop_after=1):
                pass

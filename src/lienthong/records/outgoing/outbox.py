"""The background half of sending: what a process left under way is sent by another, abandoned uploads are cleared."""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, InterfaceError

from lienthong.common.sql import release_connection
from lienthong.records.outgoing.services import file_store
from lienthong.records.outgoing.services.sending import resume_sending

_EVERY_SECONDS = 5
_log = logging.getLogger(__name__)


def work_once() -> int:
    """Send what waits, and give back the space of uploads nobody finished; answers how many were sent."""
    sent = resume_sending()
    file_store.sweep()
    return sent


def run(stopping: threading.Event) -> None:
    """Do so until told to stop; a database that is away is waited for."""
    while not stopping.wait(_EVERY_SECONDS):
        try:
            work_once()
        except (DatabaseError, InterfaceError) as error:
            _log.warning("outbox: %s", error)
        finally:
            release_connection()

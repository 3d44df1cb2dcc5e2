"""The sequencer role: sequence, sign and time-stamp for as long as the process lives."""

from __future__ import annotations

import logging
import threading
import time

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from lienthong.common.sql import conninfo
from lienthong.ledger import sequencer, timestamps
from lienthong.ledger.append import CHANNEL
from lienthong.ledger.errors import LedgerError

_log = logging.getLogger(__name__)
_LONGEST_WAIT = 1.0  # seconds; also how soon the role notices that it is to end
_PAUSE = 2.0  # seconds after a failure


def run(stopping: threading.Event) -> None:
    """Work until ``stopping`` is set; a database that goes away is waited for."""
    stamper = _Stamper()
    while not stopping.is_set():
        try:
            with psycopg.connect(conninfo(), autocommit=True) as listener:
                listener.execute(f"LISTEN {CHANNEL}")
                while not stopping.is_set():
                    _round(stopping, listener, stamper)
        except (psycopg.Error, DatabaseError, InterfaceError) as error:
            _log.error("the database does not answer: %s", error)
            connection.close()
            stopping.wait(_PAUSE)


def _round(stopping: threading.Event, listener: psycopg.Connection, stamper: _Stamper) -> None:
    """One checkpoint at most, then rest: what arrives while the tree is being signed is in the next one."""
    try:
        sequencer.sequence_all()
        stamper.stamp_when_due()
    except LedgerError as error:
        _log.error("%s %s", error, error.next_step)
        stopping.wait(_PAUSE)
    connection.close()
    stopping.wait(settings.CHECKPOINT_SECONDS)
    for _ in listener.notifies(timeout=_LONGEST_WAIT, stop_after=1):
        return


class _Stamper:
    """Asks for a time-stamp every ``settings.TSA_INTERVAL`` seconds, while there is something new to stamp."""

    def __init__(self) -> None:
        self._next = 0.0

    def stamp_when_due(self) -> None:
        if not timestamps.is_configured() or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + settings.TSA_INTERVAL
        timestamps.stamp_newest()

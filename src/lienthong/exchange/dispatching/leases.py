"""Keeps the leases of deliveries that are under way in this process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from lienthong.common import clock
from lienthong.common.sql import hot_cursor, release_connection
from lienthong.exchange.dispatching.claim import Claim

_log = logging.getLogger(__name__)
_GRACE = 10.0  # seconds a connector may take beyond its time before its lease is let go


def renew(tokens: list[UUID]) -> None:
    """Make these leases last a full term from now; those that somebody else has taken over stay theirs."""
    now = clock.now()
    with connection.wrap_database_errors:
        hot_cursor().execute(
            "UPDATE exchange_delivery SET lease_until = %s WHERE lease_token = ANY(%s) AND state = 'leased'",
            [now + timedelta(seconds=settings.WORKER_LEASE_SECONDS), tokens],
        )


class LeaseKeeper:
    """One thread renews all leases of a process, each for as long as its delivery may take: a connector that hangs
    loses its lease."""

    def __init__(self) -> None:
        self._ends: dict[UUID, float] = {}
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leases", daemon=True)

    def __enter__(self) -> LeaseKeeper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @contextmanager
    def keeping(self, claim: Claim, *, timeout: float) -> Iterator[None]:
        """Keep the lease while the block runs."""
        with self._lock:
            self._ends[claim.token] = time.monotonic() + timeout + _GRACE
        try:
            yield
        finally:
            with self._lock:
                self._ends.pop(claim.token, None)

    def _run(self) -> None:
        while not self._done.wait(settings.WORKER_LEASE_SECONDS / 3):
            with self._lock:
                tokens = [token for token, end in self._ends.items() if end > time.monotonic()]
            try:
                if tokens:
                    renew(tokens)
                    release_connection()
            except (DatabaseError, InterfaceError) as error:
                _log.error("leases could not be renewed: %s", error)
                connection.close()

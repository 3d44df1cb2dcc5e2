"""The worker role: threads that carry deliveries, woken by PostgreSQL or, failing that, by the clock."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils.module_loading import import_string

from lienthong.common.failpoints import hit
from lienthong.common.sql import conninfo, release_connection
from lienthong.exchange.connectors import Connector, NotDelivered
from lienthong.exchange.dispatching.claim import Claim, claim_next
from lienthong.exchange.dispatching.finish import Answer, finish, give_up_overdue
from lienthong.exchange.dispatching.lanes import Turn
from lienthong.exchange.dispatching.leases import LeaseKeeper
from lienthong.exchange.store import WAKE_CHANNEL

_log = logging.getLogger(__name__)
_SWEEP_SECONDS = 30.0
_DATABASE_PAUSE = 1.0  # seconds
_STOP_SECONDS = 20.0  # for what is under way when the worker is to end; afterwards another worker takes it over


def load_connectors() -> dict[str, Connector]:
    """The connectors named in settings. One that is missing is told, and deliveries of its kind keep waiting: our own
    mistake must not use up their budget."""
    found: dict[str, Connector] = {}
    for kind, path in settings.CONNECTORS.items():
        try:
            found[kind] = import_string(path)()
        except ImportError as error:
            _log.error("LT-C01: systems of kind %s are not served: %s", kind, error)
    return found


class Bell:
    """Wakes one thread a ring; a ring that nobody waits for is kept until somebody does."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rung = False

    def ring(self) -> None:
        with self._condition:
            self._rung = True
            self._condition.notify()

    def wait(self, seconds: float) -> None:
        with self._condition:
            if not self._rung:
                self._condition.wait(seconds)
            self._rung = False


class Worker:
    """Carries deliveries with these connectors, by system kind.

    :param chance: random numbers from 0 to 1 for the jitter
    """

    def __init__(self, connectors: Mapping[str, Connector], *, chance: Callable[[], float] = random.random) -> None:
        self._connectors = connectors
        self._chance = chance
        self._keeper = LeaseKeeper()
        self._bells = {False: Bell(), True: Bell()}
        self._next_sweep = 0.0

    def run(self, stopping: threading.Event) -> None:
        """Work until ``stopping`` is set; a database that goes away is waited for."""
        turns = [Turn()] * settings.WORKER_THREADS + [Turn(reserved=True)] * settings.WORKER_URGENT_THREADS
        threads = [
            threading.Thread(target=self._serve, args=(turn, stopping), name=f"carrier-{number}", daemon=True)
            for number, turn in enumerate(turns)
        ]
        with self._keeper:
            for thread in threads:
                thread.start()
            while not stopping.is_set():
                self._listen(stopping)
            deadline = time.monotonic() + _STOP_SECONDS
            for thread in threads:
                self._wake()
                thread.join(max(0.0, deadline - time.monotonic()))

    def drain(self) -> int:
        """Carry everything that is due now, in this thread; answers how many deliveries were tried."""
        turn, tried = Turn(), 0
        give_up_overdue()
        with self._keeper:
            while (claim := self._claim(turn)) is not None:
                self._carry(claim)
                turn, tried = turn.after(claim.outgoing.rank), tried + 1
        connection.close()
        return tried

    # -- waking

    def _listen(self, stopping: threading.Event) -> None:
        try:
            with psycopg.connect(conninfo(), autocommit=True) as listener:
                listener.execute(f"LISTEN {WAKE_CHANNEL}")
                while not stopping.is_set():
                    self._wake()
                    self._sweep()
                    for _ in listener.notifies(timeout=settings.WORKER_POLL_SECONDS, stop_after=1):
                        pass
        except (psycopg.Error, DatabaseError, InterfaceError) as error:
            _log.error("the database does not answer: %s", error)
            connection.close()
            stopping.wait(_DATABASE_PAUSE)

    def _wake(self) -> None:
        for bell in self._bells.values():
            bell.ring()

    def _sweep(self) -> None:
        if time.monotonic() < self._next_sweep:
            return
        self._next_sweep = time.monotonic() + _SWEEP_SECONDS
        if given_up := give_up_overdue():
            _log.warning("%d deliveries given up: their systems could not be reached in time", given_up)
        release_connection()

    # -- carrying

    def _serve(self, turn: Turn, stopping: threading.Event) -> None:
        bell = self._bells[turn.reserved]
        while not stopping.is_set():
            try:
                claim = self._claim(turn)
                if claim is None:
                    bell.wait(_SWEEP_SECONDS)
                    continue
                bell.ring()  # where one was due there may be more
                turn = turn.after(claim.outgoing.rank)
                self._carry(claim)
            except Exception as error:  # noqa: BLE001 - the thread must live on; the lease runs out by itself
                _log.error("a delivery was left for others: %s", error, exc_info=not _is_outage(error))
                connection.close()
                stopping.wait(_DATABASE_PAUSE)
        bell.ring()  # the next one is to notice the end too

    def _claim(self, turn: Turn) -> Claim | None:
        try:
            found = (claim_next(list(self._connectors), ranks) for ranks in turn.wishes())
            return next((claim for claim in found if claim is not None), None)
        finally:
            release_connection()  # never held while the network is slow

    def _carry(self, claim: Claim) -> None:
        hit("dispatch.after_claim")
        with self._keeper.keeping(claim, timeout=settings.DELIVERY_TIMEOUT):
            answer = self._deliver(claim)
            hit("dispatch.before_finish")
            held = finish(claim, answer, chance=self._chance)
        hit("dispatch.after_finish")
        release_connection()
        if not held:
            _log.warning("delivery %s was taken over by another worker", claim.id)
        elif isinstance(answer, NotDelivered):
            _log.info("delivery %s failed: %s", claim.id, answer.cause)

    def _deliver(self, claim: Claim) -> Answer:
        try:
            return self._connectors[claim.system_kind].deliver(claim.outgoing, timeout=settings.DELIVERY_TIMEOUT)
        except Exception:  # noqa: BLE001 - whatever a connector does, its delivery is answered for
            _log.exception("the connector of delivery %s failed", claim.id)
            return NotDelivered(
                permanent=False,
                cause="delivery.internal_error",
                detail="Lỗi bên trong trục khi chuyển gói tin; đơn vị vận hành xem nhật ký của vai trò worker.",
            )


def _is_outage(error: Exception) -> bool:
    return isinstance(error, DatabaseError | InterfaceError | psycopg.Error)

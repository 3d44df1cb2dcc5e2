"""The link role: for every upstream a thread that polls and one that sends, until told to stop.

The list of upstreams is looked at again every few seconds, so that one added, locked or removed needs no restart.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from lienthong.common import clock
from lienthong.gateways.national.answers import VxpError
from lienthong.gateways.national.connector import NationalConnector
from lienthong.gateways.national.files import sweep
from lienthong.gateways.national.inward import Inward, Tally
from lienthong.gateways.national.locks import Purpose, held_alone
from lienthong.gateways.national.models import Upstream
from lienthong.gateways.national.outward import send_waiting
from lienthong.gateways.national.pace import Pace, Round
from lienthong.gateways.national.relays import track
from lienthong.gateways.national.sync import synchronise
from lienthong.gateways.national.upstreams import account_of, active_upstreams
from lienthong.registry.errors import RegistryError

_log = logging.getLogger(__name__)
_TRACK_SECONDS = 30.0
_TROUBLES = (VxpError, RegistryError, DatabaseError, InterfaceError, OSError)


@dataclass(slots=True)
class Worker:
    """One thread of one upstream."""

    thread: threading.Thread
    stop: threading.Event = field(default_factory=threading.Event)


class Link:
    """All upstreams of this axis.

    :param alive: whether to go on; a role started by another process ends with it
    """

    def __init__(self, alive: Callable[[], bool] = lambda: True) -> None:
        self._alive = alive
        self._stop = threading.Event()
        self._workers: dict[tuple[int, str], Worker] = {}

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        """Until ``stop``."""
        sweep()
        threading.current_thread().name = "link"
        while self._alive() and not self._stop.is_set():
            try:
                self._adjust({upstream.pk for upstream in active_upstreams()})
            except (DatabaseError, InterfaceError) as error:
                _log.warning("the list of upstreams cannot be read: %s", error)
            connection.close()
            self._stop.wait(settings.LINK_SECONDS)
        self._adjust(set())
        for worker in self._workers.values():
            worker.thread.join(timeout=10)

    def _adjust(self, wanted: set[int]) -> None:
        for (pk, name), worker in list(self._workers.items()):
            if pk not in wanted:
                worker.stop.set()
            if not worker.thread.is_alive():
                del self._workers[pk, name]
        for pk in wanted:
            for name, act in (("inward", poll_until), ("outward", send_until)):
                if (pk, name) not in self._workers:
                    self._start(pk, name, act)

    def _start(self, pk: int, name: str, act: Callable[[int, threading.Event], None]) -> None:
        stop = threading.Event()
        thread = threading.Thread(target=act, args=(pk, stop), name=f"{name} {pk}", daemon=True)
        self._workers[pk, name] = Worker(thread, stop)
        thread.start()


def poll_until(pk: int, stop: threading.Event) -> None:
    """Poll one upstream, unless another process does."""
    while not stop.is_set():
        try:
            with held_alone(Purpose.INWARD, pk) as alone:
                if alone:
                    _poll(pk, stop)
        except _TROUBLES as error:
            _log.warning("polling of upstream %s broken off: %s", pk, error)
        connection.close()
        stop.wait(settings.LINK_SECONDS)


def _poll(pk: int, stop: threading.Event) -> None:
    """Rounds with pauses as ``Pace`` says, while the upstream stays as it is."""
    upstream = Upstream.objects.select_related("system").get(pk=pk)
    pace, pause, tracked = Pace(upstream.poll_min_seconds, upstream.poll_max_seconds), 0.0, 0.0
    with account_of(upstream).client() as client:
        inward = Inward(upstream, client, lambda: synchronise(upstream))
        while not stop.wait(pause):
            _sync_when_due(upstream)
            went = poll_once(upstream, inward)[0]
            if went is not Round.FAILED and time.monotonic() - tracked > _TRACK_SECONDS:
                tracked = time.monotonic()
                track(upstream, client)
            pause = pace.pause(pause, went)
            connection.close()  # nothing is held while waiting
            if pause >= upstream.poll_max_seconds and _has_changed(upstream):
                return


def once(upstream: Upstream) -> Tally:
    """One round now, for an operator or a schedule of one's own.

    :raises VxpError: the upstream does not answer its list properly
    :raises RegistryError: ``national.poll.running``
    """
    with held_alone(Purpose.INWARD, upstream.pk) as alone:
        if not alone:
            raise RegistryError(
                "national.poll.running",
                "Một tiến trình khác đang nhận từ trục này.",
                "Dừng lienthong link trước, hoặc để tiến trình đó tiếp tục nhận.",
            )
        with account_of(upstream).client() as client:
            tally = Inward(upstream, client, lambda: synchronise(upstream)).round()
            track(upstream, client)
    _note(upstream, "")
    return tally


def send_once(upstream: Upstream) -> None:
    """Send all that waits and is due."""
    connector = NationalConnector()
    while send_waiting(upstream, connector) is Round.BUSY:
        pass


def poll_once(upstream: Upstream, inward: Inward) -> tuple[Round, Tally]:
    """One round, whose outcome is kept for operators."""
    tally, error = Tally(), ""
    try:
        tally = inward.round()
        went = tally.went
    except VxpError as trouble:
        went, error = Round.FAILED, str(trouble)
    _note(upstream, error)
    return went, tally


def send_until(pk: int, stop: threading.Event) -> None:
    """Send what waits for one upstream."""
    connector, pause = NationalConnector(), 0.0
    while not stop.wait(pause):
        went = Round.FAILED
        try:
            went = send_waiting(Upstream.objects.select_related("system").get(pk=pk), connector)
        except _TROUBLES as error:
            _log.warning("sending to upstream %s broken off: %s", pk, error)
        connection.close()
        pause = 0.0 if went is Round.BUSY else settings.LINK_SECONDS


def _sync_when_due(upstream: Upstream) -> None:
    """At the start and then every few hours; a failure waits for the next time."""
    due = timedelta(hours=settings.LINK_SYNC_HOURS)
    last = upstream.synced_at
    if not upstream.syncs_directory or (last is not None and clock.now() - last < due):
        return
    upstream.synced_at = clock.now()  # as far as this process is concerned
    try:
        synchronise(upstream)
    except (VxpError, RegistryError) as error:
        _log.warning("%s: the directory was not taken over: %s", upstream, error)


def _has_changed(upstream: Upstream) -> bool:
    names = ("endpoint", "remote_system_id", "key_id", "own_codes", "poll_min_seconds", "poll_max_seconds",
             "timeout_seconds", "on_unknown_sender", "secret_encrypted")  # fmt: skip
    now = Upstream.objects.get(pk=upstream.pk)
    return any(getattr(now, name) != getattr(upstream, name) for name in names)


def _note(upstream: Upstream, error: str) -> None:
    """Once it fails, since when; a healthy upstream only moves ``polled_at``."""
    now = clock.now()
    if error and not upstream.failing_since:
        upstream.failing_since = now
        _log.warning("%s does not answer: %s", upstream, error)
    if not error:
        upstream.failing_since = None
    upstream.last_error, upstream.polled_at = error[:1000], now
    upstream.save(update_fields=["failing_since", "last_error", "polled_at"])

"""The link role: for every upstream a thread that polls and one that keeps the directory in step, so that documents
never wait for a directory; until told to stop. What goes out is the worker's.

The list of upstreams is looked at again every few seconds, so that one added, locked or removed needs no restart.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from lienthong.common import clock
from lienthong.gateways.national.answers import VxpError
from lienthong.gateways.national.files import sweep
from lienthong.gateways.national.inward import Inward, Tally
from lienthong.gateways.national.locks import Purpose, held_alone
from lienthong.gateways.national.models import Upstream
from lienthong.gateways.national.pace import Pace, Round
from lienthong.gateways.national.relays import track
from lienthong.gateways.national.sync import synchronise
from lienthong.gateways.national.upstreams import account_of, active_upstreams
from lienthong.registry.errors import RegistryError

_log = logging.getLogger(__name__)
_TRACK_SECONDS, _STOP_SECONDS = 30.0, 10.0
_SYNC_LOOK = 30.0  # seconds: how often to see whether it is due
_SYNC_PACE = Pace(2.0, 30.0)  # tried again soon at first, as both axes may just be starting, then every five minutes
_TROUBLES = (VxpError, RegistryError, DatabaseError, InterfaceError, OSError)


@dataclass(frozen=True, slots=True)
class _Poller:
    threads: tuple[threading.Thread, ...]
    stop: threading.Event

    @property
    def is_alive(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)

    def join(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0.0, deadline - time.monotonic()))


class Link:
    """All upstreams of this axis."""

    def __init__(self) -> None:
        self._pollers: dict[int, _Poller] = {}

    def run(self, stopping: threading.Event) -> None:
        """Until ``stopping`` is set."""
        sweep()
        while not stopping.is_set():
            try:
                self._adjust({upstream.pk for upstream in active_upstreams()})
            except (DatabaseError, InterfaceError) as error:
                _log.warning("the list of upstreams cannot be read: %s", error)
            connection.close()
            stopping.wait(settings.LINK_SECONDS)
        self._adjust(set())
        for poller in self._pollers.values():
            poller.join(_STOP_SECONDS)

    def _adjust(self, wanted: set[int]) -> None:
        for pk, poller in list(self._pollers.items()):
            if pk not in wanted:
                poller.stop.set()
            if not poller.is_alive:
                del self._pollers[pk]
        for pk in wanted - self._pollers.keys():
            stop = threading.Event()
            threads = tuple(
                threading.Thread(target=work, args=(pk, stop), name=f"upstream {pk}", daemon=True)
                for work in (poll_until, sync_until)
            )
            self._pollers[pk] = _Poller(threads, stop)
            for thread in threads:
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


def sync_until(pk: int, stop: threading.Event) -> None:
    """Keep the directory of one upstream in step: at the start, then every few hours."""
    pause = 0.0
    while not stop.wait(pause):
        last, pause = pause, _SYNC_LOOK
        try:
            upstream = Upstream.objects.select_related("system").get(pk=pk)
            if is_due(upstream):
                synchronise(upstream)
        except _TROUBLES as error:
            _log.warning("the directory of upstream %s was not taken over: %s", pk, error)
            pause = _SYNC_PACE.pause(last, Round.FAILED)
        connection.close()


def is_due(upstream: Upstream) -> bool:
    """Whether the directory is to be taken over now."""
    last = upstream.synced_at
    return upstream.syncs_directory and (
        last is None or clock.now() - last >= timedelta(hours=settings.LINK_SYNC_HOURS)
    )


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

"""The live role: tells waiting clients *that* something arrived, over server-sent events; they then ask ``/api/v1``.

Thousands may wait here and hold no web thread. Nothing is read but keys, and nothing is said but the kind of what came,
so an event that is lost, doubled or late does no harm (docs/adr/0065).
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import anyio.to_thread
import psycopg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from lienthong.common.addresses import address_behind
from lienthong.common.sql import conninfo, release_connection
from lienthong.exchange.wakeups import CHANNEL, Wakeup, read_wakeup
from lienthong.gateways.rest_api.keys import KeyDoor, admit
from lienthong.gateways.rest_api.problems import ApiError, Fault, problem_of
from lienthong.gateways.rest_api.schemas import Kind
from lienthong.registry.api_access import KeyAccess
from lienthong.registry.models import ApiScope

log = logging.getLogger(__name__)

BREATH = 20.0  # seconds between signs of life, and until a lock or an expiry ends a stream
_RECONNECT = 2.0
_MOST_PER_SYSTEM = 50


class Waiter:
    """One client that waits. What comes while it is being told is told once more, together."""

    def __init__(self) -> None:
        self._kinds: set[Kind] = set(Kind)  # at first everything may be new: the client lists after it has connected
        self._changed = anyio.Event()
        self._changed.set()

    def wake(self, kinds: set[Kind]) -> None:
        self._kinds |= kinds
        self._changed.set()

    async def next(self) -> set[Kind]:
        """What changed since the last time; nothing after a breath."""
        with anyio.move_on_after(BREATH):
            await self._changed.wait()
        kinds, self._kinds, self._changed = self._kinds, set(), anyio.Event()
        return kinds


class Hub:
    """Who waits, by system."""

    def __init__(self) -> None:
        self._waiters: dict[int, set[Waiter]] = defaultdict(set)

    def refuse_more(self, system_pk: int) -> None:
        """:raises ApiError: ``RATE_EXCEEDED``, too many of one system wait already"""
        if len(self._waiters.get(system_pk, ())) >= _MOST_PER_SYSTEM:
            told = f"Tối đa {_MOST_PER_SYSTEM} kết nối chờ."
            raise ApiError(Fault.RATE_EXCEEDED, told, headers={"Retry-After": "60"})

    @asynccontextmanager
    async def waiting(self, system_pk: int) -> AsyncIterator[Waiter]:
        waiter = Waiter()
        self._waiters[system_pk].add(waiter)
        try:
            yield waiter
        finally:
            self._waiters[system_pk].discard(waiter)
            if not self._waiters[system_pk]:
                del self._waiters[system_pk]

    def tell(self, wakeup: Wakeup) -> None:
        for waiter in self._waiters.get(wakeup.system_pk, ()):
            waiter.wake({Kind.of(wakeup.kind)})

    def tell_all(self) -> None:
        """After the database was away nobody knows what was missed."""
        for waiters in self._waiters.values():
            for waiter in waiters:
                waiter.wake(set(Kind))

    async def listen(self, url: str) -> None:
        """Pass on what PostgreSQL announces, for ever."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self.tell_all()
                    async for notice in connection.notifies():
                        if wakeup := read_wakeup(notice.payload):
                            self.tell(wakeup)
            except psycopg.Error as error:
                log.warning("listening to the database failed, will connect again: %s", error)
            await anyio.sleep(_RECONNECT)


def _open_door(request: Request) -> KeyAccess:
    meta = {
        "REMOTE_ADDR": request.client.host if request.client else "",
        "HTTP_X_FORWARDED_FOR": request.headers.get("X-Forwarded-For", ""),
    }
    try:
        return admit(KeyDoor(ApiScope.DOCUMENTS_READ), request.headers.get("Authorization", ""), address_behind(meta))
    finally:
        release_connection()


def _still_open(request: Request) -> bool:
    try:
        door = KeyDoor(ApiScope.DOCUMENTS_READ, counted=False)
        door.open(request.headers.get("Authorization", ""), None)
    except ApiError:
        return False
    finally:
        release_connection()
    return True


async def events(request: Request) -> Response:
    """``text/event-stream`` of ``arrived`` events, each with the kinds of what came."""
    hub: Hub = request.app.state.hub
    try:
        key = await anyio.to_thread.run_sync(_open_door, request)
        hub.refuse_more(key.system.pk)
    except Exception as error:  # noqa: BLE001 - answered as a problem, as everywhere in this interface
        problem = problem_of(error, request.url.path)
        return Response(problem.content(request.url.path), problem.status, problem.all_headers)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(hub, key, request), media_type="text/event-stream", headers=headers)


async def _stream(hub: Hub, key: KeyAccess, request: Request) -> AsyncIterator[str]:
    yield "retry: 3000\n\n"
    async with hub.waiting(key.system.pk) as waiter:
        while True:
            kinds = await waiter.next()
            if not await anyio.to_thread.run_sync(_still_open, request):
                return
            told = ",".join(sorted(f'"{kind.value}"' for kind in kinds))
            yield f'event: arrived\ndata: {{"kinds":[{told}]}}\n\n' if kinds else ": \n\n"


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.hub = Hub()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(app.state.hub.listen, conninfo())
        yield
        tasks.cancel_scope.cancel()


def live_application() -> Starlette:
    """The ASGI application of the live role."""
    return Starlette(routes=[Route("/live/events", events, methods=["GET"])], lifespan=_lifespan)

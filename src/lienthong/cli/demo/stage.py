"""Where the story plays: every system's client, and the journal they all write to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from lienthong.cli.demo import city
from lienthong.cli.demo.actors import Actor
from lienthong.cli.demo.errors import DemoError
from lienthong.cli.demo.folder import Access
from lienthong.cli.demo.journal import Journal
from lienthong.cli.demo.twin import Backstage
from lienthong.gateways.national.client import VxpClient

_TIMEOUT = 20  # seconds; the axis is on this machine
_AT_ONCE = 8

Found = TypeVar("Found")


class Stage:
    """The clients of all systems. They know the axis by its address alone."""

    def __init__(self, endpoint: str, access: Mapping[str, Access], backstage: Backstage | None = None) -> None:
        self.endpoint = endpoint
        self.backstage = backstage
        self.journal = Journal()
        self._guests: dict[str, Actor] = {}
        self._actors = {system.agency: self._actor(system, access[system.system_id]) for system in city.SYSTEMS}

    def _actor(self, system: city.SampleSystem, access: Access) -> Actor:
        client = VxpClient(self.endpoint, system.system_id, access.secret, timeout=_TIMEOUT)
        return Actor(city.BY_CODE[system.agency], system.system_id, client, self.journal)

    def actor(self, agency: city.SampleAgency) -> Actor:
        """The system that carries the agency's documents."""
        return self._actors[city.system_of(agency).agency]

    def invite(self, agency: city.SampleAgency, system_id: str, endpoint: str, secret: str) -> None:
        """Let the system of an agency take part that is connected to another axis."""
        client = VxpClient(endpoint, system_id, secret, timeout=_TIMEOUT)
        self._guests[agency.code] = Actor(agency, system_id, client, self.journal)

    def guest(self, agency: city.SampleAgency) -> Actor:
        """:raises DemoError: ``demo.guest_missing``"""
        if agency.code not in self._guests:
            raise DemoError("demo.guest_missing", f"{agency.name} chưa nối được với trục nào.", "Xem lỗi phía trên.")
        return self._guests[agency.code]

    def impostor(self, agency: city.SampleAgency) -> VxpClient:
        """Somebody who knows the system's id and not its secret."""
        return VxpClient(self.endpoint, self.actor(agency).system_id, "doan-mo-khoa-bi-mat", timeout=_TIMEOUT)

    def together(self, actors: Iterable[Actor], act: Callable[[Actor], Found]) -> list[Found]:
        """Let several systems act at the same time; answers in the order of ``actors``."""

        def act_and_close(actor: Actor) -> Found:
            try:
                return act(actor)
            finally:
                actor.close()

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(act_and_close, actors))

    def waiting(self) -> dict[str, int]:
        """How many documents wait for each system that has any waiting."""
        actors = list(self._actors.values())
        counts = self.together(actors, lambda actor: actor.client.count_receive_edoc())
        return {actor.system_id: count for actor, count in zip(actors, counts, strict=True) if count}

    def clear_lists(self) -> None:
        """Begin with empty lists, also after a run that was broken off."""
        self.together([*self._actors.values(), *self._guests.values()], Actor.clear_lists)

    def close(self) -> None:
        for actor in (*self._actors.values(), *self._guests.values()):
            actor.close()

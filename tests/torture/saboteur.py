"""What goes wrong, in an order that the seed decides."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.torture.instances import Instance, Role

_LONGEST_ABSENCE = 1.5  # seconds


@dataclass
class Saboteur:
    """Does one thing after the other and writes down what; what it stopped it starts again."""

    instances: Sequence[Instance]
    rng: random.Random
    log: Callable[[str], None]
    steps: int = 0
    _acts: list[tuple[int, str, Callable[[Instance], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._acts = [
            (6, "kill -9 a web worker", lambda one: one.roles["web"].kill_child(self.rng.randrange(100))),
            (3, "kill -9 the web master alone", self._web_master),
            (3, "kill -9 the whole web role", lambda one: self._role(one, "web")),
            (8, "kill -9 the delivery worker", lambda one: self._role(one, "worker")),
            (5, "kill -9 the link", lambda one: self._role(one, "link")),
            (4, "kill -9 the sequencer", lambda one: self._role(one, "sequencer")),
            (1, "kill -9 live", lambda one: self._role(one, "live")),
            (3, "kill -9 a database session", lambda one: one.kill_backend(self.rng.randrange(100))),
            (3, "kill -9 the postmaster", self._postmaster),
            (1, "stop everything", self._stop),
            (1, "cut the power", self._cut),
        ]

    def step(self) -> None:
        """One act, after a moment of peace."""
        time.sleep(self.rng.uniform(0.2, 2.5))
        for one in self.instances:
            one.revive()
        weights, names, acts = zip(*self._acts, strict=True)
        chosen = self.rng.choices(range(len(acts)), weights)[0]
        one = self.rng.choice(self.instances)
        self.steps += 1
        self.log(f"step {self.steps}: {one.name}: {names[chosen]}")
        acts[chosen](one)

    def _away(self) -> None:
        time.sleep(self.rng.uniform(0, _LONGEST_ABSENCE))

    def _role(self, one: Instance, name: str) -> None:
        role: Role | None = one.roles.get(name)
        if role is not None:
            role.kill()
            self._away()
            role.start()

    def _web_master(self, one: Instance) -> None:
        """Its workers go on for a moment, while the new ones already want the port."""
        one.roles["web"].kill_first_process()
        one.roles["web"].start()

    def _postmaster(self, one: Instance) -> None:
        one.kill_database()
        self._away()
        one.database.start()

    def _stop(self, one: Instance) -> None:
        one.stop()
        self._away()
        one.start()

    def _cut(self, one: Instance) -> None:
        one.cut_power()
        self._away()
        one.start()

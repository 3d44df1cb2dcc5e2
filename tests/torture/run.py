"""One run: two axes, the offices that use them, and somebody who kills processes; see docs/operations/torture.md."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.receiver import Receiver
from tests.torture import checks
from tests.torture.book import Book
from tests.torture.doors import Door, RestDoor, VxpDoor
from tests.torture.instances import Instance
from tests.torture.offices import Office
from tests.torture.saboteur import Saboteur

NATIONAL, CITY = ("G99", "G98"), ("H99.01", "H99.02", "H99.03", "H99.04")
_PUSHED, _REST = ("G98", "H99.03", "H99.04"), ("H99.02", "H99.04")
_PATIENCE = 150  # seconds without anything arriving
_MOST_SHOWN = 20


@dataclass
class Torture:
    """:param idle: seconds between two documents of one sender, at most"""

    folder: Path
    seed: int
    idle: float = 0.4
    instances: list[Instance] = field(default_factory=list)
    offices: list[Office] = field(default_factory=list)
    book: Book = field(default_factory=Book)
    _log_began: float = field(default_factory=time.monotonic)

    def log(self, text: str) -> None:
        line = f"[seed {self.seed}] {time.monotonic() - self._log_began:7.2f} {text}"
        print(line, flush=True)  # noqa: T201 - what people watch
        with (self.folder / "torture.log").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def run(self, *, seconds: float | None = None, steps: int | None = None) -> list[str]:
        """Work and sabotage for so many seconds or steps, then let all come to rest; answers what is wrong."""
        with self._country():
            saboteur = Saboteur(self.instances, random.Random(f"{self.seed}/steps"), self.log)
            end = time.monotonic() + (seconds or float("inf"))
            for office in self.offices:
                office.open()
            while time.monotonic() < end and saboteur.steps != steps and not self.book.complaints:
                saboteur.step()
            return self._finish()

    def _finish(self) -> list[str]:
        for office in self.offices:
            office.close()
        self.log("nobody writes anything new")
        for one in self.instances:
            one.wait_until_up()
            if "link" in one.roles:  # its pauses have grown while the other side was away
                one.roles["link"].kill()
                one.roles["link"].start()
        self.log("all is up")
        self._come_to_rest()
        for office in self.offices:
            office.leave()
        self.log(f"quiet: {self._counts()}")
        return self._complaints()

    def _come_to_rest(self) -> None:
        deadline, calm, arrived = time.monotonic() + _PATIENCE, 0, 0
        while calm < 3 and time.monotonic() < deadline and not self.book.complaints:
            time.sleep(0.5)
            calm = calm + 1 if self._is_quiet() else 0
            if (now := sum(map(len, list(self.book.arrivals.values())))) > arrived:
                deadline, arrived = time.monotonic() + _PATIENCE, now
        self.log("at rest" if calm == 3 else "no rest: nothing arrives any more, or somebody complains")

    def _is_quiet(self) -> bool:
        try:
            for one in self.instances:
                checks.hurry(one)
                one.start()
            owed = any(checks.deliveries_open(one) for one in self.instances)
            queued = any(one.query("SELECT 1 FROM ledger_waiting LIMIT 1") for one in self.instances)
        except psycopg.Error:
            return False
        return not owed and not queued and all(office.is_done for office in self.offices)

    def _complaints(self) -> list[str]:
        book = self.book
        found = [*book.complaints, *checks.nothing_left_unanswered(book), *checks.arrived_once(book)]
        for one in self.instances:
            found += checks.every_delivery_is_over(one)
            found += checks.nothing_refused_is_kept(book, one)
            found += checks.no_event_is_lost(one)
        found += checks.statuses_agree(book, self.instances)
        self.log("looked at the books; now the stores")
        for one in self.instances:
            one.stop_roles()
        self.log("all roles have ended")
        found += checks.audits_are_clean(self.instances)
        for text in found[:_MOST_SHOWN]:
            self.log(f"WRONG {text}")
        return found

    def _counts(self) -> dict[str, int]:
        documents, reports = (self.book.acknowledged(reports=which) for which in (False, True))
        return {
            "documents": len(documents), "reports": len(reports), "refused": len(self.book.refused),
            "arrivals": sum(map(len, self.book.arrivals.values())), "resends": self._resends(),
        }  # fmt: skip

    def _resends(self) -> int:
        return sum(line.count("no answer") for item in self.book.items for line in item.story)

    # -- the cast

    @contextmanager
    def _country(self) -> Iterator[None]:
        with ExitStack() as open_until_end:
            receivers = {code: open_until_end.enter_context(Receiver().listening()) for code in _PUSHED}
            national = Instance("national", self.folder / "national", ("web", "worker", "sequencer"),
                                {"LIENTHONG_HUB_CODES": "A99"})  # fmt: skip
            city = Instance("city", self.folder / "city", ("web", "worker", "sequencer", "link", "live"),
                            {"LIENTHONG_HUB_CODES": "H99"})  # fmt: skip
            self.instances = [national, city]
            open_until_end.callback(self._end)
            urls = json.dumps({code: receiver.url for code, receiver in receivers.items()})
            above = national.make_cast(urls)
            national.start()
            below = city.make_cast(urls, f"{national.url}/vxp", above.pop("hub")["secret"])
            city.start()
            for one in self.instances:
                one.wait_until_up()
            self._wait_for_the_directory(city)
            for instance, accounts in ((national, above), (city, below)):
                for code, account in accounts.items():
                    self.offices.append(self._office(instance, code, account, receivers.get(code)))
            self.log("the country is up")
            yield

    def _office(self, instance: Instance, code: str, account: dict[str, Any], receiver: Receiver | None) -> Office:
        door: Door = (RestDoor if code in _REST else VxpDoor)(instance.url, account)
        others = [other for other in (*NATIONAL, *CITY) if other != code]
        office = Office(code, door, others, self.book, str(self.seed), receiver, self.idle)
        if receiver is not None:
            receiver.mood = office.moody(random.Random(f"{self.seed}/{code}/webhook"))
        return office

    def _wait_for_the_directory(self, city: Instance) -> None:
        deadline = time.monotonic() + _PATIENCE
        known = "SELECT 1 FROM national_upstream WHERE synced_at IS NOT NULL"
        while not city.query(known):
            assert time.monotonic() < deadline, "the city does not take over the national directory"
            time.sleep(0.1)

    def _end(self) -> None:
        for office in self.offices:
            office.leave()
        for one in self.instances:
            one.cut_power()

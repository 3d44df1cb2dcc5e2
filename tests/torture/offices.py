"""Agencies' programs: each goes on sending, fetching and reporting, whatever the axis does, as a patient client."""

from __future__ import annotations

import hashlib
import random
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from edxml102.model import PackageKind
from tests.receiver import Receiver, _Handler
from tests.torture import letters
from tests.torture.book import Book, Item, Life
from tests.torture.doors import Door, Refused, Unreachable
from tests.torture.letters import Errand

_SENDERS = 2  # threads of each office
_PAUSE = 0.1  # seconds after a failure


@dataclass
class Office:
    """One agency with its software. ``receiver``: where its packages are pushed to; without one it fetches."""

    code: str
    door: Door
    others: Sequence[str]
    book: Book
    seed: str
    receiver: Receiver | None = None
    idle: float = 0.3  # seconds between two documents, at most
    outbox: deque[Errand] = field(default_factory=deque)
    busy: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: threading.Event = field(default_factory=threading.Event)  # writes nothing new
    _left: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def open(self) -> None:
        work: list[Callable[[random.Random], None]] = [self._send] * _SENDERS
        if self.receiver is None:
            work.append(self._collect)
        for number, step in enumerate(work):
            rng = random.Random(f"{self.seed}/{self.code}/{number}")
            thread = threading.Thread(target=self._repeat, args=(step, rng), name=f"{self.code}-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Write no new document; finish what has begun."""
        self._closed.set()

    def leave(self) -> None:
        self._left.set()
        for thread in self._threads:
            thread.join(60)

    @property
    def is_done(self) -> bool:
        with self._lock:
            return not self.outbox and not self.busy

    def _repeat(self, step: Callable[[random.Random], None], rng: random.Random) -> None:
        while not self._left.is_set():
            try:
                step(rng)
            except Unreachable:
                self._left.wait(_PAUSE)
            except Exception as error:  # noqa: BLE001 - told to the run, which fails with it
                self.book.complain(f"{self.code}: {type(error).__name__}: {error}")
                self._left.wait(_PAUSE)

    # -- sending

    def _send(self, rng: random.Random) -> None:
        errand = self._next(rng)
        if errand is None:
            self._left.wait(_PAUSE)
            return
        try:
            self._until_answered(errand, rng)
        finally:
            with self._lock:
                self.busy -= 1
        if not self._closed.is_set():
            self._left.wait(rng.uniform(0, self.idle))

    def _next(self, rng: random.Random) -> Errand | None:
        with self._lock:
            errand = self.outbox.popleft() if self.outbox else None
            if errand is None and self._closed.is_set():
                return None
            self.busy += 1
        if errand is not None:
            return errand
        make = letters.new_mistake if rng.random() < 0.06 else letters.new_document
        return make(self.code, self.others, rng)

    def _until_answered(self, errand: Errand, rng: random.Random) -> None:
        form = 0
        if not errand.wrong:
            self.book.add(errand.item)
        while not self._left.is_set():
            raw = errand.forms(form)
            if errand.wrong:
                self.book.refused[hashlib.sha256(raw).digest()] = errand.item.name
            else:
                self.book.sending(errand.item, raw)
            try:
                told = self.door.send(raw, errand.kind, hasty=rng.random() < 0.08)
            except Unreachable as error:
                self.book.tell(errand.item, f"no answer: {str(error)[:120]}")
                form = rng.choice((form, form, form + 1))  # the same again, or rebuilt
                self._left.wait(_PAUSE)
            except Refused as refusal:
                if not errand.wrong:
                    self.book.complain(f"{errand.item.name} was refused: {refusal}")
                return
            else:
                self._answered(errand, told)
                return

    def _answered(self, errand: Errand, told: str) -> None:
        if errand.wrong:
            self.book.complain(f"taken in: {errand.item.name} as {told}")
            return
        self.book.acknowledge(errand.item, told)
        with self._lock:
            self.outbox.extend(errand.then())

    # -- receiving

    def _collect(self, rng: random.Random) -> None:
        found = 0
        for kind in PackageKind:
            for delivery in self.door.waiting(kind):
                found += 1
                if (self.code, delivery) in self.book.confirmed:
                    self.book.complain(f"{delivery} came again to {self.code} after its confirmation")
                self._fetch(delivery, rng)
        if not found:
            self._left.wait(_PAUSE)

    def _fetch(self, delivery: str, rng: random.Random) -> None:
        try:
            raw = self.door.fetch(delivery)
        except Refused:
            return  # recalled in this moment; what is missing in the end is looked at by the checks
        self.take(delivery, raw, rng)
        self.door.confirm(delivery)
        self.book.confirm(self.code, delivery)

    def take(self, delivery: str, raw: bytes, rng: random.Random) -> None:
        """A package is here. What it makes the office report is sent by the senders."""
        item = self.book.arrive(self.code, delivery, raw)
        if item is not None and self.code in item.receivers:
            with self._lock:
                self.outbox.extend(letters.answers(item, self.code, rng))
        elif item is not None:
            self.book.complain(f"{item.name} came to {self.code}, to whom it was not addressed")

    def moody(self, rng: random.Random) -> Callable[[Receiver, _Handler], None]:
        """How its webhook meets a request: mostly it takes the package; at times it is busy, or dies before it can say
        that it has it."""

        def mood(receiver: Receiver, handler: _Handler) -> None:
            posted = handler.read_posted()
            chance = rng.random()
            if chance < 0.03 and not self._closed.is_set():
                handler.answer(503)
                return
            is_new = receiver.store(posted.delivery, posted.body)
            receiver.posted.clear()  # nobody looks at them here
            self.take(posted.delivery, posted.body, rng)
            if chance > 0.03 + 0.05 or self._closed.is_set():
                handler.answer_json(200 if is_new else 409, delivery=posted.delivery)

        return mood


def expected_state(item: Item, receiver: str) -> str:
    """Where a document must stand at a recipient once all is quiet."""
    steps = {"01": "arrived", "03": "accepted", "04": "assigned", "05": "in_progress", "06": "done"}
    fixed = {
        Life.RECALLED: "recalled", Life.TAKEN_BACK: "taken_back", Life.ORDER_AGREED: "agreed",
        Life.ORDER_DECLINED: "declined", Life.REJECTED: "rejected",
    }  # fmt: skip
    if item.life in fixed:
        return fixed[item.life]
    return steps.get(max(item.reported[receiver] & steps.keys(), default=""), "sent")

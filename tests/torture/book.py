"""What the offices sent, what was answered and what arrived: the truth that the axes are held against."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum


class Life(Enum):
    """What becomes of a document: what its sender and its recipients do about it."""

    WORKED_ON = "worked on"  # recipients report some steps, in any order
    REJECTED = "rejected"  # 02
    RECALLED = "recalled"  # the sender recalls it, recipients agree: 15
    KEPT = "kept"  # the sender recalls it, recipients decline: 16
    TAKEN_BACK = "taken back"  # the sender asks with 13, recipients agree: 15
    ORDER_AGREED = "order agreed"  # a recall itself
    ORDER_DECLINED = "order declined"

    @property
    def may_never_arrive(self) -> bool:
        """A recipient that agreed before it fetched the document is not given it any more."""
        return self in (Life.RECALLED, Life.TAKEN_BACK)


@dataclass(eq=False)
class Item:
    """A document or a report on its way. ``forms`` are all bytes it was sent as (SHA-256)."""

    sender: str
    name: str  # the document's identifier, or who reports which code of which document
    receivers: set[str]
    is_report: bool = False
    about: Item | None = None  # of a report: the document
    code: str = ""
    life: Life = Life.WORKED_ON
    forms: set[bytes] = field(default_factory=set)
    acknowledged: bool = False
    reported: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # recipient: codes acknowledged
    story: list[str] = field(default_factory=list)


class Book:
    """Shared by all offices."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.items: list[Item] = []
        self.refused: dict[bytes, str] = {}  # SHA-256: why it must be nowhere
        self.arrivals: dict[tuple[str, Item], set[str]] = defaultdict(set)  # office and item: delivery ids
        self.confirmed: set[tuple[str, str]] = set()
        self.complaints: list[str] = []
        self._by_hash: dict[bytes, Item] = {}
        self._began = time.monotonic()

    def add(self, item: Item) -> Item:
        with self.lock:
            self.items.append(item)
        return item

    def sending(self, item: Item, raw: bytes) -> None:
        digest = hashlib.sha256(raw).digest()
        with self.lock:
            item.forms.add(digest)
            self._by_hash[digest] = item
        self.tell(item, f"sending {digest.hex()[:12]} ({len(raw)} bytes)")

    def acknowledge(self, item: Item, what: str = "") -> None:
        with self.lock:
            item.acknowledged = True
        self.tell(item, f"acknowledged {what}")

    def arrive(self, office: str, delivery: str, raw: bytes) -> Item | None:
        """The item that arrived, when it did for the first time."""
        digest = hashlib.sha256(raw).digest()
        with self.lock:
            item = self._by_hash.get(digest)
            if item is None:
                told = self.refused.get(digest, "nobody sent it")
                self.complain(f"{office} got {digest.hex()} in delivery {delivery}: {told}")
                return None
            known = self.arrivals[office, item]
            is_first, is_new = not known, delivery not in known
            known.add(delivery)
        if is_new:
            self.tell(item, f"arrived at {office} as {delivery}")
        return item if is_first else None

    def confirm(self, office: str, delivery: str) -> None:
        with self.lock:
            self.confirmed.add((office, delivery))

    def complain(self, text: str) -> None:
        with self.lock:
            self.complaints.append(text)

    def tell(self, item: Item, text: str) -> None:
        with self.lock:
            item.story.append(f"{time.monotonic() - self._began:8.3f} {text}")

    def acknowledged(self, *, reports: bool) -> list[Item]:
        with self.lock:
            return [item for item in self.items if item.acknowledged and item.is_report is reports]

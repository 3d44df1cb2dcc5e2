"""What offices write: documents of several lives, recalls, reports, and packages that must be refused."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from edxml102.model import PackageKind
from lienthong.common import clock
from tests import packages
from tests.exchange import orders
from tests.torture.book import Item, Life

_numbers = count(1)
_STEPS = ("01", "03", "04", "05", "06")
_SIZES = (1_000,) * 16 + (50_000,) * 3 + (1_000_000,)
_PRIORITIES = "0" * 16 + "1123"
_LIVES = (Life.WORKED_ON,) * 6 + (Life.REJECTED, Life.RECALLED, Life.KEPT, Life.TAKEN_BACK)


@dataclass
class Errand:
    """Something to send until it is answered. ``forms`` makes its bytes: the first call those of the first try.
    ``wrong``: it has to be refused."""

    item: Item
    forms: Callable[[int], bytes]
    kind: PackageKind = PackageKind.DOCUMENT
    then: Callable[[], Sequence[Errand]] = tuple
    wrong: bool = False


def new_document(sender: str, others: Sequence[str], rng: random.Random) -> Errand:
    """A document to some of the others, and what follows once it is acknowledged."""
    receivers = rng.sample(list(others), rng.randint(1, min(3, len(others))))
    number = str(next(_numbers))
    item = Item(sender, f"{sender},2024/03/15,{number}/CV-MAU", set(receivers), life=rng.choice(_LIVES))
    content = b"%PDF-1.4\n" + rng.randbytes(rng.choice(_SIZES))
    priority = rng.choice(_PRIORITIES)

    def write(*to: str) -> bytes:
        return packages.document(
            sender, *to, number=number, document_id=item.name, content=content, priority=priority,
            subject=f"Về việc thử sức bền số {number} (mẫu)",
        )  # fmt: skip

    raw = write(*receivers)
    more = [code for code in others if code not in receivers]
    wider = rng.choice(more) if more and item.life is Life.WORKED_ON and rng.random() < 0.15 else ""
    conflict = rng.random() < 0.05

    def then() -> Sequence[Errand]:
        follow = _questions(item, receivers)
        if wider:
            item.receivers.add(wider)
            follow.append(Errand(item, rebuilding(write(*receivers, wider))))
        if conflict:
            other = packages.document(sender, *receivers, number=number, document_id=item.name, subject="Khác (mẫu)")
            follow.append(wrong(sender, other, f"another document under {item.name}"))
        return follow

    return Errand(item, rebuilding(raw), then=then)


def _questions(item: Item, receivers: Sequence[str]) -> list[Errand]:
    if item.life in (Life.RECALLED, Life.KEPT):
        name = f"TH-{next(_numbers)}"
        life = Life.ORDER_AGREED if item.life is Life.RECALLED else Life.ORDER_DECLINED
        order = Item(item.sender, name, set(receivers), life=life)
        raw = orders.recall(item.sender, *receivers, target=item.name, document_id=name)
        return [Errand(order, rebuilding(raw))]
    if item.life is Life.TAKEN_BACK:
        return [report(item, item.sender, "13", to=code) for code in receivers]
    return []


def rebuilding(raw: bytes) -> Callable[[int], bytes]:
    """The same document in other bytes: its trace header carries another second."""

    def form(number: int) -> bytes:
        return raw.replace(b" 08:00:00<", b" 08:00:%02d<" % (number % 60))

    return form


def wrong(sender: str, raw: bytes, why: str) -> Errand:
    return Errand(Item(sender, why, set()), lambda _: raw, wrong=True)


def new_mistake(sender: str, others: Sequence[str], rng: random.Random) -> Errand:
    """A package that no axis may take: in another's name, or broken off."""
    receiver, stranger = rng.sample(list(others), 2)
    if rng.random() < 0.5:
        return wrong(sender, packages.document(stranger, receiver), f"{sender} speaking as {stranger}")
    raw = packages.document(sender, receiver)
    return wrong(sender, raw[: rng.randint(200, len(raw) - 20)], f"broken off, from {sender}")


def answers(item: Item, reporter: str, rng: random.Random) -> list[Errand]:
    """What a recipient reports about what has just arrived."""
    if item.about is not None:
        return [report(item.about, reporter, "15", to=item.sender)] if item.code == "13" else []
    if item.life is Life.WORKED_ON:
        codes = rng.sample(_STEPS, rng.randint(1, 4))
    else:
        codes = {
            Life.REJECTED: ["02"], Life.KEPT: ["01"], Life.RECALLED: ["01"], Life.TAKEN_BACK: [],
            Life.ORDER_AGREED: ["15"], Life.ORDER_DECLINED: ["16"],
        }[item.life]  # fmt: skip
    return [report(item, reporter, code, to=item.sender) for code in codes]


def report(about: Item, reporter: str, code: str, *, to: str) -> Errand:
    """Steps happened some seconds ago, one after the other; questions and answers are asked and given now."""
    at = clock.in_vietnam(clock.now())
    if code in _STEPS:
        at -= timedelta(seconds=60 - 10 * _STEPS.index(code))
    raw = packages.status(
        reporter, to, about.name, code, description="Mẫu", timestamp=f"{at:%Y/%m/%d %H:%M:%S}"
    )  # fmt: skip
    name = f"{code} of {about.name} by {reporter} to {to}"
    item = Item(reporter, name, {to}, is_report=True, about=about, code=code)

    def then() -> Sequence[Errand]:
        about.reported[reporter].add(code)
        return ()

    return Errand(item, lambda _: raw, PackageKind.STATUS, then=then)

"""Who acts in this thread, for events of services that do not know who called them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from lienthong.ledger.events import Actor

_NOBODY = Actor()
_acting: ContextVar[Actor] = ContextVar("acting", default=_NOBODY)


def current_actor() -> Actor:
    """Whoever acts now; nobody named when a process of the axis acts by itself."""
    return _acting.get()


def set_actor(actor: Actor) -> None:
    """From here on, in this thread, this actor acts: a command line is one person's for as long as it runs."""
    _acting.set(actor)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Inside, this actor acts."""
    before = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(before)

"""What happens while people learn: offices answer, somebody writes now and then, incidents and exercises are played."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.db import close_old_connections

from edxml102.codes import Priority
from lienthong.cli.demo import city
from lienthong.cli.training.cast import Cast, send, some_letter
from lienthong.cli.training.incidents import Stage, end_all, play_asked
from lienthong.cli.training.materials import Materials
from lienthong.client import AxisError
from lienthong.gateways.national.answers import VxpError
from lienthong.training.ground import take_wish

_ROUND = 1.0  # seconds between two rounds
_BETWEEN_LETTERS = (30.0, 90.0)  # seconds
_MOST_LETTERS = 300  # a room that is left open overnight fills no disk
_FIRST_NUMBER = 210  # of Sở Tài chính: "số hai trăm mấy"


class Drama:
    """One performance, from the opening of the server to its end or to starting over."""

    def __init__(self, stage: Stage, *, seed: int, letters: bool = True) -> None:
        self._stage, self._cast = stage, stage.cast
        self._materials = Materials(stage.cast)
        self._chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
        self._letters_left = _MOST_LETTERS if letters else 0
        self._next_letter = time.monotonic() + self._pause()

    def open(self) -> None:
        """What lies on the desks when people come in: some ordinary letters, and an urgent one."""
        finance = self._cast.actor(city.DEPARTMENTS[2])
        to = city.WORKPLACE_COMMUNE.code
        send(finance, "Về việc phân bổ dự toán đầu năm (mẫu)", to, number=_FIRST_NUMBER)
        finance.next_number()
        send(self._cast.actor(city.COMMITTEE), "Về việc trực ban dịp lễ (mẫu)", to, priority=Priority.URGENT)
        for _ in range(4):
            some_letter(self._cast, self._chance)

    def play(self, ends: Callable[[], bool]) -> bool:
        """Play until somebody asks to start over (``True``) or ``ends`` says so (``False``)."""
        while not ends():
            if take_wish():
                return True
            with _forgiven():
                play_asked(self._stage)
                self._materials.hand_out_due()
                self._cast.work()
                self._write_now_and_then()
            close_old_connections()
            time.sleep(_ROUND)
        return False

    def close(self) -> None:
        """End what is going on, so that nothing is left behind."""
        with _forgiven():
            end_all(self._stage)

    def _write_now_and_then(self) -> None:
        if self._letters_left and time.monotonic() >= self._next_letter:
            self._letters_left -= 1
            self._next_letter = time.monotonic() + self._pause()
            some_letter(self._cast, self._chance)

    def _pause(self) -> float:
        return self._chance.uniform(*_BETWEEN_LETTERS)


@contextmanager
def _forgiven() -> Iterator[None]:
    """A call that fails now is made again in the next round; what it was is kept in the log."""
    try:
        yield
    except (VxpError, AxisError, OSError) as error:
        with suppress(OSError):
            sys.stderr.write(f"Tập huấn: {type(error).__name__}: {error}\n")


def opened(cast: Cast, drama: Drama) -> None:
    """The opening, which may fail as any call may: then the desks are empty and everything else works."""
    with _forgiven():
        drama.open()
        cast.work()

"""Whether this instance is a training ground, and starting it over.

Starting over replaces the database, so what is asked and how far it came stands in a file of the data folder.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings

from lienthong.common import clock
from lienthong.training.errors import TrainingError

BANNER = "Môi trường tập huấn – không gửi văn bản thật"
_WISH, _PROGRESS = "start-over.wish", "start-over.json"


def is_ground() -> bool:
    """Whether this instance was made for training. A real one has no pages of this package either."""
    return bool(settings.TRAINING)


def require_ground() -> None:
    """:raises TrainingError: ``training.not_here``"""
    if not is_ground():
        raise TrainingError(
            "training.not_here", "Hệ thống này không phải môi trường tập huấn.", "Mở bằng: lienthong run --training"
        )


@dataclass(slots=True)
class StartingOver:
    """How the last or present restart goes. ``steps``: what was done, in Vietnamese, with its seconds."""

    asked_at: str = ""
    steps: list[tuple[str, float]] = field(default_factory=list)
    now: str = ""
    is_done: bool = True
    seconds: float = 0.0
    trouble: str = ""

    @contextmanager
    def step(self, label: str) -> Iterator[None]:
        """Tell of a step before and after it, with the seconds it took."""
        begin = time.monotonic()
        self.now = label
        write_progress(self)
        yield
        took = round(time.monotonic() - begin, 1)
        self.steps.append((label, took))
        self.seconds = round(self.seconds + took, 1)
        self.now = ""
        write_progress(self)


def ask_to_start_over() -> None:
    """Let the players rebuild the made-up city. Asked again while it is under way, it changes nothing."""
    require_ground()
    if read_progress().is_done and not wish_file().exists():
        write_progress(StartingOver(asked_at=clock.now().isoformat(), now="Đang chờ bắt đầu", is_done=False))
        wish_file().touch()


def take_wish() -> bool:
    """Whether somebody asked to start over; answers it once."""
    with suppress(FileNotFoundError):
        wish_file().unlink()
        return True
    return False


def read_progress() -> StartingOver:
    """As the players last wrote it; done when there was none."""
    try:
        found = json.loads(_file(_PROGRESS).read_text(encoding="utf-8"))
        return StartingOver(**{**found, "steps": [(str(label), float(took)) for label, took in found["steps"]]})
    except (OSError, ValueError, KeyError, TypeError):
        return StartingOver()


def write_progress(progress: StartingOver) -> None:
    """The file appears whole or not at all."""
    draft = _file(_PROGRESS).with_suffix(".new")
    draft.write_text(json.dumps(asdict(progress), ensure_ascii=False), encoding="utf-8")
    draft.replace(_file(_PROGRESS))


def wish_file() -> Path:
    return _file(_WISH)


def _file(name: str) -> Path:
    return Path(settings.DATA_DIR) / name

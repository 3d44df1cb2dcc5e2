"""How patient a client is: a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Pauses in seconds between attempts. Where the axis names a longer one it is kept, up to ``longest``."""

    pauses: tuple[float, ...] = (0.5, 1, 2, 5, 10)
    longest: float = 60

    def pause(self, attempt: int, *, asked: float | None) -> float | None:
        """The pause after the ``attempt``-th failure (from 1), or ``None``: give up."""
        if attempt > len(self.pauses):
            return None
        wanted = max(self.pauses[attempt - 1], asked or 0)
        return wanted if wanted <= self.longest else None


IMPATIENT = Patience(pauses=())

"""Which urgencies a worker thread looks for next, so that urgent packages go first and ordinary ones still go. Pure."""

from __future__ import annotations

from dataclasses import dataclass

URGENT_IN_A_ROW = 4


@dataclass(frozen=True, slots=True)
class Ranks:
    """Urgencies (``Priority.rank``) from ``lowest`` to ``highest``, both included."""

    lowest: int
    highest: int


ORDINARY, URGENT, EVERY = Ranks(0, 0), Ranks(1, 9), Ranks(0, 9)


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a thread stands. A ``reserved`` one carries urgent packages only; any other takes at most
    ``URGENT_IN_A_ROW`` of them before an ordinary one, when one waits."""

    reserved: bool = False
    urgent_in_a_row: int = 0

    def wishes(self) -> tuple[Ranks, ...]:
        """What to look for, best first."""
        if self.reserved:
            return (URGENT,)
        return (ORDINARY, URGENT) if self.urgent_in_a_row >= URGENT_IN_A_ROW else (EVERY,)

    def after(self, rank: int) -> Turn:
        """The turn after a package of that urgency was taken."""
        return Turn(self.reserved, self.urgent_in_a_row + 1 if rank > 0 else 0)

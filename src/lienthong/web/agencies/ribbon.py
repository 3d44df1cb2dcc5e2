"""Level and parent over time as a band of segments. Pure: positions from 0 to 1000, drawn as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lienthong.registry.details import PlacementDetail
from lienthong.registry.models import Level

WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Segment:
    """One placement: ``x`` and ``width`` in the band, and the tone of its level."""

    x: int
    width: int
    tone: str
    label: str
    parent: str
    since: date
    until: date | None


def ribbon(placements: Sequence[PlacementDetail], today: date) -> list[Segment]:
    """The placements in order; the last reaches a little beyond today."""
    if not placements:
        return []
    start = placements[0].valid_from
    ends = [one.valid_to or max(today, one.valid_from) for one in placements]
    span = max((max(ends) - start).days, 1)
    segments = []
    for one, end in zip(placements, ends, strict=True):
        x = (one.valid_from - start).days * WIDTH // span
        width = max((end - one.valid_from).days * WIDTH // span, 12)
        segments.append(
            Segment(min(x, WIDTH - 12), width, one.level, Level(one.level).label, one.parent or "", one.valid_from,
                    one.valid_to)
        )  # fmt: skip
    return segments

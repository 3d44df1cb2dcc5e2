"""Medians and 95th percentiles from counts in classes, so that they can be added over days and agencies. Pure.

A class is 5 % wide, so what is read from it is at most 2.5 % from the true value (docs/adr/0121).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

RATIO = 1.05
# The class of a number of seconds (or days) as SQL: 0 holds 0, n holds what lies in [RATIO^(n-1), RATIO^n).
CLASS_SQL = f"CASE WHEN {{0}} < 1 THEN 0 ELSE floor(ln({{0}}::float8) / {math.log(RATIO)!r})::int + 1 END"


def class_of(value: int) -> int:
    """The class of a value, as ``CLASS_SQL`` finds it."""
    return 0 if value < 1 else math.floor(math.log(value) / math.log(RATIO)) + 1


def value_of(number: int) -> float:
    """The value that stands for a class: the middle of its ends."""
    return 0.0 if number == 0 else RATIO ** (number - 0.5)


@dataclass(frozen=True, slots=True)
class Spread:
    """How long a step took: ``count`` of those measured, median and 95th percentile in the unit of the step."""

    count: int = 0
    median: float | None = None
    p95: float | None = None


def spread(classes: Mapping[int, int]) -> Spread:
    """Read a distribution."""
    total = sum(classes.values())
    if not total:
        return Spread()
    return Spread(total, _at(classes, total, 0.5), _at(classes, total, 0.95))


def _at(classes: Mapping[int, int], total: int, share: float) -> float:
    """The nearest-rank percentile."""
    rank, seen = math.ceil(total * share), 0
    for number in sorted(classes):
        seen += classes[number]
        if seen >= rank:
            return value_of(number)
    raise AssertionError("the ranks of a distribution end before its total")

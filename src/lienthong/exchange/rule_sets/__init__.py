"""Legal rules as dated data: which codes exist, who may send them and when, how long an answer may take, and what the
instrument is called. A document follows the rules of the day it was signed (ngày ký ban hành).

The files of this package hold the rules; ``LIENTHONG_RULE_SETS`` may name a folder with more. One of the same id takes
the place of the package's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path

from django.conf import settings

from edxml102.codes import Sender
from lienthong.common import clock
from lienthong.exchange.rule_sets.reading import RuleSetError, parse_rule_set
from lienthong.exchange.rule_sets.values import (
    CodeRule,
    Deadline,
    Duty,
    Instrument,
    RuleSet,
    SecrecyRules,
    SignatureRule,
    Source,
)

__all__ = [
    "CodeRule",
    "Deadline",
    "Duty",
    "Instrument",
    "RuleSet",
    "RuleSetError",
    "SecrecyRules",
    "Sender",
    "SignatureRule",
    "Source",
    "Timeline",
    "load",
    "rule_set",
    "timeline",
]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The rule sets in use, in order of their dates; ``unused`` are those not enabled."""

    sets: tuple[RuleSet, ...]
    unused: tuple[RuleSet, ...] = ()

    def on(self, signed_on: date) -> RuleSet:
        """The rules of a day; before the first set, the first."""
        return self.sets[max(0, bisect_right([one.effective_from for one in self.sets], signed_on) - 1)]


def rule_set(signed_on: date | None) -> RuleSet:
    """The rules for a document signed on this day; one without a readable date follows those of today."""
    return timeline().on(signed_on or clock.today())


def timeline() -> Timeline:
    """The rule sets of this installation.

    :raises RuleSetError: a file is wrong, or the sets leave a gap
    """
    return load(settings.RULE_SETS)


@cache
def load(folder: Path | None = None) -> Timeline:
    """The package's rule sets, with those of ``folder``."""
    found = {one.id: one for one in _read(resources.files(__name__).iterdir())}
    if folder is not None:
        found |= {one.id: one for one in _read(_files(folder))}
    ordered = sorted(found.values(), key=lambda one: one.effective_from)
    used = tuple(one for one in ordered if one.enabled)
    _check_dates(used)
    return Timeline(used, tuple(one for one in ordered if not one.enabled))


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise RuleSetError(folder.name, [f"không đọc được thư mục ({error.strerror})."]) from error


def _read(files: Iterable[resources.abc.Traversable]) -> list[RuleSet]:
    chosen = [file for file in files if file.name.endswith((".yaml", ".yml"))]
    return [parse_rule_set(file.read_text(encoding="utf-8"), name=file.name) for file in chosen]


def _check_dates(sets: Sequence[RuleSet]) -> None:
    """Every day from the first set on has exactly one set."""
    if not sets:
        raise RuleSetError("rule_sets", ["không có bộ quy tắc nào được bật (enabled: true)."])
    for one, following in pairwise(sets):
        last = following.effective_from - timedelta(days=1)
        if following.effective_from == one.effective_from:
            raise RuleSetError(following.id, [f"effective_from: trùng ngày với bộ {one.id}."])
        if one.effective_to not in (None, last):
            raise RuleSetError(one.id, [f"effective_to: phải là {last}, hôm trước ngày bắt đầu của {following.id}."])
    if sets[-1].effective_to is not None:
        raise RuleSetError(sets[-1].id, ["effective_to: bộ quy tắc cuối cùng không được có ngày kết thúc."])

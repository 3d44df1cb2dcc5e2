"""What checking signatures can end in, and how parts make a whole. Pure (spec/edxml.md, section 7.3)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from lienthong.exchange.signatures.findings import Check, Effect, Found


class Result(Enum):
    """The result classes. ``rank`` orders them from best to worst; ``open``: the same check may end otherwise later."""

    VALID = ("valid", "Hợp lệ", 0)
    VALID_WITH_WARNINGS = ("valid_with_warnings", "Hợp lệ, có lưu ý", 1)
    INDETERMINATE = ("indeterminate", "Chưa kết luận được", 2)
    UNSIGNED = ("unsigned", "Không có chữ ký số", 3)
    INVALID = ("invalid", "Không hợp lệ", 4)

    def __new__(cls, value: str, label: str = "", rank: int = 0) -> Result:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "", rank: int = 0) -> None:
        self.label = label
        self.rank = rank

    @property
    def is_open(self) -> bool:
        return self is Result.INDETERMINATE

    @property
    def for_information_only(self) -> bool:
        """QĐ 28/2018 art. 4.2: an unsigned or badly signed document informs, it does not replace paper."""
        return self in (Result.UNSIGNED, Result.INVALID)


_OF_EFFECT = {
    Effect.NOTE: Result.VALID,
    Effect.WARNING: Result.VALID_WITH_WARNINGS,
    Effect.INDETERMINATE: Result.INDETERMINATE,
    Effect.INVALID: Result.INVALID,
}


def of_findings(findings: Iterable[Found]) -> Result:
    """The class of something signed: that of its worst finding."""
    worst = max((finding.effect for finding in findings), key=lambda effect: effect.rank, default=Effect.NOTE)
    return _OF_EFFECT[worst]


def of_document(main: Result | None, annexes: Iterable[Result]) -> Result:
    """The class of a document: its main file and every annex in a file of its own (NĐ 30/2020, Phụ lục I).

    A main file without signature makes it unsigned; an annex without one is a warning, because the main document may
    contain what matters; anything invalid makes the whole invalid.
    """
    parts = [Result.UNSIGNED if main is None else main]
    parts += [Result.VALID_WITH_WARNINGS if annex is Result.UNSIGNED else annex for annex in annexes]
    return max(parts, key=lambda part: part.rank)


def of_package(document: Result, envelope: Result) -> Result:
    """The class of a package: its document's, unless the package itself was changed after it was signed. An envelope
    without a signature is usual and says nothing; one that could not be judged is worth a look."""
    if envelope is Result.INVALID:
        return Result.INVALID
    if envelope is Result.INDETERMINATE and document is Result.VALID:
        return Result.VALID_WITH_WARNINGS
    return document


def waits_for_the_axis(findings: Iterable[Found]) -> bool:
    """Whether all that keeps the outcome open is what the axis lacks (revocation lists, roots), so that nothing speaks
    against the signer. Only such an outcome passes a sender who must sign."""
    open_ones = [finding for finding in findings if finding.effect is Effect.INDETERMINATE]
    return all(Check.of_id(finding.id).on_axis_side for finding in open_ones)

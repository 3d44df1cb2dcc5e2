"""What can be wrong with a package: findings, reported together, each with a stable id.

``Finding`` is a value and never raised. ``EdxmlError`` is raised only for misuse of the library itself
(for example writing a package that the rules for emitting refuse).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How much a finding weighs. ``ERROR`` refuses the package, ``WARNING`` and ``NOTE`` travel with it."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed about a package.

    ``id`` is stable and dotted (``xml.doctype``, ``header.from.organ_id.missing``); ``path`` names the element as
    ``MessageHeader/From/OrganId``; ``message`` is a Vietnamese sentence that says what is wrong and what helps;
    ``line`` counts from 1 and ``byte`` from 0, where known.
    """

    id: str
    severity: Severity
    path: str
    message: str
    line: int | None = None
    byte: int | None = None


class EdxmlError(Exception):
    """The library was asked for something it must not do; ``findings`` says why."""

    def __init__(self, message: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


def has_errors(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    """Tell whether any finding refuses the package."""
    return any(finding.severity is Severity.ERROR for finding in findings)

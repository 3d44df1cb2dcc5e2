"""What QCVN 102:2016 asks of a package: every rule a value, all findings together.

Strict towards what we write, lenient towards what others send: when accepting, only what would lose the document for
its receivers or leave nobody to send it to is an ``ERROR``; everything else travels along as a warning or a note.

``RULES`` lists every rule with its id, both severities, place, clause and sentence, so the documentation of the checks
can be generated from it. The lists are in the order of the element tables, and so are the findings.
"""

from __future__ import annotations

from datetime import date

from edxml102.errors import Finding, Severity
from edxml102.model import DocumentPackage, Package, StatusPackage
from edxml102.rules.attachments import ATTACHMENT_RULES
from edxml102.rules.bussiness import BUSSINESS_RULES
from edxml102.rules.document import HEADER_RULES
from edxml102.rules.status import STATUS_RULES
from edxml102.rules.table import Context, Mode, P, Rule

__all__ = ["DOCUMENT_RULES", "RULES", "STATUS_RULES", "Mode", "Rule", "check"]

DOCUMENT_RULES: tuple[Rule[DocumentPackage], ...] = (*HEADER_RULES, *BUSSINESS_RULES, *ATTACHMENT_RULES)
RULES: tuple[Rule[DocumentPackage] | Rule[StatusPackage], ...] = (*DOCUMENT_RULES, *STATUS_RULES)

_Plan = tuple[tuple[Rule[P], Severity], ...]


def _plan(rules: tuple[Rule[P], ...], mode: Mode) -> _Plan[P]:
    return tuple((rule, severity) for rule in rules if (severity := rule.severity(mode)))


_DOCUMENT_PLANS = {mode: _plan(DOCUMENT_RULES, mode) for mode in Mode}
_STATUS_PLANS = {mode: _plan(STATUS_RULES, mode) for mode in Mode}


def check(package: Package, *, mode: Mode, today: date | None = None) -> tuple[Finding, ...]:
    """Check ``package`` against every rule and answer with all findings, in the order of the element tables.

    ``today`` (date in Vietnam) is what "in the future" is measured by; without it no date is too late.
    """
    context = Context(mode, today)
    if isinstance(package, DocumentPackage):
        return _run(_DOCUMENT_PLANS[mode], package, context)
    return _run(_STATUS_PLANS[mode], package, context)


def _run(plan: _Plan[P], package: P, context: Context) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    for rule, severity in plan:
        if hits := rule.test(package, context):
            findings.extend(rule.finding(hit, severity) for hit in hits)
    return tuple(findings)

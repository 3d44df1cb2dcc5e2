"""The package's own XML-DSig signature: what ``edxml102`` verified, and whether its certificate can be trusted."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from asn1crypto.x509 import Certificate

from edxml102.errors import Finding
from edxml102.model import DocumentPackage
from edxml102.signatures import PackageSignature, SignatureState, verify_package
from lienthong.common import clock
from lienthong.exchange.signatures import trust
from lienthong.exchange.signatures.findings import Check, Found
from lienthong.exchange.signatures.pdf import (
    Circumstances,
    UnusableError,
    exhibits_of,
    hostile,
    signature_report,
    subject_of,
)
from lienthong.exchange.signatures.reports import Part, PartReport
from lienthong.exchange.signatures.results import Result, of_findings
from lienthong.exchange.signatures.signers import compare, signer_of

_FIELD = "Signature"


def check_envelope(stream: BinaryIO, package: DocumentPackage, circumstances: Circumstances) -> PartReport:
    """Check the signature of the ``package`` that was read from ``stream`` (seekable)."""
    signature = verify_package(stream, package)
    findings = [_found(finding) for finding in signature.findings]
    if signature.state in (SignatureState.ABSENT, SignatureState.NOT_VERIFIABLE):
        return PartReport(part=Part.ENVELOPE, result=Result.UNSIGNED, findings=tuple(findings))
    if not signature.certificates:
        return PartReport(part=Part.ENVELOPE, result=of_findings(findings), findings=tuple(findings))
    moments = _moments(package, circumstances.received_at)
    try:
        with hostile(Check.XML_CERTIFICATE):
            return _with_signer(signature, findings, circumstances, moments)
    except UnusableError as error:
        findings.append(error.check.found(signature=_FIELD))
        return PartReport(part=Part.ENVELOPE, result=of_findings(findings), findings=tuple(findings))


def _moments(package: DocumentPackage, received_at: datetime) -> trust.Moments:
    """XML-DSig has no signing time of its own; the sender's last trace, which is signed too, is the claim nearest to
    it."""
    sent = package.trace.traces[-1].time if package.trace.traces else None
    claimed = clock.from_package_time(sent) if sent else received_at
    return trust.Moments(signed_at=min(claimed, received_at), proven_at=received_at)


def _with_signer(
    signature: PackageSignature, findings: list[Found], circumstances: Circumstances, moments: trust.Moments
) -> PartReport:
    certificate, *others = (Certificate.load(der) for der in signature.certificates)
    evidence = trust.Evidence(certificates=tuple(others))
    judgement = trust.judge(certificate, evidence, moments, circumstances.store, signature=_FIELD)
    signer = signer_of(subject_of(certificate), circumstances.named)
    findings = [*findings, *judgement.findings, *compare(signer, circumstances.named, signature=_FIELD)]
    result = of_findings(findings)
    report = signature_report(
        _FIELD, certificate, signer.role, circumstances.named, signed_at=None, stamped=False, result=result
    )
    return PartReport(
        part=Part.ENVELOPE,
        result=result,
        findings=tuple(findings),
        signatures=(report,),
        exhibits=tuple(exhibits_of(certificate, judgement)),
    )


def _found(finding: Finding) -> Found:
    return Check.of_id(finding.id).found(signature=_FIELD, sentence=finding.message)

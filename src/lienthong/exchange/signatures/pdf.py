"""The signatures of one PDF file (PAdES and its forerunners), checked with pyHanko.

Files come from outside: whatever pyHanko trips over is a finding about the file, never a crash. Memory does not grow
with the file, which is read where it lies.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from asn1crypto.cms import SignedData
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import NonexistentAttributeError, find_unique_cms_attribute
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel, TimestampSignatureStatus

from lienthong.common import clock
from lienthong.exchange.signatures import trust
from lienthong.exchange.signatures.findings import Check, Found
from lienthong.exchange.signatures.reports import EvidenceKind, Exhibit, Part, PartReport, SignatureReport
from lienthong.exchange.signatures.results import Result, of_findings
from lienthong.exchange.signatures.signers import Named, Role, compare, composition, signer_of

_SKEW = timedelta(minutes=10)  # clocks of signers run ahead; beyond this the claimed time is worth a remark
_MAGIC, _HEAD = b"%PDF-", 1024  # readers look for the mark in the first kilobyte
_MOST_SIGNATURES = 32  # in one file: each costs about 10 ms, and a sender may be waiting

_log = logging.getLogger(__name__)


class GaveUpError(Exception):
    """The time allowed for a check is over (raised by who allowed it)."""


class UnusableError(Exception):
    """Something given cannot be checked; ``check`` is the finding."""

    def __init__(self, check: Check) -> None:
        super().__init__(check.id)
        self.check = check


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a file is checked against: whom the package names, when the axis received it, whom the axis trusts.
    ``order`` cites the rule about who signs first."""

    named: Named
    received_at: datetime
    store: trust.TrustStore
    order: str = ""


def is_pdf(stream: BinaryIO) -> bool:
    """Tell by its content whether a file is a PDF; the stream stands at its start afterwards."""
    stream.seek(0)
    found = _MAGIC in stream.read(_HEAD)
    stream.seek(0)
    return found


def check_pdf(stream: BinaryIO, circumstances: Circumstances, *, part: Part) -> PartReport:
    """Check every signature of the PDF in ``stream`` (seekable)."""
    try:
        with hostile(Check.UNREADABLE):
            file = _File(stream)
        if not file.fields:
            return PartReport(part=part, result=Result.UNSIGNED, findings=(Check.UNSIGNED.found(),))
        return _Checking(file, circumstances, part).run()
    except UnusableError as error:
        found = (error.check.found(),)
        return PartReport(part=part, result=of_findings(found), findings=found)


@contextmanager
def hostile(check: Check) -> Iterator[None]:
    """The libraries below work on bytes made by anybody, and answer malformed ones with every kind of exception.

    :raises UnusableError: with ``check``, for any of them
    """
    try:
        yield
    except (GaveUpError, UnusableError, MemoryError):
        raise
    except Exception as error:
        _log.info("signature check: %s: %s", check.id, error, exc_info=True)
        raise UnusableError(check) from error


class _File:
    """A readable PDF and its signatures, in the order in which they were made."""

    def __init__(self, stream: BinaryIO) -> None:
        reader = PdfFileReader(stream, strict=False)
        if reader.encrypted and reader.decrypt("").status is AuthStatus.FAILED:
            raise UnusableError(Check.ENCRYPTED)
        self.fields = [name for name, _, _ in enumerate_sig_fields(reader, filled_status=True)]
        if len(self.fields) > _MOST_SIGNATURES:
            raise UnusableError(Check.TOO_MANY)
        self.signatures: list[EmbeddedPdfSignature] = list(reader.embedded_signatures)
        self.evidence = self._security_store(reader)

    @staticmethod
    def _security_store(reader: PdfFileReader) -> trust.Evidence:
        try:
            store = DocumentSecurityStore.read_dss(reader)
        except NoDSSFoundError:
            return trust.Evidence()
        context = store.as_validation_context({"trust_roots": []})
        return trust.Evidence(
            certificates=tuple(store.load_certs()), crls=tuple(context.crls), ocsps=tuple(context.ocsps)
        )


@dataclass(slots=True)
class _Seen:
    """One signature after its cryptographic checks."""

    embedded: EmbeddedPdfSignature
    status: PdfSignatureStatus
    evidence: trust.Evidence

    @property
    def is_sound(self) -> bool:
        return self.status.intact and self.status.valid and self.covers_its_revision

    @property
    def covers_its_revision(self) -> bool:
        return self.status.coverage is not None and self.status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION


@dataclass(slots=True)
class _Checking:
    file: _File
    circumstances: Circumstances
    part: Part
    findings: list[Found] = field(default_factory=list)
    reports: list[SignatureReport] = field(default_factory=list)
    exhibits: dict[bytes, Exhibit] = field(default_factory=dict)

    def run(self) -> PartReport:
        known = {one.field_name for one in self.file.signatures}
        self.findings += [Check.FORMAT_UNKNOWN.found(signature=name) for name in self.file.fields if name not in known]
        seen, stamps = self._see_all()
        for position, one in enumerate(seen):
            with self._noting(one.embedded):
                self._judge(one, later=seen[position + 1 :], stamps=stamps)
        roles, is_main = [report.role for report in self.reports], self.part is Part.MAIN
        self.findings += composition(roles, is_main=is_main, order=self.circumstances.order)
        return PartReport(
            part=self.part,
            result=of_findings(self.findings) if self.reports or self.findings else Result.UNSIGNED,
            findings=tuple(self.findings),
            signatures=tuple(self.reports),
            exhibits=tuple(self.exhibits.values()),
        )

    def _see_all(self) -> tuple[list[_Seen], list[tuple[int, datetime]]]:
        """The signatures, and trusted document time stamps as (revision, time)."""
        seen: list[_Seen] = []
        stamps: list[tuple[int, datetime]] = []
        for embedded in self.file.signatures:
            with self._noting(embedded):
                if embedded.sig_object_type == "/DocTimeStamp":
                    stamps += self._document_stamp(embedded)
                else:
                    seen.append(self._see(embedded))
        return seen, stamps

    @contextmanager
    def _noting(self, embedded: EmbeddedPdfSignature) -> Iterator[None]:
        """One signature that cannot be read does not keep the others from being checked."""
        try:
            with hostile(Check.MALFORMED):
                yield
        except UnusableError as error:
            self.findings.append(error.check.found(signature=embedded.field_name))

    def _see(self, embedded: EmbeddedPdfSignature) -> _Seen:
        evidence = _evidence(embedded, self.file.evidence)
        context = self._plain_context(evidence, _stamp_of(embedded))
        status = asyncio.run(async_validate_pdf_signature(embedded, signer_validation_context=context))
        return _Seen(embedded, status, evidence)

    def _document_stamp(self, embedded: EmbeddedPdfSignature) -> list[tuple[int, datetime]]:
        context = self._plain_context(_evidence(embedded, self.file.evidence), embedded.signed_data)
        status = asyncio.run(async_validate_pdf_timestamp(embedded, validation_context=context))
        sound = status.intact and status.valid and status.trusted
        return [(embedded.signed_revision, status.timestamp)] if sound else []

    def _plain_context(self, evidence: trust.Evidence, stamp: SignedData | None) -> Any:
        """For what pyHanko is asked here: bytes, coverage and time stamps, whose authority must have been in order when
        it stamped. The signer's chain is judged by ``trust``."""
        at = self.circumstances.received_at
        if stamp is not None:
            at = min(at, stamp["encap_content_info"]["content"].parsed["gen_time"].native)
        return trust.time_stamp_context(evidence, at, self.circumstances.store)

    def _judge(self, one: _Seen, *, later: list[_Seen], stamps: list[tuple[int, datetime]]) -> None:
        name = one.embedded.field_name
        findings = list(_integrity(one, later))
        stamped_at, time_findings = _time_stamp(one, stamps, has_roots=bool(self.circumstances.store.roots))
        moments, claimed = self._moments(one, stamped_at)
        findings += time_findings
        if claimed is not None and claimed > self.circumstances.received_at + _SKEW:
            findings.append(Check.TIME_AHEAD.found(f"Giờ ký: {clock.in_vietnam(claimed):%d/%m/%Y %H:%M}."))
        if one.status.md_algorithm == "sha1":
            findings.append(Check.WEAK_DIGEST.found())
        judgement = trust.judge(one.status.signing_cert, one.evidence, moments, self.circumstances.store)
        findings += judgement.findings
        self._keep(one.status.signing_cert, judgement)
        signer = signer_of(subject_of(one.status.signing_cert), self.circumstances.named)
        findings += compare(signer, self.circumstances.named, signature=name)
        self.findings += [replace(found, signature=name) for found in findings]
        self.reports.append(
            signature_report(
                name, one.status.signing_cert, signer.role, self.circumstances.named,
                signed_at=stamped_at or claimed, stamped=stamped_at is not None, result=of_findings(findings),
            )
        )  # fmt: skip

    def _moments(self, one: _Seen, stamped_at: datetime | None) -> tuple[trust.Moments, datetime | None]:
        claimed = one.embedded.self_reported_timestamp
        if claimed is not None and claimed.tzinfo is None:
            claimed = clock.from_package_time(claimed)
        received_at = self.circumstances.received_at
        if stamped_at is not None:
            return trust.Moments(signed_at=stamped_at, proven_at=stamped_at, stamped=True), claimed
        return trust.Moments(signed_at=min(claimed or received_at, received_at), proven_at=received_at), claimed

    def _keep(self, certificate: Certificate, judgement: trust.Judgement) -> None:
        for one in exhibits_of(certificate, judgement):
            self.exhibits[one.sha256] = one


def _integrity(one: _Seen, later: list[_Seen]) -> Iterator[Found]:
    """Checks 1 and 2: the bytes, what they cover, and what came after."""
    status = one.status
    if not status.intact:
        yield Check.DIGEST_WRONG.found()
    if not status.valid:
        yield Check.VALUE_WRONG.found()
    if not one.covers_its_revision:
        yield Check.COVERAGE_WRONG.found()
    elif not status.docmdp_ok:
        # Clerks add number and date after the person has signed; what the body then signs, the body answers for.
        yield (Check.CHANGED_BETWEEN if any(other.is_sound for other in later) else Check.CHANGED_AFTER).found()
    elif not later and status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        only_data = status.modification_level in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
        yield (Check.MAINTENANCE if only_data else Check.LATER_REVISION).found()


def _time_stamp(
    one: _Seen, stamps: list[tuple[int, datetime]], *, has_roots: bool
) -> tuple[datetime | None, list[Found]]:
    """Check 6: the time the signature was proven to exist, by its own stamp or by one over the file."""
    covering = [at for revision, at in stamps if revision > one.embedded.signed_revision]
    if covering:
        return min(covering), [Check.TIME_STAMPED.found()]
    stamp: TimestampSignatureStatus | None = one.status.timestamp_validity
    if stamp is None:
        return None, [Check.TIME_NOT_STAMPED.found()]
    if not (stamp.intact and stamp.valid):
        return None, [Check.TIME_STAMP_WRONG.found()]
    if not stamp.trusted:
        return None, [Check.TIME_STAMP_UNTRUSTED.found()] if has_roots else []
    return stamp.timestamp, [Check.TIME_STAMPED.found()]


def _stamp_of(embedded: EmbeddedPdfSignature) -> SignedData | None:
    """The time stamp that a signature carries, not verified yet."""
    try:
        token = find_unique_cms_attribute(embedded.signer_info["unsigned_attrs"], "signature_time_stamp_token")
    except NonexistentAttributeError:
        return None
    return token["content"]


def _evidence(embedded: EmbeddedPdfSignature, of_file: trust.Evidence) -> trust.Evidence:
    """The file's security store, and what Adobe's attribute carries in the signature itself."""
    crls, ocsps = list(of_file.crls), list(of_file.ocsps)
    try:
        value = find_unique_cms_attribute(embedded.signer_info["signed_attrs"], "adobe_revocation_info_archival")
        crls += list(value["crl"] or ())
        ocsps += list(value["ocsp"] or ())
    except NonexistentAttributeError:
        pass
    return trust.Evidence(
        certificates=(*embedded.other_embedded_certs, *of_file.certificates), crls=tuple(crls), ocsps=tuple(ocsps)
    )


def subject_of(certificate: Certificate) -> dict[str, list[str]]:
    """The subject as names of attributes to their values."""
    found: dict[str, list[str]] = {}
    for rdn in certificate.subject.chosen:
        for pair in rdn:
            found.setdefault(pair["type"].native, []).append(str(pair["value"].native))
    return found


def signature_report(  # noqa: PLR0913 - flat facts
    name: str,
    certificate: Certificate,
    role: Role,
    named: Named,
    *,
    signed_at: datetime | None,
    stamped: bool,
    result: Result,
) -> SignatureReport:
    """Tell who signed."""
    signer = signer_of(subject_of(certificate), named)
    issuer = certificate.issuer.native
    return SignatureReport(
        field=name,
        name=signer.name,
        role=role,
        organization=signer.organization,
        issuer=str(issuer.get("common_name", "")),
        serial=f"{certificate.serial_number:x}",
        signed_at=signed_at,
        stamped=stamped,
        result=result,
    )


def exhibits_of(certificate: Certificate, judgement: trust.Judgement) -> Iterator[Exhibit]:
    """The certificates and revocation data one judgement rests on."""
    for one in judgement.chain or (certificate,):
        yield Exhibit(EvidenceKind.CERTIFICATE, one.dump())
    yield from (Exhibit(EvidenceKind.CRL, one.dump()) for one in judgement.crls)
    yield from (Exhibit(EvidenceKind.OCSP, one.dump()) for one in judgement.ocsps)

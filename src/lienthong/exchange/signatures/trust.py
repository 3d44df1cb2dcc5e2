"""Whom the axis trusts, and whether a certificate could be relied on when it was used (spec/edxml.md 7.3, 3 to 5).

Roots, issuing authorities and revocation lists are files of one folder, read again when it changes. Path building and
revocation are those of pyhanko-certvalidator (RFC 5280); nothing is fetched over the network unless asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import pem
from asn1crypto.x509 import Certificate
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.fetchers.api import OwnedFetcherBackend
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    CertRevTrustPolicy,
    DisallowWeakAlgorithmsPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from lienthong.exchange.signatures.findings import Check, Found

_SMALLEST_RSA = 1024  # below it and with MD5 a signature proves nothing; SHA-1 and RSA < 2048 are only flagged
_SOUND_RSA = 2048
_ALGORITHMS = DisallowWeakAlgorithmsPolicy(  # type: ignore[no-untyped-call]
    frozenset({"md2", "md5"}), rsa_key_size_threshold=_SMALLEST_RSA
)
_REVOCATION = RevocationCheckingPolicy(
    ee_certificate_rule=RevocationCheckingRule.CRL_OR_OCSP_REQUIRED,
    intermediate_ca_cert_rule=RevocationCheckingRule.CHECK_IF_DECLARED,
)
_USAGES = {"digital_signature", "non_repudiation"}
_SUFFIXES = {".pem", ".crt", ".cer", ".der"}


@dataclass(frozen=True)
class TrustStore:
    """Roots, other authorities and revocation lists. ``fetch``: missing revocation data may be asked for, and one
    answer may take ``fetch_seconds``."""

    roots: tuple[Certificate, ...] = ()
    authorities: tuple[Certificate, ...] = ()
    crls: tuple[asn1_crl.CertificateList, ...] = ()
    fetch: bool = False
    problems: tuple[str, ...] = ()
    fetch_seconds: int = 10

    @classmethod
    def of_folder(cls, folder: Path, *, fetch: bool = False, fetch_seconds: int = 10) -> TrustStore:
        """Read ``*.pem``, ``*.crt``, ``*.cer``, ``*.der`` and ``*.crl`` (PEM or DER) of a folder, parsed once per state
        of it. Self-issued certificates are roots, others only complete chains. A folder that is not there is empty."""
        files = sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []
        state = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
        return _read_folder(state, fetch, fetch_seconds)


@lru_cache(maxsize=4)
def _read_folder(state: tuple[tuple[Path, int, int], ...], fetch: bool, fetch_seconds: int) -> TrustStore:
    certificates: list[Certificate] = []
    crls: list[asn1_crl.CertificateList] = []
    problems: list[str] = []
    for path, _, _ in state:
        try:
            if path.suffix.lower() in _SUFFIXES:
                certificates += (_whole(Certificate.load(der, strict=True)) for der in _ders(path))
            elif path.suffix.lower() == ".crl":
                crls += (_whole(asn1_crl.CertificateList.load(der, strict=True)) for der in _ders(path))
        except (ValueError, OSError) as error:
            problems.append(f"{path.name}: {error}")
    roots = tuple(one for one in certificates if one.self_issued)
    authorities = tuple(one for one in certificates if not one.self_issued)
    return TrustStore(roots, authorities, tuple(crls), fetch, tuple(problems), fetch_seconds)


def _ders(path: Path) -> Iterator[bytes]:
    data = path.read_bytes()
    return (der for _, _, der in pem.unarmor(data, multiple=True)) if pem.detect(data) else iter((data,))


def _whole(value: Any) -> Any:
    value.native  # noqa: B018 - parses everything now, so that a bad file is named here and not in some check
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What came with a signature: other certificates, revocation lists and answers."""

    certificates: tuple[Certificate, ...] = ()
    crls: tuple[asn1_crl.CertificateList, ...] = ()
    ocsps: tuple[asn1_ocsp.OCSPResponse, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """``signed_at``: the time stamp, or the time the signer claims. ``proven_at``: the signature existed by then, by
    the time stamp or because the axis had received it."""

    signed_at: datetime
    proven_at: datetime
    stamped: bool = False


@dataclass(slots=True)
class Judgement:
    """The findings on a certificate, its chain up to the root (signer first) and the revocation data that was used."""

    findings: list[Found] = field(default_factory=list)
    chain: tuple[Certificate, ...] = ()
    crls: tuple[asn1_crl.CertificateList, ...] = ()
    ocsps: tuple[asn1_ocsp.OCSPResponse, ...] = ()


def judge(
    certificate: Certificate, evidence: Evidence, moments: Moments, store: TrustStore, *, signature: str = ""
) -> Judgement:
    """Whether the certificate could be relied on when it was used."""
    judgement = Judgement(_key_findings(certificate, signature))
    if not store.roots:
        judgement.findings.append(Check.NO_ROOTS.found(signature=signature))
        return judgement
    chain = _chain(certificate, evidence, moments, store)
    if isinstance(chain, Found):
        judgement.findings.append(_at(chain, signature))
        return judgement
    judgement.chain = chain
    judgement.findings += [_at(found, signature) for found in _chain_findings(chain, moments)]
    context = _context(evidence, moments.proven_at, store, revocation=True)
    judgement.findings += [
        _at(found, signature) for found in _revocation(certificate, evidence, moments, store, context)
    ]
    issuers = {one.issuer.hashable for one in chain}
    judgement.crls = tuple(one for one in context.crls if one.issuer.hashable in issuers)
    judgement.ocsps = tuple(context.ocsps)
    return judgement


def _at(found: Found, signature: str) -> Found:
    return Found(found.id, found.effect, found.message, signature)


def _key_findings(certificate: Certificate, signature: str) -> list[Found]:
    found = []
    usage = certificate.key_usage_value
    if usage is not None and not _USAGES & set(usage.native):
        found.append(Check.KEY_USAGE.found(signature=signature))
    key = certificate.public_key
    if key.algorithm == "rsa" and key.bit_size < _SOUND_RSA:
        check = Check.WEAK_KEY if key.bit_size >= _SMALLEST_RSA else Check.REFUSED_ALGORITHM
        found.append(check.found(f"Độ dài khóa: {key.bit_size} bit.", signature=signature))
    return found


def _chain(
    certificate: Certificate, evidence: Evidence, moments: Moments, store: TrustStore
) -> tuple[Certificate, ...] | Found:
    context = _context(evidence, moments.signed_at, store, revocation=False)
    try:
        path = asyncio.run(_validate(certificate, context))
    except PathBuildingError:
        return Check.NOT_TRUSTED.found(f"Bên cấp: “{_name(certificate.issuer)}”.")
    except ExpiredError as error:
        return Check.EXPIRED.found(f"Hết hạn: {error.expired_dt:%d/%m/%Y}.")
    except NotYetValidError as error:
        return Check.NOT_YET_VALID.found(f"Có hiệu lực từ: {error.valid_from:%d/%m/%Y}.")
    except DisallowedAlgorithmError as error:
        return Check.REFUSED_ALGORITHM.found(f"({error.failure_msg})")
    except ValidationError as error:
        return Check.CHAIN_WRONG.found(f"({error.failure_msg})")
    return tuple(reversed(list(path)))


def _chain_findings(chain: tuple[Certificate, ...], moments: Moments) -> list[Found]:
    found = []
    if not moments.stamped and chain[0].not_valid_after < moments.proven_at:
        found.append(Check.TIME_UNPROVEN.found(f"Hết hạn: {chain[0].not_valid_after:%d/%m/%Y}."))
    # A root is trusted because it is configured, not because of the signature on itself.
    weak = [one for one in chain[:-1] if one.hash_algo == "sha1"]
    if weak:
        found.append(Check.WEAK_DIGEST.found(f"Chứng thư: “{_name(weak[0].subject)}”."))
    return found


def _revocation(
    certificate: Certificate, evidence: Evidence, moments: Moments, store: TrustStore, context: ValidationContext
) -> list[Found]:
    """Asked for the time by which the signature is known to exist; if that cannot be told, for the claimed time."""
    try:
        asyncio.run(_validate(certificate, context))
    except RevokedError as error:
        at = error.revocation_dt
        check = Check.REVOKED if at <= moments.signed_at else Check.REVOKED_SINCE
        return [check.found(f"Thu hồi: {at:%d/%m/%Y %H:%M} UTC.")]
    # No data, no answer in time, or something in the chain expired between the two times.
    except (PathValidationError, OSError):
        if moments.signed_at == moments.proven_at:
            return [Check.REVOCATION_UNKNOWN.found()]
        return _revocation_at_signing(certificate, evidence, moments, store)
    return []


def _revocation_at_signing(
    certificate: Certificate, evidence: Evidence, moments: Moments, store: TrustStore
) -> list[Found]:
    earlier = _context(evidence, moments.signed_at, store, revocation=True)
    try:
        asyncio.run(_validate(certificate, earlier))
    except RevokedError as error:
        return [Check.REVOKED.found(f"Thu hồi: {error.revocation_dt:%d/%m/%Y %H:%M} UTC.")]
    except (PathValidationError, OSError):
        return [Check.REVOCATION_UNKNOWN.found()]
    return [Check.REVOCATION_AT_SIGNING.found()]


async def _validate(certificate: Certificate, context: ValidationContext) -> Iterable[Certificate]:
    validator = CertificateValidator(certificate, validation_context=context)
    try:
        return await validator.async_validate_path()
    finally:
        await context.aclose()  # type: ignore[no-untyped-call]


def _context(evidence: Evidence, moment: datetime, store: TrustStore, *, revocation: bool) -> ValidationContext:
    """Validation as of ``moment``. Revocation data that is newer counts too: who is not on a later list was not on an
    earlier one."""
    fetch = revocation and store.fetch
    return ValidationContext(
        trust_roots=list(store.roots),
        other_certs=[*store.authorities, *evidence.certificates],
        moment=moment,
        crls=[*evidence.crls, *store.crls] if revocation else [],
        ocsps=list(evidence.ocsps) if revocation else [],
        allow_fetching=fetch,
        fetcher_backend=OwnedFetcherBackend(AIOHttpFetcherBackend(per_request_timeout=store.fetch_seconds))
        if fetch
        else None,
        revinfo_policy=CertRevTrustPolicy(_REVOCATION if revocation else NO_REVOCATION, retroactive_revinfo=True),
        algorithm_usage_policy=_ALGORITHMS,
    )


def time_stamp_context(evidence: Evidence, moment: datetime, store: TrustStore) -> ValidationContext:
    """For the certificates of time-stamping authorities: chain and validity."""
    return _context(evidence, moment, store, revocation=False)


def _name(name: Any) -> str:
    return str(name.native.get("common_name") or name.human_friendly)

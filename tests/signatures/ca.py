"""A made-up certification authority and the people and bodies it knows, made when the tests run.

Bà Hoa (director of Sở Y tế mẫu) signs as a person, the Sở's clerk with the key of the body; ông Cúc is an outsider
whose authority nobody trusts. Times are fixed, so nothing depends on the day the tests run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

SIGNED = datetime(2024, 3, 15, 1, 30, tzinfo=UTC)  # when the cast signs, unless a test says otherwise
RECEIVED = SIGNED + timedelta(hours=2)
_START, _END = datetime(2023, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
_YEARS = timedelta(days=3650)

BODY_NAME, BODY_CODE, PERSON_NAME = "Sở Y tế (mẫu)", "H99.05", "Trương Thị Hoa"


@cache
def _key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Keys are slow to make, so each member of the cast has one for the whole run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True)
class Holder:
    """A certificate with its key and the certificates above it."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey = field(repr=False)
    above: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @cached_property
    def signer(self) -> SimpleSigner:
        """For pyHanko; the issuing authority's certificate travels with the signature."""
        from asn1crypto.keys import PrivateKeyInfo
        from asn1crypto.x509 import Certificate

        others = SimpleCertificateStore()
        others.register_multiple(Certificate.load(_der(one)) for one in self.above)
        key = self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return SimpleSigner(
            signing_cert=Certificate.load(self.der), signing_key=PrivateKeyInfo.load(key), cert_registry=others
        )


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _with_sha1(certificate: x509.Certificate, issuing: rsa.RSAPrivateKey) -> x509.Certificate:
    """Sign again with SHA-1, which cryptography no longer does for certificates."""
    from asn1crypto.x509 import Certificate

    changed = Certificate.load(_der(certificate))
    changed["tbs_certificate"]["signature"]["algorithm"] = "sha1_rsa"
    changed["signature_algorithm"]["algorithm"] = "sha1_rsa"
    changed["signature_value"] = issuing.sign(changed["tbs_certificate"].dump(), padding.PKCS1v15(), hashes.SHA1())
    return x509.load_der_x509_certificate(changed.dump(force=True))


def _name(**parts: str) -> x509.Name:
    oids = {
        "cn": NameOID.COMMON_NAME, "o": NameOID.ORGANIZATION_NAME, "uid": NameOID.USER_ID, "title": NameOID.TITLE,
    }  # fmt: skip
    return x509.Name([x509.NameAttribute(oids[key], value) for key, value in parts.items()])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _usage(*names: str) -> x509.KeyUsage:
    known = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: name in names for name in known})


class Authority:
    """A root and the authority it lets issue, with everything they issued."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.root = self._make_root()
        self.issuing = self._make_issuing()

    def _make_root(self) -> Holder:
        subject, key = _name(cn=f"{self._name} - gốc"), _key(f"{self._name} root")
        builder = _builder(subject, subject, key, _START - _YEARS, _END + _YEARS)
        builder = builder.add_extension(x509.BasicConstraints(True, 1), True)
        return Holder(builder.add_extension(_usage("key_cert_sign", "crl_sign"), True).sign(key, hashes.SHA256()), key)

    def _make_issuing(self) -> Holder:
        key = _key(f"{self._name} issuing")
        builder = _builder(_name(cn=f"{self._name} - cấp"), self.root.certificate.subject, key, _START, _END + _YEARS)
        builder = builder.add_extension(x509.BasicConstraints(True, 0), True)
        builder = builder.add_extension(_usage("key_cert_sign", "crl_sign"), True)
        return Holder(builder.sign(self.root.key, hashes.SHA256()), key, (self.root.certificate,))

    def issue(
        self,
        holder: str,
        subject: x509.Name,
        *,
        start: datetime = _START,
        end: datetime = _END,
        bits: int = 2048,
        sha1: bool = False,
        usage: tuple[str, ...] = ("digital_signature", "content_commitment"),
        stamps: bool = False,
        ocsp: str = "",
        crl: str = "",
    ) -> Holder:
        """``ocsp`` and ``crl``: where the certificate says that its authority can be asked."""
        key = _key(holder, bits)
        builder = _builder(subject, self.issuing.certificate.subject, key, start, end)
        builder = builder.add_extension(_usage(*usage), True)
        if stamps:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
        if ocsp:
            access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp))
            builder = builder.add_extension(x509.AuthorityInformationAccess([access]), False)
        if crl:
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl)], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), False)
        certificate = builder.sign(self.issuing.key, hashes.SHA256())
        return Holder(
            _with_sha1(certificate, self.issuing.key) if sha1 else certificate, key, (self.issuing.certificate,)
        )

    def crl(
        self, *revoked: tuple[Holder, datetime], at: datetime = RECEIVED, valid_for: timedelta = timedelta(days=7)
    ) -> bytes:
        """A list of the issuing authority, in DER."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.issuing.certificate.subject)
            .last_update(at - timedelta(hours=1))
            .next_update(at + valid_for)
        )
        for holder, since in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(holder.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(since).build())
        return builder.sign(self.issuing.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def write_trust(self, folder: Path, *, crl: bytes | None = None) -> Path:
        """The trust folder of an axis that trusts this authority. Issuing certificates come with the signatures."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "goc.pem").write_bytes(self.root.pem)
        if crl is not None:
            (folder / "cap.crl").write_bytes(crl)
        return folder


@dataclass(frozen=True)
class Cast:
    """Everybody who signs in the tests."""

    authority: Authority
    stranger: Authority
    hoa: Holder
    body: Holder
    expired: Holder
    expires_soon: Holder
    weak: Holder
    old_digest: Holder
    encryption_only: Holder
    cuc: Holder
    stamps: Holder


_PERSON = _name(cn=PERSON_NAME, o=BODY_NAME, title="Giám đốc", uid="CCCD:000000000001")
_BODY = _name(cn=BODY_NAME, o="UBND thành phố mẫu", uid="MST:0000000001")


@cache
def cast() -> Cast:
    """The cast, made once a run."""
    authority, stranger = Authority("CA mẫu"), Authority("CA lạ (mẫu)")
    last_year = datetime(2023, 12, 31, tzinfo=UTC)
    return Cast(
        authority=authority,
        stranger=stranger,
        hoa=authority.issue("hoa", _PERSON),
        body=authority.issue("body", _BODY),
        expired=authority.issue("expired", _PERSON, end=last_year),
        expires_soon=authority.issue("expires soon", _PERSON, end=SIGNED + timedelta(hours=1)),
        weak=authority.issue("weak", _PERSON, bits=1024),
        old_digest=authority.issue("old digest", _PERSON, sha1=True),
        encryption_only=authority.issue("encryption", _PERSON, usage=("key_encipherment",)),
        cuc=stranger.issue("cuc", _name(cn="Lê Văn Cúc", uid="CCCD:000000000002")),
        stamps=authority.issue("stamps", _name(cn="TSA mẫu"), usage=("digital_signature",), stamps=True),
    )

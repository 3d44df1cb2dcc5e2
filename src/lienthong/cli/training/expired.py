"""A PDF that somebody signed with a certificate that had expired by then. Keys are made at run time."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lienthong.common import clock

_YEAR = timedelta(days=365)
_TRUSTED = "ca-tap-huan.pem"


@dataclass(frozen=True, slots=True)
class _Holder:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def sign_with_expired(content: bytes, trust: Path) -> bytes:
    """Sign a PDF today with a certificate that ended a month ago. Its authority is put into the axis' trust folder, so
    that nothing else is wrong with it."""
    now = clock.now()
    root = _issue("CA Tập huấn (mẫu)", None, now - 3 * _YEAR, now + 3 * _YEAR)
    person = _issue("Trương Văn Xây (mẫu)", root, now - 2 * _YEAR, now - timedelta(days=30))
    trust.mkdir(parents=True, exist_ok=True)
    (trust / _TRUSTED).write_bytes(root.certificate.public_bytes(serialization.Encoding.PEM))
    return _signed(content, person, root)


def _issue(name: str, issuer: _Holder | None, start: datetime, end: datetime) -> _Holder:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(_usage(authority=issuer is None), critical=True)
    )
    return _Holder(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(content: bytes, person: _Holder, root: _Holder) -> bytes:
    authorities = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    authorities.register(_der(root.certificate))
    key = person.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = SimpleSigner(
        signing_cert=_der(person.certificate), signing_key=PrivateKeyInfo.load(key), cert_registry=authorities
    )
    metadata = PdfSignatureMetadata(
        field_name="Ky1", md_algorithm="sha256", subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    )
    out = io.BytesIO()
    PdfSigner(metadata, signer=signer, new_field_spec=SigFieldSpec("Ky1")).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(content)), output=out
    )
    return out.getvalue()


def _der(certificate: x509.Certificate) -> Certificate:
    return Certificate.load(certificate.public_bytes(serialization.Encoding.DER))

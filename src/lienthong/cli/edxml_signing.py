"""``edxml build --sign``: the key file, and signing what was built."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import typer
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from edxml102.errors import EdxmlError
from edxml102.model import DocumentPackage
from edxml102.reader import read_package
from edxml102.signatures import sign_package


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key and its certificates, the signer's first."""

    key: rsa.RSAPrivateKey = field(repr=False)
    certificates: tuple[x509.Certificate, ...]


def load_key(file: Path) -> SigningKey:
    """Read a PEM file with a private key and its certificates; an encrypted key's password is asked for.

    Raises ``EdxmlError`` when the file holds something else, ``OSError`` when it cannot be read.
    """
    data = file.read_bytes()
    try:
        password = None
        if b"ENCRYPTED" in data:
            password = str(typer.prompt("Mật khẩu của khóa ký", hide_input=True, err=True)).encode()
        key = serialization.load_pem_private_key(data, password)
        certificates = x509.load_pem_x509_certificates(data)
    except (ValueError, TypeError) as error:
        raise EdxmlError(f"“{file}” phải là tệp PEM gồm khóa bí mật và chứng thư ({error}).") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise EdxmlError(f"“{file}” không chứa khóa RSA.")
    own = [one for one in certificates if one.public_key() == key.public_key()]
    if not own:
        raise EdxmlError(f"“{file}” không có chứng thư của khóa bí mật.")
    return SigningKey(key, (own[0], *(one for one in certificates if one is not own[0])))


def sign_draft(draft: BinaryIO, out: BinaryIO, signing: SigningKey) -> None:
    """Sign the package in ``draft`` into ``out``.

    Raises ``EdxmlError`` for a package that cannot carry a signature.
    """
    draft.seek(0)
    package = read_package(draft).package
    if not isinstance(package, DocumentPackage):
        raise EdxmlError("Chỉ gói tin mang văn bản mới có chữ ký XML; gói trạng thái thì không.")
    sign_package(draft, package, out, key=signing.key, certificates=signing.certificates)

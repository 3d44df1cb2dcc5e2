"""The words of XML-DSig (W3C xmldsig-core 1.1) that packages may use, and its core steps over lxml and cryptography.

Only what can be checked in full is taken: an unknown transform, algorithm or kind of reference makes the outcome
unclear, it is never skipped.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from edxml102.model import DSIG_NAMESPACE

ENVELOPED = DSIG_NAMESPACE + "enveloped-signature"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"

_CANONICAL = {  # algorithm: exclusive, with comments
    C14N: (False, False),
    C14N + "#WithComments": (False, True),
    EXC_C14N: (True, False),
    EXC_C14N + "WithComments": (True, True),
}
DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    DSIG_NAMESPACE + "sha1": hashes.SHA1,
    SHA256: hashes.SHA256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384,
    "http://www.w3.org/2001/04/xmlenc#sha512": hashes.SHA512,
}
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_METHODS: dict[str, tuple[type, type[hashes.HashAlgorithm]]] = {
    DSIG_NAMESPACE + "rsa-sha1": (rsa.RSAPublicKey, hashes.SHA1),
    **{
        f"{_MORE}{name}-sha{bits}": (key, digest)
        for name, key in (("rsa", rsa.RSAPublicKey), ("ecdsa", ec.EllipticCurvePublicKey))
        for bits, digest in ((256, hashes.SHA256), (384, hashes.SHA384), (512, hashes.SHA512))
    },
}
_PARSER_OPTIONS = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


class UnclearError(Exception):
    """The signature cannot be judged; ``id`` and ``message`` become a finding."""

    def __init__(self, id_: str, message: str) -> None:
        super().__init__(id_)
        self.id = id_
        self.message = message


@dataclass(frozen=True, slots=True)
class Transform:
    """One step; ``prefixes`` are those of an ``InclusiveNamespaces`` element."""

    algorithm: str
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """One thing that is signed."""

    uri: str
    transforms: tuple[Transform, ...]
    digest_method: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class SignatureElement:
    """A ``ds:Signature``, read; ``signed_info`` is canonical already."""

    signed_info: bytes
    method: str
    value: bytes
    references: tuple[Reference, ...]
    certificates: tuple[bytes, ...]


def is_weak(algorithm: str) -> bool:
    """Tell whether a signature or digest method rests on SHA-1."""
    return algorithm.endswith("sha1")


def parse(data: bytes) -> etree._Element:
    """Parse an envelope; DTDs, entities and huge texts are refused."""
    try:
        root = etree.fromstring(data, etree.XMLParser(**_PARSER_OPTIONS))
    except etree.XMLSyntaxError as error:
        message = f"Gói tin không đọc được bằng bộ đọc XML đầy đủ ({error.msg}); không kiểm tra được chữ ký XML."
        raise UnclearError("xmldsig.unparsable", message) from None
    if root.getroottree().docinfo.doctype:
        raise UnclearError("xmldsig.unparsable", "Gói tin có DOCTYPE; không kiểm tra chữ ký XML.")
    return root


def canonical(element: etree._Element, transform: Transform) -> bytes:
    """Canonicalise the document or element; what namespaces are in scope is kept."""
    if transform.algorithm not in _CANONICAL:
        raise unsupported(transform.algorithm)
    exclusive, comments = _CANONICAL[transform.algorithm]
    # The document, not only its root: instructions beside the root are signed too.
    target = (
        element.getroottree()
        if element.getparent() is None
        else etree.fromstring(etree.tostring(element, with_tail=False))
    )
    prefixes = list(transform.prefixes) or None
    return bytes(
        etree.tostring(
            target, method="c14n", exclusive=exclusive, with_comments=comments, inclusive_ns_prefixes=prefixes
        )
    )


def read_signature(element: etree._Element) -> SignatureElement:
    """Read a ``ds:Signature`` element."""
    info = _child(element, "SignedInfo")
    method = _child(info, "CanonicalizationMethod")
    return SignatureElement(
        signed_info=canonical(info, _transform(method)),
        method=_child(info, "SignatureMethod").get("Algorithm", ""),
        value=_octets(_child(element, "SignatureValue")),
        references=tuple(_reference(one) for one in info.findall(_name("Reference"))),
        certificates=tuple(_octets(one) for one in element.iterfind(_path("KeyInfo", "X509Data", "X509Certificate"))),
    )


def verify_value(signature: SignatureElement, certificate: x509.Certificate) -> bool:
    """Tell whether the key of the certificate made the signature value."""
    if signature.method not in _METHODS:
        raise unsupported(signature.method)
    kind, digest = _METHODS[signature.method]
    key = certificate.public_key()
    if not isinstance(key, kind):
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature.value, signature.signed_info, padding.PKCS1v15(), digest())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(_der(signature.value), signature.signed_info, ec.ECDSA(digest()))
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=512)
def load_certificate(der: bytes) -> x509.Certificate:
    """Load a certificate once: the same few agencies sign nearly everything."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        certificate.public_key()
    except ValueError:
        message = "Chứng thư trong chữ ký XML không đọc được (bị cắt hoặc sai định dạng)."
        raise UnclearError("xmldsig.certificate_unreadable", message) from None
    return certificate


def digest_of(pieces: Iterable[bytes], method: str) -> bytes:
    """Hash ``pieces`` by the method of a reference."""
    if method not in DIGESTS:
        raise unsupported(method)
    digest = hashes.Hash(DIGESTS[method]())
    for piece in pieces:
        digest.update(piece)
    return digest.finalize()


def unsupported(algorithm: str) -> UnclearError:
    """An algorithm or transform outside the tables above."""
    return UnclearError("xmldsig.unsupported", f"Chữ ký XML dùng “{algorithm[:120]}”, trục không kiểm tra được.")


def _reference(element: etree._Element) -> Reference:
    return Reference(
        uri=element.get("URI", ""),
        transforms=tuple(_transform(one) for one in element.iterfind(_path("Transforms", "Transform"))),
        digest_method=_child(element, "DigestMethod").get("Algorithm", ""),
        digest=_octets(_child(element, "DigestValue")),
    )


def _transform(element: etree._Element) -> Transform:
    prefixes = [one.get("PrefixList", "").split() for one in element.iterfind(f"{{{EXC_C14N}}}InclusiveNamespaces")]
    return Transform(element.get("Algorithm", ""), tuple(word for words in prefixes for word in words))


def _child(element: etree._Element, name: str) -> etree._Element:
    found = element.find(_name(name))
    if found is None:
        raise UnclearError("xmldsig.incomplete", f"Chữ ký XML thiếu phần tử {name}.")
    return found


def _octets(element: etree._Element) -> bytes:
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        name = etree.QName(element).localname
        raise UnclearError("xmldsig.incomplete", f"{name} trong chữ ký XML không phải base64.") from None


def _name(name: str) -> str:
    return f"{{{DSIG_NAMESPACE}}}{name}"


def _path(*names: str) -> str:
    return "/".join(_name(name) for name in names)


def _der(value: bytes) -> bytes:
    """An ECDSA value is two numbers side by side (xmldsig-core 6.4.3); cryptography wants them in ASN.1."""
    half = len(value) // 2
    return encode_dss_signature(int.from_bytes(value[:half]), int.from_bytes(value[half:]))

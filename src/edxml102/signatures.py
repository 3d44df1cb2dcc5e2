"""The XML-DSig signature of a package (3.2.3): verify it, and make one.

Whether the certificate can be trusted is not asked here: that needs roots, revocation data and a clock. A package of
any size is verified in the memory of its envelope (``_hollow``).

References. ``URI=""`` is the whole package without the signature, attachments included. ``cid:ID`` is our reading of
what the national library writes: the octets of the attachment, decoded; the base64 text as sent, without white space,
is taken too and noted, because both name the same content. Other references make the outcome unclear.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from edxml102 import _dsig as dsig
from edxml102._hollow import HollowPackage, TooLargeError
from edxml102.errors import EdxmlError, Finding, Severity
from edxml102.model import DSIG_NAMESPACE, Attachment, AttachmentView, DocumentPackage
from edxml102.reader import decode_attachment

__all__ = ["PackageSignature", "SignatureState", "sign_package", "verify_package"]

_PATH = "Signature"
_HEADER_END = re.compile(rb"</(?:[\w.-]+:)?edXMLHeader\s*>")
_CHUNK = 256 * 1024


class SignatureState(Enum):
    """What is known of a package's signature before anybody is trusted."""

    ABSENT = "absent"
    NOT_VERIFIABLE = "not_verifiable"  # in the QCVN namespace (quirk 3): nobody can verify it, it says nothing
    INTACT = "intact"
    BROKEN = "broken"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSignature:
    """Outcome of ``verify_package``. ``certificates`` are DER, the signer's first; ``algorithms`` as written."""

    state: SignatureState
    findings: tuple[Finding, ...] = ()
    certificates: tuple[bytes, ...] = ()
    algorithms: tuple[str, ...] = ()
    covers_header: bool = False
    covered_attachments: frozenset[str] = frozenset()


def verify_package(stream: BinaryIO, package: DocumentPackage) -> PackageSignature:
    """Verify the signature of the ``package`` that was read from ``stream`` (seekable). Never raises for bad input."""
    if package.signature is None:
        return _outcome(SignatureState.ABSENT, "xmldsig.absent", Severity.NOTE, "Gói tin không có chữ ký XML.")
    if not package.signature.is_verifiable:
        message = "Phần tử Signature nằm trong không gian tên QCVN 102 nên không ai kiểm tra được; coi như không ký."
        return _outcome(SignatureState.NOT_VERIFIABLE, "xmldsig.not_verifiable", Severity.NOTE, message)
    try:
        return _Verification(stream, package).run()
    except dsig.UnclearError as reason:
        return _outcome(SignatureState.UNCLEAR, reason.id, Severity.WARNING, reason.message)
    except TooLargeError:
        message = "Phần XML ngoài tệp đính kèm quá lớn để kiểm tra chữ ký."
        return _outcome(SignatureState.UNCLEAR, "xmldsig.too_large", Severity.WARNING, message)


def _outcome(state: SignatureState, id_: str, severity: Severity, message: str) -> PackageSignature:
    return PackageSignature(state=state, findings=(Finding(id_, severity, _PATH, message),))


@dataclass(slots=True)
class _Verification:
    stream: BinaryIO
    package: DocumentPackage
    findings: list[Finding] = field(default_factory=list)
    covers_header: bool = False
    covered: set[str] = field(default_factory=set)

    def run(self) -> PackageSignature:
        hollow = HollowPackage(self.stream, _views(self.package))
        root = dsig.parse(hollow.data)
        element = _signature_element(root)
        signature = dsig.read_signature(element)
        if len(signature.references) > len(self.package.attachments) + 1:  # each may cost a pass over an attachment
            raise dsig.unsupported(f"{len(signature.references)} Reference")
        if not signature.certificates:
            raise dsig.UnclearError("xmldsig.no_certificate", "Chữ ký XML không kèm chứng thư của người ký.")
        if not dsig.verify_value(signature, dsig.load_certificate(signature.certificates[0])):
            self._error("xmldsig.value_wrong", "Giá trị chữ ký XML không khớp với chứng thư đi kèm.")
        _detach(element)
        for reference in signature.references:
            self._check(reference, root, hollow)
        self._note_gaps()
        algorithms = (signature.method, *(one.digest_method for one in signature.references))
        self._note_weak(algorithms)
        broken = any(finding.severity is Severity.ERROR for finding in self.findings)
        return PackageSignature(
            state=SignatureState.BROKEN if broken else SignatureState.INTACT,
            findings=tuple(self.findings),
            certificates=signature.certificates,
            algorithms=tuple(dict.fromkeys(algorithms)),
            covers_header=self.covers_header,
            covered_attachments=frozenset(self.covered),
        )

    def _check(self, reference: dsig.Reference, root: etree._Element, hollow: HollowPackage) -> None:
        if reference.uri == "":
            self._check_whole(reference, root, hollow)
        elif reference.uri.lower().startswith("cid:"):
            self._check_attachment(reference)
        else:
            raise dsig.unsupported(f"Reference URI {reference.uri}")

    def _check_whole(self, reference: dsig.Reference, root: etree._Element, hollow: HollowPackage) -> None:
        steps = [step for step in reference.transforms if step.algorithm != dsig.ENVELOPED]
        if len(steps) > 1 or len(steps) == len(reference.transforms):
            raise dsig.unsupported('Transforms của Reference URI=""')
        canonical = dsig.canonical(root, steps[0] if steps else dsig.Transform(dsig.C14N))
        if dsig.digest_of(hollow.fill(canonical), reference.digest_method) == reference.digest:
            self.covers_header = True
            self.covered.update(attachment.content_id for attachment in self.package.attachments)
        else:
            self._error("xmldsig.digest_wrong", "Gói tin đã bị thay đổi sau khi ký: mã băm không khớp.")

    def _check_attachment(self, reference: dsig.Reference) -> None:
        if reference.transforms:
            raise dsig.unsupported(f"Transforms của Reference URI {reference.uri}")
        content_id = re.sub(r"^(?:cid:)+", "", reference.uri, flags=re.IGNORECASE)
        attachment = next((one for one in self.package.attachments if one.content_id == content_id), None)
        if attachment is None or attachment.view is None:
            self._error("xmldsig.attachment_missing", f"Chữ ký nêu tệp đính kèm “{content_id}” nhưng gói không có.")
        elif self._matches(reference, attachment, attachment.view):
            self.covered.add(content_id)
        else:
            name = attachment.attachment_name or content_id
            message = f"Tệp đính kèm “{name}” đã bị thay đổi sau khi ký: mã băm không khớp."
            self._error("xmldsig.attachment_digest_wrong", message)

    def _matches(self, reference: dsig.Reference, attachment: Attachment, view: AttachmentView) -> bool:
        if not view.sha256:  # not base64, and the reader has said so
            return False
        if reference.digest_method == dsig.SHA256 and view.sha256 == reference.digest:
            return True
        if dsig.digest_of(decode_attachment(self.stream, view), reference.digest_method) == reference.digest:
            return True
        if dsig.digest_of(_base64(self.stream, view), reference.digest_method) != reference.digest:
            return False
        message = f"Mã băm của tệp “{attachment.attachment_name}” tính trên chữ base64 thay vì trên nội dung tệp."
        self.findings.append(Finding("xmldsig.text_digest", Severity.NOTE, _PATH, message))
        return True

    def _note_gaps(self) -> None:
        if any(finding.severity is Severity.ERROR for finding in self.findings):
            return
        if not self.covers_header:
            self._warn("xmldsig.header_not_covered", "Chữ ký XML không phủ phần đầu của gói tin.")
        missing = [one for one in self.package.attachments if one.content_id not in self.covered]
        if missing:
            names = ", ".join(f"“{one.attachment_name or one.content_id}”" for one in missing[:5])
            self._warn("xmldsig.attachments_not_covered", f"Chữ ký XML không phủ tệp đính kèm {names}.")

    def _note_weak(self, algorithms: Sequence[str]) -> None:
        if any(dsig.is_weak(algorithm) for algorithm in algorithms):
            self._warn("xmldsig.weak_algorithm", "Chữ ký XML dùng SHA-1, không còn an toàn; cần ký bằng SHA-256.")

    def _error(self, id_: str, message: str) -> None:
        self.findings.append(Finding(id_, Severity.ERROR, _PATH, message))

    def _warn(self, id_: str, message: str) -> None:
        self.findings.append(Finding(id_, Severity.WARNING, _PATH, message))


def _views(package: DocumentPackage) -> Iterator[AttachmentView]:
    return (attachment.view for attachment in package.attachments if attachment.view is not None)


def _signature_element(root: etree._Element) -> etree._Element:
    """The one signature, a child of the header; several, or one elsewhere, could wrap another's content."""
    found = list(root.iter(f"{{{DSIG_NAMESPACE}}}Signature"))
    if len(found) != 1:
        raise dsig.UnclearError("xmldsig.several", f"Gói tin có {len(found)} chữ ký XML; trục chỉ kiểm tra được một.")
    parent = found[0].getparent()
    if parent is None or etree.QName(parent).localname != "edXMLHeader":
        raise dsig.UnclearError("xmldsig.misplaced", "Chữ ký XML không nằm trong phần đầu (edXMLHeader) của gói tin.")
    return found[0]


def _detach(element: etree._Element) -> None:
    """Take the signature out and leave the text after it, as the enveloped-signature transform does."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    element.tail = None
    parent.remove(element)


def _base64(stream: BinaryIO, view: AttachmentView) -> Iterator[bytes]:
    stream.seek(view.begin)
    left = view.end - view.begin
    while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
        left -= len(chunk)
        yield chunk.translate(None, b" \t\r\n")


# -- signing


def sign_package(  # noqa: PLR0913 - each part is named by the caller
    stream: BinaryIO,
    package: DocumentPackage,
    out: BinaryIO,
    *,
    key: rsa.RSAPrivateKey,
    certificates: Sequence[x509.Certificate],
    list_attachments: bool = False,
) -> None:
    """Copy the unsigned ``package`` in ``stream`` (seekable) to ``out`` with an enveloped RSA-SHA256 signature.

    ``certificates`` begin with the signer's. ``list_attachments`` adds a ``cid:`` reference per attachment; libraries
    that know no ``cid:`` then refuse the whole signature. Raises ``EdxmlError`` when the package has a signature or no
    place for one.
    """
    if package.signature is not None:
        raise EdxmlError("Gói tin đã có phần tử Signature; hãy bỏ chữ ký cũ trước khi ký.")
    hollow = HollowPackage(stream, _views(package))
    ends = list(_HEADER_END.finditer(hollow.data, 0, hollow.solid_end))
    if not ends:
        raise EdxmlError("Gói tin không có phần đầu (edXMLHeader) để đặt chữ ký.")
    try:
        element = _signature(hollow, dsig.parse(hollow.data), package if list_attachments else None, certificates)
        _sign(element, key)
    except dsig.UnclearError as reason:
        raise EdxmlError(reason.message) from reason
    _copy(stream, out, until=ends[-1].start())
    out.write(etree.tostring(element))
    _copy(stream, out)


def _signature(
    hollow: HollowPackage,
    root: etree._Element,
    package: DocumentPackage | None,
    certificates: Sequence[x509.Certificate],
) -> etree._Element:
    element = etree.Element(f"{{{DSIG_NAMESPACE}}}Signature", nsmap={None: DSIG_NAMESPACE})
    info = _add(element, "SignedInfo")
    _add(info, "CanonicalizationMethod", Algorithm=dsig.EXC_C14N)
    _add(info, "SignatureMethod", Algorithm=dsig.RSA_SHA256)
    canonical = dsig.canonical(root, dsig.Transform(dsig.EXC_C14N))
    whole = dsig.digest_of(hollow.fill(canonical), dsig.SHA256)
    _add_reference(info, "", whole, (dsig.ENVELOPED, dsig.EXC_C14N))
    for attachment in package.attachments if package else ():
        if attachment.view is not None:
            _add_reference(info, f"cid:{attachment.content_id}", attachment.view.sha256)
    _add(element, "SignatureValue")
    data = _add(_add(element, "KeyInfo"), "X509Data")
    _add(data, "X509SubjectName").text = certificates[0].subject.rfc4514_string()
    for certificate in certificates:
        der = certificate.public_bytes(serialization.Encoding.DER)
        _add(data, "X509Certificate").text = base64.b64encode(der).decode()
    return element


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{DSIG_NAMESPACE}}}{name}", attributes)


def _add_reference(info: etree._Element, uri: str, digest: bytes, transforms: Sequence[str] = ()) -> None:
    reference = _add(info, "Reference", URI=uri)
    if transforms:
        steps = _add(reference, "Transforms")
        for algorithm in transforms:
            _add(steps, "Transform", Algorithm=algorithm)
    _add(reference, "DigestMethod", Algorithm=dsig.SHA256)
    _add(reference, "DigestValue").text = base64.b64encode(digest).decode()


def _sign(element: etree._Element, key: rsa.RSAPrivateKey) -> None:
    info, value = element[0], element[1]
    signed = dsig.canonical(info, dsig.Transform(dsig.EXC_C14N))
    value.text = base64.b64encode(key.sign(signed, padding.PKCS1v15(), hashes.SHA256())).decode()


def _copy(stream: BinaryIO, out: BinaryIO, *, until: int | None = None) -> None:
    """Copy from the start to ``until``, or the rest."""
    if until is not None:
        stream.seek(0)
        out.write(stream.read(until))
        return
    while chunk := stream.read(_CHUNK):
        out.write(chunk)

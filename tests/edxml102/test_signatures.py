"""The XML-DSig signature of packages: what verifies, what does not, what nobody can verify; large ones in small memory.

signxml, which holds everything in memory, is the second opinion.
"""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import signxml
from lxml import etree

from edxml102.errors import EdxmlError
from edxml102.model import DSIG_NAMESPACE, NAMESPACE, DocumentPackage
from edxml102.reader import read_package
from edxml102.signatures import PackageSignature, SignatureState, sign_package, verify_package
from tests import packages
from tests.signatures.ca import cast
from tests.signatures.documents import flip, sign_envelope

ROOT = Path(__file__).parents[2]
CONTENT = b"%PDF-1.7 noi dung mau " + bytes(range(256)) * 40


def unsigned(content: bytes = CONTENT) -> bytes:
    return packages.document("H99.05", "H99.30", content=content)


def verify(raw: bytes) -> PackageSignature:
    package = read_package(io.BytesIO(raw)).package
    assert isinstance(package, DocumentPackage)
    return verify_package(io.BytesIO(raw), package)


def ids(signature: PackageSignature) -> list[str]:
    return [finding.id for finding in signature.findings]


def by_signxml(raw: bytes, signer: type = signxml.XMLSigner, **options: object) -> bytes:
    """Sign with the other library, in the header, with a prefix of its own."""
    options.setdefault("c14n_algorithm", signxml.CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    root = etree.fromstring(raw)
    header = root.find(f".//{{{NAMESPACE}}}edXMLHeader")
    place = etree.SubElement(header, f"{{{DSIG_NAMESPACE}}}Signature", Id="placeholder", nsmap={"ds": DSIG_NAMESPACE})
    assert place is not None
    body = cast().body
    signed = signer(**options).sign(root, key=body.key, cert=[body.certificate])
    return bytes(etree.tostring(signed))


@pytest.mark.parametrize("list_attachments", [False, True])
def test_what_we_sign_verifies_and_covers_everything(list_attachments: bool) -> None:
    outcome = verify(sign_envelope(unsigned(), list_attachments=list_attachments))
    assert outcome.state is SignatureState.INTACT
    assert outcome.findings == ()
    assert (outcome.covers_header, outcome.covered_attachments) == (True, {"1"})
    assert outcome.certificates[0] == cast().body.der


def test_the_second_opinion_accepts_what_we_sign() -> None:
    signxml.XMLVerifier().verify(
        sign_envelope(unsigned()),
        x509_cert=cast().body.certificate,
        expect_config=signxml.SignatureConfiguration(verification_time=_during(), location=".//"),
    )


def _during() -> object:
    from tests.signatures.ca import SIGNED

    return SIGNED


@pytest.mark.parametrize(
    "c14n",
    [
        signxml.CanonicalizationMethod.CANONICAL_XML_1_0,
        signxml.CanonicalizationMethod.CANONICAL_XML_1_0_WITH_COMMENTS,
        signxml.CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        signxml.CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0_WITH_COMMENTS,
    ],
)
@pytest.mark.parametrize("bits", [256, 384, 512])
def test_we_accept_what_the_second_opinion_signs(c14n: signxml.CanonicalizationMethod, bits: int) -> None:
    signed = by_signxml(
        unsigned(), c14n_algorithm=c14n, signature_algorithm=f"rsa-sha{bits}", digest_algorithm=f"sha{bits}"
    )
    assert verify(signed).state is SignatureState.INTACT


def _rewrapped(raw: bytes) -> bytes:
    """Break the base64 over lines with CR LF, as mail programs do; the signature is made on the result."""
    begin, end = raw.index(b"ContentTransferEncoded"), raw.rindex(b"</edXML:ContentTransferEncoded")
    start = raw.index(b">", begin) + 1
    text = raw[start:end]
    lines = b"\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    return raw[:start] + b"\r\n" + lines + b"\r\n" + raw[end:]


def test_line_breaks_in_the_base64_are_canonicalised_as_xml_reads_them() -> None:
    raw = _rewrapped(unsigned())
    assert raw.count(b"\r\n") > 100
    signed = sign_envelope(raw)
    assert verify(signed).state is SignatureState.INTACT
    by_other = by_signxml(raw).replace(b"\n", b"\r\n")  # the same document to every XML parser
    assert verify(by_other).state is SignatureState.INTACT


def _with_cdata(raw: bytes) -> bytes:
    begin, end = raw.index(b">", raw.index(b"ContentTransferEncoded")) + 1, raw.rindex(b"</edXML:ContentTransferEnc")
    return raw[:begin] + b"<![CDATA[" + raw[begin:end] + b"]]>" + raw[end:]


def test_base64_in_cdata_is_verified_too() -> None:
    assert verify(sign_envelope(_with_cdata(unsigned()))).state is SignatureState.INTACT


DAMAGES = {
    "subject": (b"<edXML:Subject>", "xmldsig.digest_wrong"),
    "attachment": (b'ContentTransferEncoded xmlns:edXML="' + NAMESPACE.encode() + b'">', "xmldsig.digest_wrong"),
    "signature value": (b"<SignatureValue>", "xmldsig.value_wrong"),
    "signed digest": (b"<DigestValue>", "xmldsig.value_wrong"),
}


def _changed(raw: bytes, after: bytes) -> bytes:
    """Put another letter of the base64 alphabet in the place after ``after``."""
    at = raw.index(after) + len(after)
    return raw[:at] + (b"B" if raw[at : at + 1] != b"B" else b"C") + raw[at + 1 :]


@pytest.mark.parametrize("what", DAMAGES)
def test_one_changed_letter_is_found(what: str) -> None:
    after, finding = DAMAGES[what]
    outcome = verify(_changed(sign_envelope(unsigned()), after))
    assert outcome.state is SignatureState.BROKEN
    assert finding in ids(outcome)


def test_a_changed_attachment_is_named_when_it_is_listed() -> None:
    after = DAMAGES["attachment"][0]
    outcome = verify(_changed(sign_envelope(unsigned(), list_attachments=True), after))
    assert outcome.state is SignatureState.BROKEN
    assert "xmldsig.attachment_digest_wrong" in ids(outcome)
    assert any("van-ban-mau.pdf" in finding.message for finding in outcome.findings)


def test_another_certificate_does_not_fit() -> None:
    body, hoa = cast().body, cast().hoa
    signed = sign_envelope(unsigned(), replace(body, certificate=hoa.certificate))
    assert ids(verify(signed)) == ["xmldsig.value_wrong"]


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [
        (b"<X509Certificate>", b"<X509Certificate>AAAA</X509Certificate><X509Certificate>", "certificate_unreadable"),
        (b"X509Certificate>", b"X509CRL>", "no_certificate"),
        (b'#"/></Transforms>', b'#"/><Transform Algorithm="urn:x"/></Transforms>', "unsupported"),
        (b'URI=""', b'URI="#x"', "unsupported"),
        (b"#rsa-sha256", b"#rsa-ripemd160", "unsupported"),
        (b"<SignatureValue>", b"<SignatureValue>!", "incomplete"),
        (b"DigestValue>", b"DigestText>", "incomplete"),
    ],
)
def test_what_cannot_be_judged_is_unclear_and_never_good(before: bytes, after: bytes, finding: str) -> None:
    signed = sign_envelope(unsigned())
    assert before in signed
    outcome = verify(signed.replace(before, after))
    assert (outcome.state, ids(outcome)) == (SignatureState.UNCLEAR, [f"xmldsig.{finding}"])


def test_a_second_signature_could_wrap_the_first() -> None:
    signed = sign_envelope(unsigned())
    one = signed[signed.index(b"<Signature ") : signed.index(b"</Signature>") + len(b"</Signature>")]
    outcome = verify(signed.replace(one, one + one))
    assert (outcome.state, ids(outcome)) == (SignatureState.UNCLEAR, ["xmldsig.several"])


def test_sha1_is_flagged_but_verified() -> None:
    old = type("Old", (signxml.XMLSigner,), {"check_deprecated_methods": lambda self: None})
    signed = by_signxml(unsigned(), old, signature_algorithm=signxml.SignatureMethod.RSA_SHA1, digest_algorithm="sha1")
    outcome = verify(signed)
    assert outcome.state is SignatureState.INTACT
    assert ids(outcome) == ["xmldsig.weak_algorithm"]


def test_a_signature_in_the_standards_own_namespace_says_nothing() -> None:
    dummy = b"<Signature><SignedInfo/><SignatureValue>AAAA</SignatureValue></Signature></edXML:edXMLHeader>"
    outcome = verify(unsigned().replace(b"</edXML:edXMLHeader>", dummy))
    assert (outcome.state, ids(outcome)) == (SignatureState.NOT_VERIFIABLE, ["xmldsig.not_verifiable"])


def test_a_package_without_signature_is_simply_unsigned() -> None:
    assert verify(unsigned()).state is SignatureState.ABSENT


def test_a_signed_package_is_not_signed_again() -> None:
    with pytest.raises(EdxmlError, match="đã có phần tử Signature"):
        sign_envelope(sign_envelope(unsigned()))


def test_a_flipped_bit_anywhere_in_the_envelope_is_never_intact() -> None:
    signed = sign_envelope(unsigned(b"%PDF-1.7 ngan"))
    for needle in (b"<edXML:OrganId>", b"<edXML:FullName>", b"<edXML:PromulgationDate>", b"<AttachmentName>"):
        result = read_package(io.BytesIO(flip(signed, needle)))
        if isinstance(result.package, DocumentPackage):
            raw = flip(signed, needle)
            assert verify_package(io.BytesIO(raw), result.package).state is not SignatureState.INTACT


_LARGE = """
import resource, sys
from pathlib import Path
from edxml102.reader import read_package
from edxml102.signatures import verify_package
with Path(sys.argv[1]).open("rb") as stream:
    package = read_package(stream).package
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(verify_package(stream, package).state.value)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_fifty_megabytes_are_verified_in_the_memory_of_the_envelope(tmp_path: Path) -> None:
    plain, signed = tmp_path / "lon.edxml", tmp_path / "lon-ky.edxml"
    plain.write_bytes(unsigned(bytes(range(256)) * (50 * 4096)))
    body = cast().body
    with plain.open("rb") as stream, signed.open("wb") as out:
        package = read_package(stream).package
        assert isinstance(package, DocumentPackage)
        sign_package(stream, package, out, key=body.key, certificates=[body.certificate])
    done = subprocess.run(
        [sys.executable, "-c", _LARGE, str(signed)], capture_output=True, text=True, check=True, cwd=ROOT / "src"
    )
    state, grown = done.stdout.split()
    assert state == "intact"
    assert int(grown) < 8 * 1024  # kilobytes, where the package has 67 MB


def test_a_flood_of_references_is_not_followed() -> None:
    signed = sign_envelope(unsigned(), list_attachments=True)
    begin, end = signed.index(b'<Reference URI="cid:1">'), signed.index(b"</SignedInfo>")
    outcome = verify(signed[:begin] + signed[begin:end] * 50 + signed[end:])
    assert (outcome.state, ids(outcome)) == (SignatureState.UNCLEAR, ["xmldsig.unsupported"])

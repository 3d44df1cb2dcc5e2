"""Whole packages: envelope, main file and annexes together, in bounded memory."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from edxml102.model import DocumentPackage
from edxml102.reader import read_package
from lienthong.exchange.signatures.packages import check_package
from lienthong.exchange.signatures.reports import PackageReport, Part
from lienthong.exchange.signatures.results import Result
from lienthong.exchange.signatures.trust import TrustStore
from tests.signatures.ca import RECEIVED, SIGNED, cast
from tests.signatures.documents import flip, package, plain_pdf, sign, sign_envelope, signed_by_both

ROOT = Path(__file__).parents[2]


@pytest.fixture
def trusting(tmp_path: Path) -> TrustStore:
    authority = cast().authority
    lists = authority.crl(at=RECEIVED)
    return TrustStore.of_folder(authority.write_trust(tmp_path / "trust", crl=lists))


def check(raw: bytes, store: TrustStore) -> PackageReport:
    read = read_package(io.BytesIO(raw)).package
    assert isinstance(read, DocumentPackage)
    return check_package(io.BytesIO(raw), read, store=store, received_at=RECEIVED, checked_at=RECEIVED)


def parts(report: PackageReport) -> list[tuple[Part, Result]]:
    return [(part.part, part.result) for part in report.parts]


def _annex() -> bytes:
    return sign(plain_pdf("Phu luc"), cast().body, stamped_at=SIGNED)


def test_a_package_signed_throughout_is_valid(trusting: TrustStore) -> None:
    report = check(sign_envelope(package(signed_by_both(), _annex())), trusting)
    assert report.result is Result.VALID
    assert parts(report) == [
        (Part.ENVELOPE, Result.VALID), (Part.MAIN, Result.VALID), (Part.ANNEX, Result.VALID),
    ]  # fmt: skip
    assert report.roots == (report.roots[0],)
    assert "pyhanko" in report.software


def test_an_unsigned_annex_is_a_warning_and_an_unsigned_main_file_is_not(trusting: TrustStore) -> None:
    assert check(package(signed_by_both(), plain_pdf()), trusting).result is Result.VALID_WITH_WARNINGS
    assert check(package(plain_pdf(), _annex()), trusting).result is Result.UNSIGNED


def test_the_main_file_is_the_first_pdf(trusting: TrustStore) -> None:
    report = check(package(b"so lieu", signed_by_both(), names=("so-lieu.xlsx", "cv.pdf")), trusting)
    assert parts(report)[1:] == [(Part.ANNEX, Result.UNSIGNED), (Part.MAIN, Result.VALID)]
    assert report.result is Result.VALID_WITH_WARNINGS


def test_an_attachment_changed_after_the_envelope_was_signed_spoils_the_package(trusting: TrustStore) -> None:
    raw = sign_envelope(package(signed_by_both()))
    at = raw.index(b">", raw.index(b"ContentTransferEncoded")) + 400
    report = check(raw[:at] + (b"A" if raw[at : at + 1] != b"A" else b"B") + raw[at + 1 :], trusting)
    assert parts(report)[0] == (Part.ENVELOPE, Result.INVALID)
    assert report.result is Result.INVALID


def test_an_envelope_signed_by_a_stranger_is_open(trusting: TrustStore) -> None:
    report = check(sign_envelope(package(signed_by_both()), cast().cuc), trusting)
    assert parts(report)[0] == (Part.ENVELOPE, Result.INDETERMINATE)
    assert report.result is Result.VALID_WITH_WARNINGS


def test_the_dummy_signature_of_the_national_samples_counts_as_none(trusting: TrustStore) -> None:
    dummy = (
        b'<Signature><SignedInfo><Reference URI=""/></SignedInfo><SignatureValue>bWF1</SignatureValue><KeyInfo>'
        b"<X509Data><X509Certificate>MIIFiz</X509Certificate></X509Data></KeyInfo></Signature></edXML:edXMLHeader>"
    )
    report = check(package(signed_by_both()).replace(b"</edXML:edXMLHeader>", dummy), trusting)
    assert parts(report)[0] == (Part.ENVELOPE, Result.UNSIGNED)
    assert [found.id for found in report.parts[0].findings] == ["xmldsig.not_verifiable"]
    assert report.result is Result.VALID


def test_a_pdf_inside_the_zip_of_the_zip_rule_is_found(trusting: TrustStore) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("noi-dung.pdf", signed_by_both())
    raw = package(packed.getvalue()).replace(b"application/pdf", b"application/zip")
    assert check(raw, trusting).result is Result.VALID


def test_what_was_used_is_told(trusting: TrustStore) -> None:
    report = check(package(flip(signed_by_both(), b"Cong van ")), trusting)
    used = report.used_json(report.parts[1])
    assert report.result is Result.INVALID
    assert used["roots"] == [trusting.roots[0].sha256.hex()]
    assert used["crl"]
    assert len(used["certificate"]) == 4  # type: ignore[arg-type]  # bà Hoa, the body, their authority, its root


_LARGE = """
import resource, sys
from datetime import datetime
from pathlib import Path
from edxml102.reader import read_package
from lienthong.exchange.signatures.packages import check_package
from lienthong.exchange.signatures.trust import TrustStore
at = datetime.fromisoformat(sys.argv[3])
store = TrustStore.of_folder(Path(sys.argv[2]))
for name in sys.argv[4:]:
    with Path(name).open("rb") as stream:
        package = read_package(stream).package
        print(check_package(stream, package, store=store, received_at=at, checked_at=at).result.value)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_an_attachment_of_fifty_megabytes_takes_no_more_memory(tmp_path: Path, trusting: TrustStore) -> None:
    small, large = tmp_path / "nho.edxml", tmp_path / "lon.edxml"
    small.write_bytes(package(signed_by_both()))
    stamped = SIGNED + timedelta(minutes=5)
    file = sign(sign(plain_pdf(padding=50 * 2**20), cast().hoa, field="A", stamped_at=SIGNED), cast().body, field="B",
                at=stamped, stamped_at=stamped)  # fmt: skip
    large.write_bytes(sign_envelope(package(file)))
    arguments = [str(small), str(tmp_path / "trust"), RECEIVED.isoformat(), str(small), str(large)]
    done = subprocess.run(
        [sys.executable, "-c", _LARGE, *arguments],
        capture_output=True, text=True, check=True, cwd=ROOT / "src",
        env={"DJANGO_SETTINGS_MODULE": "lienthong.config.settings", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    small_result, small_memory, large_result, large_memory = done.stdout.split()
    assert (small_result, large_result) == ("valid", "valid")
    assert int(large_memory) - int(small_memory) < 24 * 1024  # kilobytes, where the package has 70 MB


def test_garbage_beside_the_signers_certificate_ends_in_a_finding(trusting: TrustStore) -> None:
    """KeyInfo is not signed: anybody on the way may add to it."""
    raw = sign_envelope(package(signed_by_both()))
    garbage = b"</X509Certificate><X509Certificate>AAAA</X509Certificate></X509Data>"
    report = check(raw.replace(b"</X509Certificate></X509Data>", garbage), trusting)
    assert parts(report)[0] == (Part.ENVELOPE, Result.INDETERMINATE)
    assert "xmldsig.certificate_unreadable" in {found.id for found in report.parts[0].findings}

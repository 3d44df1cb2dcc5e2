"""Every kind of damage to a signed PDF, what it comes to and which finding says so."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from lienthong.exchange.signatures.pdf import Circumstances, check_pdf
from lienthong.exchange.signatures.reports import EvidenceKind, Part, PartReport
from lienthong.exchange.signatures.results import Result
from lienthong.exchange.signatures.signers import Named, Role
from lienthong.exchange.signatures.trust import TrustStore
from tests.signatures.ca import BODY_CODE, BODY_NAME, PERSON_NAME, RECEIVED, SIGNED, Holder, cast
from tests.signatures.documents import (
    add_empty_field,
    append_page_content,
    flip,
    plain_pdf,
    repeat_field,
    sign,
    signed_by_both,
    with_lists,
)

NAMED = Named(body=BODY_NAME, code=BODY_CODE, person=PERSON_NAME)
MINUTES, DAY = timedelta(minutes=20), timedelta(days=1)


@pytest.fixture
def trusting(tmp_path: Path) -> TrustStore:
    """An axis that trusts the cast's authority and has its fresh list."""
    authority = cast().authority
    return TrustStore.of_folder(authority.write_trust(tmp_path / "trust", crl=authority.crl()))


def check(pdf: bytes, store: TrustStore, *, named: Named = NAMED, part: Part = Part.MAIN) -> PartReport:
    return check_pdf(io.BytesIO(pdf), Circumstances(named=named, received_at=RECEIVED, store=store), part=part)


def ids(report: PartReport) -> set[str]:
    return {found.id for found in report.findings}


@cache
def _both() -> bytes:
    return signed_by_both()


def _only(holder: Callable[[], Holder], **how: object) -> Callable[[], bytes]:
    return lambda: sign(plain_pdf(), holder(), **how)  # type: ignore[arg-type]


def _changed_between() -> bytes:
    """The clerk writes the number onto the page after bà Hoa has signed, then the body signs."""
    signed = append_page_content(sign(plain_pdf(), cast().hoa, field="LanhDao", stamped_at=SIGNED))
    return sign(signed, cast().body, field="CoQuan", at=SIGNED + MINUTES, stamped_at=SIGNED + MINUTES)


@dataclass(frozen=True)
class Case:
    """A file, the class it must come to, and what must be found."""

    pdf: Callable[[], bytes]
    result: Result
    found: set[str]


CASES = {
    "signed by both": Case(_both, Result.VALID, {"time.stamped"}),
    "nobody signed": Case(plain_pdf, Result.UNSIGNED, {"file.unsigned"}),
    "one bit of the text flipped": Case(lambda: flip(_both(), b"Cong van "), Result.INVALID, {"pdf.digest_wrong"}),
    "page changed afterwards": Case(
        lambda: append_page_content(_both()), Result.INVALID, {"pdf.changed_after_signing"}
    ),
    "changed between the two signatures": Case(
        _changed_between, Result.VALID_WITH_WARNINGS, {"pdf.changed_before_next_signature"}
    ),
    "field added afterwards": Case(lambda: add_empty_field(_both()), Result.VALID, {"pdf.maintenance_revision"}),
    "authority of a stranger": Case(
        _only(lambda: cast().cuc), Result.INDETERMINATE, {"chain.not_trusted", "signer.person_differs"}
    ),
    "expired when signing": Case(_only(lambda: cast().expired), Result.INVALID, {"certificate.expired"}),
    "expired since, time not proven": Case(
        _only(lambda: cast().expires_soon), Result.INDETERMINATE, {"certificate.expired_since"}
    ),
    "expired since, time stamped": Case(
        _only(lambda: cast().expires_soon, stamped_at=SIGNED),
        Result.VALID_WITH_WARNINGS,
        {"time.stamped", "signer.body_missing"},
    ),
    "short key": Case(_only(lambda: cast().weak), Result.VALID_WITH_WARNINGS, {"algorithm.weak_key"}),
    "SHA-1 in the certificate": Case(
        _only(lambda: cast().old_digest), Result.VALID_WITH_WARNINGS, {"algorithm.weak_digest"}
    ),
    "SHA-1 in the signature": Case(
        _only(lambda: cast().hoa, digest="sha1"), Result.VALID_WITH_WARNINGS, {"algorithm.weak_digest"}
    ),
    "key for encryption": Case(_only(lambda: cast().encryption_only), Result.INVALID, {"certificate.key_usage"}),
    "no time stamp": Case(_only(lambda: cast().hoa), Result.VALID_WITH_WARNINGS, {"time.not_stamped"}),
    "claimed time ahead of receipt": Case(
        _only(lambda: cast().hoa, at=RECEIVED + DAY), Result.VALID_WITH_WARNINGS, {"time.ahead"}
    ),
    "body before person": Case(
        lambda: sign(sign(plain_pdf(), cast().body, field="A"), cast().hoa, field="B"),
        Result.VALID_WITH_WARNINGS,
        {"signer.order"},
    ),
    "not really a PDF": Case(lambda: b"%PDF-1.7\n" + bytes(range(256)) * 4, Result.INDETERMINATE, {"file.unreadable"}),
    "cut off": Case(lambda: _both()[: len(_both()) // 2], Result.INDETERMINATE, {"file.unreadable"}),
}


@pytest.mark.parametrize("name", CASES)
def test_each_damage_has_its_class_and_finding(name: str, trusting: TrustStore) -> None:
    case = CASES[name]
    report = check(case.pdf(), trusting)
    assert report.result is case.result
    assert case.found <= ids(report)


@pytest.mark.parametrize(
    ("revoked_at", "stamped", "result", "finding"),
    [
        (SIGNED - DAY, False, Result.INVALID, "certificate.revoked"),
        (SIGNED - DAY, True, Result.INVALID, "certificate.revoked"),
        (SIGNED + MINUTES, False, Result.INDETERMINATE, "certificate.revoked_since"),
        (SIGNED + MINUTES, True, Result.VALID_WITH_WARNINGS, "time.stamped"),
        (RECEIVED + DAY, False, Result.VALID_WITH_WARNINGS, "time.not_stamped"),
    ],
)
def test_revocation_counts_from_the_time_that_is_proven(
    tmp_path: Path, revoked_at: object, stamped: bool, result: Result, finding: str
) -> None:
    authority, hoa = cast().authority, cast().hoa
    crl = authority.crl((hoa, revoked_at), at=RECEIVED + 2 * DAY)  # type: ignore[arg-type]
    store = TrustStore.of_folder(authority.write_trust(tmp_path, crl=crl))
    report = check(sign(plain_pdf(), hoa, stamped_at=SIGNED if stamped else None), store)
    assert report.result is result
    assert finding in ids(report)


def test_without_revocation_data_nothing_is_concluded_until_it_comes(tmp_path: Path) -> None:
    authority = cast().authority
    folder = authority.write_trust(tmp_path)
    before = check(_both(), TrustStore.of_folder(folder))
    assert (before.result, "revocation.unknown" in ids(before)) == (Result.INDETERMINATE, True)
    authority.write_trust(folder, crl=authority.crl(at=RECEIVED + DAY))
    assert check(_both(), TrustStore.of_folder(folder)).result is Result.VALID


def test_revocation_data_inside_the_file_is_enough(tmp_path: Path) -> None:
    authority = cast().authority
    store = TrustStore.of_folder(authority.write_trust(tmp_path))
    report = check(with_lists(_both(), authority.crl()), store)
    assert report.result is Result.VALID
    assert {one.kind for one in report.exhibits} == {EvidenceKind.CERTIFICATE, EvidenceKind.CRL}


def test_a_list_of_the_claimed_time_only_is_a_warning(tmp_path: Path) -> None:
    authority = cast().authority
    store = TrustStore.of_folder(authority.write_trust(tmp_path))
    early = authority.crl(at=SIGNED, valid_for=timedelta(hours=1))
    report = check(with_lists(sign(plain_pdf(), cast().hoa), early), store)
    assert report.result is Result.VALID_WITH_WARNINGS
    assert "revocation.only_at_signing" in ids(report)


def test_an_axis_without_roots_says_so(tmp_path: Path) -> None:
    report = check(_both(), TrustStore.of_folder(tmp_path / "nothing-here"))
    assert report.result is Result.INDETERMINATE
    assert ids(report) == {"chain.no_roots"}


def test_it_is_told_who_signed_when_and_in_which_role(trusting: TrustStore) -> None:
    hoa, body = check(_both(), trusting).signatures
    assert (hoa.name, hoa.role, hoa.signed_at, hoa.stamped) == (PERSON_NAME, Role.PERSON, SIGNED, True)
    assert (body.name, body.role, body.issuer) == (BODY_NAME, Role.BODY, "CA mẫu - cấp")


def test_an_annex_needs_the_body_only(trusting: TrustStore) -> None:
    stamped = sign(plain_pdf(), cast().body, stamped_at=SIGNED)
    assert check(stamped, trusting, part=Part.ANNEX).result is Result.VALID
    assert "signer.person_missing" in ids(check(stamped, trusting, part=Part.MAIN))


def test_another_body_than_the_sender_is_a_warning(trusting: TrustStore) -> None:
    other = Named(body="Sở Nội vụ (mẫu)", code="H99.06", person=PERSON_NAME)
    report = check(_both(), trusting, named=other)
    assert report.result is Result.VALID_WITH_WARNINGS
    (differs,) = [found for found in report.findings if found.id == "signer.body_differs"]
    assert differs.signature == "CoQuan"
    assert BODY_NAME in differs.message
    assert "Sở Nội vụ (mẫu)" in differs.message


def test_a_bad_file_in_the_trust_folder_is_named_and_the_others_hold(tmp_path: Path) -> None:
    folder = cast().authority.write_trust(tmp_path)
    (folder / "hong.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    store = TrustStore.of_folder(folder)
    assert len(store.roots) == 1
    assert [problem.split(":")[0] for problem in store.problems] == ["hong.pem"]


def test_a_file_with_a_flood_of_signatures_is_left_to_people(trusting: TrustStore) -> None:
    report = check(repeat_field(sign(plain_pdf(), cast().hoa), times=40), trusting)
    assert (report.result, ids(report)) == (Result.INDETERMINATE, {"file.too_many_signatures"})

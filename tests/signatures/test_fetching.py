"""Revocation data that the axis fetches by itself: from an authority that answers, lies, stalls, or is not there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from pytest_django import Settings

from lienthong.common import clock
from lienthong.exchange.intake import segments
from lienthong.exchange.signatures.checking import check_due
from lienthong.exchange.signatures.models import Evidence
from lienthong.exchange.signatures.selectors import StoredPackage, signature_state
from lienthong.exchange.submissions import Receipt
from tests.exchange.conftest import Office
from tests.signatures.ca import Holder, cast
from tests.signatures.documents import package, plain_pdf, sign
from tests.signatures.responder import Responder, serving

DAY = timedelta(days=1)


@pytest.fixture
def responder(settings: Settings) -> Iterator[Responder]:
    settings.SIGNATURE_FETCH, settings.SIGNATURE_FETCH_SECONDS = True, 1
    with serving(Responder(cast().authority, cast().authority)) as found:
        yield found


def hoa_of(responder: Responder, *, by: str) -> Holder:
    """Bà Hoa with a certificate that names this authority's address."""
    now, where = clock.now(), {by: f"{responder.url}/{by}"}
    holder = cast().authority.issue(
        "hoa today", cast().hoa.certificate.subject, start=now - DAY, end=now + DAY, **where
    )  # type: ignore[arg-type]
    responder.holder = holder
    return holder


def sent(department: Office, responder: Responder, *, by: str = "ocsp") -> Receipt:
    return department.send(package(sign(plain_pdf(), hoa_of(responder, by=by), at=clock.now())))


def checked(receipt: Receipt, *, after: timedelta = timedelta(0)) -> tuple[str, set[str], StoredPackage]:
    """The result, what was found, and the state as stored."""
    check_due(segments(), now=clock.now() + after)
    (state,) = signature_state(UUID(receipt.doc_id))
    assert state.result is not None
    return state.result.value, {found["id"] for part in state.parts for found in part.findings}, state


@pytest.mark.parametrize("by", ["ocsp", "crl"])
def test_what_the_authority_answers_settles_and_is_kept(
    department: Office, hoa_phuong: Office, responder: Responder, by: str
) -> None:
    result, _, state = checked(sent(department, responder, by=by))
    assert (result, state.due_at, set(responder.asked)) == ("valid_with_warnings", None, {by})
    assert by in set(Evidence.objects.values_list("kind", flat=True))


@pytest.mark.parametrize("by", ["ocsp", "crl"])
def test_a_certificate_that_was_revoked_before_is_found_out(
    department: Office, hoa_phuong: Office, responder: Responder, by: str
) -> None:
    responder.revoked_at = clock.now() - timedelta(hours=3)
    result, found, _ = checked(sent(department, responder, by=by))
    assert (result, "certificate.revoked" in found) == ("invalid", True)


@pytest.mark.parametrize("mode", ["away", "silent", "nonsense"])
def test_an_authority_that_gives_no_answer_leaves_it_open_and_is_asked_again(
    department: Office, hoa_phuong: Office, responder: Responder, mode: str
) -> None:
    responder.mode = mode
    receipt = sent(department, responder)
    result, found, state = checked(receipt)
    assert (result, "revocation.unknown" in found) == ("indeterminate", True)
    assert state.due_at is not None
    assert responder.asked
    responder.mode = "up"
    assert checked(receipt, after=timedelta(minutes=11))[0] == "valid_with_warnings"


def test_an_address_where_nobody_listens_leaves_it_open(
    department: Office, hoa_phuong: Office, responder: Responder
) -> None:
    with serving(Responder(cast().authority, cast().authority)) as gone:
        pass
    result, found, state = checked(sent(department, gone))
    assert (result, "revocation.unknown" in found) == ("indeterminate", True)
    assert state.due_at is not None


def test_the_answer_of_a_stranger_does_not_count(department: Office, hoa_phuong: Office, responder: Responder) -> None:
    responder.signed_by = cast().stranger
    result, found, _ = checked(sent(department, responder))
    assert (result, "revocation.unknown" in found) == ("indeterminate", True)


def test_nobody_is_asked_unless_the_operator_allows_it(
    department: Office, hoa_phuong: Office, responder: Responder, settings: Settings
) -> None:
    settings.SIGNATURE_FETCH = False
    assert checked(sent(department, responder))[0] == "indeterminate"
    assert responder.asked == []

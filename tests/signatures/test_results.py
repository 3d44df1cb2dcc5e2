"""How parts make a whole, who counts as what, and what a demand lets pass: tables, no I/OPEN."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.signatures.findings import Check, Effect, Found
from lienthong.exchange.signatures.policies import Demand, Policy, enforce, strictest_own
from lienthong.exchange.signatures.recheck import RECHECK, next_check
from lienthong.exchange.signatures.reports import PackageReport, Part, PartReport
from lienthong.exchange.signatures.results import Result, of_document, of_findings, of_package
from lienthong.exchange.signatures.signers import Named, Role, composition, signer_of
from tests.signatures.ca import RECEIVED

V, W, OPEN, U, X = (
    Result.VALID,
    Result.VALID_WITH_WARNINGS,
    Result.INDETERMINATE,
    Result.UNSIGNED,
    Result.INVALID,
)


@pytest.mark.parametrize(
    ("main", "annexes", "whole"),
    [
        (V, [], V),
        (V, [V, V], V),
        (V, [U], W),
        (V, [OPEN], OPEN),
        (V, [X], X),
        (W, [V], W),
        (OPEN, [U], OPEN),
        (U, [V], U),
        (U, [X], X),
        (None, [], U),
    ],
)
def test_a_document_is_its_main_file_and_annexes(main: Result | None, annexes: list[Result], whole: Result) -> None:
    assert of_document(main, annexes) is whole


@pytest.mark.parametrize(
    ("document", "envelope", "whole"), [(V, U, V), (V, X, X), (V, OPEN, W), (U, V, U), (OPEN, OPEN, OPEN), (W, V, W)]
)
def test_the_envelope_can_spoil_a_package_but_never_make_it_good(
    document: Result, envelope: Result, whole: Result
) -> None:
    assert of_package(document, envelope) is whole


def test_the_worst_finding_decides() -> None:
    assert of_findings([]) is V
    assert of_findings([Check.TIME_STAMPED.found(), Check.WEAK_KEY.found()]) is W
    assert of_findings([Check.NOT_TRUSTED.found(), Check.WEAK_KEY.found()]) is OPEN
    assert of_findings([Check.NOT_TRUSTED.found(), Check.REVOKED.found()]) is X


@pytest.mark.parametrize("check", Check)
def test_every_check_has_a_stable_id_and_a_sentence(check: Check) -> None:
    assert Check.of_id(check.id) is check
    assert check.id.count(".") == 1
    assert check.sentence.endswith(".")
    assert check.sentence[0].isupper()
    assert not check.on_axis_side or check.effect is Effect.INDETERMINATE


@pytest.mark.parametrize(
    ("subject", "role"),
    [
        ({"common_name": ["Trương Thị Hoa"], "user_id": ["CCCD:000000000001"]}, Role.PERSON),
        ({"common_name": ["Trương Thị Hoa"], "title": ["Giám đốc"]}, Role.PERSON),
        ({"common_name": ["Sở Y tế (mẫu)"], "user_id": ["MST:0000000001"]}, Role.BODY),
        ({"common_name": ["Sở Y tế (mẫu)"]}, Role.BODY),
        ({"common_name": ["Trường Mầm non Hoa Phượng (mẫu)"]}, Role.BODY),
        ({"common_name": ["Trương Văn Bình"]}, Role.UNKNOWN),
        ({"common_name": ["Phương Thị Mai"]}, Role.UNKNOWN),
        ({"common_name": ["NGUYEN VAN AN"]}, Role.PERSON),
        ({}, Role.UNKNOWN),
    ],
)
def test_a_subject_tells_person_from_body(subject: dict[str, list[str]], role: Role) -> None:
    assert signer_of(subject, Named(body="Sở Y tế", person="Nguyễn Văn An")).role is role


@pytest.mark.parametrize(
    ("roles", "is_main", "found"),
    [
        ([Role.PERSON, Role.BODY], True, set()),
        ([Role.BODY, Role.PERSON], True, {"signer.order"}),
        ([Role.PERSON], True, {"signer.body_missing"}),
        ([Role.BODY], True, {"signer.person_missing"}),
        ([Role.BODY], False, set()),
        ([Role.PERSON], False, {"signer.body_missing"}),
        ([Role.UNKNOWN], True, set()),
        ([], True, set()),
    ],
)
def test_a_main_file_needs_person_then_body(roles: list[Role], is_main: bool, found: set[str]) -> None:
    assert {one.id for one in composition(roles, is_main=is_main)} == found


def _report(main: Result, *findings: Found, envelope: Result = U) -> PackageReport:
    parts = (
        PartReport(part=Part.ENVELOPE, result=envelope, findings=()),
        PartReport(part=Part.MAIN, result=main, findings=findings),
    )
    return PackageReport(parts=parts, checked_at=RECEIVED, software="test")


@pytest.mark.parametrize(
    ("demand", "report", "reason"),
    [
        (Demand.NONE, _report(X), None),
        (Demand.ANY, _report(U), Reason.SIGNATURE_MISSING),
        (Demand.ANY, _report(X), None),
        (Demand.VALID, _report(U), Reason.SIGNATURE_MISSING),
        (Demand.VALID, _report(X, Check.DIGEST_WRONG.found()), Reason.SIGNATURE_INVALID),
        (Demand.VALID, _report(V, envelope=X), Reason.SIGNATURE_INVALID),
        (Demand.VALID, _report(OPEN, Check.REVOCATION_UNKNOWN.found()), None),
        (Demand.VALID, _report(OPEN, Check.NO_ROOTS.found()), None),
        (Demand.VALID, _report(OPEN, Check.NOT_TRUSTED.found()), Reason.SIGNATURE_INVALID),
        (Demand.VALID, _report(OPEN, Check.NO_ROOTS.found(), Check.FORMAT_UNKNOWN.found()), Reason.SIGNATURE_INVALID),
        (Demand.VALID, _report(W, Check.WEAK_KEY.found()), None),
    ],
)
def test_a_demand_refuses_what_speaks_against_the_signer(
    demand: Demand, report: PackageReport, reason: Reason | None
) -> None:
    if reason is None:
        enforce(demand, report)
        return
    with pytest.raises(Refusal) as caught:
        enforce(demand, report)
    assert caught.value.reason is reason


def test_a_senders_own_policy_goes_before_the_general_one() -> None:
    start, later = date(2024, 1, 1), date(2024, 6, 1)
    policies = [
        Policy(None, Demand.ANY, start, None),
        Policy(7, Demand.VALID, start, later),
        Policy(7, Demand.NONE, later, None),
    ]
    days = [date(2023, 12, 31), start, later]
    assert [strictest_own(policies, 7, day) for day in days] == [Demand.NONE, Demand.VALID, Demand.NONE]
    assert [strictest_own(policies, 8, day) for day in days] == [Demand.NONE, Demand.ANY, Demand.ANY]


def test_only_an_open_outcome_is_checked_again_with_growing_pauses_and_an_end() -> None:
    now = datetime(2024, 3, 15, tzinfo=RECEIVED.tzinfo)
    assert next_check(_report(V), 1, now) is None
    assert next_check(_report(X), 1, now) is None
    pauses = [next_check(_report(OPEN), rounds, now) for rounds in range(1, len(RECHECK.pauses) + 2)]
    assert pauses[0] == now + timedelta(minutes=10)
    assert pauses[-1] is None
    assert pauses[:-1] == sorted(pauses[:-1])  # type: ignore[type-var]

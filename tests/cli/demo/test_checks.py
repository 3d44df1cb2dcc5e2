"""Every check of the demonstration holds on a good story, and can fail."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from lienthong.cli.demo import city
from lienthong.cli.demo.checks import CHECKS, run_checks
from lienthong.cli.demo.facts import Addressee, Facts, Refused, Standing
from lienthong.cli.demo.story import CHAPTERS
from tests.cli.demo.story_facts import AGAIN, FIRST, RECIPIENTS, REFUSER, arrival, good_facts

GOOD = good_facts()


def _arrivals(**change: Any) -> dict[str, Any]:
    """The first recipient's arrival, changed."""
    first, *others = GOOD.handling.arrivals
    return {"arrivals": (replace(first, **change), *others)}


def _standing(agency: str, **change: Any) -> dict[str, Any]:
    return {
        "standings": tuple(
            replace(standing, **change) if standing.agency == agency else standing
            for standing in GOOD.follow_up.standings
        )
    }


def _without_report(code: str) -> dict[str, Any]:
    return {"reports": tuple(report for report in GOOD.follow_up.reports if report.code != code)}


SOMETHING_ELSE = Refused("20", "vxp.internal", "Lỗi.")
SENT_TWICE = (*GOOD.follow_up.reports, GOOD.follow_up.reports[0])

# What goes wrong, in which chapter, and which check must notice it (others may too).
SPOILT = [
    ("directory_lists_city", "listing", {"agencies": {"H99": "UBND Thành phố Mẫu"}}),
    ("samples_are_marked", "listing", {"agencies": {"H99.01": "Sở Y tế"}}),
    ("samples_are_marked", "listing", {"agencies": {}}),
    ("districts_serve_communes", "listing", {"reached_without_own_system": {"H99.33.11": "HUB.H99.32"}}),
    ("districts_serve_communes", "listing", {"reached_without_own_system": {}}),
    ("both_code_schemes_reach", "dispatch", {"receipt": replace(FIRST, addressees=FIRST.addressees[2:])}),
    ("byte_identical", "handling", _arrivals(sha256="bb" * 32)),
    ("byte_identical", "handling", {"arrivals": ()}),
    ("byte_identical", "dispatch", {"receipt": replace(FIRST, sha256="bb" * 32)}),
    ("byte_identical", "handling", {"arrivals": tuple(replace(a, call="getEdoc") for a in GOOD.handling.arrivals)}),
    ("attachment_intact", "handling", _arrivals(pdf_sha256="bb" * 32)),
    ("every_recipient_fetched_once", "handling", _arrivals(listed=2)),
    ("every_recipient_fetched_once", "handling", {"arrivals": GOOD.handling.arrivals[1:]}),
    ("every_recipient_fetched_once", "handling", {"arrivals": (*GOOD.handling.arrivals, arrival(RECIPIENTS[0]))}),
    ("list_empties_after_done", "handling", _arrivals(left=1)),
    ("sender_sees_every_recipient", "follow_up", {"standings": GOOD.follow_up.standings[1:]}),
    ("sender_sees_every_recipient", "follow_up", _standing(RECIPIENTS[1], transport="initial")),
    ("sender_sees_every_recipient", "follow_up", _standing(RECIPIENTS[1], status="")),
    ("reports_reach_sender", "follow_up", _without_report("05")),
    ("reports_reach_sender", "follow_up", {"reports": SENT_TWICE}),
    ("register_numbers_reach_sender", "handling", {"register_numbers": {RECIPIENTS[0]: "8/2024"}}),
    ("register_numbers_reach_sender", "follow_up", _without_report("03")),
    ("refusal_reaches_sender", "follow_up", _without_report("02")),
    ("refusal_reaches_sender", "follow_up", _standing(REFUSER, description="Từ chối tiếp nhận")),
    ("refusal_reaches_sender", "handling", {"refusal_reason": ""}),
    ("statuses_fold", "follow_up", _standing(RECIPIENTS[2], status="05")),
    ("statuses_fold", "late_reports", {"after": Standing(RECIPIENTS[0], "done", "04", "Đã phân công")}),
    ("late_report_is_kept", "late_reports", {"late_reached_sender": False}),
    ("late_report_is_kept", "late_reports", {"repeated_told": False}),
    ("duplicate_gets_first_receipt", "repetition", {"same_bytes": replace(AGAIN, doc_id="doc-2")}),
    ("duplicate_gets_first_receipt", "repetition", {"same_bytes": replace(AGAIN, repeated=False)}),
    ("duplicate_gets_first_receipt", "repetition", {"rebuilt": replace(AGAIN, received_at="15/03/2024 08:00:09")}),
    ("duplicate_gets_first_receipt", "repetition", {"rebuilt_bytes_differ": False}),
    ("duplicate_delivers_nothing", "repetition", {"new_deliveries": 1}),
    ("later_addressee_added", "addition", {"receipt": replace(GOOD.addition.receipt, doc_id="doc-2")}),
    ("later_addressee_added", "addition", {"receipt": FIRST}),
    ("later_addressee_added", "addition", {"new_deliveries": {"HUB.H99.33": 1, "HUB.H99.30": 1}}),
    ("later_addressee_added", "addition", {"sha256": "bb" * 32}),
    ("conflict_refused", "conflict", {"refused": None}),
    ("conflict_refused", "conflict", {"refused": SOMETHING_ELSE}),
    ("urgent_overtakes", "urgency", {"listed": ("a", "b", "c", "u")}),
    ("urgent_overtakes", "urgency", {"listed": ("u", "b", "a", "c")}),
    ("urgent_overtakes", "urgency", {"sent": ("u", "a", "b", "c")}),
    ("unknown_recipient_is_told", "strangers", {"unknown": None}),
    ("unknown_recipient_is_told", "strangers", {"unknown": Addressee(code="X", outcome="ACCEPTED", sent=True)}),
    ("unknown_recipient_is_told", "strangers", {"known_delivered": False}),
    ("unknown_recipient_is_told", "strangers", {"nobody": None}),
    ("foreign_sender_refused", "strangers", {"foreign_sender": None}),
    ("foreign_sender_refused", "strangers", {"foreign_sender": Refused("19", "exchange.sender_unknown", "Lạ.")}),
    ("wrong_secret_refused", "strangers", {"wrong_secret": None}),
    ("wrong_secret_refused", "strangers", {"wrong_secret": SOMETHING_ELSE}),
    ("ministry_receives", "upward", {"document_id": "another"}),
    ("ministry_receives", "upward", {"standing": Standing(city.MINISTRY.code, "done", "", "Đã gửi")}),
    ("national_round_trip", "across", {"taken_over": ("G97",)}),
    ("national_round_trip", "across", {"down": replace(GOOD.across.down, intact={"H99.01": True})}),
    ("national_round_trip", "across", {"down": replace(GOOD.across.down, answers={"H99.01": "03"})}),
    ("national_round_trip", "across", {"up": replace(GOOD.across.up, intact={"G98": False})}),
    ("national_round_trip", "across", {"up": replace(GOOD.across.up, answers={"G98": "02"})}),
    ("national_round_trip", "across", {"up": replace(GOOD.across.up, to=(), intact={}, answers={})}),
    ("national_round_trip", "across", {"recalled": "Đã tiếp nhận"}),
    ("recall_answered", "recall", {"reports": GOOD.recall.reports[1:]}),
    ("recall_answered", "recall", {"answered": GOOD.recall.asked}),
    ("recall_answered", "recall", {"asked": GOOD.recall.answered}),
    ("recall_answered", "recall", {"fetched_again": None}),
    ("recall_answered", "recall", {"why": "Lý do khác"}),
    ("redirect_after_reform", "reform", {"redirected": None}),
    ("redirect_after_reform", "reform", {"redirected": replace(GOOD.reform.redirected, outcome="ACCEPTED")}),
    ("redirect_after_reform", "reform", {"new_code": "H99.42"}),
    ("redirect_after_reform", "reform", {"closed": None}),
    ("redirect_after_reform", "reform", {"closed": Refused("18", "exchange.no_recipient", "Không nơi nào nhận.")}),
    ("redirect_after_reform", "reform", {"after": GOOD.reform.before}),
    ("redirect_after_reform", "reform", {"changes": 0}),
    ("evidence_bundle_verifies", "evidence", {"exit_code": 3}),
    ("evidence_bundle_verifies", "evidence", {"proven": ()}),
    ("evidence_bundle_verifies", "evidence", {"events": 0}),
    ("tampering_found", "tampering", {"bundle_exit_code": 0}),
    ("tampering_found", "tampering", {"bundle_wrong": ("✘ SAI: Tệp đã bị sửa. (events/1.json)",)}),
    ("tampering_found", "tampering", {"sound_before": False}),
    ("tampering_found", "tampering", {"found_event_row": "ledger_event id=8"}),
    ("tampering_found", "tampering", {"found_delivery_row": ""}),
]


def test_a_good_story_passes_every_check() -> None:
    assert [name for name, holds in run_checks(GOOD).items() if not holds] == []


@pytest.mark.parametrize(("name", "chapter", "change"), SPOILT)
def test_a_spoilt_story_fails_its_check(name: str, chapter: str, change: dict[str, Any]) -> None:
    spoilt = replace(GOOD, **{chapter: replace(getattr(GOOD, chapter), **change)})

    assert run_checks(spoilt)[name] is False


def test_every_check_is_spoilt_above() -> None:
    assert {name for name, _, _ in SPOILT} == {check.name for check in CHECKS}


@pytest.mark.parametrize("chapter", [field.name for field in fields(Facts)])
def test_a_chapter_that_did_not_end_fails_its_checks_and_no_others(chapter: str) -> None:
    results = run_checks(replace(GOOD, **{chapter: None}))

    assert {name for name, holds in results.items() if not holds} == {
        check.name for check in CHECKS if chapter in check.chapters
    }


def test_checks_have_names_for_programs_and_sentences_for_people() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.name.isidentifier()
        assert check.name == check.name.lower()
        assert check.sentence


def test_every_chapter_fills_a_field_of_the_facts() -> None:
    assert [plan.name for plan in CHAPTERS] == [field.name for field in fields(Facts)]

"""Every rule fires on a package with that one fault, at its place, and on no sound package."""

from __future__ import annotations

from datetime import date

import pytest

from edxml102.errors import Severity
from edxml102.model import Code, DocumentPackage, Package, ResponseFor, StatusPackage
from edxml102.rules import RULES, Mode, check
from tests.edxml102.examples import NEW, SOUND, STATUS, TODAY, put
from tests.edxml102.rule_cases import FAULTS, LIMITS, Fault

MODES = {rule.id: Mode.EMIT if rule.emit else Mode.ACCEPT for rule in RULES}


REFUSED_ON_ARRIVAL = {
    "header.from.organ_id.missing",
    "header.to.missing",
    "header.to.organ_id.missing",
    "header.to.organ_id.duplicate",
    "header.steering_type.form",
    "header.document_id.missing",
    "header.document_id.too_long",
    "attachment.attachment_name.missing",
    "attachment.content.missing",
    "status.from.organ_id.missing",
    "status.response_for.organ_id.missing",
    "status.response_for.document_id.missing",
    "status.status_code.missing",
}


def ids(package: Package, mode: Mode = Mode.EMIT) -> set[str]:
    return {finding.id for finding in check(package, mode=mode, today=TODAY)}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("package", SOUND.values(), ids=SOUND.keys())
def test_a_sound_package_has_no_findings(package: Package, mode: Mode) -> None:
    assert check(package, mode=mode, today=TODAY) == ()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.rule)
def test_one_fault_is_found_at_its_place(fault: Fault) -> None:
    broken = put(fault.base, fault.change, fault.value)

    findings = check(broken, mode=MODES[fault.rule], today=TODAY)

    assert (fault.rule, fault.path) in {(finding.id, finding.path) for finding in findings}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.rule)
def test_one_fault_is_found_in_the_mode_that_asks_only(fault: Fault) -> None:
    rule = next(rule for rule in RULES if rule.id == fault.rule)
    broken = put(fault.base, fault.change, fault.value)

    for mode in Mode:
        found = {finding.severity for finding in check(broken, mode=mode, today=TODAY) if finding.id == rule.id}
        assert found == ({rule.severity(mode)} if rule.severity(mode) else set())


@pytest.mark.parametrize(("key", "base", "change", "emit", "accept"), LIMITS, ids=lambda value: str(value)[:40])
def test_a_text_may_be_as_long_as_its_limit(key: str, base: Package, change: str, emit: int, accept: int) -> None:
    for mode, limit in ((Mode.EMIT, emit), (Mode.ACCEPT, accept)):
        assert f"{key}.too_long" not in ids(put(base, change, "ệ" * limit), mode)
        assert f"{key}.too_long" in ids(put(base, change, "ệ" * (limit + 1)), mode)


def test_every_rule_is_tried() -> None:
    tried = [fault.rule for fault in FAULTS] + [f"{key}.too_long" for key, *_ in LIMITS]

    assert sorted(tried) == sorted(rule.id for rule in RULES)


def test_rules_have_one_id_each_and_can_be_listed() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.clause
        assert rule.path
        assert rule.sentence.endswith((".", ")."))
        assert rule.emit or rule.accept


def test_only_what_would_lose_or_strand_a_document_is_refused_on_arrival() -> None:
    assert {rule.id for rule in RULES if rule.accept is Severity.ERROR} == REFUSED_ON_ARRIVAL


def test_all_findings_come_together_in_the_order_of_the_tables() -> None:
    broken = put(put(put(NEW, "header.subject", ""), "header.from_.organ_id", ""), "trace.traces", ())

    found = [finding.id for finding in check(broken, mode=Mode.EMIT, today=TODAY)]

    assert found == ["header.from.organ_id.missing", "header.subject.missing", "trace.header.missing"]


def test_an_empty_package_is_reported_not_crashed_on() -> None:
    assert "header.to.missing" in ids(DocumentPackage(), Mode.ACCEPT)
    assert "status.status_code.missing" in ids(StatusPackage(), Mode.ACCEPT)


def test_without_today_no_date_is_too_late() -> None:
    package = put(NEW, "header.promulgation_info.promulgation_date", "2999/01/01")

    assert check(package, mode=Mode.EMIT) == ()
    assert check(package, mode=Mode.EMIT, today=date(2999, 1, 1)) == ()


def test_letters_and_their_separate_accents_count_once() -> None:
    decomposed = "e\u0323\u0302" * 50

    assert ids(put(NEW, "header.signer_info.full_name", decomposed)) == set()


def test_an_empty_block_misses_nothing() -> None:
    assert ids(put(NEW, "header.response_for", (ResponseFor(),)), Mode.ACCEPT) == {"header.response_for.empty"}


@pytest.mark.parametrize("text", ["2147483648", "1.0", "+1", "１", "0x1"])
def test_a_steering_type_that_java_cannot_read_is_refused(text: str) -> None:
    assert ids(put(NEW, "header.steering_type", text), Mode.ACCEPT) == {"header.steering_type.form"}


@pytest.mark.parametrize("text", ["2026/1/02", "２０２６/11/02", "2026/11/02 08:00:00", "00/00/0000", "hôm nay"])
def test_dates_of_another_form_are_noticed(text: str) -> None:
    assert ids(put(NEW, "header.due_date", text)) == {"header.due_date.form"}


@pytest.mark.parametrize("name", ["Nghị quyết (cá biệt)", "NGHỊ QUYẾT"])
def test_a_type_name_may_carry_a_remark(name: str) -> None:
    package = put(put(NEW, "header.document_type.type_detail", "1"), "header.document_type.type_name", name)

    assert ids(package) == set()


def test_impossible_dates_inside_ids_are_left_alone() -> None:
    assert ids(put(NEW, "header.document_id", "000.00.00.G22,2014/02/30,7806/VPCP-TTĐT")) == set()


def test_an_unknown_status_code_is_carried() -> None:
    findings = check(put(STATUS, "status_code", "103"), mode=Mode.ACCEPT, today=TODAY)

    assert [(finding.id, finding.severity) for finding in findings] == [("status.status_code.unknown", Severity.NOTE)]


def test_a_sentence_quotes_foreign_text_shortened_and_as_it_is() -> None:
    package = put(NEW, "header.code", Code(number="{n}{oops}" + "9" * 100, notation="VP"))

    message = next(iter(check(package, mode=Mode.EMIT, today=TODAY))).message

    assert message == "Số văn bản dài 109 ký tự, tối đa 11. Hãy viết ngắn lại."
    email = check(put(NEW, "header.from_.email", "{x}" * 30), mode=Mode.EMIT, today=TODAY)[0].message
    assert "{x}{x}" in email
    assert "…" in email

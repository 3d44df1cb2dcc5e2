"""A reform walked over its days: what each code answers before, on and after the first of July."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError

from lienthong.registry import directory, revision, services
from lienthong.registry.models import Agency, AgencyIdentifier, AgencyPlacement, Mandate, ReformRun, System
from lienthong.registry.reform import rehearse
from lienthong.registry.reform.changes import of_record, tell, to_record
from lienthong.registry.resolution import Outcome
from tests.registry.reform.town import AFTER, BEFORE, LATER, PLAN, D, answers, faults_of, go, outcome, plan

OPEN, CLOSED, UNKNOWN = Outcome.OPEN, Outcome.CLOSED, Outcome.UNKNOWN

pytestmark = pytest.mark.usefixtures("town")


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("H99", (OPEN, None, None), (OPEN, None, None)),
        ("H99.30", (OPEN, None, None), (CLOSED, "H99", "refuse")),
        ("000.00.30.H99", (OPEN, None, None), (CLOSED, "H99", "refuse")),
        ("H99.30.11", (OPEN, None, None), (CLOSED, "H99.41", "redirect")),
        ("000.12.30.H99", (OPEN, None, None), (CLOSED, "H99.41", "redirect")),
        ("H99.41", (UNKNOWN, None, None), (OPEN, None, None)),
        ("000.00.41.H99", (UNKNOWN, None, None), (OPEN, None, None)),
        ("H99.32.11", (OPEN, None, None), (OPEN, None, None)),
        ("H99.32.12", (OPEN, None, None), (CLOSED, "H99.32.11", "refuse")),
        ("H98", (OPEN, None, None), (CLOSED, "H99", "redirect")),
        ("H98.11", (OPEN, None, None), (CLOSED, "H99.61", "redirect")),
        ("H99.61", (UNKNOWN, None, None), (OPEN, None, None)),
    ],
)
def test_every_code_changes_on_the_day_and_not_before(
    code: str, before: tuple[object, ...], after: tuple[object, ...]
) -> None:
    go(PLAN)

    assert [outcome(code, day) for day in (BEFORE, D, AFTER, LATER)] == [before, after, after, after]


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("H99.30.11", "HUB.H99.30.11", "HUB.H99.30"),
        ("H99.30.12", "HUB.H99.30", "HUB.H99.30"),
        ("H99.30", "HUB.H99.30", "HUB.H99"),
        ("H99.32.11", None, "HUB.H99.30"),  # by mandate
        ("H99.32.12", None, "HUB.H99.30"),
        ("H99.01", None, "HUB.H99"),
        ("H98.11", "HUB.H98", "HUB.H99"),
    ],
)
def test_documents_reach_the_right_system_on_every_day(code: str, before: str | None, after: str | None) -> None:
    go(PLAN)

    def receiver(day: date) -> str | None:
        found = directory.resolve(code, day)
        pk = found.successor_system_pk if found.outcome is CLOSED else found.system_pk
        return System.objects.get(pk=pk).system_id if pk else None

    assert [receiver(day) for day in (BEFORE, D, AFTER)] == [before, after, after]


def test_names_and_places_are_those_of_the_day(town: dict[str, Agency]) -> None:
    go(PLAN)

    names = [directory.resolve("H99.32.11", day).name for day in (BEFORE, D)]
    assert names == ["UBND xã Lúa Vàng (mẫu)", "UBND xã Đồng Lúa (mẫu)"]
    places = AgencyPlacement.objects.filter(agency=town["H98.11"]).order_by("valid_from")
    assert [(row.level, row.parent_id, row.valid_to) for row in places] == [
        ("commune", town["H98"].pk, D),
        ("commune", town["H99"].pk, None),
    ]


def test_a_mandate_of_the_plan_ends_on_its_day() -> None:
    go(PLAN)

    assert [(row.scope, row.valid_from, row.valid_to) for row in Mandate.objects.all()] == [
        ("both", D, date(2026, 1, 1))
    ]


def test_a_closed_agency_loses_its_mandates_or_hands_them_to_its_successor(town: dict[str, Agency]) -> None:
    for mandator, mandatary in (("H99.32.11", "H99.30"), ("H99.32.12", "H99.30.11")):
        services.give_mandate(mandator=town[mandator], mandatary=town[mandatary], scope="send", valid_from=BEFORE)
    go(
        plan(
            {"move": {"agency": "H99.30.12", "parent": "H99"}},
            {"close": {"agency": "H99.30.11", "successor": "H99.30.12", "mandates": "transfer"}},
            {"close": {"agency": "H99.30", "successor": "H99"}},
        )
    )

    held = {(row.mandator_id, row.mandatary_id): row.valid_to for row in Mandate.objects.all()}
    assert held == {
        (town["H99.32.11"].pk, town["H99.30"].pk): D,
        (town["H99.32.12"].pk, town["H99.30.11"].pk): D,
        (town["H99.32.12"].pk, town["H99.30.12"].pk): None,
    }


def test_the_order_of_steps_is_free_where_the_end_is_sound() -> None:
    go(
        plan(
            {"close": {"agency": "H99.32", "successor": "H99"}},
            {"close": {"agency": "H99.32.11", "successor": "H99.32.12"}},
            {"move": {"agency": "H99.32.12", "parent": "H99"}},
        )
    )

    assert outcome("H99.32.11", D) == (CLOSED, "H99.32.12", "refuse")


def test_a_rehearsal_shows_all_and_changes_nothing() -> None:
    before, now = answers(), revision.current()

    trial = rehearse(PLAN.encode())

    assert (answers(), revision.current(), ReformRun.objects.count()) == (before, now, 0)
    applied = go(PLAN)
    assert (trial.changes, trial.warnings) == (applied.changes, applied.warnings)
    assert [(one.code, one.system_before, one.system_after) for one in trial.reached] == [
        (one.code, one.system_before, one.system_after) for one in applied.reached
    ]


def test_the_record_tells_by_whom_what_and_from_which_text() -> None:
    reform = go(PLAN)

    run = ReformRun.objects.get()
    assert reform.run == run
    assert (run.effective_on, run.operator, run.source) == (D, "Nguyễn Vận Hành (mẫu)", PLAN)
    assert [of_record(record) for record in run.effects] == list(reform.changes)
    assert [to_record(change) for change in reform.changes] == run.effects
    assert all(tell(change).act for change in reform.changes)


@pytest.mark.parametrize(
    "again",
    [
        PLAN,
        "# Ghi chú thêm\n" + PLAN,
        PLAN.replace("basis: Nghị quyết mẫu\n", ""),
        PLAN.replace(
            "  - close: {agency: H98,", "  - rename: {agency: H99, name: UBND Thành phố Mẫu}\n  - close: {agency: H98,"
        ),
    ],
    ids=["the same", "with a comment", "with other words", "with a step that changes nothing"],
)
def test_a_plan_applied_a_second_time_changes_nothing(again: str) -> None:
    go(PLAN)
    before, now = answers(), revision.current()

    second = go(again)

    assert (second.was_applied, list(second.changes)) == (True, [])
    assert (answers(), revision.current(), ReformRun.objects.count()) == (before, now, 1)


def test_a_plan_with_one_step_more_does_only_that_step() -> None:
    go(PLAN)

    second = go(PLAN + "  - rename: {agency: H99.01, name: Sở Y tế và Dân số (mẫu)}\n")

    assert [tell(change).act for change in second.changes] == ["Đổi tên"]
    assert ReformRun.objects.count() == 2


def test_a_step_that_fails_half_way_takes_everything_back(town: dict[str, Agency]) -> None:
    """A row written by hand, which no plan can know of, stands where the last step wants to write."""
    AgencyPlacement.objects.create(agency=town["H98.11"], level="commune", valid_from=D, valid_to=D)
    before, now = answers(), revision.current()

    with pytest.raises(IntegrityError):
        go(plan({"close": {"agency": "H99.01"}}, {"move": {"agency": "H98.11", "parent": "H99"}}))

    assert (answers(), revision.current(), ReformRun.objects.count()) == (before, now, 0)


def test_a_refusal_of_the_services_names_the_step_and_takes_everything_back(town: dict[str, Agency]) -> None:
    """A mandate written by hand with an end before its start is nothing to the plan, but lasts for the service."""
    Mandate.objects.create(
        mandator=town["H99.01"], mandatary=town["H98"], scope="both", valid_from=LATER, valid_to=AFTER
    )
    before, now = answers(), revision.current()
    mandate = {"mandate": {"agency": "H99.01", "by": "H99", "scope": "both"}}

    found = faults_of(plan({"rename": {"agency": "H99.01", "name": "Sở mẫu"}}, mandate))

    assert [(fault.path, fault.line is not None) for fault in found] == [("steps[1].mandate.agency", True)]
    assert (answers(), revision.current()) == (before, now)


def test_a_plan_for_a_coming_day_changes_nothing_until_then() -> None:
    before = answers(days=(BEFORE, D, LATER))
    go(plan({"close": {"agency": "H99.01", "successor": "H99"}}, day="2999-01-01"))

    assert answers(days=(BEFORE, D, LATER)) == before
    assert outcome("H99.01", date(2999, 1, 1))[0] is CLOSED


@pytest.mark.parametrize(
    ("steps", "warned"),
    [
        (
            [{"create": {"code": "H99.70", "name": "Sở Thử nghiệm (mẫu)", "level": "thành phố"}}],
            "không có hệ thống nào nhận văn bản cho H99.70",
        ),
        (
            [{"close": {"agency": "H99.30.12", "successor": "H99.01"}}],
            "Cơ quan kế thừa H99.01 của H99.30.12 chưa có hệ thống",
        ),
        ([{"unserve": {"system": "HUB.H99", "agency": "H99"}}], "không có hệ thống nào nhận văn bản cho H99"),
        ([{"mandate": {"agency": "H99.01", "by": "H99", "scope": "send"}}], "nên chọn scope: both"),
    ],
)
def test_what_may_not_be_meant_is_pointed_out(steps: list[dict[str, object]], warned: str) -> None:
    (warning,) = rehearse(plan(*steps)).warnings

    assert warned in warning.message
    assert warning.path.startswith("steps[0].")


def test_codes_are_kept_with_their_schemes() -> None:
    go(PLAN)

    schemes = dict(AgencyIdentifier.objects.filter(code__contains="61").values_list("code", "scheme"))
    assert schemes == {"H99.61": "QD20", "000.00.61.H99": "QCVN102"}

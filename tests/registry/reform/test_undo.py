"""A run is taken back by its counter-plan: every code that was there before answers as before, on every day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lienthong.registry import services
from lienthong.registry.models import Agency, AgencyIdentifier, ReformRun, SystemService
from lienthong.registry.reform import PlanRefused, counter_plan
from lienthong.registry.reform.runs import list_runs
from lienthong.registry.resolution import Outcome
from tests.registry.reform.town import BEFORE, DAYS, LATER, PLAN, D, answers, faults_of, go, kinds, outcome, plan

pytestmark = pytest.mark.usefixtures("town")


def run_of(source: bytes | str) -> ReformRun:
    run = go(source).run
    assert run is not None
    return run


def codes() -> list[str]:
    return list(AgencyIdentifier.objects.values_list("code", flat=True))


def test_the_counter_plan_restores_every_answer_of_every_day() -> None:
    before = answers()
    run = run_of(PLAN)
    assert answers(codes={code for code, _ in before}) != before

    undo = run_of(counter_plan(run))

    assert answers(codes={code for code, _ in before}) == before
    assert (undo.undoes, undo.effective_on) == (run, D)


def test_codes_given_out_by_the_run_stay_closed_and_name_where_to_go_back_to() -> None:
    go(counter_plan(run_of(PLAN)))

    assert outcome("H99.41", LATER) == (Outcome.CLOSED, "H99.30.11", "refuse")
    assert outcome("H99.61", LATER) == (Outcome.CLOSED, "H98.11", "refuse")
    taken = plan({"create": {"code": "H99.41", "name": "Phường khác (mẫu)", "level": "xã", "parent": "H99"}})
    assert kinds(faults_of(taken)) == [("steps[0].create.code", "code_taken")]


def test_history_keeps_both_runs() -> None:
    go(counter_plan(run_of(PLAN)))

    undo, run = list_runs()
    assert (run.undone_by, undo.undoes) == (undo.id, run.id)
    assert min(undo.changes, run.changes) > 20
    assert undo.name == f"Hoàn tác lần {run.id}: Sắp xếp thành phố mẫu"


def test_the_undoing_can_be_undone() -> None:
    run = run_of(PLAN)
    reformed = answers()
    undo = run_of(counter_plan(run))

    go(counter_plan(undo))

    assert answers() == reformed
    assert go(PLAN).was_applied


def test_after_the_undoing_the_plan_itself_cannot_come_back_with_its_codes() -> None:
    go(counter_plan(run_of(PLAN)))

    assert ("steps[1].merge.create.code", "code_taken") in kinds(faults_of(PLAN))


def test_a_run_is_undone_once() -> None:
    run = run_of(PLAN)
    undo = counter_plan(run)
    go(undo)

    assert go(undo).was_applied
    assert ("undoes", "run_undone") in kinds(faults_of(undo + "basis: Lần nữa\n"))


@pytest.mark.parametrize(
    ("source", "path", "kind"),
    [
        (plan({"restore": {"codes": ["H99.30"]}}), "steps[0].restore.codes[0]", "restore_not_allowed"),
        (plan({"restore": {"codes": ["H99.30"]}}, undoes=999_999), "undoes", "run_unknown"),
    ],
)
def test_nothing_else_reopens_a_code(source: bytes, path: str, kind: str) -> None:
    go(PLAN)

    assert (path, kind) in kinds(faults_of(source))


def test_a_run_cannot_reopen_what_another_closed() -> None:
    first = run_of(plan({"close": {"agency": "H99.01", "successor": "H99"}}))
    second = run_of(plan({"close": {"agency": "H99.30.12", "successor": "H99"}}))

    undo = yaml.safe_load(counter_plan(second))
    undo["steps"] = yaml.safe_load(counter_plan(first))["steps"]

    assert {kind for _, kind in kinds(faults_of(yaml.safe_dump(undo)))} == {"restore_not_allowed"}


def test_the_day_of_an_undoing_is_that_of_the_run() -> None:
    undo = counter_plan(run_of(PLAN)).replace("2025-07-01", "2025-08-01")

    assert ("date", "undo_date") in kinds(faults_of(undo))


@pytest.mark.parametrize(
    ("later", "kind"),
    [
        ({"rename": {"agency": "H99.32.11", "name": "UBND xã Đồng Vui (mẫu)"}}, "date_before_last"),
        ({"move": {"agency": "H99.32.11", "parent": "H99.01"}}, "date_before_last"),
        ({"create": {"code": "H99.41.01", "name": "Trạm mẫu", "level": "xã", "parent": "H99.41"}}, "has_children"),
    ],
)
def test_what_was_built_on_a_run_must_be_undone_first(later: dict[str, Any], kind: str) -> None:
    run = run_of(PLAN)
    after = run_of(plan(later, day="2025-09-01"))

    assert kind in {found for _, found in kinds(faults_of(counter_plan(run)))}
    if kind == "has_children":
        go(counter_plan(after))
        go(counter_plan(run))
        assert outcome("H99.30", LATER) == (Outcome.OPEN, None, None)


def test_a_code_closed_anew_since_is_left_alone(town: dict[str, Agency]) -> None:
    run = run_of(plan({"close": {"agency": "H99.01", "successor": "H99"}}))
    identifier = town["H99.01"].identifiers.get(code="H99.01")
    services.close_identifier(identifier=identifier, on_date=D, successor=town["H98"], on_closed="redirect")

    assert ("steps[0].restore.codes[1]", "changed_since") in kinds(faults_of(counter_plan(run)))


def test_a_planned_end_comes_back_as_it_was_planned(town: dict[str, Agency]) -> None:
    services.close_agency(agency=town["H99.01"], on_date=date(2999, 1, 1), successor=town["H99"], on_closed="redirect")
    before = answers(days=(*DAYS, date(2999, 1, 1)))
    run = run_of(plan({"close": {"agency": "H99.01", "successor": "H98"}}))

    go(counter_plan(run))

    assert answers(days=(*DAYS, date(2999, 1, 1))) == before


def test_services_and_mandates_come_back_with_their_scope(town: dict[str, Agency]) -> None:
    services.give_mandate(
        mandator=town["H99.32.11"],
        mandatary=town["H99.30"],
        scope="both",
        valid_from=date(2024, 1, 1),
        valid_to=date(2027, 1, 1),
    )
    before = answers()
    run = run_of(
        plan(
            {"serve": {"system": "HUB.H99.30", "agency": "H99.30", "include_subordinates": False}},
            {"unserve": {"system": "HUB.H98", "agency": "H98"}},
            {"mandate": {"agency": "H99.32.11", "by": "H99.30", "scope": "send"}},
            {"end_mandate": {"agency": "H99.32.11", "by": "H99.30"}},
        )
    )

    go(counter_plan(run))

    assert answers() == before
    (held,) = town["H99.32.11"].mandates_given.filter(valid_to__gt=LATER)
    assert (held.scope, held.valid_to) == ("both", date(2027, 1, 1))
    assert SystemService.objects.filter(system__system_id="HUB.H99.30", valid_to=None).get().include_subordinates


# --- Any plan -------------------------------------------------------------------------------------------------------

FEW_DAYS = (BEFORE, D, LATER)
COMMUNES = ("H99.30.11", "H99.30.12", "H99.32.11", "H99.32.12", "H98.11")
PARENTS = ("H99", "H98", "H99.30", "H99.32")
EVERYBODY = (*COMMUNES, *PARENTS, "H99.01")
anybody, commune, parent = st.sampled_from(EVERYBODY), st.sampled_from(COMMUNES), st.sampled_from(PARENTS)
on_closed = st.sampled_from(["refuse", "redirect"])
system = st.sampled_from(["HUB.H99", "HUB.H98", "HUB.H99.30"])
new_code = st.integers(70, 79).map(lambda number: f"H99.{number}")


def steps() -> st.SearchStrategy[dict[str, Any]]:
    new = st.fixed_dictionaries(
        {"code": new_code, "name": st.just("Cơ quan mới (mẫu)"), "level": st.just("xã"), "parent": parent}
    )
    bodies = {
        "create": new,
        "close": st.fixed_dictionaries({"agency": anybody, "successor": anybody, "on_closed": on_closed}),
        "merge": st.fixed_dictionaries(
            {"agencies": st.lists(commune, min_size=1, max_size=2, unique=True), "create": new, "on_closed": on_closed}
        ),
        "rename": st.fixed_dictionaries({"agency": anybody, "name": st.just("Tên mới (mẫu)")}),
        "move": st.fixed_dictionaries({"agency": commune, "parent": parent}),
        "recode": st.fixed_dictionaries({"agency": anybody, "code": new_code, "on_closed": on_closed}),
        "serve": st.fixed_dictionaries({"system": system, "agency": anybody, "include_subordinates": st.booleans()}),
        "transfer": st.fixed_dictionaries({"system": st.just("HUB.H99.30"), "from": st.just("H99.30"), "to": anybody}),
        "mandate": st.fixed_dictionaries({"agency": commune, "by": anybody, "scope": st.just("both")}),
    }
    return st.one_of(*(body.map(lambda value, kind=kind: {kind: value}) for kind, body in bodies.items()))


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(chosen=st.lists(steps(), min_size=1, max_size=5))
def test_any_plan_and_its_counter_plan_leave_the_directory_as_it_was(chosen: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        before = answers(days=FEW_DAYS)
        known = {code for code, _ in before}
        try:
            run = go(plan(*chosen)).run
        except PlanRefused:
            run = None
        if run is not None:
            reformed = answers(days=FEW_DAYS)
            undo = run_of(counter_plan(run))
            assert answers(days=FEW_DAYS, codes=known) == before
            assert {outcome(code, LATER)[0] for code in codes() if code not in known} <= {Outcome.CLOSED}
            go(counter_plan(undo))
            assert answers(days=FEW_DAYS) == reformed
        transaction.set_rollback(True)
    assume(run is not None)

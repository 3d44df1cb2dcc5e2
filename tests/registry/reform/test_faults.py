"""Bad plans: every fault with its stable code, its place in the YAML and the next step; nothing half-applied."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthong.registry import services
from lienthong.registry.models import Agency, ReformRun
from lienthong.registry.reform import PlanRefused, rehearse
from lienthong.registry.reform.faults import FaultKind
from lienthong.registry.reform.reading import read_plan
from tests.registry.reform.town import LATER, D, faults_of, go, kinds, plan

TEN_KINDS = """\
name: Phương án nhiều lỗi (mẫu)
date: 2025-07-01
nguoi_lap: Nguyễn Văn Mẫu
steps:
  - close: {agency: H99.77, successor: H99}
  - close: {agency: H99.01, successor: H99.01}
  - close: {agency: H99.32.11, on_closed: redirect}
  - close: {agency: H99.30.12, successor: H99, on_closed: maybe}
  - merge:
      agencies: [H99.30.11]
      create: {code: H98, name: Phường trùng mã (mẫu), level: tầng, parent: H99}
  - create: {code: H98.11, name: Xã trùng mã (mẫu), level: xã}
  - move: {agency: H98, parent: H98.11}
  - abolish: {agency: H99.30}
  - rename: {agency: H99.30}
  - transfer: {system: HUB.KHONG, from: H99.30, to: H99}
  - mandate: {agency: H99.32.12, by: H99.32.12, scope: both}
  - close: {agency: H99.32, successor: H99}
  - rename: {agency: "SỞ Y TẾ", name: Sở mẫu}
"""


@pytest.mark.usefixtures("town")
def test_a_plan_with_fourteen_faults_hears_of_all_of_them_with_place_and_line() -> None:
    found = faults_of(TEN_KINDS)

    assert [(fault.line, *kind) for fault, kind in zip(found, kinds(found), strict=True)] == [
        (3, "nguoi_lap", "key_unknown"),
        (5, "steps[0].close.agency", "agency_unknown"),
        (6, "steps[1].close.agency", "succeeds_itself"),
        (7, "steps[2].close", "redirect_to_nobody"),
        (8, "steps[3].close.on_closed", "choice_unknown"),
        (11, "steps[4].merge.create.level", "choice_unknown"),
        (12, "steps[5].create.code", "code_taken"),
        (13, "steps[6].move.agency", "cycle"),
        (14, "steps[7].abolish", "step_unknown"),
        (15, "steps[8].rename", "key_missing"),
        (16, "steps[9].transfer.system", "system_unknown"),
        (17, "steps[10].mandate.agency", "mandate_itself"),
        (18, "steps[11].close.agency", "has_children"),
        (19, "steps[12].rename.agency", "code_malformed"),
    ]
    assert all(fault.message and fault.next_step for fault in found)
    assert ReformRun.objects.count() == 0


def test_every_kind_of_fault_has_a_code_of_its_own_and_a_next_step() -> None:
    assert len({kind.code for kind in FaultKind}) == len(FaultKind)
    assert len(FaultKind.__members__) == len(FaultKind)  # two with one next step would be one
    assert all(kind.value.endswith(".") for kind in FaultKind)


WRONG_STEPS: dict[str, tuple[list[dict[str, Any]], list[tuple[str, str]]]] = {
    "closed long ago": (
        [{"close": {"agency": "H97", "successor": "H99"}}],
        [("steps[0].close.agency", "already_closed")],
    ),
    "closed before it began": (
        [{"close": {"agency": "H96"}}],
        [("steps[0].close.agency", "closed_before_start")],
    ),
    "another agency's code": (
        [{"close": {"agency": "H99.01", "codes": ["H99.30"]}}],
        [("steps[0].close.codes[0]", "code_foreign")],
    ),
    "closed in favour of a closed one": (
        [{"close": {"agency": "H99.01", "successor": "H95"}}],
        [("steps[0].close.agency", "successor_closed")],
    ),
    "closed in a circle": (
        [
            {"close": {"agency": "H99.30.11", "successor": "H99.30.12"}},
            {"close": {"agency": "H99.30.12", "successor": "H99.30.11"}},
        ],
        [("steps[0].close.agency", "successor_closed"), ("steps[1].close.agency", "successor_closed")],
    ),
    "closed twice": (
        [{"close": {"agency": "H99.01", "successor": "H99"}}, {"close": {"agency": "H99.01", "successor": "H98"}}],
        [("steps[1].close.agency", "contradicts")] * 2,
    ),
    "renamed twice": (
        [{"rename": {"agency": "H99", "name": "Tên một"}}, {"rename": {"agency": "H99", "name": "Tên hai"}}],
        [("steps[1].rename", "contradicts")],
    ),
    "moved below a closed one": (
        [{"move": {"agency": "H99.01", "parent": "H97"}}],
        [("steps[0].move.parent", "not_open")],
    ),
    "moved below one that the plan closes": (
        [{"move": {"agency": "H99.01", "parent": "H98.11"}}, {"close": {"agency": "H98.11"}}],
        [("steps[1].close.agency", "has_children")],
    ),
    "a closed one renamed": (
        [{"rename": {"agency": "H97", "name": "Tên mới"}}],
        [("steps[0].rename.agency", "not_open")],
    ),
    "recoded with a closed code": (
        [{"recode": {"agency": "H99.01", "code": "H97"}}],
        [("steps[0].recode.code", "code_taken")],
    ),
    "recoded twice": (
        [{"recode": {"agency": "H99.01", "code": "H99.71"}}, {"recode": {"agency": "H99.01", "code": "H99.72"}}],
        [("steps[1].recode", "contradicts")],
    ),
    "recoded with what another step gives": (
        [
            {"create": {"code": "H99.70", "name": "Sở mẫu", "level": "2"}},
            {"recode": {"agency": "H99.01", "code": "H99.70"}},
        ],
        [("steps[1].recode.code", "code_taken")],
    ),
    "named before it is made": (
        [
            {"move": {"agency": "H99.01", "parent": "H99.70"}},
            {"create": {"code": "H99.70", "name": "Sở mẫu", "level": "2"}},
        ],
        [("steps[0].move.parent", "agency_unknown")],
    ),
    "served by nobody": (
        [{"transfer": {"system": "HUB.H99", "from": "H99.01", "to": "H99"}}],
        [("steps[0].transfer.from", "not_serving")],
    ),
    "no longer served": (
        [{"unserve": {"system": "HUB.H99", "agency": "H99.01"}}],
        [("steps[0].unserve.agency", "not_serving")],
    ),
    "a second receiver": (
        [
            {"mandate": {"agency": "H99.32.11", "by": "H99", "scope": "both"}},
            {"mandate": {"agency": "H99.32.11", "by": "H98", "scope": "receive"}},
        ],
        [("steps[1].mandate.agency", "mandate_second_receiver")],
    ),
    "a mandate that ends at once": (
        [{"mandate": {"agency": "H99.32.11", "by": "H99", "scope": "both", "until": "2025-07-01"}}],
        [("steps[0].mandate", "mandate_ends_early")],
    ),
    "a mandate that nobody gave": (
        [{"end_mandate": {"agency": "H99.32.11", "by": "H99"}}],
        [("steps[0].end_mandate.agency", "mandate_unknown")],
    ),
    "changed later already": (
        [{"rename": {"agency": "H99.30", "name": "Tên mới"}}],
        [("steps[0].rename", "date_before_last")],
    ),
}


@pytest.fixture
def town_with_history(town: dict[str, Agency]) -> None:
    """H97 was closed in favour of the city, H95 in nobody's; H96 begins later, the district is renamed later."""
    go(plan({"create": {"code": "H97", "name": "Cơ quan cũ (mẫu)", "level": "2"}}, day="2020-02-01"))
    go(plan({"create": {"code": "H95", "name": "Cơ quan bỏ (mẫu)", "level": "2"}}, day="2020-02-01"))
    go(plan({"close": {"agency": "H97", "successor": "H99"}}, {"close": {"agency": "H95"}}, day="2021-01-01"))
    go(plan({"create": {"code": "H96", "name": "Cơ quan sau (mẫu)", "level": "2"}}, day=LATER))
    services.rename_agency(agency=town["H99.30"], name="UBND quận Hoa Mới (mẫu)", valid_from=LATER)


@pytest.mark.usefixtures("town_with_history")
@pytest.mark.parametrize("case", WRONG_STEPS)
def test_a_wrong_step_is_refused_at_its_place(case: str) -> None:
    steps, expected = WRONG_STEPS[case]

    assert kinds(faults_of(plan(*steps, day=D))) == expected


# --- Reading: no database needed ------------------------------------------------------------------------------------

HEAD = "name: Mẫu\ndate: 2025-07-01\n"


def read(text: str | bytes) -> list[tuple[str, str]]:
    try:
        read_plan(text if isinstance(text, bytes) else text.encode()).faults.refuse()
    except PlanRefused as refused:
        return kinds(fault for fault in refused.faults if fault.message and fault.next_step)
    return []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"", ("", "kind_wrong")),
        (b"[]", ("", "kind_wrong")),
        (b"\xff\xfe\x00n", ("", "encoding")),
        (b"name: M\x00u", ("", "yaml_malformed")),
        (b"name: [", ("", "yaml_malformed")),
        (b"\tname: x", ("", "yaml_malformed")),
        (b"x" * 600_000, ("", "file_too_large")),
        (b"a: &a [x]\nb: *a", ("", "yaml_feature")),
        (b"name: !!python/object:os.system x", ("", "yaml_feature")),
        (b"---\nname: a\n---\nname: b", ("", "yaml_feature")),
        (b"[" * 100_000, ("", "yaml_feature")),
        (b"{a: " * 5000, ("", "yaml_feature")),
        ((HEAD + "name: Hai\nsteps: []").encode(), ("name", "key_repeated")),
        ((HEAD + "steps: []\n? [a]\n: b").encode(), ("", "kind_wrong")),
    ],
    ids=lambda value: repr(value[:20]) if isinstance(value, bytes) else "",
)
def test_what_is_no_plan_is_refused_whole(source: bytes, expected: tuple[str, str]) -> None:
    assert read(source) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("steps: []", []),
        ("steps:", [("steps", "value_empty")]),
        ("steps: đóng", [("steps", "kind_wrong")]),
        ("steps: [close]", [("steps[0]", "kind_wrong")]),
        ("steps: [{close: {agency: H99}, move: {agency: H99}}]", [("steps[0]", "kind_wrong")]),
        ("steps: [{close: H99}]", [("steps[0].close", "kind_wrong")]),
        ("steps: [{close: {agencies: {a: b}}}]", [("steps[0].close.agencies", "kind_wrong")]),
        ("steps: [{close: {agency: H99, agencies: [H98]}}]", [("steps[0].close", "contradicts")]),
        ("steps: [{close: {agencies: [H99, H99]}}]", [("steps[0].close.agencies", "value_malformed")]),
        ("steps: [{close: {agencies: [H99, [H98]]}}]", [("steps[0].close.agencies[1]", "kind_wrong")]),
        ("steps: [{close: {agency: H99, successor: }}]", [("steps[0].close.successor", "value_empty")]),
        ("steps: [{rename: {agency: H99, name: ' '}}]", [("steps[0].rename.name", "value_malformed")]),
        (f"steps: [{{rename: {{agency: H99, name: {'x' * 501}}}}}]", [("steps[0].rename.name", "value_malformed")]),
        ("steps: [{merge: {agencies: [H99]}}]", [("steps[0].merge", "key_missing")]),
        (
            "steps: [{merge: {agencies: [H99], into: H98, create: {code: H97, name: a, level: 2}}}]",
            [("steps[0].merge", "contradicts")],
        ),
        (
            "steps: [{merge: {agencies: [H99], create: {code: H97, name: a, level: 2, cap: 2}}}]",
            [("steps[0].merge.create.cap", "key_unknown")],
        ),
        ("steps: [{mandate: {agency: H99, by: H98}}]", [("steps[0].mandate", "key_missing")]),
        (
            "steps: [{mandate: {agency: H99, by: H98, scope: both, until: 31/2/2026}}]",
            [("steps[0].mandate.until", "date_malformed")],
        ),
        (
            "steps: [{serve: {system: HUB, agency: H99, include_subordinates: maybe}}]",
            [("steps[0].serve.include_subordinates", "choice_unknown")],
        ),
        ("steps: []\nundoes: một", [("undoes", "value_malformed")]),
        ("steps: []\nundoes: 9999999999999999999999", [("undoes", "value_malformed")]),
        ("steps: [" + "{close: {agency: H99}}, " * 5001 + "]", [("steps", "steps_too_many")]),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_what_is_miswritten_is_told_with_its_place(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(HEAD + text) == expected


def test_a_plan_without_name_and_date_still_has_its_steps_read() -> None:
    text = "steps: [{close: {agency: SỞ}}]"

    assert read(text) == [("", "key_missing"), ("", "key_missing"), ("steps[0].close.agency", "code_malformed")]


def test_values_are_read_as_written() -> None:
    """YAML's own types would make 8 of 0o10, false of no, and lose the zero before an enterprise number."""
    text = HEAD + "steps: [{close: {agencies: [0200123456, 010, NO]}}, {rename: {agency: h99 , name: 2025-07-01}}]"
    draft = read_plan(text.encode())
    assert draft.plan is not None

    close, rename = draft.plan.steps
    assert [ref.text for ref in close.agencies] == ["0200123456", "010", "NO"]  # type: ignore[union-attr]
    assert (rename.agency.text, rename.name) == ("H99", "2025-07-01")  # type: ignore[union-attr]


@pytest.mark.parametrize("day", ["2025-07-01", "1/7/2025", "'2025-07-01'"])
def test_a_day_may_be_written_in_both_ways(day: str) -> None:
    draft = read_plan(f"name: Mẫu\ndate: {day}\nsteps: []".encode())

    assert draft.plan is not None
    assert draft.plan.day == date(2025, 7, 1)


@settings(max_examples=150, deadline=None)
@given(source=st.one_of(st.binary(max_size=60), st.text(alphabet="abc:-[]{}?&*!#|>'\"\n \t0", max_size=60)))
def test_whatever_is_fed_in_is_read_or_refused_with_a_code(source: str | bytes) -> None:
    assert all(kind in {known.name.lower() for known in FaultKind} for _, kind in read(source))


@pytest.mark.usefixtures("town")
def test_codes_of_a_step_that_cannot_be_read_are_not_called_unknown_elsewhere() -> None:
    text = plan(
        {"create": {"code": "H99.70", "name": "Sở mẫu", "level": "tầng"}},
        {"move": {"agency": "H99.01", "parent": "H99.70"}},
    )

    with pytest.raises(PlanRefused) as refused:
        rehearse(text)
    assert kinds(refused.value.faults) == [("steps[0].create.level", "choice_unknown")]

"""Rule sets: dated, chosen by the day of signing, read strictly, cited from data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
import yaml
from pytest_django import Settings

from lienthong.exchange import rule_sets
from lienthong.exchange.models import Recipient
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.rule_sets import Duty, RuleSetError, Sender, SignatureRule
from lienthong.exchange.rule_sets.reading import parse_rule_set
from lienthong.exchange.states import Ask, RecipientState
from tests import packages
from tests.exchange.conftest import Office

BASELINE = resources.files(rule_sets).joinpath("qd-28-2018.yaml").read_text(encoding="utf-8")
SAMPLE = resources.files(rule_sets).joinpath("qd-43-2026.yaml").read_text(encoding="utf-8")
ENDING = BASELINE.replace("enabled: true", "effective_to: 2026-01-01\nenabled: true")
S = RecipientState


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """The city's own rule sets."""
    settings.RULE_SETS = tmp_path / "rules"
    settings.RULE_SETS.mkdir()
    yield settings.RULE_SETS
    rule_sets.load.cache_clear()


def test_the_baseline_says_what_the_specification_says() -> None:
    rules = parse_rule_set(BASELINE, name="baseline")
    assert (rules.id, rules.effective_from, rules.enabled) == ("qd-28-2018", date(2018, 9, 6), True)
    assert set(rules.codes) == {"01", "02", "03", "04", "05", "06", "13", "15", "16"}
    assert [code for code, rule in rules.codes.items() if rule.sender is Sender.ISSUER] == ["13"]
    assert {state for state, code in rules.moves.steps if code == "02"} == {S.SENT, S.ARRIVED}
    assert rules.moves.asks[Ask.TAKE_BACK].starts == {S.SENT, S.ARRIVED}
    assert rules.moves.asks[Ask.RECALL].agree == {"03", "15"}
    assert S.DONE in rules.moves.asks[Ask.RECALL].starts, "06 does not close the right to recall"
    assert rules.deadlines[Duty.RECALL].working_days == 1
    assert rules.deadlines[Duty.RECEIPT].source.cited == "điểm c khoản 2 Điều 21 Nghị định 30/2020/NĐ-CP"


def test_steps_never_go_backwards_or_leave_an_end() -> None:
    for text in (BASELINE, SAMPLE):
        for (state, _), target in parse_rule_set(text, name="any").moves.steps.items():
            assert not state.final
            assert target.final or target.rank > state.rank


def test_the_unverified_instrument_is_there_and_not_in_use() -> None:
    timeline = rule_sets.load()
    assert [one.id for one in timeline.sets] == ["qd-28-2018"]
    (sample,) = timeline.unused
    assert (sample.id, sample.effective_from, sample.verified) == ("qd-43-2026", date(2026, 11, 1), False)
    assert "chưa xác minh" in sample.note
    assert "(chưa xác minh)" in sample.deadlines[Duty.RECALL].source.cited
    assert timeline.on(date(2027, 1, 1)).id == "qd-28-2018"


@pytest.mark.parametrize(
    ("signed_on", "chosen"),
    [
        (date(2010, 1, 1), "qd-28-2018"),
        (date(2018, 9, 6), "qd-28-2018"),
        (date(2026, 10, 31), "qd-28-2018"),
        (date(2026, 11, 1), "qd-43-2026"),
    ],
)
def test_the_day_of_signing_chooses(folder: Path, signed_on: date, chosen: str) -> None:
    (folder / "moi.yaml").write_text(SAMPLE.replace("enabled: false", "enabled: true"))
    assert rule_sets.rule_set(signed_on).id == chosen


def test_a_city_changes_a_rule_without_code(department: Office, hoa_phuong: Office, folder: Path) -> None:
    """From some day on, taking back is allowed after acceptance too."""
    document = yaml.safe_load(BASELINE) | {"id": "tp-mau", "effective_from": date(2024, 3, 16)}
    document["asks"]["take_back"]["starts"] += ["accepted"]
    (folder / "tp-mau.yaml").write_text(yaml.safe_dump(document, allow_unicode=True))
    old, new = (
        packages.document(department.code, hoa_phuong.code, document_id=name).replace(b"2024/03/15", day)
        for name, day in (("VB-1", b"2024/03/15"), ("VB-2", b"2024/03/16"))
    )
    for raw, name in ((old, "VB-1"), (new, "VB-2")):
        department.send(raw)
        hoa_phuong.report(department, name, "03")
    with pytest.raises(Refusal) as caught:
        department.report(hoa_phuong, "VB-1", "13", description="Nhầm (mẫu)")
    assert caught.value.reason is Reason.STATUS_TOO_LATE
    department.report(hoa_phuong, "VB-2", "13", description="Nhầm (mẫu)")
    assert Recipient.objects.get(document__document_id="VB-2").state == "takeback_asked"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("effective_from: 2018-09-06", "effective_from: sớm", "effective_from: 'sớm' không phải một ngày"),
        ("enabled: true", "enabled: có", "enabled: 'có' phải là true hoặc false"),
        ("sender: issuer", "sender: ai đó", "status_codes.13.sender: 'ai đó' không có; được dùng: receiver, issuer"),
        ("steps: {arrived: [sent]}", "steps: {arrived: [xa]}", "status_codes.01.steps.arrived[0]: 'xa' không có"),
        ("steps: {arrived: [sent]}", "steps: {den: [sent]}", "status_codes.01.steps.den: 'den' không có"),
        ("steps: {arrived: [sent]}", "steps: {arrived: [sent], rejected: [sent]}", "status_codes.01.steps.rejected"),
        ('"01":', "1:", "status_codes.1: khóa 1 phải là chữ"),
        (
            "{instrument: qd28, article: khoản 4 Điều 5}",
            "{instrument: x, article: y}",
            "status_codes.02.source.instrument",
        ),
        ('decline: ["02", "16"]', 'decline: ["03", "99"]', "asks.recall.decline[1]: '99' không có trong status_codes"),
        ('decline: ["02", "16"]', 'decline: ["03"]', "asks.recall.decline: 03 vừa là đồng ý vừa là từ chối"),
        ('business_type: "1"', 'business_type: "7"', "asks.recall.business_type: '7' không phải nghiệp vụ"),
        ('asked_by: "13"', 'asked_by: "77"', "asks.take_back.asked_by: '77' không có"),
        ('asked_by: "13"', "agreed: recalled", "asks.take_back"),
        ("working_days: 0", "working_days: -1", "deadlines.receipt.working_days: -1 phải là một số nguyên"),
        ("working_days: 0", "days: 0", "deadlines.receipt: không có khóa 'days'"),
        ("name: Đã đến", "ten: Đã đến", "status_codes.01: thiếu name"),
        ("asks:\n", "asks: []\n_:\n", "asks: phải là một nhóm"),
    ],
)
def test_every_mistake_is_named_by_its_place(old: str, new: str, place: str) -> None:
    assert old in BASELINE
    with pytest.raises(RuleSetError) as caught:
        parse_rule_set(BASELINE.replace(old, new, 1), name="sai.yaml")
    assert any(problem.startswith(place) for problem in caught.value.problems), caught.value.problems
    assert str(caught.value).startswith("sai.yaml: ")


def test_all_mistakes_are_told_together() -> None:
    broken = BASELINE.replace("enabled: true", "enabled: 1").replace("sender: issuer", "sender: x")
    with pytest.raises(RuleSetError) as caught:
        parse_rule_set(broken, name="sai.yaml")
    assert len(caught.value.problems) == 2


def test_text_that_is_not_yaml() -> None:
    with pytest.raises(RuleSetError, match="không phải YAML"):
        parse_rule_set("a: [", name="sai.yaml")


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ([BASELINE.replace("enabled: true", "enabled: false")], "không có bộ quy tắc nào được bật"),
        ([BASELINE.replace("id: qd-28-2018", "id: hai")], "trùng ngày"),
        (
            [
                SAMPLE.replace("enabled: false", "enabled: true"),
                BASELINE.replace(
                    "effective_from: 2018-09-06\n", "effective_from: 2018-09-06\neffective_to: 2026-01-01\n", 1
                ),
            ],
            "phải là 2026-10-31",
        ),
        (
            [
                BASELINE.replace(
                    "effective_from: 2018-09-06\n", "effective_from: 2018-09-06\neffective_to: 2026-01-01\n", 1
                )
            ],
            "không được có ngày kết thúc",
        ),
    ],
)
def test_every_day_has_exactly_one_set(folder: Path, texts: list[str], problem: str) -> None:
    for number, text in enumerate(texts):
        (folder / f"{number}.yaml").write_text(text)
    with pytest.raises(RuleSetError, match=problem):
        rule_sets.timeline()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RuleSetError, match="không đọc được thư mục"):
        rule_sets.load(tmp_path / "không có")


def test_rules_about_signatures_cite_their_source_and_may_be_left_out() -> None:
    rules = parse_rule_set(BASELINE, name="baseline")
    assert rules.cited(SignatureRule.INFORMATION_ONLY) == "(Điều 4 Quyết định 28/2018/QĐ-TTg)"
    assert rules.cited(SignatureRule.ORDER) == "(Điều 32 Nghị định 30/2020/NĐ-CP)"
    without = parse_rule_set(BASELINE.partition("# What people are told about signatures")[0], name="own")
    assert without.cited(SignatureRule.ORDER) == ""


def test_no_instrument_is_named_in_code() -> None:
    """What people read of the law comes from the rule sets; comments and docstrings may name it. Kinds of agency codes
    are called after the decision that gives them out, whatever the day."""
    instrument = re.compile(r"(QĐ|NĐ|TT|Quyết định|Nghị định|Thông tư)( số)? ?\d+/20\d\d")
    root = Path(str(resources.files("lienthong")))
    named = [
        f"{path.relative_to(root)}: {text}"
        for path in root.rglob("*.py")
        if "migrations" not in path.parts
        for text in _printed(path)
        if instrument.search(text)
    ]
    assert named == ["registry/models.py: Mã theo QĐ 20/2020/QĐ-TTg"]


def _printed(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value

"""Which conditions hold in which state, as a table; that they end by themselves; that people can silence them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lienthong.common import clock
from lienthong.exchange.breaker import Circuit
from lienthong.ledger.status import Status
from lienthong.ledger.timestamps import Coverage
from lienthong.monitoring import conditions
from lienthong.monitoring.disk import Disk
from lienthong.monitoring.expiry import Expiry
from lienthong.monitoring.health import Check
from lienthong.monitoring.links import LinkHealth
from lienthong.monitoring.queues import Queue
from lienthong.monitoring.rules import Found, Level, Rule, State, evaluate
from lienthong.monitoring.systems import Standing, SystemHealth, judge
from lienthong.registry.models import SystemKind

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def ago(**length: float) -> datetime:
    return NOW - timedelta(**length)


def system(standing: Standing, *, urgent: int = 0) -> SystemHealth:
    return SystemHealth(
        pk=1, system_id="HUB.MAU.01", name="Xã An Mẫu", kind=SystemKind.PULL, standing=standing, why="Vì sao.",
        queue=Queue(3, 10, 20, 0, urgent), given_up=1, circuit=Circuit.CLOSED, last_error="", used_at=None,
        maintained_until=None,
    )  # fmt: skip


def link(failing: datetime | None, *, locked: bool = False) -> LinkHealth:
    return LinkHealth(system_id="VXP", name="Trục quốc gia", locked=locked, heard_at=NOW, failing_since=failing)


def ledger(*, waiting_since: datetime | None = None, exceeded: bool = False, refusing: bool = False) -> Status:
    coverage = Coverage(configured=True, last_stamp=None, since=None, budget=timedelta(hours=4))
    return Status(10, NOW, 5, waiting_since, coverage, exceeded, refusing)


CASES = [
    ({}, []),
    ({"checks": [Check("database")]}, []),
    ({"checks": [Check("segments", "Không ghi được.")]}, [(Rule.NOT_READY, Level.CRITICAL)]),
    ({"systems": [system(Standing.FINE), system(Standing.LOCKED), system(Standing.MAINTAINED)]}, []),
    ({"systems": [system(Standing.STUCK)]}, [(Rule.STUCK, Level.WARNING)]),
    ({"systems": [system(Standing.STUCK, urgent=1)]}, [(Rule.STUCK, Level.WARNING)]),
    ({"systems": [system(Standing.OPEN)]}, [(Rule.SYSTEM_DOWN, Level.WARNING)]),
    ({"systems": [system(Standing.OPEN, urgent=2)]}, [(Rule.SYSTEM_DOWN, Level.CRITICAL)]),
    ({"systems": [system(Standing.SLOW)]}, [(Rule.SYSTEM_SLOW, Level.NOTICE)]),
    ({"links": [link(None)]}, []),
    ({"links": [link(ago(minutes=4))]}, []),
    ({"links": [link(ago(minutes=6))]}, [(Rule.LINK_DOWN, Level.CRITICAL)]),
    ({"links": [link(ago(minutes=6), locked=True)]}, []),
    ({"ledger": ledger(waiting_since=ago(seconds=30))}, []),
    ({"ledger": ledger(waiting_since=ago(minutes=3))}, [(Rule.LEDGER_BEHIND, Level.WARNING)]),
    ({"ledger": ledger(exceeded=True)}, [(Rule.STAMPS_MISSING, Level.WARNING)]),
    ({"ledger": ledger(exceeded=True, refusing=True)}, [(Rule.STAMPS_MISSING, Level.CRITICAL)]),
    ({"disk": Disk(100, 16)}, []),
    ({"disk": Disk(100, 14)}, [(Rule.DISK_FULL, Level.WARNING)]),
    ({"disk": Disk(100, 4)}, [(Rule.DISK_FULL, Level.CRITICAL)]),
    ({"expiries": [Expiry("Khóa API", "mẫu", ago(days=-20))]}, [(Rule.EXPIRING, Level.NOTICE)]),
    ({"expiries": [Expiry("Khóa API", "mẫu", ago(days=-3))]}, [(Rule.EXPIRING, Level.WARNING)]),
    ({"expiries": [Expiry("Khóa API", "mẫu", ago(days=1))]}, [(Rule.EXPIRING, Level.WARNING)]),
    ({"figures_at": ago(minutes=10)}, []),
    ({"figures_at": ago(minutes=21)}, [(Rule.FIGURES_BEHIND, Level.NOTICE)]),
]


@pytest.mark.parametrize(("state", "expected"), CASES)
def test_a_state_gives_its_conditions(state: dict[str, object], expected: list[tuple[Rule, Level]]) -> None:
    found = evaluate(State(now=NOW, **state))  # type: ignore[arg-type]
    assert [(one.rule, one.level) for one in found] == expected
    assert all(one.text.endswith((".", "…")) or one.rule is Rule.LINK_DOWN for one in found)


@pytest.mark.parametrize(
    ("known", "standing"),
    [
        ({}, Standing.FINE),
        ({"queue": Queue(4, 5, 899)}, Standing.FINE),
        ({"queue": Queue(4, 5, 901)}, Standing.SLOW),
        ({"queue": Queue(4, 5, 901), "closed": NOW}, Standing.MAINTAINED),
        ({"circuit": Circuit.OPEN}, Standing.OPEN),
        ({"circuit": Circuit.HALF_OPEN}, Standing.OPEN),
        ({"circuit": Circuit.OPEN, "stuck": 2}, Standing.STUCK),
        ({"stuck": 2, "closed": NOW}, Standing.STUCK),
        ({"stuck": 2, "locked": "Nghi lộ khóa"}, Standing.LOCKED),
    ],
)
def test_a_system_stands_as_its_worst_trouble_says(known: dict[str, object], standing: Standing) -> None:
    facts = {"locked": "", "closed": None, "stuck": 0, "circuit": Circuit.CLOSED, "queue": Queue(), "error": ""} | known
    assert judge(**facts)[0] is standing  # type: ignore[arg-type]


def slow(name: str) -> Found:
    return Found(Rule.SYSTEM_SLOW, Level.NOTICE, f"{name} chậm.", name)


@pytest.mark.django_db
class TestKeeping:
    def test_what_holds_on_keeps_its_beginning_and_what_ends_ends_by_itself(self) -> None:
        conditions.keep([slow("A"), slow("B")])
        first = {row.subject: row.since for row in conditions.open_conditions()}
        conditions.keep([slow("B")])
        assert [(row.subject, row.since) for row in conditions.open_conditions()] == [("B", first["B"])]
        assert [row.subject for row in conditions.past_conditions()] == ["A"]
        conditions.keep([slow("A"), slow("B")])
        assert {row.subject for row in conditions.open_conditions()} == {"A", "B"}

    def test_the_most_pressing_comes_first(self) -> None:
        conditions.keep([slow("A"), Found(Rule.DISK_FULL, Level.CRITICAL, "Đầy.")])
        assert [row.rule for row in conditions.open_conditions()] == ["disk_full", "system_slow"]

    def test_a_silenced_condition_is_heard_again_when_its_time_is_over(self) -> None:
        conditions.keep([slow("A")])
        row = conditions.open_conditions()[0]
        conditions.mute(condition_id=row.pk, until=clock.now() + timedelta(hours=8), actor="Trần Trực Mẫu")
        assert conditions.open_conditions(muted=False) == []
        assert conditions.open_conditions(muted=True)[0].muted_by == "Trần Trực Mẫu"
        conditions.unmute(condition_id=row.pk)
        assert len(conditions.open_conditions(muted=False)) == 1

    @pytest.mark.parametrize("length", [timedelta(seconds=-1), timedelta(days=31)])
    def test_nothing_is_silenced_for_ever_or_for_the_past(self, length: timedelta) -> None:
        conditions.keep([slow("A")])
        with pytest.raises(conditions.ConditionError):
            conditions.mute(condition_id=conditions.open_conditions()[0].pk, until=clock.now() + length, actor="x")

    def test_what_ended_cannot_be_silenced(self) -> None:
        conditions.keep([slow("A")])
        row = conditions.open_conditions()[0]
        conditions.keep([])
        with pytest.raises(conditions.ConditionError, match="đã hết"):
            conditions.mute(condition_id=row.pk, until=clock.now() + timedelta(hours=1), actor="x")


@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_has_its_section_in_the_runbook(rule: Rule) -> None:
    assert f'<a id="{rule.section}"></a>' in (ROOT / "docs/operations/runbook.md").read_text()

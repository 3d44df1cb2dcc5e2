"""Rules of alerting: from the state of the axis to the conditions that hold now. Pure.

Every rule names the section of docs/operations/runbook.md that says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from lienthong.ledger.status import Status
from lienthong.monitoring.disk import Disk
from lienthong.monitoring.expiry import Expiry
from lienthong.monitoring.health import Check
from lienthong.monitoring.links import LinkHealth
from lienthong.monitoring.systems import Standing, SystemHealth, in_words


class Level(Enum):
    """How soon somebody must act."""

    CRITICAL = ("critical", "Khẩn cấp", "late")
    WARNING = ("warning", "Cảnh báo", "due")
    NOTICE = ("notice", "Lưu ý", "under-way")

    def __new__(cls, value: str, label: str = "", tone: str = "") -> Level:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "", tone: str = "") -> None:
        self.label = label
        self.tone = tone


class Rule(Enum):
    """Code, what it is called, and the section of the runbook."""

    NOT_READY = ("not_ready", "Trục không nhận được gói tin", "not-ready")
    STUCK = ("stuck", "Gói tin ngừng chuyển, chờ người xử lý", "stuck")
    SYSTEM_DOWN = ("system_down", "Hệ thống không nhận được", "system-down")
    SYSTEM_SLOW = ("system_slow", "Hệ thống nhận chậm", "system-slow")
    LINK_DOWN = ("link_down", "Mất liên thông với trục khác", "link-down")
    LEDGER_BEHIND = ("ledger_behind", "Nhật ký bằng chứng chậm", "ledger-behind")
    STAMPS_MISSING = ("stamps_missing", "Thiếu dấu thời gian", "stamps-missing")
    DISK_FULL = ("disk_full", "Sắp hết dung lượng lưu trữ", "disk-full")
    EXPIRING = ("expiring", "Khóa hoặc chứng thư sắp hết hạn", "expiring")
    FIGURES_BEHIND = ("figures_behind", "Số liệu thống kê chưa cập nhật", "figures-behind")

    def __new__(cls, value: str, label: str = "", section: str = "") -> Rule:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "", section: str = "") -> None:
        self.label = label
        self.section = section


@dataclass(frozen=True, slots=True)
class Found:
    """A condition that holds. ``subject`` tells several of one rule apart."""

    rule: Rule
    level: Level
    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the rules look at."""

    now: datetime
    checks: list[Check] = field(default_factory=list)
    systems: list[SystemHealth] = field(default_factory=list)
    links: list[LinkHealth] = field(default_factory=list)
    expiries: list[Expiry] = field(default_factory=list)
    disk: Disk = field(default_factory=lambda: Disk(1, 1))
    disk_warning_percent: int = 15
    ledger: Status | None = None
    figures_at: datetime | None = None
    figures_every: timedelta = timedelta(minutes=5)


_LEDGER_PATIENCE = timedelta(minutes=2)
_LINK_PATIENCE = timedelta(minutes=5)
_DAYS_LEFT = timedelta(days=7)


def evaluate(state: State) -> list[Found]:
    """Everything that holds now."""
    return [found for rule in _RULES for found in rule(state)]


def _not_ready(state: State) -> Iterator[Found]:
    for check in state.checks:
        if not check.ok:
            yield Found(Rule.NOT_READY, Level.CRITICAL, check.trouble, check.name)


_OF_STANDING = {
    Standing.STUCK: (Rule.STUCK, Level.WARNING),
    Standing.OPEN: (Rule.SYSTEM_DOWN, Level.WARNING),
    Standing.SLOW: (Rule.SYSTEM_SLOW, Level.NOTICE),
}


def _systems(state: State) -> Iterator[Found]:
    for system in state.systems:
        if system.standing in _OF_STANDING:
            rule, level = _OF_STANDING[system.standing]
            urgent = system.queue.urgent and system.standing is not Standing.STUCK
            text = f"{system.name}: {system.why}" + (f" {system.queue.urgent} gói khẩn đang chờ." if urgent else "")
            yield Found(rule, Level.CRITICAL if urgent and level is Level.WARNING else level, text, system.system_id)


def _links(state: State) -> Iterator[Found]:
    for link in state.links:
        silent = link.failing_since is not None and state.now - link.failing_since > _LINK_PATIENCE
        if silent and not link.locked and link.failing_since is not None:
            length = in_words((state.now - link.failing_since).total_seconds())
            yield Found(Rule.LINK_DOWN, Level.CRITICAL, f"{link.name} không trả lời đã {length}: {link.last_error}",
                        link.system_id)  # fmt: skip


def _ledger(state: State) -> Iterator[Found]:
    status = state.ledger
    if status is None:
        return
    if status.waiting_since is not None and state.now - status.waiting_since > _LEDGER_PATIENCE:
        length = in_words((state.now - status.waiting_since).total_seconds())
        yield Found(Rule.LEDGER_BEHIND, Level.WARNING, f"{status.waiting} sự kiện chưa vào nhật ký, lâu nhất {length}.")
    if status.exceeded:
        level = Level.CRITICAL if status.refusing else Level.WARNING
        end = " Trục đang từ chối nhận gói mới." if status.refusing else ""
        yield Found(Rule.STAMPS_MISSING, level, f"Quá hạn mức không có dấu thời gian.{end}")


def _disk(state: State) -> Iterator[Found]:
    free = state.disk.free_percent
    if free < state.disk_warning_percent:
        level = Level.CRITICAL if free < state.disk_warning_percent / 3 else Level.WARNING
        yield Found(Rule.DISK_FULL, level, f"Ổ đĩa dữ liệu còn trống {free:.0f} % ({state.disk.free / 1e9:.0f} GB).")


def _expiries(state: State) -> Iterator[Found]:
    for one in state.expiries:
        ended = one.has_ended(state.now)
        level = Level.WARNING if ended or one.ends_at - state.now < _DAYS_LEFT else Level.NOTICE
        verb = "đã hết hạn" if ended else "hết hạn"
        yield Found(Rule.EXPIRING, level, f"{one.what} {one.name} {verb} ngày {one.ends_at:%d/%m/%Y}.",
                    f"{one.what}:{one.system_id or one.name}")  # fmt: skip


def _figures(state: State) -> Iterator[Found]:
    if state.figures_at is not None and state.now - state.figures_at > 4 * state.figures_every:
        length = in_words((state.now - state.figures_at).total_seconds())
        yield Found(Rule.FIGURES_BEHIND, Level.NOTICE, f"Số liệu được cập nhật lần cuối {length} trước.")


_RULES: tuple[Callable[[State], Iterator[Found]], ...] = (
    _not_ready, _systems, _links, _ledger, _disk, _expiries, _figures,
)  # fmt: skip

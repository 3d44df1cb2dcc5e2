"""Systems by trouble: how each one is doing, in one word and one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from lienthong.common import clock
from lienthong.exchange.breaker import Breaker, Circuit
from lienthong.exchange.models import Channel, Maintenance
from lienthong.monitoring import queues
from lienthong.monitoring.queues import Queue
from lienthong.registry.models import System, SystemKind, SystemState

SLOW = timedelta(minutes=15)


class Standing(Enum):
    """How a system is doing; the order is that of trouble. ``tone``: the meaning of its colour (ux.md)."""

    STUCK = ("stuck", "Có gói cần xử lý", "late")
    OPEN = ("open", "Tạm ngắt", "late")
    SLOW = ("slow", "Nhận chậm", "due")
    LOCKED = ("locked", "Đang khóa", "due")
    MAINTAINED = ("maintained", "Đang bảo trì", "under-way")
    FINE = ("fine", "Bình thường", "done")

    def __new__(cls, value: str, label: str = "", tone: str = "") -> Standing:
        member = object.__new__(cls)
        member._value_ = value
        return member

    def __init__(self, value: str, label: str = "", tone: str = "") -> None:
        self.label = label
        self.tone = tone


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemHealth:
    """One system as the operator sees it; ages in seconds."""

    pk: int
    system_id: str
    name: str
    kind: SystemKind
    standing: Standing
    why: str
    queue: Queue
    given_up: int
    circuit: Circuit
    last_error: str
    used_at: datetime | None
    maintained_until: datetime | None


def system_healths() -> list[SystemHealth]:
    """All systems, those in trouble first. Four queries, however many there are."""
    now = clock.now()
    _, waiting = queues.queues(now)
    stuck = queues.given_up()
    channels = {row.system_id: row for row in Channel.objects.all()}
    closed = dict(Maintenance.objects.filter(starts_at__lte=now, ends_at__gt=now).values_list("system_id", "ends_at"))
    found = [
        _health(system, waiting.get(system.pk, Queue()), stuck.get(system.pk, 0), channels.get(system.pk),
                closed.get(system.pk), now)
        for system in System.objects.all()
    ]  # fmt: skip
    order = list(Standing)
    return sorted(found, key=lambda one: (order.index(one.standing), -one.queue.oldest, one.system_id))


def _health(  # noqa: PLR0913, PLR0917 - one row of each table
    system: System, queue: Queue, stuck: int, channel: Channel | None, closed: datetime | None, now: datetime
) -> SystemHealth:
    breaker = Breaker(failures=channel.failures, open_until=channel.open_until) if channel else Breaker()
    circuit = breaker.circuit(now)
    standing, why = judge(
        locked=system.locked_reason or "Không nêu lý do" if system.state == SystemState.LOCKED else "",
        closed=closed, stuck=stuck, circuit=circuit, queue=queue, error=channel.last_error if channel else "",
    )  # fmt: skip
    return SystemHealth(
        pk=system.pk, system_id=system.system_id, name=system.name, kind=SystemKind(system.kind), standing=standing,
        why=why, queue=queue, given_up=stuck, circuit=circuit, last_error=channel.last_error if channel else "",
        used_at=channel.used_at if channel else None, maintained_until=closed,
    )  # fmt: skip


def judge(  # noqa: PLR0913 - what is known of a system
    *, locked: str, closed: datetime | None, stuck: int, circuit: Circuit, queue: Queue, error: str
) -> tuple[Standing, str]:
    """The standing and why, in a sentence. Pure."""
    if locked:
        return Standing.LOCKED, f"Lý do khóa: {locked}."
    if stuck:
        return Standing.STUCK, f"{stuck} gói đã ngừng thử, chờ gửi lại, chuyển hướng hoặc báo giấy."
    if closed is not None:
        return Standing.MAINTAINED, f"Bảo trì đến {clock.in_vietnam(closed):%H:%M %d/%m}."
    if circuit is not Circuit.CLOSED:
        return Standing.OPEN, error or "Lỗi liên tiếp nên tạm ngắt, sẽ tự thử lại."
    if queue.waiting and queue.oldest > SLOW.total_seconds():
        return Standing.SLOW, f"{queue.waiting} gói chờ, lâu nhất {in_words(queue.oldest)}."
    return Standing.FINE, f"{queue.waiting} gói đang chờ." if queue.waiting else ""


def in_words(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < 60:
        return f"{seconds:.0f} giây"
    if seconds < 3600:
        return f"{seconds / 60:.0f} phút"
    if seconds < 2 * 86400:
        return f"{seconds / 3600:.0f} giờ"
    return f"{seconds / 86400:.0f} ngày"

"""A connector for tests and what the tests of the engine ask of it."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

from django.db.models import F
from django.db.models.expressions import CombinedExpression

from lienthong.exchange.connectors import Delivered, NotDelivered, Outgoing
from lienthong.exchange.dispatching.claim import Claim, claim_next
from lienthong.exchange.dispatching.finish import Answer
from lienthong.exchange.dispatching.lanes import EVERY, Ranks
from lienthong.exchange.dispatching.worker import Worker
from lienthong.exchange.models import Channel, Delivery, Maintenance
from lienthong.exchange.states import DeliveryState
from lienthong.registry.models import SystemKind
from tests.exchange.conftest import Office
from tests.factories import make_agency, make_system

KINDS = [SystemKind.PUSH.value]
DOWN = NotDelivered(permanent=False, cause="test.down", detail="Máy chủ mẫu đang tắt.")
REFUSED = NotDelivered(permanent=True, cause="test.refused", detail="Nơi nhận từ chối: sai thể thức (mẫu).")


class ScriptedConnector:
    """Answers as ``say`` was told for a system, else confirms. Keeps what it carried, as a receiver would."""

    def __init__(self) -> None:
        self.carried: list[Outgoing] = []
        self.hold: threading.Event | None = None
        self.busy = threading.Event()
        self._answers: dict[str, Callable[[Outgoing], Answer]] = {}
        self._lock = threading.Lock()
        self._under_way: dict[str, int] = defaultdict(int)
        self.most_under_way: dict[str, int] = defaultdict(int)

    def say(self, office: Office, answer: Answer | Callable[[Outgoing], Answer]) -> None:
        self._answers[office.system_id] = answer if callable(answer) else lambda _: answer

    def deliver(self, outgoing: Outgoing, *, timeout: float) -> Answer:
        system = outgoing.system_id
        with self._lock:
            self.carried.append(outgoing)
            self._under_way[system] += 1
            self.most_under_way[system] = max(self.most_under_way[system], self._under_way[system])
        self.busy.set()
        if self.hold is not None:
            self.hold.wait(timeout)
        try:
            return self._answers.get(system, lambda _: Delivered(remote_id="VB-MAU-1"))(outgoing)
        finally:
            with self._lock:
                self._under_way[system] -= 1

    @property
    def ids(self) -> list[str]:
        return [outgoing.delivery_id for outgoing in self.carried]


def open_pushed_office(code: str, name: str, **options: bool) -> Office:
    agency = make_agency(code, name)
    return Office(code, agency, make_system(agency, kind=SystemKind.PUSH, **options).system.system_id)


def drain(connector: ScriptedConnector) -> int:
    """One worker carries what is due now; the jitter is none."""
    return Worker({SystemKind.PUSH.value: connector}, chance=lambda: 0.5).drain()


def claim(ranks: Ranks = EVERY) -> Claim | None:
    return claim_next(KINDS, ranks)


def must_claim(ranks: Ranks = EVERY) -> Claim:
    found = claim(ranks)
    assert found is not None
    return found


def delivery_to(office: Office) -> Delivery:
    """The one delivery of an office."""
    return Delivery.objects.get(system__system_id=office.system_id)


def state_at(office: Office) -> DeliveryState:
    return DeliveryState(delivery_to(office).state)


def time_passes(length: timedelta) -> None:
    """As if everything had happened so much earlier."""

    def earlier(*names: str) -> dict[str, CombinedExpression]:
        return {name: F(name) - length for name in names}  # what is not set stays so

    Delivery.objects.update(**earlier("created_at", "available_at", "lease_until", "tried_since"))
    Channel.objects.update(**earlier("open_until", "trial_until"))
    Maintenance.objects.update(**earlier("starts_at", "ends_at"))

"""How the links to other axes are doing, for the operator's page; and what tests them by calling."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q

from lienthong.common import clock
from lienthong.exchange.breaker import Breaker, Circuit
from lienthong.exchange.models import Channel, Delivery
from lienthong.exchange.states import DeliveryState
from lienthong.gateways.national.answers import VxpError
from lienthong.gateways.national.models import Upstream
from lienthong.gateways.national.upstreams import account_of, upstream_by_id
from lienthong.monitoring.links import LinkHealth, Step
from lienthong.registry.errors import RegistryError
from lienthong.registry.models import SystemState

_TEST_SECONDS = 15.0
_OPEN = [state.value for state in DeliveryState if state.is_open]


def link_healths() -> list[LinkHealth]:
    """All upstreams; four queries."""
    upstreams = Upstream.objects.select_related("system").annotate(refusals=Count("refused")).order_by("pk")
    counts = {
        row["system_id"]: row
        for row in Delivery.objects.filter(system__in=[one.pk for one in upstreams])
        .filter(state__in=[*_OPEN, DeliveryState.GIVEN_UP.value])
        .values("system_id")
        .annotate(waiting=Count("pk", filter=Q(state__in=_OPEN)),
                  stuck=Count("pk", filter=Q(state=DeliveryState.GIVEN_UP.value)))
    }  # fmt: skip
    now = clock.now()
    channels = {row.system_id: row for row in Channel.objects.filter(system__in=[one.pk for one in upstreams])}
    return [
        LinkHealth(
            system_id=one.system.system_id, name=one.system.name, locked=one.system.state == SystemState.LOCKED,
            heard_at=one.polled_at, failing_since=one.failing_since, last_error=one.last_error,
            waiting=counts.get(one.pk, {}).get("waiting", 0), given_up=counts.get(one.pk, {}).get("stuck", 0),
            refused=one.refusals, synced_at=one.synced_at if one.syncs_directory else None,
            circuit=_circuit(channels.get(one.pk), now),
        )
        for one in upstreams
    ]  # fmt: skip


def _circuit(channel: Channel | None, now: datetime) -> Circuit:
    breaker = Breaker(failures=channel.failures, open_until=channel.open_until) if channel else Breaker()
    return breaker.circuit(now)


def self_test(system_id: str) -> list[Step]:
    """Sign in at the other axis and ask for its list of agencies: changes nothing there."""
    try:
        account = account_of(upstream_by_id(system_id))
    except RegistryError as error:
        return [Step("Đọc địa chỉ và khóa", ok=False, detail=error.message)]
    steps = [Step(f"Đọc địa chỉ và khóa: {account.endpoint}", ok=True)]
    try:
        with account.client(timeout=_TEST_SECONDS) as client:
            count = len(client.get_agencies_list())
    except VxpError as error:
        return [*steps, Step("Gọi trục kia và xác thực", ok=False, detail=str(error))]
    return [*steps, Step("Gọi trục kia và xác thực", ok=True), Step("Đọc danh sách cơ quan", ok=True,
                                                                  detail=f"{count} cơ quan")]  # fmt: skip

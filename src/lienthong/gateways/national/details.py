"""What operators see of upstreams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lienthong.exchange.hubs.models import Link
from lienthong.exchange.models import Delivery
from lienthong.exchange.states import DeliveryState
from lienthong.gateways.national.models import Upstream
from lienthong.registry.models import SystemState

_REFUSED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class RefusedDetail:
    remote_id: str
    kind: str
    from_code: str
    code: str
    detail: str
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class UpstreamDetail:
    system_id: str
    name: str
    endpoint: str
    remote_system_id: str
    locked: bool
    own_codes: list[str]
    adds_trace: bool
    poll_min: float
    poll_max: float
    on_unknown_sender: str
    syncs_directory: bool
    synced_at: datetime | None
    polled_at: datetime | None
    failing_since: datetime | None
    last_error: str
    waiting: int
    given_up: int
    refused: list[RefusedDetail]

    @property
    def standing(self) -> str:
        if self.locked:
            return "Đang khóa"
        return "Không trả lời" if self.failing_since else "Hoạt động" if self.polled_at else "Chưa hỏi lần nào"

    @property
    def facts(self) -> list[tuple[str, object]]:
        return [
            ("Tên", self.name), ("Địa chỉ", self.endpoint), ("Mã hệ thống ở trục kia", self.remote_system_id),
            ("Trạng thái", self.standing), ("Lỗi gần nhất", self.last_error), ("Không trả lời từ", self.failing_since),
            ("Hỏi lần cuối", self.polled_at), ("Chờ gửi", self.waiting), ("Ngừng thử lại", self.given_up),
            ("Thêm TraceHeader", self.adds_trace), ("Mã phía ta", ", ".join(self.own_codes)),
            ("Nơi gửi lạ", self.on_unknown_sender), ("Đồng bộ danh bạ", self.syncs_directory),
            ("Đồng bộ lần cuối", self.synced_at),
        ]  # fmt: skip


def upstream_details() -> list[UpstreamDetail]:
    return [upstream_detail(upstream) for upstream in Upstream.objects.select_related("system").order_by("pk")]


def upstream_detail(upstream: Upstream) -> UpstreamDetail:
    upstream.refresh_from_db()
    system = upstream.system
    deliveries = Delivery.objects.filter(system=system)
    return UpstreamDetail(
        system_id=system.system_id,
        name=system.name,
        endpoint=upstream.endpoint,
        remote_system_id=upstream.remote_system_id,
        locked=system.state == SystemState.LOCKED,
        own_codes=list(upstream.own_codes),
        adds_trace=Link.objects.filter(pk=system.pk, adds_trace=True).exists(),
        poll_min=upstream.poll_min_seconds,
        poll_max=upstream.poll_max_seconds,
        on_unknown_sender=upstream.on_unknown_sender,
        syncs_directory=upstream.syncs_directory,
        synced_at=upstream.synced_at,
        polled_at=upstream.polled_at,
        failing_since=upstream.failing_since,
        last_error=upstream.last_error,
        waiting=deliveries.filter(state__in=[state.value for state in DeliveryState if state.is_open]).count(),
        given_up=deliveries.filter(state=DeliveryState.GIVEN_UP.value).count(),
        refused=_refused(upstream),
    )


def _refused(upstream: Upstream) -> list[RefusedDetail]:
    names = RefusedDetail.__dataclass_fields__
    rows = upstream.refused.order_by("-last_at").values_list(*names)[:_REFUSED_SHOWN]
    return [RefusedDetail(*row) for row in rows]

"""Whether another axis answers us as it should, call by call. Changes nothing on either side."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from edxml102.model import PackageKind
from lienthong.gateways.national.answers import Unit, VxpError
from lienthong.gateways.national.client import VxpClient
from lienthong.gateways.national.failures import verdict_of
from lienthong.gateways.national.models import Upstream
from lienthong.gateways.national.upstreams import account_of
from lienthong.registry.codes import normalise

_TIMEOUT = 20.0  # seconds; who tries it by hand is waiting


@dataclass(frozen=True, slots=True)
class Finding:
    """What one call showed. ``told`` is a Vietnamese sentence."""

    call: str
    good: bool
    told: str
    milliseconds: int


def probe(upstream: Upstream) -> Iterator[Finding]:
    """Every call that only reads, one after the other.

    :raises RegistryError: ``registry.vault.*``
    """
    account = account_of(upstream)
    with account.client(timeout=min(_TIMEOUT, account.timeout)) as client:
        for call, ask in _CALLS.items():
            yield _tried(call, lambda ask=ask: ask(client, upstream))  # type: ignore[misc]


def _tried(call: str, ask: Callable[[], tuple[bool, str]]) -> Finding:
    begin = time.monotonic()
    try:
        good, told = ask()
    except VxpError as error:
        good, told = False, f"{verdict_of(error).sentence}: {error}"
    return Finding(call, good, told, round(1000 * (time.monotonic() - begin)))


def _account(client: VxpClient, _: Upstream) -> tuple[bool, str]:
    count = client.count_receive_edoc()
    return True, f"Mã hệ thống và khóa được chấp nhận; {count} văn bản đang chờ."


def _received(client: VxpClient, _: Upstream) -> tuple[bool, str]:
    counts = [len(client.get_received_edoc_list(kind)) for kind in PackageKind]
    return True, f"Danh sách chờ nhận: {counts[0]} văn bản, {counts[1]} trạng thái."


def _sent(client: VxpClient, _: Upstream) -> tuple[bool, str]:
    return True, f"Danh sách đã gửi: {len(client.get_sent_edoc_list())} dòng."


def _agencies(client: VxpClient, _: Upstream) -> tuple[bool, str]:
    count = len(client.get_agencies_list_qd20(level=1))
    return count > 0, f"Danh bạ theo QĐ 20: {count} cơ quan cấp 1."


def _own_side(client: VxpClient, upstream: Upstream) -> tuple[bool, str]:
    units = client.get_synchronize_unit()
    ours = [unit for unit in units if _is_ours(unit, upstream)]
    carried = [unit for unit in ours if unit.center_code == upstream.remote_system_id]
    if not ours:
        return False, f"Danh bạ có {len(units)} đơn vị nhưng không có mã phía ta ({', '.join(upstream.own_codes)})."
    return bool(carried), f"Danh bạ có {len(units)} đơn vị; phía ta: {ours[0].code} {ours[0].name}" + (
        "." if carried else f", nhưng chưa gắn với hệ thống {upstream.remote_system_id}."
    )


def _is_ours(unit: Unit, upstream: Upstream) -> bool:
    return not unit.deleted and normalise(unit.code) in upstream.own_codes


_CALLS: dict[str, Callable[[VxpClient, Upstream], tuple[bool, str]]] = {
    "countReceiveEdoc": _account,
    "getReceivedEdocList": _received,
    "getSentEdocList": _sent,
    "getAgenciesListQD20": _agencies,
    "getSynchronizeUnit": _own_side,
}

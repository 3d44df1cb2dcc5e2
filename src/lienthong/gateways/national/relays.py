"""What became of packages beyond an upstream, addressee by addressee."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.exchange.hubs import beyond
from lienthong.gateways.national.answers import Sent
from lienthong.gateways.national.client import VxpClient
from lienthong.gateways.national.models import Relay, Upstream

_DONE, _FAILED = "done", "fail"
_PATIENCE = timedelta(days=30)  # after that nobody asks any more


@dataclass(frozen=True, slots=True)
class Fate:
    """An addressee beyond the upstream: reached, or never to be, and why."""

    code: str
    reached: bool
    reason: str = ""


def note_relay(*, upstream: Upstream, package_id: str, remote_id: str, fates: Sequence[Fate]) -> None:
    """Keep that the upstream took a package, and whom it said at once that it cannot reach."""
    with transaction.atomic():
        Relay.objects.update_or_create(
            upstream=upstream, package_id=package_id, defaults={"remote_id": remote_id, "sent_at": clock.now()}
        )
        _write(package_id, upstream, fates)


def track(upstream: Upstream, client: VxpClient) -> int:
    """Read the upstream's list of what we sent; answers how many packages were settled by it."""
    Relay.objects.filter(upstream=upstream, is_open=True, sent_at__lt=clock.now() - _PATIENCE).update(is_open=False)
    if not upstream.relays.filter(is_open=True).exists():
        return 0
    settled = 0
    for kind in PackageKind:
        rows: dict[str, list[Sent]] = {}
        for row in client.get_sent_edoc_list(kind):
            rows.setdefault(row.sender_doc_id, []).append(row)
        for relay in upstream.relays.filter(is_open=True, remote_id__in=list(rows)):
            settled += _settle(relay, upstream, rows[relay.remote_id])
    Upstream.objects.filter(pk=upstream.pk).update(tracked_at=clock.now())
    return settled


def _settle(relay: Relay, upstream: Upstream, rows: Iterable[Sent]) -> bool:
    """An addressee may fail for a while and be reached later: a list of failures is not yet the end."""
    fates = [fate for row in rows if (fate := fate_of(row)) is not None]
    known = {fate.code: fate for fate in fates}
    over = all(row.to_code in known and known[row.to_code].reached for row in rows)
    with transaction.atomic():
        _write(str(relay.package_id), upstream, fates)
        if over:
            Relay.objects.filter(pk=relay.pk).update(is_open=False)
    return over


def fate_of(row: Sent) -> Fate | None:
    """``None`` while it is on its way. Words are compared without case, as axes differ (vxp-protocol.md 2.4)."""
    status = row.send_status.casefold()
    if status == _DONE:
        return Fate(row.to_code, reached=True)
    return Fate(row.to_code, reached=False, reason=row.send_status_desc[:500]) if status == _FAILED else None


def _write(package_id: str, upstream: Upstream, fates: Iterable[Fate]) -> None:
    for fate in fates:
        if fate.reached:
            beyond.note_reached(package_id=package_id, system_pk=upstream.pk, code=fate.code)
        else:
            beyond.note_lost(package_id=package_id, system_pk=upstream.pk, code=fate.code, reason=fate.reason)

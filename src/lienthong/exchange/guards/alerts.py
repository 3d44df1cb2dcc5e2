"""Raising, listing and acknowledging alerts."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.exchange.guards.kinds import AlertKind, Level
from lienthong.exchange.guards.models import Alert
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.ledger.append import append_events
from lienthong.ledger.events import Actor, Subject, new_event
from lienthong.ledger.kinds import EventKind

_LONGEST = 500
_RAISE = """
INSERT INTO guards_alert (kind, level, subject, detail, dedupe_key, times, first_at, last_at, acknowledged_by, note)
VALUES (%s, %s, %s, %s, %s, 1, %s, %s, '', '')
ON CONFLICT (dedupe_key) WHERE acknowledged_at IS NULL
DO UPDATE SET times = guards_alert.times + 1, last_at = excluded.last_at, level = excluded.level,
              subject = excluded.subject, detail = excluded.detail
RETURNING id
"""


def raise_alert(*, kind: AlertKind, level: Level, subject: str, detail: str, dedupe_key: str) -> int:
    """Tell the operator's people; answers the alert's id.

    :param subject: what it is about, in a few words; never content of a document
    :param dedupe_key: the same thing again while its alert is open is counted there
    """
    now = clock.now()
    values = [kind.value, level.value, subject[:_LONGEST], detail[:_LONGEST], dedupe_key[:_LONGEST], now, now]
    with connection.wrap_database_errors:
        row = hot_cursor().execute(_RAISE, values).fetchone()
    return int(row[0]) if row else 0


def open_alerts(*, muted: bool = False) -> list[Alert]:
    """What nobody has acknowledged yet, most pressing first, then newest.

    :param muted: those that are muted at this moment too
    """
    alerts = Alert.objects.filter(acknowledged_at=None)
    if not muted:
        alerts = alerts.filter(Q(muted_until=None) | Q(muted_until__lte=clock.now()))
    ranks = {level.value: level.rank for level in Level}
    return sorted(alerts.order_by("-last_at", "-pk"), key=lambda alert: -ranks.get(alert.level, 0))


def acknowledge_alert(*, alert_id: int, actor: str, note: str = "") -> Alert:
    """Say that a person has seen it; the same thing happening again raises a new alert. Again changes nothing.

    :raises Refusal: ALERT_UNKNOWN
    """
    with transaction.atomic():
        alert = _locked(alert_id)
        if alert.acknowledged_at is None:
            alert.acknowledged_at, alert.acknowledged_by, alert.note = clock.now(), actor, note[:_LONGEST]
            alert.save(update_fields=["acknowledged_at", "acknowledged_by", "note"])
            _note(alert, actor)
    return alert


def mute_alert(*, alert_id: int, until: datetime) -> Alert:
    """Take an alert off the list until a moment; it goes on counting.

    :raises Refusal: ALERT_UNKNOWN
    """
    with transaction.atomic():
        alert = _locked(alert_id)
        alert.muted_until = until
        alert.save(update_fields=["muted_until"])
    return alert


def _locked(alert_id: int) -> Alert:
    alert = Alert.objects.select_for_update().filter(pk=alert_id).first()
    if alert is None:
        raise Refusal(Reason.ALERT_UNKNOWN, f"Số {alert_id}.")
    return alert


def _note(alert: Alert, actor: str) -> None:
    event = new_event(
        EventKind.ALERT_ACKNOWLEDGED,
        at=clock.now(),
        actor=Actor(user=actor),
        subject=Subject("alert", str(alert.pk)),
        data={"kind": alert.kind, "times": alert.times, "note": alert.note},
    )
    with connection.wrap_database_errors:
        append_events(hot_cursor(), [event])

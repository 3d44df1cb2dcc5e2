"""Keeping conditions: raised while a rule finds them, ended by themselves, silenced by people for a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from lienthong.common import clock
from lienthong.monitoring.models import Condition
from lienthong.monitoring.rules import Found, Level, Rule

LONGEST_MUTE = timedelta(days=30)


class ConditionError(Exception):
    """What was asked cannot be done; the message is a Vietnamese sentence with the next step."""


def keep(found: Sequence[Found]) -> None:
    """Write down what holds now. What held before and does not any more ends now."""
    now = clock.now()
    with transaction.atomic():
        known = {(row.rule, row.subject): row for row in Condition.objects.select_for_update().filter(ended_at=None)}
        for one in found:
            row = known.pop((one.rule.value, one.subject), None)
            if row is None:
                Condition.objects.create(rule=one.rule.value, subject=one.subject, level=one.level.value,
                                         text=one.text, since=now, seen_at=now)  # fmt: skip
            else:
                row.level, row.text, row.seen_at = one.level.value, one.text, now
                row.save(update_fields=["level", "text", "seen_at"])
        Condition.objects.filter(pk__in=[row.pk for row in known.values()]).update(ended_at=now)


def open_conditions(*, muted: bool | None = None) -> list[Condition]:
    """What holds now, the most pressing first. ``muted``: only those that are, or are not, silenced."""
    rows = Condition.objects.filter(ended_at=None)
    silent = Q(muted_until__gt=clock.now())
    if muted is not None:
        rows = rows.filter(silent) if muted else rows.exclude(silent)
    order = [level.value for level in Level]
    return sorted(rows, key=lambda row: (order.index(row.level), row.since))


def past_conditions(*, limit: int = 50) -> list[Condition]:
    """What ended, the newest first."""
    return list(Condition.objects.exclude(ended_at=None).order_by("-ended_at")[:limit])


def mute(*, condition_id: int, until: datetime, actor: str) -> Condition:
    """Silence a condition until a moment; it stays on the list of silenced ones.

    :raises ConditionError: it ended already, or the moment is past or more than ``LONGEST_MUTE`` away
    """
    now = clock.now()
    if not now < until <= now + LONGEST_MUTE:
        raise ConditionError("Chỉ tắt nhắc được từ bây giờ đến tối đa 30 ngày. Chọn thời hạn khác.")
    with transaction.atomic():
        row = Condition.objects.select_for_update().filter(pk=condition_id, ended_at=None).first()
        if row is None:
            raise ConditionError("Cảnh báo này đã hết. Mở lại danh sách để xem tình trạng hiện tại.")
        row.muted_until, row.muted_by = until, actor
        row.save(update_fields=["muted_until", "muted_by"])
    return row


def unmute(*, condition_id: int) -> None:
    """Let a condition be heard again."""
    Condition.objects.filter(pk=condition_id).update(muted_until=None, muted_by="")


def rule_of(row: Condition) -> Rule | None:
    """The rule that raised it; ``None`` for one that another version wrote."""
    return Rule(row.rule) if row.rule in Rule._value2member_map_ else None

"""The operator's first page: one sentence, four charts, what is in trouble, links, ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lienthong.accounts.policies import AxisAct, may_on_axis
from lienthong.exchange.guards.alerts import open_alerts
from lienthong.exchange.guards.holds import count_suspected
from lienthong.monitoring import samples, watching
from lienthong.monitoring.conditions import open_conditions
from lienthong.monitoring.rules import Rule, State
from lienthong.monitoring.systems import Standing, in_words
from lienthong.web.axis import charts
from lienthong.web.axis.alerts import shown_condition
from lienthong.web.pages import PageRequest, axis, page

RANGES = {"1": ("1 giờ", timedelta(hours=1)), "6": ("6 giờ", timedelta(hours=6)), "24": ("24 giờ", timedelta(days=1)),
          "168": ("7 ngày", timedelta(days=7))}  # fmt: skip
TONES = {"late": "red", "due": "orange", "under-way": "blue", "done": "green"}
_SYSTEMS_SHOWN = 12


@require_safe
@page(axis(AxisAct.WATCH))
def overview(request: PageRequest) -> HttpResponse:
    """Refreshes its middle by itself every half minute."""
    chosen = request.GET.get("khoang", "6")
    chosen = chosen if chosen in RANGES else "6"
    state = watching.look()
    moments = samples.series(RANGES[chosen][1])
    troubled = [system for system in state.systems if system.standing is not Standing.FINE]
    told = {
        "sentence": sentence(state),
        "tone": _tone(state),
        "ranges": [(key, label, key == chosen) for key, (label, _) in RANGES.items()],
        "chosen": chosen,
        "charts": charts.four(moments),
        "rows": charts.rows(moments),
        "systems": [_shown(system) for system in troubled[:_SYSTEMS_SHOWN]],
        "more": max(0, len(troubled) - _SYSTEMS_SHOWN),
        "count": len(state.systems),
        "stuck": sum(system.given_up for system in state.systems),
        "held": count_suspected(),
        "links": state.links,
        "ledger": state.ledger,
        "disk": state.disk,
        "expiries": [(one, one.has_ended(state.now)) for one in state.expiries[:8]],
        # What is stuck has a line of its own.
        "conditions": [shown_condition(row) for row in open_conditions(muted=False) if row.rule != Rule.STUCK.value],
        "alerts": open_alerts(),
        "may_repair": may_on_axis(request.actor, AxisAct.REPAIR),
        "may_trace": may_on_axis(request.actor, AxisAct.TRACE),
    }
    name = "axis/_overview.html" if request.htmx.target == "axis-now" else "axis/overview.html"
    return render(request, name, told)


def sentence(state: State) -> str:
    """How it is, in words: what keeps packages out, how late the latest is, how many systems need a look."""
    troubles = [check.trouble for check in state.checks if not check.ok]
    if troubles:
        return f"Trục không nhận được gói tin. {' '.join(troubles)}"
    silent = [link.name for link in state.links if link.failing_since is not None and not link.locked]
    wanted = sum(system.standing in (Standing.STUCK, Standing.OPEN, Standing.SLOW) for system in state.systems)
    first = f"Mất liên thông với {', '.join(silent)}." if silent else (
        "Trục hoạt động bình thường." if not wanted else "Trục đang hoạt động."
    )  # fmt: skip
    oldest = max((system.queue.oldest for system in state.systems if system.standing is not Standing.LOCKED), default=0)
    late = f"Trễ nhất {in_words(oldest)}." if oldest else "Không gói nào đang chờ."
    return f"{first} {late} " + (f"{wanted} hệ thống cần xem." if wanted else "Không hệ thống nào cần xem.")


def _tone(state: State) -> str:
    if any(not check.ok for check in state.checks) or any(
        link.failing_since and not link.locked for link in state.links
    ):
        return "red"
    troubled = any(system.standing in (Standing.STUCK, Standing.OPEN, Standing.SLOW) for system in state.systems)
    return "orange" if troubled else "green"


def _shown(system: Any) -> dict[str, Any]:
    return {"system": system, "tone": TONES[system.standing.tone], "oldest": in_words(system.queue.oldest)}

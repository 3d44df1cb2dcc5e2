"""The operator's four charts: one axis of time for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lienthong.common import clock
from lienthong.monitoring.samples import Moment
from lienthong.monitoring.systems import in_words

Chart = dict[str, Any]


def four(moments: Sequence[Moment]) -> list[dict[str, Any]]:
    """Each with the id of its data, its title, its last value in words, and its option."""
    wanted = (
        ("accepted", "Trục nhận mỗi phút", "var(--blue)", [round(one.accepted, 2) for one in moments]),
        ("delivered", "Đến nơi mỗi phút", "var(--green)", [round(one.delivered, 2) for one in moments]),
        ("waiting", "Chờ, 95 % không quá (giây)", "var(--orange)", [round(one.waiting_p95, 1) for one in moments]),
        ("errors", "Lỗi mỗi phút", "var(--red)", [round(one.errors, 2) for one in moments]),
    )
    times = [clock.in_vietnam(one.at).isoformat() for one in moments]
    return [
        {"id": f"chart-{name}", "title": title, "last": _told(name, values),
         "most": max(values, default=None),
         "option": _line(title, colour, times, values)}
        for name, title, colour, values in wanted
    ]  # fmt: skip


def _told(name: str, values: list[float]) -> str:
    """The newest value in words."""
    if not values:
        return "–"
    return in_words(values[-1]) if name == "waiting" else f"{values[-1]:.1f}".removesuffix(".0").replace(".", ",")


def _line(title: str, colour: str, times: list[str], values: list[float]) -> Chart:
    return {
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 4, "right": 12, "top": 12, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "time", "axisLabel": {"color": "var(--ink-2)", "formatter": "{HH}:{mm}", "hideOverlap": True},
                  "splitNumber": 4},
        "yAxis": {"type": "value", "splitNumber": 2, "axisLabel": {"color": "var(--ink-2)"},
                  "splitLine": {"lineStyle": {"color": "var(--line)"}}},
        "series": [{"name": title, "type": "line", "showSymbol": False, "data": list(zip(times, values, strict=True)),
                    "lineStyle": {"color": colour, "width": 2}, "itemStyle": {"color": colour},
                    "areaStyle": {"color": colour, "opacity": 0.12}}],
    }  # fmt: skip


def rows(moments: Sequence[Moment], most: int = 24) -> list[Moment]:
    """The same as a table, the newest first."""
    return list(reversed(moments))[:most]

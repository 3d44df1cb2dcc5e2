"""Figures as options of the chart library. Colours are tokens, so both themes fit; a table stands beside each chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from lienthong.registry.models import Level
from lienthong.statistics.measures import Measure
from lienthong.statistics.names import level_name
from lienthong.statistics.periods import Period

WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
_ORDER = [level.value for level in Level]

Chart = dict[str, Any]


def daily(period: Period, counts: Mapping[date, Mapping[Measure, int]], last: date) -> Chart:
    """Sent and received per day, or per month when the period is long."""
    labels, sent, received = [], [], []
    for label, of_bar in _bars(period, counts, min(period.last, last)):
        labels.append(label)
        sent.append(sum(one.get(Measure.SENT, 0) for one in of_bar))
        received.append(sum(one.get(Measure.RECEIVED, 0) for one in of_bar))
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"data": ["Gửi", "Nhận"], "textStyle": {"color": "var(--ink-2)"}, "top": 0},
        "grid": {"left": 8, "right": 8, "top": 36, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": labels, "axisLabel": {"color": "var(--ink-2)"}},
        "yAxis": _counts_axis(),
        "series": [
            {"name": "Gửi", "type": "bar", "data": sent, "itemStyle": {"color": "var(--blue)"}, "barMaxWidth": 18},
            {"name": "Nhận", "type": "bar", "data": received, "itemStyle": {"color": "var(--teal)"}, "barMaxWidth": 18},
        ],
    }


def _bars(period: Period, counts: Mapping[date, Mapping[Measure, int]], last: date) -> list[tuple[str, list[Any]]]:
    bars: dict[str, list[Any]] = {}
    day = period.first
    while day <= last:
        label = f"{day:%d/%m}" if period.days <= 62 else f"{day:%m/%Y}"
        bars.setdefault(label, []).append(counts.get(day, {}))
        day += timedelta(days=1)
    return list(bars.items())


def daily_rows(chart: Chart) -> list[tuple[str, int, int]]:
    """The same as a table."""
    sent, received = (series["data"] for series in chart["series"])
    return list(zip(chart["xAxis"]["data"], sent, received, strict=True))


def flow(pairs: Sequence[tuple[str, str, int]]) -> Chart:
    """From the sender's level to the recipient's, as a Sankey."""
    nodes = [{"name": f"Từ {level_name(one)}"} for one in sorted({pair[0] for pair in pairs}, key=_place)]
    nodes += [{"name": f"Đến {level_name(one)}"} for one in sorted({pair[1] for pair in pairs}, key=_place)]
    links = [
        {"source": f"Từ {level_name(start)}", "target": f"Đến {level_name(end)}", "value": count}
        for start, end, count in pairs
    ]
    label = {"color": "var(--ink)", "fontSize": 12}
    return {
        "tooltip": {"trigger": "item"},
        "series": [{"type": "sankey", "data": nodes, "links": links, "left": 8, "right": 150, "top": 8, "bottom": 8,
                    "nodeGap": 18, "label": label, "itemStyle": {"color": "var(--accent)"},
                    "lineStyle": {"color": "source", "opacity": 0.35}}],
    }  # fmt: skip


def _place(level: str) -> int:
    return _ORDER.index(level) if level in _ORDER else len(_ORDER)


def hours(counts: Mapping[str, int]) -> Chart:
    """When documents are sent: weekday and hour in Vietnam. Keys are ``weekday-hour``, Monday is 1."""
    cells = [[hour, 7 - day, counts.get(f"{day}-{hour}", 0)] for day in range(1, 8) for hour in range(24)]
    return {
        "tooltip": {"trigger": "item"},
        "grid": {"left": 8, "right": 8, "top": 8, "bottom": 56, "containLabel": True},
        "xAxis": {"type": "category", "data": [f"{hour} giờ" for hour in range(24)],
                  "axisLabel": {"color": "var(--ink-2)"}},
        "yAxis": {"type": "category", "data": list(reversed(WEEKDAYS)), "axisLabel": {"color": "var(--ink-2)"}},
        "visualMap": {"min": 0, "max": max([cell[2] for cell in cells] + [1]), "orient": "horizontal", "left": "center",
                      "bottom": 4, "itemHeight": 120, "itemWidth": 12, "text": ["nhiều", "ít"],
                      "textStyle": {"color": "var(--ink-2)"},
                      "inRange": {"color": ["var(--sunken)", "var(--accent-line)", "var(--accent)"]}},
        "series": [{"type": "heatmap", "data": cells, "name": "Văn bản gửi"}],
    }  # fmt: skip


def hours_rows(counts: Mapping[str, int]) -> list[tuple[str, list[int]]]:
    """The same as a table: a row per weekday, in four parts of the day."""
    parts = (range(6), range(6, 12), range(12, 18), range(18, 24))
    return [
        (name, [sum(counts.get(f"{day}-{hour}", 0) for hour in part) for part in parts])
        for day, name in enumerate(WEEKDAYS, 1)
    ]


def _counts_axis() -> dict[str, Any]:
    return {"type": "value", "minInterval": 1, "axisLabel": {"color": "var(--ink-2)"},
            "splitLine": {"lineStyle": {"color": "var(--line)"}}}  # fmt: skip

"""Metrics for Prometheus. ``docs/operations/metrics.md`` documents every one; a test compares.

What all processes share is read from the database when it is asked for, so any web process answers the same. What only
a process knows (requests it served) goes through files that the processes of one web role share (``http_metrics``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import DatabaseError, InterfaceError
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lienthong.common import clock
from lienthong.monitoring import samples
from lienthong.monitoring.rules import Level, State
from lienthong.monitoring.watching import look

COUNTERS = {
    "documents": ("lienthong_documents_accepted", "Documents that the axis accepted."),
    "reports": ("lienthong_reports_accepted", "Status reports that the axis accepted."),
    "rejected": ("lienthong_packages_rejected", "Packages that the axis refused."),
    "delivered": ("lienthong_deliveries_done", "Deliveries that arrived at their system."),
    "failures": ("lienthong_delivery_failures", "Attempts of delivery that failed."),
}
GAUGES = {
    "lienthong_deliveries_waiting": "Deliveries that wait, over all systems.",
    "lienthong_deliveries_waiting_p95_seconds": "95th percentile of how long they have been waiting.",
    "lienthong_deliveries_waiting_oldest_seconds": "How long the oldest has been waiting.",
    "lienthong_deliveries_given_up": "Deliveries that were given up and wait for a person.",
    "lienthong_sample_age_seconds": "Age of the newest sample: the worker takes one a minute.",
    "lienthong_ready": "Whether a check of readiness passes, by check.",
    "lienthong_system_waiting": "Deliveries that wait for a system.",
    "lienthong_system_oldest_seconds": "How long the oldest of them has been waiting.",
    "lienthong_system_trouble": "1 when a system is not doing as it should, by standing.",
    "lienthong_link_up": "Whether another axis answers.",
    "lienthong_link_lag_seconds": "Time since another axis was last heard.",
    "lienthong_link_waiting": "Deliveries that wait to be handed to another axis.",
    "lienthong_link_directory_age_seconds": "Time since the directory of another axis was last taken over.",
    "lienthong_ledger_size": "Events in the evidence log.",
    "lienthong_ledger_waiting": "Events that have no position in the log yet.",
    "lienthong_ledger_waiting_seconds": "Age of the oldest of them.",
    "lienthong_timestamp_exceeded": "1 when acts are without a time-stamp for longer than allowed.",
    "lienthong_disk_free_bytes": "Free bytes on the disk of the data folder.",
    "lienthong_disk_bytes": "Size of that disk in bytes.",
    "lienthong_expiry_seconds": "Time until a secret, key or certificate ends; only those that end within 30 days.",
    "lienthong_conditions": "Conditions that hold now, by level.",
}


class AxisCollector(Collector):
    """The state of the axis at the moment of the scrape. A database that is away leaves ``lienthong_ready`` alone."""

    def collect(self) -> Iterable[Metric]:
        from lienthong.monitoring.health import readiness  # noqa: PLC0415 - asked first, whatever else fails

        ready = GaugeMetricFamily("lienthong_ready", GAUGES["lienthong_ready"], labels=["check"])
        checks = readiness()
        for check in checks:
            ready.add_metric([check.name], float(check.ok))
        yield ready
        if all(check.ok for check in checks if check.name in ("database", "migrations")):
            try:
                yield from list(_of_state(look()))
            except (DatabaseError, InterfaceError):
                return


def _of_state(state: State) -> Iterator[Metric]:
    yield from _of_samples(state.now)
    yield from _of_systems(state)
    yield from _of_links(state)
    yield from _of_ledger(state)
    yield from _of_rest(state)


def _of_samples(now: datetime) -> Iterator[Metric]:
    sample = samples.latest()
    if sample is None:
        return
    for field, (name, text) in COUNTERS.items():
        yield CounterMetricFamily(name, text, value=getattr(sample, field))
    for name, value in (
        ("lienthong_deliveries_waiting", sample.waiting),
        ("lienthong_deliveries_waiting_p95_seconds", sample.waiting_p95),
        ("lienthong_deliveries_waiting_oldest_seconds", sample.waiting_oldest),
        ("lienthong_deliveries_given_up", sample.given_up),
        ("lienthong_sample_age_seconds", (now - sample.at).total_seconds()),
    ):
        yield _gauge(name, value)


def _of_systems(state: State) -> Iterator[Metric]:
    waiting, oldest = (
        _family("lienthong_system_waiting", "system"),
        _family("lienthong_system_oldest_seconds", "system"),
    )
    trouble = _family("lienthong_system_trouble", "system", "standing")
    for system in state.systems:
        waiting.add_metric([system.system_id], system.queue.waiting)
        oldest.add_metric([system.system_id], system.queue.oldest)
        if system.standing.value != "fine":
            trouble.add_metric([system.system_id, system.standing.value], 1)
    yield from (waiting, oldest, trouble)


def _of_links(state: State) -> Iterator[Metric]:
    up, lag = _family("lienthong_link_up", "system"), _family("lienthong_link_lag_seconds", "system")
    waiting = _family("lienthong_link_waiting", "system")
    age = _family("lienthong_link_directory_age_seconds", "system")
    for link in state.links:
        waiting.add_metric([link.system_id], link.waiting)
        if link.synced_at is not None:
            age.add_metric([link.system_id], max(0.0, (state.now - link.synced_at).total_seconds()))
        up.add_metric([link.system_id], float(link.failing_since is None and not link.locked))
        if link.lag_from is not None:
            lag.add_metric([link.system_id], max(0.0, (state.now - link.lag_from).total_seconds()))
    yield from (up, lag, waiting, age)


def _of_ledger(state: State) -> Iterator[Metric]:
    status = state.ledger
    if status is not None:
        age = (state.now - status.waiting_since).total_seconds() if status.waiting_since else 0
        yield _gauge("lienthong_ledger_size", status.size)
        yield _gauge("lienthong_ledger_waiting", status.waiting)
        yield _gauge("lienthong_ledger_waiting_seconds", age)
        yield _gauge("lienthong_timestamp_exceeded", float(status.exceeded))


def _of_rest(state: State) -> Iterator[Metric]:
    from lienthong.monitoring.conditions import open_conditions  # noqa: PLC0415 - a table of ours, not of the state

    yield _gauge("lienthong_disk_free_bytes", state.disk.free)
    yield _gauge("lienthong_disk_bytes", state.disk.total)
    ends = _family("lienthong_expiry_seconds", "what", "system", "name")
    for one in {(e.what, e.system_id, e.name): e for e in reversed(state.expiries)}.values():
        ends.add_metric([one.what, one.system_id, one.name], (one.ends_at - clock.now()).total_seconds())
    yield ends
    conditions = _family("lienthong_conditions", "level")
    rows = open_conditions(muted=False)
    for level in Level:
        conditions.add_metric([level.value], sum(row.level == level.value for row in rows))
    yield conditions


def _family(name: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, GAUGES[name], labels=list(labels))


def _gauge(name: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, GAUGES[name], value=value)

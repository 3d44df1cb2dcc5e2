"""What ``/metrics`` says, who may read it, and that documents and dashboard speak of what exists."""

from __future__ import annotations

import json
import re
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from lienthong.common import clock
from lienthong.gateways.probes import views
from lienthong.monitoring import http_metrics, metrics, samples, watching
from lienthong.monitoring.models import Sample
from tests.factories import make_agency
from tests.servers import new_server
from tests.statistics.world import open_office, send

ROOT = Path(__file__).parents[2]
NAMES = {name for name, _ in metrics.COUNTERS.values()} | set(metrics.GAUGES) | {
    http_metrics.REQUESTS[0], http_metrics.SECONDS[0],
}  # fmt: skip


@pytest.fixture
def axis(db: None, tmp_path: Path, settings: Settings) -> Client:
    settings.DATA_DIR = tmp_path
    views._token.cache_clear()
    return Client()


def scrape(axis: Client, **meta: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    answer = axis.get("/metrics", **meta)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {one.name: [(dict(s.labels), s.value) for s in one.samples] for one in families}


def test_the_queue_and_its_age_are_told_per_system(axis: Client) -> None:
    sender = open_office(make_agency("H99.05", "Sở Y tế (mẫu)"), "H99.05", "Sở Y tế (mẫu)")
    commune = open_office(make_agency("H99.30", "Xã An Mẫu"), "H99.30", "Xã An Mẫu")
    send(sender, commune, at=clock.now() - timedelta(minutes=30), delivered=None)
    watching.watch()
    found = scrape(axis)
    assert found["lienthong_deliveries_waiting"] == [({}, 1.0)]
    assert found["lienthong_system_waiting"].count(({"system": commune.system.system_id}, 1.0)) == 1
    assert found["lienthong_deliveries_waiting_p95_seconds"][0][1] == pytest.approx(1800, abs=60)
    assert ({"system": commune.system.system_id, "standing": "slow"}, 1.0) in found["lienthong_system_trouble"]
    assert set(found) <= NAMES


def test_counters_only_grow_from_sample_to_sample(axis: Client) -> None:
    sender = open_office(make_agency("H99.05", "Sở Y tế (mẫu)"), "H99.05", "Sở Y tế (mẫu)")
    commune = open_office(make_agency("H99.30", "Xã An Mẫu"), "H99.30", "Xã An Mẫu")
    samples.take_sample()
    for _ in range(3):
        send(sender, commune, at=clock.now() - timedelta(minutes=1))
    samples.take_sample()
    samples.take_sample()
    assert list(Sample.objects.order_by("at").values_list("documents", flat=True)) == [0, 3, 3]
    assert scrape(axis)["lienthong_documents_accepted"] == [({}, 3.0)]


@pytest.mark.parametrize(
    ("meta", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "10.0.0.9"}, 403),
        ({"REMOTE_ADDR": ""}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.9"}, 403),
    ],
)
def test_without_a_token_only_this_machine_reads(axis: Client, meta: dict[str, str], status: int) -> None:
    assert axis.get("/metrics", **meta).status_code == status


@pytest.mark.parametrize(("given", "status"), [("Bearer mã-đúng", 200), ("Bearer sai", 403), ("", 403)])
def test_with_a_token_only_the_token_opens(
    axis: Client, settings: Settings, tmp_path: Path, given: str, status: int
) -> None:
    settings.METRICS_TOKEN_FILE = tmp_path / "token"
    settings.METRICS_TOKEN_FILE.write_text("ma-dung\n")
    given = given.replace("mã-đúng", "ma-dung")
    assert axis.get("/metrics", REMOTE_ADDR="127.0.0.1", HTTP_AUTHORIZATION=given).status_code == status


def test_a_token_file_that_is_missing_opens_to_nobody(axis: Client, settings: Settings, tmp_path: Path) -> None:
    settings.METRICS_TOKEN_FILE = tmp_path / "missing"
    assert axis.get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 403


def test_requests_of_all_processes_are_added_up(cluster_url: str, tmp_path: Path) -> None:
    server = new_server(tmp_path / "axis", cluster_url, "metrics", LIENTHONG_WEB_PROCESSES="2").start()
    base = server.url.removesuffix("/vxp")
    try:
        before = requests_told(base)
        for _ in range(20):
            with urllib.request.urlopen(f"{base}/healthz", timeout=30) as answer:
                answer.read()
        assert requests_told(base) - before >= 20
    finally:
        server.stop()


def requests_told(base: str) -> float:
    with urllib.request.urlopen(f"{base}/metrics", timeout=30) as answer:
        families = {one.name: one for one in text_string_to_metric_families(answer.read().decode())}
    found = families["lienthong_http_requests"].samples
    return sum(one.value for one in found if one.labels["area"] == "pages" and one.name.endswith("_total"))


@pytest.mark.parametrize(
    ("path", "area"), [("/vxp/", "vxp"), ("/api/v1/documents", "api"), ("/thong-ke/", "pages"), ("/../../x", "pages")]
)
def test_areas_are_few_whatever_is_asked_for(path: str, area: str) -> None:
    assert http_metrics.area_of(path) == area


def _named(text: str) -> set[str]:
    found = re.findall(r"\blienthong_[a-z0-9_]+", text)
    return {re.sub(r"_(total|bucket|count|sum|created)$", "", name) for name in found}


def test_every_metric_is_documented_and_nothing_else() -> None:
    assert _named((ROOT / "docs/operations/metrics.md").read_text()) == NAMES


def test_the_dashboard_names_only_metrics_that_exist() -> None:
    files = sorted((ROOT / "docs/operations/grafana").glob("*.json"))
    assert files
    for file in files:
        json.loads(file.read_text())
        assert _named(file.read_text()) <= NAMES


def test_alerts_of_the_rule_file_name_only_metrics_that_exist() -> None:
    rules = ROOT / "docs/operations/grafana/alerts.yaml"
    assert _named(rules.read_text()) <= NAMES

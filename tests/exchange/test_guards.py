"""A secret leaves hash, sender and time, and an alert; alerts are counted, muted and acknowledged."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.serializers import serialize
from pytest_django import Settings

from lienthong.common import clock
from lienthong.exchange.guards.alerts import acknowledge_alert, mute_alert, open_alerts, raise_alert
from lienthong.exchange.guards.kinds import AlertKind, Level
from lienthong.exchange.models import Package
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.ledger.models import LedgerEvent
from tests import packages
from tests.exchange.conftest import Office

WORDS = "Kế hoạch diễn tập khu vực Đồi Thông"


def _everything_kept() -> str:
    kept = [serialize("json", model.objects.all(), ensure_ascii=False) for model in apps.get_models()]
    return "\n".join(kept)


def _files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("large", [False, True])
def test_a_secret_leaves_hash_sender_and_time(
    department: Office,
    hoa_phuong: Office,
    data_dir: Path,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    large: bool,
) -> None:
    if large:
        settings.SEGMENT_PACKAGE_LIMIT = 100
    raw = packages.document(department.code, hoa_phuong.code, subject=f"{WORDS} (Mật)", number="4711")
    with pytest.raises(Refusal) as caught:
        department.send(raw)
    assert caught.value.reason is Reason.STATE_SECRET
    assert caught.value.detail == "Dấu hiệu ở: Subject."
    (alert,) = open_alerts()
    digest = hashlib.sha256(raw).hexdigest()
    assert digest in alert.detail
    assert department.system_id in alert.subject
    assert (alert.kind, alert.level) == ("state_secret", "critical")
    (event,) = LedgerEvent.objects.filter(kind="SubmissionRejection")
    assert bytes(event.sha256).hex() == digest
    assert Package.objects.count() == 0
    kept = _everything_kept() + caplog.text
    for content in (WORDS, "4711", "van-ban-mau"):
        assert content not in kept
    assert WORDS.encode() not in _files(data_dir)


def test_a_secret_in_a_report_is_refused_too(department: Office, hoa_phuong: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, document_id="VB-1"))
    with pytest.raises(Refusal) as caught:
        hoa_phuong.report(department, "VB-1", "02", description="Trả lại vì là tài liệu tuyệt mật")
    assert caught.value.reason is Reason.STATE_SECRET


def test_a_secret_that_does_not_conform_is_a_secret_first(department: Office, hoa_phuong: Office) -> None:
    raw = packages.document(department.code, hoa_phuong.code, subject="(Mật)").replace(b"2024/03/15", b"2024/13/15")
    with pytest.raises(Refusal) as caught:
        department.send(raw)
    assert caught.value.reason is Reason.STATE_SECRET


def _raise(key: str = "k", level: Level = Level.WARNING) -> int:
    return raise_alert(kind=AlertKind.PACKAGE_BLOCKED, level=level, subject="Mẫu", detail="", dedupe_key=key)


@pytest.mark.django_db
def test_the_same_thing_is_counted_until_somebody_acknowledges_it() -> None:
    first = _raise()
    assert _raise() == first
    (alert,) = open_alerts()
    assert alert.times == 2
    done = acknowledge_alert(alert_id=first, actor="bà Liên", note="Đã gọi cơ quan gửi")
    assert (done.acknowledged_by, open_alerts()) == ("bà Liên", [])
    assert acknowledge_alert(alert_id=first, actor="ông Quang").acknowledged_by == "bà Liên"
    assert LedgerEvent.objects.filter(kind="AlertAcknowledged").count() == 1
    assert _raise() != first


@pytest.mark.django_db
def test_the_most_pressing_come_first_and_muted_ones_not_at_all() -> None:
    old, urgent, muted = _raise("a"), _raise("b", Level.CRITICAL), _raise("c")
    mute_alert(alert_id=muted, until=clock.now() + timedelta(hours=1))
    assert [alert.pk for alert in open_alerts()] == [urgent, old]
    assert len(open_alerts(muted=True)) == 3


@pytest.mark.django_db
def test_an_unknown_alert_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        acknowledge_alert(alert_id=1, actor="bà Liên")
    assert caught.value.reason is Reason.ALERT_UNKNOWN

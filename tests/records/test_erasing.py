"""A secret that was accepted all the same: its bytes and words go, what proves the exchange stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.core.serializers import serialize
from pytest_django import Settings
from typer.testing import CliRunner

from lienthong.cli import holds
from lienthong.exchange.guards.models import Erasure
from lienthong.exchange.models import Delivery, Package
from lienthong.exchange.reconcile import reconcile
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.segments.verify import Problem
from lienthong.exchange.upkeep import verify_segments
from lienthong.ledger.models import LedgerEvent
from lienthong.records.erasing import erase_package
from tests import packages
from tests.exchange.conftest import Office, data_dir, department, hoa_phuong

__all__ = ["data_dir", "department", "hoa_phuong"]
WORDS = "Kế hoạch khu vực Đồi Thông"
WHY = "Lộ bí mật nhà nước, lệnh số 3 (mẫu)"


def _files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (folder / "segments").rglob("*") if path.is_file())


def _rows() -> str:
    return "\n".join(serialize("json", model.objects.all(), ensure_ascii=False) for model in apps.get_models())


@pytest.fixture(params=["small", "large"])
def spilled(
    request: pytest.FixtureRequest, department: Office, hoa_phuong: Office, data_dir: Path, settings: Settings
) -> Package:
    """Two documents are stored; only the first is to go."""
    if request.param == "large":
        settings.SEGMENT_PACKAGE_LIMIT = 100
    department.send(packages.document(department.code, hoa_phuong.code, subject=WORDS, document_id="VB-1"))
    package = Package.objects.get()
    department.send(packages.document(department.code, hoa_phuong.code, subject="Mẫu khác", document_id="VB-2"))
    assert WORDS.encode() in _files(data_dir)
    return package


def test_nothing_readable_remains_and_nothing_is_broken(
    spilled: Package, department: Office, hoa_phuong: Office, data_dir: Path
) -> None:
    first = next(row for row in hoa_phuong.inbox() if str(row.doc_id) == str(Delivery.objects.get(package=spilled).pk))
    erase_package(package_id=spilled.pk, actor="bà Liên", reason=WHY)
    assert WORDS.encode() not in _files(data_dir)
    assert WORDS not in _rows()
    assert len(hoa_phuong.inbox()) == 1
    with pytest.raises(Refusal):
        hoa_phuong.fetch(first.doc_id)

    report = verify_segments(repair=True)
    assert report.is_sound
    assert [trouble.problem for trouble in report.troubles] == [Problem.ERASED]
    assert "theo lệnh của bà Liên ngày" in report.troubles[0].told
    compared = reconcile(with_bytes=True)
    assert compared.is_sound, compared.differences
    assert "VB-1" in compared.erased[0]

    event = LedgerEvent.objects.get(kind="PackageErased")
    assert (bytes(event.sha256), event.user, event.data["reason"]) == (bytes(spilled.sha256), "bà Liên", WHY)


def test_who_has_it_already_is_refused_a_second_copy_and_told_why(
    spilled: Package, department: Office, hoa_phuong: Office
) -> None:
    delivery = Delivery.objects.get(package=spilled)
    hoa_phuong.confirm(str(delivery.pk))
    erase_package(package_id=spilled.pk, actor="bà Liên", reason=WHY)
    with pytest.raises(Refusal) as caught:
        hoa_phuong.fetch(str(delivery.pk))
    assert caught.value.reason is Reason.PACKAGE_ERASED
    assert "bà Liên" in caught.value.detail
    assert reconcile(with_bytes=True).is_sound


def test_an_order_that_was_not_carried_out_is_told_and_can_be_finished(spilled: Package, data_dir: Path) -> None:
    from lienthong.exchange.guards.erasing import order_erasure

    order_erasure(package_id=spilled.pk, actor="bà Liên", reason=WHY)  # and the machine stops
    report = verify_segments(repair=False)
    assert [trouble.problem for trouble in report.troubles] == [Problem.NOT_ERASED]
    assert not report.is_sound
    assert not reconcile(with_bytes=True).is_sound
    erase_package(package_id=spilled.pk, actor="ông khác", reason="chạy lại")
    assert Erasure.objects.get().actor == "bà Liên"
    assert verify_segments(repair=False).troubles[0].problem is Problem.ERASED
    assert LedgerEvent.objects.filter(kind="PackageErased").count() == 1


def test_an_order_that_no_event_tells_of_hides_no_damage(spilled: Package) -> None:
    from lienthong.common import clock

    Erasure.objects.create(package=spilled, actor="kẻ gian", reason="–", at=clock.now())
    told = [difference.row for difference in reconcile().differences]
    assert told == [f"guards_erasure id={spilled.pk}"]


def test_the_command_asks_first_and_wants_a_reason(spilled: Package, data_dir: Path) -> None:
    run = CliRunner()
    refused = run.invoke(holds.app, ["erase", str(spilled.pk), "--reason", WHY], input="n\n")
    assert refused.exit_code == 1
    assert WORDS.encode() in _files(data_dir)
    assert run.invoke(holds.app, ["erase", str(spilled.pk), "--reason", " ", "--yes"]).exit_code == 1
    done = run.invoke(holds.app, ["erase", str(spilled.pk), "--reason", WHY, "--by", "bà Liên", "--yes"])
    assert done.exit_code == 0, done.output
    assert WORDS.encode() not in _files(data_dir)

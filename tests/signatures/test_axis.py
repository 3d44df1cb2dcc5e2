"""Signatures at the axis: checked beside the hot path, kept with the document, demanded of some senders."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from pytest_django import Settings

from lienthong.common import clock
from lienthong.common.sql import hot_cursor
from lienthong.exchange.guards.alerts import open_alerts
from lienthong.exchange.guards.holds import block_held, list_held, release_held
from lienthong.exchange.intake import segments
from lienthong.exchange.models import Delivery, Package
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.signatures import rows
from lienthong.exchange.signatures.acts import report_hash, stored_part
from lienthong.exchange.signatures.checking import LEASE, check_due
from lienthong.exchange.signatures.models import Evidence, PackageCheck, SignatureCheck
from lienthong.exchange.signatures.policies import Demand
from lienthong.exchange.signatures.reports import PackageReport, Part, PartReport
from lienthong.exchange.signatures.results import Result
from lienthong.exchange.signatures.selectors import signature_state
from lienthong.exchange.signatures.services import check_again, set_policy
from lienthong.ledger.models import LedgerEvent
from tests.exchange.conftest import Office
from tests.signatures.ca import Holder, cast
from tests.signatures.documents import package, plain_pdf, sign, signed_by_both, stamped_pdf

ROOT = Path(__file__).parents[2]
BASIS = "Quyết định mẫu số 1"


@cache
def _hoa_today() -> Holder:
    """Bà Hoa with a certificate of these days: the axis receives at the real time."""
    now, subject = clock.now(), cast().hoa.certificate.subject
    return cast().authority.issue("hoa today", subject, start=now - timedelta(days=9), end=now + timedelta(days=9))


def _fresh_list(data_dir: Path) -> None:
    cast().authority.write_trust(data_dir / "trust", crl=cast().authority.crl(at=clock.now()))


def _signed() -> bytes:
    return sign(plain_pdf(), _hoa_today(), at=clock.now())


def test_a_document_is_accepted_at_once_and_checked_afterwards(department: Office, hoa_phuong: Office) -> None:
    receipt = department.send(package(plain_pdf()))
    (before,) = signature_state(UUID(receipt.doc_id))
    assert (before.result, before.parts) == (None, [])
    assert check_due(segments()) == 1
    (after,) = signature_state(UUID(receipt.doc_id))
    assert (after.result.value, after.due_at) == ("unsigned", None)  # type: ignore[union-attr]
    assert [(part.part.value, part.result.value) for part in after.parts] == [
        ("envelope", "unsigned"),
        ("main", "unsigned"),
    ]
    assert check_due(segments()) == 0


def test_a_status_report_is_not_checked(department: Office, hoa_phuong: Office) -> None:
    department.send(package(plain_pdf(), document_id="VB-1"))
    hoa_phuong.report(department, "VB-1", "01")
    assert PackageCheck.objects.count() == 1


def test_what_decided_is_kept_once(department: Office, hoa_phuong: Office, data_dir: Path) -> None:
    _fresh_list(data_dir)
    for number in ("1", "2"):
        department.send(package(_signed(), number=number))
    check_due(segments())
    checks = SignatureCheck.objects.filter(part="main")
    assert {check.result for check in checks} == {"valid_with_warnings"}
    (used, again) = (check.used for check in checks)
    assert used == again
    kept = {bytes(one.sha256).hex(): one.kind for one in Evidence.objects.all()}
    assert kept == {one: kind for kind in ("certificate", "crl") for one in used[kind]}
    assert checks[0].signatures[0]["name"] == "Trương Thị Hoa"


def test_an_open_outcome_is_checked_again_later_and_settles(
    department: Office, hoa_phuong: Office, data_dir: Path
) -> None:
    receipt = department.send(package(_signed()))
    now = clock.now()
    check_due(segments(), now=now)
    (state,) = signature_state(UUID(receipt.doc_id))
    assert state.result is not None
    assert (state.result.value, state.due_at) == ("indeterminate", now + timedelta(minutes=10))
    assert check_due(segments(), now=now + timedelta(minutes=9)) == 0
    later = now + timedelta(minutes=11)
    assert check_due(segments(), now=later) == 1  # nothing new: no second set of rows, and the next pause is longer
    assert SignatureCheck.objects.count() == 2
    assert PackageCheck.objects.get().due_at == later + timedelta(hours=1)
    _fresh_list(data_dir)
    check_due(segments(), now=later + timedelta(hours=1))
    (state,) = signature_state(UUID(receipt.doc_id))
    assert state.result is not None
    assert (state.result.value, state.due_at) == ("valid_with_warnings", None)
    assert sorted(SignatureCheck.objects.values_list("round", flat=True)) == [1, 1, 2, 2]


def test_what_a_check_says_is_told_when_it_is_new(department: Office, hoa_phuong: Office, data_dir: Path) -> None:
    receipt = department.send(package(_signed()))
    now = clock.now()
    check_due(segments(), now=now)
    check_due(segments(), now=now + timedelta(minutes=11))  # says the same
    _fresh_list(data_dir)
    check_due(segments(), now=now + timedelta(hours=2))
    told = LedgerEvent.objects.filter(kind="SignaturesChecked", document=receipt.doc_id).order_by("id")
    assert [(one.data["result"], one.data["round"]) for one in told] == [
        ("indeterminate", 1),
        ("valid_with_warnings", 2),
    ]
    for event in told:
        stored = SignatureCheck.objects.filter(package_id=event.subject_id, round=event.data["round"])
        assert report_hash([stored_part(one) for one in stored]).hex() == event.data["report"]


def test_the_trust_store_is_told_when_it_changes(department: Office, data_dir: Path) -> None:
    for _ in range(2):
        check_due(segments())
    _fresh_list(data_dir)
    check_due(segments())
    told = LedgerEvent.objects.filter(kind="TrustStoreChanged").order_by("id")
    assert [(len(one.data["roots"]), len(one.data["crls"])) for one in told] == [(1, 0), (1, 1)]


def test_an_operator_may_have_it_checked_again_at_once(department: Office, hoa_phuong: Office, data_dir: Path) -> None:
    receipt = department.send(package(_signed()))
    check_due(segments())
    _fresh_list(data_dir)
    assert check_again(document=None, now=clock.now()) == 1
    check_due(segments())
    (state,) = signature_state(UUID(receipt.doc_id))
    assert state.result is not None
    assert state.result.value == "valid_with_warnings"


def test_a_worker_that_is_killed_leaves_the_package_to_the_next_one(department: Office, hoa_phuong: Office) -> None:
    receipt = department.send(package(plain_pdf()))
    database = connection.settings_dict
    host = str(database["HOST"]).replace("/", "%2F")
    environment = {
        **os.environ,
        "LIENTHONG_DATABASE_URL": f"postgresql://{database['USER']}@{host}/{database['NAME']}",
        "LIENTHONG_DATA_DIR": str(django_settings.DATA_DIR),
        "LIENTHONG_FAILPOINTS": "signatures.before_record=crash",
    }
    died = subprocess.run(
        [sys.executable, "-m", "lienthong", "worker", "--once"], env=environment, cwd=ROOT, check=False, timeout=60
    )
    assert died.returncode == -9
    assert SignatureCheck.objects.count() == 0
    assert check_due(segments()) == 0  # still leased to the dead one
    assert check_due(segments(), now=clock.now() + LEASE) == 1
    (state,) = signature_state(UUID(receipt.doc_id))
    assert state.result is not None


def test_two_workers_never_take_the_same_package(department: Office, hoa_phuong: Office) -> None:
    for number in ("1", "2"):
        department.send(package(plain_pdf(), number=number))
    now = clock.now()
    other: list[rows.Claim] = []

    def second() -> None:
        with transaction.atomic():
            other.extend(rows.claim_due(hot_cursor(), now=now, lease=LEASE, limit=10))
        connection.close()

    with transaction.atomic():
        first = rows.claim_due(hot_cursor(), now=now, lease=LEASE, limit=1)
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()  # does not wait for the lock of the first
    assert len(first) == len(other) == 1
    assert first[0].package_id != other[0].package_id


def test_a_late_worker_changes_nothing_after_another_has_finished(department: Office, hoa_phuong: Office) -> None:
    department.send(package(plain_pdf()))
    now = clock.now()
    with transaction.atomic():
        (late,) = rows.claim_due(hot_cursor(), now=now, lease=LEASE, limit=1)
    check_due(segments(), now=now + LEASE)
    part = PartReport(part=Part.MAIN, result=Result.INVALID, findings=())
    report = PackageReport(parts=(part,), checked_at=now, software="test")
    with transaction.atomic():
        assert rows.finish(hot_cursor(), late, report, due_at=None) is False
    assert PackageCheck.objects.get().result == "unsigned"


def test_a_package_that_kills_workers_is_given_up(department: Office, hoa_phuong: Office) -> None:
    receipt = department.send(package(plain_pdf()))
    now = clock.now()
    for attempt in range(3):
        with transaction.atomic():
            assert len(rows.claim_due(hot_cursor(), now=now, lease=LEASE, limit=1, begun=attempt > 0)) == 1
        now += LEASE
    check_due(segments(), now=now)
    (state,) = signature_state(UUID(receipt.doc_id))
    assert [found["id"] for part in state.parts for found in part.findings] == ["file.gave_up"]


def test_checking_runs_while_packages_come_in(department: Office, hoa_phuong: Office) -> None:
    pdf = signed_by_both()
    raws = [package(pdf, number=str(number)) for number in range(12)]
    stop = threading.Event()
    checked = []

    def work() -> None:
        while not stop.is_set() or checked[-1]:
            checked.append(check_due(segments()))
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    receipts = [department.send(raw) for raw in raws]
    stop.set()
    worker.join()
    check_due(segments())
    assert len({receipt.doc_id for receipt in receipts}) == 12
    assert PackageCheck.objects.exclude(result="").count() == 12


# -- demands


def _refused(office: Office, raw: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        office.send(raw)
    return caught.value


def _demand(demand: Demand, office: Office | None, valid_from: date = date(2024, 1, 1)) -> None:
    set_policy(agency=office.agency if office else None, demand=demand, valid_from=valid_from, basis=BASIS)


@pytest.mark.parametrize("large", [False, True])
def test_an_unsigned_document_is_refused_where_signatures_are_demanded(
    department: Office, hoa_phuong: Office, settings: Settings, large: bool
) -> None:
    if large:
        settings.SEGMENT_PACKAGE_LIMIT = 1000
    _demand(Demand.ANY, department)
    refusal = _refused(department, package(plain_pdf()))
    assert refusal.reason is Reason.SIGNATURE_MISSING
    assert Package.objects.count() == 0
    assert list((django_settings.DATA_DIR / "segments").glob("objects/*/*")) == []


def test_a_broken_signature_is_refused_where_valid_ones_are_demanded(
    department: Office, hoa_phuong: Office, data_dir: Path
) -> None:
    _fresh_list(data_dir)
    _demand(Demand.VALID, department)
    refusal = _refused(department, package(_signed().replace(b"Cong van mau", b"Cong van mao")))
    assert refusal.reason is Reason.SIGNATURE_INVALID
    assert "mã băm không khớp" in refusal.detail


def test_a_document_that_meets_the_demand_brings_its_outcome_along(
    department: Office, hoa_phuong: Office, data_dir: Path
) -> None:
    _fresh_list(data_dir)
    _demand(Demand.VALID, department)
    receipt = department.send(package(_signed()))
    (state,) = signature_state(UUID(receipt.doc_id))
    assert state.result is not None
    assert (state.result.value, state.due_at) == ("valid_with_warnings", None)
    assert Evidence.objects.exists()
    assert LedgerEvent.objects.get(kind="SignaturesChecked", document=receipt.doc_id).data["round"] == 1
    assert check_due(segments()) == 0


def test_missing_revocation_data_never_blocks_a_sender(department: Office, hoa_phuong: Office) -> None:
    _demand(Demand.VALID, department)
    receipt = department.send(package(_signed()))
    (state,) = signature_state(UUID(receipt.doc_id))
    assert state.result is not None
    assert state.result.value == "indeterminate"
    assert state.due_at is not None


def test_a_stranger_who_claims_to_sign_is_refused(department: Office, hoa_phuong: Office) -> None:
    _demand(Demand.VALID, department)
    now = clock.now()
    day = timedelta(days=1)
    subject = cast().cuc.certificate.subject
    stranger = cast().stranger.issue("cuc today", subject, start=now - day, end=now + day)
    assert _refused(department, package(sign(plain_pdf(), stranger, at=now))).reason is Reason.SIGNATURE_INVALID


def test_demands_are_dated_and_of_one_sender(department: Office, hoa_phuong: Office) -> None:
    _demand(Demand.ANY, department, valid_from=clock.today() + timedelta(days=1))
    department.send(package(plain_pdf(), number="1"))
    _demand(Demand.ANY, hoa_phuong)
    department.send(package(plain_pdf(), number="2"))
    _demand(Demand.ANY, None)
    assert _refused(department, package(plain_pdf(), number="3")).reason is Reason.SIGNATURE_MISSING
    _demand(Demand.NONE, department)
    department.send(package(plain_pdf(), number="4"))
    told = LedgerEvent.objects.filter(kind="SignaturePolicySet").order_by("id")
    assert [one.data["demand"] for one in told] == ["any", "any", "any", "none"]
    assert {one.data["basis"] for one in told} == {BASIS}


# -- packages too large to be checked while their sender waits


@pytest.fixture
def large(settings: Settings, department: Office, hoa_phuong: Office) -> None:
    """Signatures are demanded of the department, and every package counts as large."""
    settings.SIGNATURE_INLINE_LIMIT = 100
    _demand(Demand.VALID, department)


def _transport(office: Office, doc_id: str) -> tuple[str, str]:
    (row,) = office.sent(doc_id)
    return row.send_status, row.send_status_desc


@pytest.mark.usefixtures("large")
def test_a_large_package_is_seen_by_nobody_before_it_is_checked(
    department: Office, hoa_phuong: Office, data_dir: Path
) -> None:
    _fresh_list(data_dir)
    receipt = department.send(package(_signed()))
    assert "exchange.held" in {finding.id for finding in receipt.findings}
    assert hoa_phuong.inbox() == []
    delivery = str(Delivery.objects.get().pk)
    for refused in (hoa_phuong.fetch, hoa_phuong.confirm):
        with pytest.raises(Refusal) as caught:
            refused(delivery)
        assert caught.value.reason is Reason.PACKAGE_UNKNOWN
    assert _transport(department, receipt.doc_id) == (
        "processing",
        "Trục đang kiểm tra: Chờ trục kiểm tra chữ ký số.",
    )
    assert "ContentConsignment" not in _kinds()
    check_due(segments())
    (arrival,) = hoa_phuong.inbox()
    assert hoa_phuong.fetch(arrival.doc_id)
    assert _transport(department, receipt.doc_id)[0] == "processing"  # being fetched
    assert "ContentConsignment" in _kinds()


@pytest.mark.usefixtures("large")
def test_one_that_does_not_meet_the_demand_is_blocked_and_its_sender_told(
    department: Office, hoa_phuong: Office, data_dir: Path
) -> None:
    _fresh_list(data_dir)
    receipt = department.send(package(plain_pdf(), document_id="VB-LON"))
    check_due(segments())
    assert hoa_phuong.inbox() == []
    status, told = _transport(department, receipt.doc_id)
    assert status == "fail"
    assert "Bị chặn sau kiểm tra" in told
    assert "không có chữ ký số" in told
    assert "ContentConsignmentFailure" in _kinds()
    assert [alert.kind for alert in open_alerts()] == ["package_blocked"]
    department.send(package(_signed(), document_id="VB-LON"))  # signed now, under the same identifier
    check_due(segments())
    assert len(hoa_phuong.inbox()) == 1


@pytest.mark.usefixtures("large")
def test_one_that_kills_its_workers_waits_for_a_person(department: Office, hoa_phuong: Office) -> None:
    department.send(package(plain_pdf()))
    now = clock.now()
    for _ in range(3):
        with transaction.atomic():
            first = rows.claim_due(hot_cursor(), now=now, lease=LEASE, limit=1)
            assert first or rows.claim_due(hot_cursor(), now=now, lease=LEASE, limit=1, begun=True)
        now += LEASE
    check_due(segments(), now=now)
    assert check_due(segments(), now=now + timedelta(days=30)) == 0
    assert hoa_phuong.inbox() == []
    (alert,) = open_alerts()
    assert (alert.kind, alert.level) == ("package_unchecked", "critical")
    (held,) = list_held()
    assert held.reason == "Chờ trục kiểm tra chữ ký số."
    release_held(package_id=held.package_id, actor="ông Quang", reason="Đã mở tệp xem, chữ ký hợp lệ")
    assert len(hoa_phuong.inbox()) == 1
    with pytest.raises(Refusal) as caught:
        block_held(package_id=held.package_id, actor="ông Quang", reason="Nhầm")
    assert caught.value.reason is Reason.NOT_HELD


@pytest.mark.usefixtures("large")
def test_a_large_recall_is_checked_before_it_takes_effect(department: Office, hoa_phuong: Office) -> None:
    with pytest.raises(Refusal) as caught:
        department.send(package(plain_pdf(), business_type="1"))
    assert caught.value.reason is Reason.SIGNATURE_MISSING


def test_a_package_that_kills_its_worker_takes_no_others_with_it(department: Office, hoa_phuong: Office) -> None:
    for number in ("1", "2", "3"):
        department.send(package(plain_pdf(), number=number))
    now = clock.now()
    with transaction.atomic():
        assert len(rows.claim_due(hot_cursor(), now=now, lease=LEASE, limit=8)) == 3  # and the worker dies
    later = now + LEASE
    with transaction.atomic():
        (alone,) = rows.claim_due(hot_cursor(), now=later, lease=LEASE, limit=1, begun=True)  # and the next one too
    assert [check_due(segments(), now=later) for _ in range(3)] == [1, 1, 0]
    waiting = PackageCheck.objects.filter(result="")
    assert [check.package_id for check in waiting] == [alone.package_id]


# -- stamps of secrecy on a page


def test_a_stamp_on_the_first_page_holds_what_nobody_has_taken(department: Office, hoa_phuong: Office) -> None:
    department.send(package(stamped_pdf("TUYỆT MẬT")))
    assert len(hoa_phuong.inbox()) == 1  # until the worker has seen the page
    check_due(segments())
    assert hoa_phuong.inbox() == []
    (held,) = list_held()
    assert held.reason == "Trang đầu của tệp PDF có dấu chỉ độ mật."
    (alert,) = open_alerts()
    assert (alert.kind, alert.level) == ("state_secret", "critical")
    assert "Chưa nơi nhận nào lấy" in alert.detail
    release_held(package_id=held.package_id, actor="bà Liên", reason="Văn bản mẫu, không mật")
    check_again(document=None, now=clock.now())
    check_due(segments())
    assert len(hoa_phuong.inbox()) == 1


def test_who_has_taken_it_is_named(department: Office, hoa_phuong: Office) -> None:
    department.send(package(stamped_pdf("MẬT")))
    (arrival,) = hoa_phuong.inbox()
    hoa_phuong.confirm(arrival.doc_id)
    check_due(segments())
    (alert,) = open_alerts()
    assert "ĐÃ LẤY: H99.30" in alert.detail


def test_a_page_that_speaks_of_secrecy_is_not_stamped(department: Office, hoa_phuong: Office) -> None:
    department.send(package(stamped_pdf("QUY CHẾ BẢO MẬT THÔNG TIN")))
    check_due(segments())
    assert len(hoa_phuong.inbox()) == 1
    assert open_alerts() == []


def test_at_the_door_a_stamp_is_refused(department: Office, hoa_phuong: Office) -> None:
    _demand(Demand.ANY, department)
    assert _refused(department, package(stamped_pdf("TỐI MẬT"))).reason is Reason.STATE_SECRET
    assert Package.objects.count() == 0


def _kinds() -> set[str]:
    return set(LedgerEvent.objects.values_list("kind", flat=True))

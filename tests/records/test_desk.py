"""The desk sends and reports through the same door as every system."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.db import transaction

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.exchange.refusals import Reason as AxisReason
from lienthong.exchange.refusals import Refusal
from lienthong.records.desk import Report, desk_access, report_status, send_package
from lienthong.records.refusals import Reason, RecordsRefusal
from lienthong.registry.models import Agency, System
from tests import packages
from tests.exchange.conftest import Office
from tests.factories import lock


def test_an_agency_of_the_desk_sends_through_it(commune: Agency, desk: str, department: Office) -> None:
    raw = packages.document("H99.40", department.code)
    receipt = send_package(agency_id=commune.pk, body=io.BytesIO(raw), remote="10.0.0.9")
    again = send_package(agency_id=commune.pk, body=io.BytesIO(raw), remote="10.0.0.9")

    assert [waiting.from_code for waiting in department.inbox()] == ["H99.40"]
    assert again.doc_id == receipt.doc_id
    assert again.repeated


def test_an_agency_with_its_own_system_has_no_desk(desk: str, department: Office) -> None:
    with pytest.raises(RecordsRefusal) as refusal:
        desk_access(department.agency.pk)
    assert refusal.value.reason is Reason.NO_DESK


def test_a_locked_desk_says_so(commune: Agency, desk: str) -> None:
    lock(System.objects.get(system_id=desk))
    with pytest.raises(RecordsRefusal) as refusal:
        desk_access(commune.pk)
    assert refusal.value.reason is Reason.DESK_LOCKED


def test_the_desk_cannot_send_for_others(commune: Agency, desk: str, department: Office) -> None:
    raw = packages.document(department.code, "H99.40")
    with pytest.raises(Refusal) as refusal:
        send_package(agency_id=commune.pk, body=io.BytesIO(raw), remote="")
    assert refusal.value.reason is AxisReason.SENDER_FOREIGN


def test_nothing_is_sent_inside_a_transaction(commune: Agency, desk: str) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        send_package(agency_id=commune.pk, body=io.BytesIO(b""), remote="")


def test_a_report_reaches_the_issuer(commune: Agency, desk: str, department: Office) -> None:
    receipt = department.send(packages.document(department.code, "H99.40", document_id="D-1"))
    report = Report(
        from_code="H99.40",
        from_name="Xã Hoa Phượng (mẫu)",
        to_code=department.code,
        document_id="D-1",
        number_notation="1/CV-MAU",
        promulgation_date=date(2024, 3, 15),
        code="03",
        at=clock.now(),
        description="Số đến 7",
        staff="Trần Thị Hạnh",
    )
    report_status(agency_id=commune.pk, report=report)

    assert [row.receive_status for row in department.sent(receipt.doc_id)] == ["03"]
    assert len(department.inbox(PackageKind.STATUS)) == 1

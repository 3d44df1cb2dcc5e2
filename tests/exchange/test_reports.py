"""Status reports: routed by ResponseFor, folded per recipient, told to the sender."""

from __future__ import annotations

from datetime import date

import pytest

from edxml102.model import PackageKind
from lienthong.exchange.models import Package, Recipient, Report
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.registry import services
from tests import packages
from tests.exchange.conftest import Office


@pytest.fixture
def sent(department: Office, hoa_phuong: Office, hai_dang: Office) -> str:
    department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id="VB-1"))
    return "VB-1"


def _standing(department: Office, recipient: Office) -> tuple[str, str]:
    (row,) = [row for row in department.sent() if row.to_code == recipient.code]
    return row.receive_status, row.receive_status_desc


def test_reports_travel_back_to_the_sender_and_fold(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: str
) -> None:
    for minute, code in enumerate(("01", "03", "05", "06")):
        hoa_phuong.report(department, sent, code, description="Số đến 15", timestamp=f"2024/03/15 09:0{minute}:00")
    assert _standing(department, hoa_phuong) == ("06", "Hoàn thành: Số đến 15")
    assert _standing(department, hai_dang) == ("", "Đã gửi")
    arrived = department.inbox(PackageKind.STATUS)
    assert [(item.from_code, item.to_code) for item in arrived] == [(hoa_phuong.code, department.code)] * 4
    assert b"<edXML:StatusCode>01" in department.fetch(arrived[0].doc_id)
    assert department.inbox(PackageKind.DOCUMENT) == []


def test_late_and_repeated_reports_are_kept_and_move_nothing(department: Office, hoa_phuong: Office, sent: str) -> None:
    hoa_phuong.report(department, sent, "06", timestamp="2024/03/15 10:00:00")
    hoa_phuong.report(department, sent, "03", timestamp="2024/03/15 09:00:00")
    assert _standing(department, hoa_phuong)[0] == "06"
    assert Report.objects.count() == 2


def test_a_repeated_report_gets_the_first_receipt(department: Office, hoa_phuong: Office, sent: str) -> None:
    first = hoa_phuong.report(department, sent, "01")
    again = hoa_phuong.report(department, sent, "01", timestamp="2024/03/15 09:30:00")
    assert (again.doc_id, again.repeated) == (first.doc_id, True)
    assert len(department.inbox(PackageKind.STATUS)) == 1
    assert Package.objects.filter(kind="status").count() == 1


def test_a_refusal_reaches_the_sender_with_its_reason(department: Office, hai_dang: Office, sent: str) -> None:
    hai_dang.report(department, sent, "02", description="Gửi nhầm địa chỉ (mẫu)")
    assert _standing(department, hai_dang) == ("02", "Từ chối tiếp nhận: Gửi nhầm địa chỉ (mẫu)")


def test_take_back_goes_to_the_recipient_and_its_answer_comes_back(
    department: Office, hoa_phuong: Office, sent: str
) -> None:
    department.report(hoa_phuong, sent, "13", description="Gửi nhầm (mẫu)")
    (asked,) = hoa_phuong.inbox(PackageKind.STATUS)
    assert b"<edXML:StatusCode>13" in hoa_phuong.fetch(asked.doc_id)
    assert _standing(department, hoa_phuong)[1].startswith("Bên gửi xin lấy lại")
    hoa_phuong.report(department, sent, "15")
    assert Recipient.objects.get(code=hoa_phuong.code).state == "taken_back"


def test_only_the_issuer_may_take_back(department: Office, hoa_phuong: Office, hai_dang: Office, sent: str) -> None:
    hai_dang.report(hoa_phuong, sent, "13", description="Không phải văn bản của tôi (mẫu)")
    assert Recipient.objects.get(code=hoa_phuong.code).state == "sent"


def test_an_agency_that_never_got_the_document_cannot_report_on_it(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, document_id="VB-2"))
    with pytest.raises(Refusal) as caught:
        hai_dang.report(department, "VB-2", "06")
    assert caught.value.reason is Reason.STATUS_NOT_RECIPIENT
    assert department.inbox(PackageKind.STATUS) == []


def test_a_report_on_a_document_from_before_the_axis_still_arrives_once(department: Office, hoa_phuong: Office) -> None:
    first = hoa_phuong.report(department, "VB-CU-2018", "03")
    again = hoa_phuong.report(department, "VB-CU-2018", "03")
    assert (again.doc_id, again.repeated) == (first.doc_id, True)
    assert len(department.inbox(PackageKind.STATUS)) == 1


def test_questions_about_a_document_from_before_the_axis_reach_every_recipient(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    """The same words at the same second to two districts are two reports; to one district again, a repeat."""
    for district in (hoa_phuong, hai_dang):
        receipt = department.report(district, "VB-CU-9", "13", description="Gửi nhầm (mẫu)")
        assert not receipt.repeated
        assert department.report(district, "VB-CU-9", "13", description="Gửi nhầm (mẫu)").repeated
        assert len(district.inbox(PackageKind.STATUS)) == 1


def test_a_report_to_a_closed_sender_finds_the_successor(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: str
) -> None:
    services.close_agency(
        agency=department.agency, on_date=date(2024, 7, 1), successor=hai_dang.agency, on_closed="refuse"
    )
    hoa_phuong.report(department, sent, "03")
    assert len(hai_dang.inbox(PackageKind.STATUS)) == 1
    assert Recipient.objects.get(code=hoa_phuong.code).state == "accepted"


def test_an_unknown_code_is_carried_through(department: Office, hoa_phuong: Office, sent: str) -> None:
    hoa_phuong.report(department, sent, "103")
    assert len(department.inbox(PackageKind.STATUS)) == 1
    assert _standing(department, hoa_phuong)[0] == ""

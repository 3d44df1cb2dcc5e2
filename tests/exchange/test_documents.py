"""Documents through the axis: from a department to districts."""

from __future__ import annotations

import io
import threading
from datetime import date
from pathlib import Path

import pytest
from pytest_django import Settings

from lienthong.exchange.deliveries import Confirmation
from lienthong.exchange.intake import accept_package
from lienthong.exchange.models import Delivery, Document, Package
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.routing import Outcome
from lienthong.exchange.submissions import Sending
from lienthong.registry import services
from lienthong.registry.models import Agency, System
from tests import packages
from tests.exchange.conftest import Office
from tests.factories import lock, make_agency, make_system


def _refused(office: Office, raw: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        office.send(raw)
    return caught.value


def test_a_document_reaches_every_addressee_byte_for_byte(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    raw = packages.document(department.code, hoa_phuong.code, hai_dang.code)
    receipt = department.send(raw)
    assert [result.outcome for result in receipt.recipients] == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    for office in (hoa_phuong, hai_dang):
        (item,) = office.inbox()
        assert (item.from_code, item.to_code, item.status) == (department.code, office.code, "initial")
        assert office.fetch(item.doc_id) == raw
        assert [waiting.status for waiting in office.inbox()] == ["processing"]
        office.confirm(item.doc_id)
        assert office.inbox() == []
    assert [row.send_status for row in department.sent()] == ["done", "done"]


def test_a_large_package_gets_a_file_of_its_own(department: Office, hoa_phuong: Office, settings: Settings) -> None:
    settings.SEGMENT_PACKAGE_LIMIT = 1000
    raw = packages.document(department.code, hoa_phuong.code)
    department.send(raw)
    assert Package.objects.get().segment.startswith("objects/")
    (item,) = hoa_phuong.inbox()
    assert hoa_phuong.fetch(item.doc_id) == raw


def test_a_body_of_unknown_length_is_accepted(department: Office, hoa_phuong: Office) -> None:
    raw = packages.document(department.code, hoa_phuong.code)
    department.send(raw, length=None)
    assert hoa_phuong.fetch(hoa_phuong.inbox()[0].doc_id) == raw


def test_a_system_that_serves_two_addressees_gets_one_delivery(department: Office) -> None:
    communes = [make_agency(f"H99.30.0{number}", f"Xã mẫu {number}") for number in (1, 2)]
    system = make_system(*communes).system
    department.send(packages.document(department.code, "H99.30.01", "H99.30.02"))
    assert Delivery.objects.filter(system=system).count() == 1
    assert [row.to_code for row in department.sent()] == ["H99.30.01", "H99.30.02"]


@pytest.mark.parametrize("rebuilt", [False, True])
def test_a_resent_document_gets_the_first_receipt(department: Office, hoa_phuong: Office, rebuilt: bool) -> None:
    first_raw = packages.document(department.code, hoa_phuong.code, number="7", document_id="VB-7")
    first = department.send(first_raw)
    again_raw = first_raw.replace(b"2024/03/15 08:00:00", b"2024/03/15 08:05:00") if rebuilt else first_raw
    assert (again_raw != first_raw) is rebuilt
    again = department.send(again_raw)
    assert (again.doc_id, again.received_at, again.sha256) == (first.doc_id, first.received_at, first.sha256)
    assert again.repeated
    assert len(hoa_phuong.inbox()) == 1
    assert Package.objects.count() == 1


def test_a_later_addressee_is_added_and_the_others_are_left_alone(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    first = department.send(packages.document(department.code, hoa_phuong.code, number="8", document_id="VB-8"))
    more = department.send(
        packages.document(department.code, hoa_phuong.code, hai_dang.code, number="8", document_id="VB-8")
    )
    assert more.doc_id == first.doc_id
    assert [(result.code, result.already) for result in more.recipients] == [
        (hoa_phuong.code, True),
        (hai_dang.code, False),
    ]
    assert (len(hoa_phuong.inbox()), len(hai_dang.inbox())) == (1, 1)


def test_other_content_under_the_same_identifier_is_a_conflict(department: Office, hoa_phuong: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, number="9", document_id="VB-9"))
    other = packages.document(
        department.code, hoa_phuong.code, number="9", document_id="VB-9", content=b"%PDF-1.4 other"
    )
    refusal = _refused(department, other)
    assert refusal.reason is Reason.CONFLICT
    assert "cập nhật hoặc thay thế" in refusal.reason.next_step
    assert len(hoa_phuong.inbox()) == 1


def test_the_same_number_at_another_agency_is_another_document(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    department.send(packages.document(department.code, hai_dang.code, number="1", document_id="VB-1"))
    hoa_phuong.send(packages.document(hoa_phuong.code, hai_dang.code, number="1", document_id="VB-1"))
    assert len(hai_dang.inbox()) == 2


def test_urgent_documents_overtake(department: Office, hoa_phuong: Office) -> None:
    receipts = {
        priority: department.send(packages.document(department.code, hoa_phuong.code, priority=priority))
        for priority in ("0", "3", "1")
    }
    order = [item.doc_id for item in hoa_phuong.inbox()]
    urgency = [Delivery.objects.get(id=doc_id).package.document.priority for doc_id in order]  # type: ignore[union-attr]
    assert urgency == [3, 1, 0]
    assert len(receipts) == 3


def test_good_addressees_get_it_and_the_sender_is_told_of_the_others(
    department: Office, hoa_phuong: Office, paper_commune: Agency
) -> None:
    receipt = department.send(packages.document(department.code, hoa_phuong.code, "H99.30.01", "H99.77"))
    assert [(result.code, result.outcome) for result in receipt.recipients] == [
        (hoa_phuong.code, Outcome.ACCEPTED),
        ("H99.30.01", Outcome.NOT_CONNECTED),
        ("H99.77", Outcome.UNKNOWN),
    ]
    assert all(result.reason for result in receipt.recipients[1:])
    assert [row.send_status for row in department.sent()] == ["initial", "fail", "fail"]


def test_a_commune_that_connects_later_gets_the_document_when_it_is_resent(
    department: Office, hoa_phuong: Office, paper_commune: Agency
) -> None:
    raw = packages.document(department.code, hoa_phuong.code, "H99.30.01")
    first = department.send(raw)
    commune = Office("H99.30.01", paper_commune, make_system(paper_commune).system.system_id)
    again = department.send(raw)
    assert again.doc_id == first.doc_id
    assert commune.fetch(commune.inbox()[0].doc_id) == raw
    assert len(hoa_phuong.inbox()) == 1
    assert Package.objects.values("segment", "offset").distinct().count() == 1, "the bytes are stored once"


def test_no_good_addressee_refuses_the_whole(department: Office, paper_commune: Agency) -> None:
    refusal = _refused(department, packages.document(department.code, "H99.30.01"))
    assert refusal.reason is Reason.NO_RECIPIENT
    assert "H99.30.01" in refusal.detail
    assert not Document.objects.exists()


def test_a_locked_recipient_is_named(department: Office, hoa_phuong: Office, hai_dang: Office) -> None:
    lock(System.objects.get(system_id=hai_dang.system_id))
    receipt = department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code))
    assert receipt.recipients[1].outcome is Outcome.LOCKED


@pytest.mark.parametrize(("on_closed", "outcome"), [("refuse", Outcome.CLOSED), ("redirect", Outcome.REDIRECTED)])
def test_a_closed_code_names_or_reaches_its_successor(
    department: Office, hoa_phuong: Office, hai_dang: Office, on_closed: str, outcome: Outcome
) -> None:
    services.close_agency(
        agency=hai_dang.agency, on_date=date(2024, 7, 1), successor=hoa_phuong.agency, on_closed=on_closed
    )
    third = make_agency("H99.40", "Huyện Thứ Ba (mẫu)")
    make_system(third)
    receipt = department.send(packages.document(department.code, hai_dang.code, "H99.40"))
    closed = receipt.recipients[0]
    assert (closed.outcome, closed.successor_code) == (outcome, hoa_phuong.code)
    assert len(hoa_phuong.inbox()) == (1 if outcome.good else 0)


def test_an_outsider_cannot_send_in_the_name_of_another(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    forged = packages.document(department.code, hai_dang.code)
    assert _refused(hoa_phuong, forged).reason is Reason.SENDER_FOREIGN
    assert _refused(department, packages.document("H99.00.77", hai_dang.code)).reason is Reason.SENDER_UNKNOWN
    assert not Package.objects.exists()


def test_the_declared_sender_must_be_the_systems_own_too(department: Office, hoa_phuong: Office) -> None:
    raw = packages.document(department.code, hoa_phuong.code)
    forged = Sending(sender=department.access, remote="test", from_code=hoa_phuong.code)
    with pytest.raises(Refusal) as caught:
        accept_package(io.BytesIO(raw), sending=forged, length=len(raw))
    assert caught.value.reason is Reason.SENDER_FOREIGN


def test_an_outsider_cannot_read_or_confirm_anothers_package(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    receipt = department.send(packages.document(department.code, hoa_phuong.code))
    (item,) = hoa_phuong.inbox()
    for doc_id in (item.doc_id, receipt.doc_id, "../../etc/passwd", ""):
        with pytest.raises(Refusal) as caught:
            hai_dang.fetch(doc_id)
        assert caught.value.reason is Reason.PACKAGE_UNKNOWN
        with pytest.raises(Refusal):
            hai_dang.confirm(doc_id)
    assert len(hoa_phuong.inbox()) == 1


def test_the_sender_may_fetch_what_it_sent(department: Office, hoa_phuong: Office) -> None:
    raw = packages.document(department.code, hoa_phuong.code)
    assert department.fetch(department.send(raw).doc_id) == raw


def test_a_broken_package_is_refused_with_all_findings(department: Office, hoa_phuong: Office) -> None:
    raw = packages.document(department.code, hoa_phuong.code).replace(
        b"<edXML:SteeringType>0", b"<edXML:SteeringType>x"
    )
    refusal = _refused(department, raw)
    assert refusal.reason is Reason.NOT_CONFORMING
    assert any("SteeringType" in finding.path for finding in refusal.findings)
    assert not Package.objects.exists()


def test_a_large_package_that_is_refused_leaves_no_file(department: Office, data_dir: Path, settings: Settings) -> None:
    settings.SEGMENT_PACKAGE_LIMIT = 10
    _refused(department, packages.document(department.code, "H99.77"))
    assert list(data_dir.rglob("*.pkg")) == []


def test_failing_deliveries_come_back_and_are_given_up_in_the_end(department: Office, hoa_phuong: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    (item,) = hoa_phuong.inbox()
    for attempt in range(1, 6):
        hoa_phuong.confirm(item.doc_id, Confirmation.FAIL, "Ổ đĩa đầy (mẫu)")
        assert hoa_phuong.inbox() == []
        delivery = Delivery.objects.get(id=item.doc_id)
        assert delivery.attempts == attempt
        Delivery.objects.update(available_at=delivery.created_at)  # the pause is over
    assert Delivery.objects.get(id=item.doc_id).state == "given_up"
    assert hoa_phuong.inbox() == []
    (row,) = department.sent()
    assert row.send_status == "fail"
    assert "Ổ đĩa đầy (mẫu)" in row.send_status_desc


def test_done_is_final_and_late_words_change_nothing(department: Office, hoa_phuong: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    (item,) = hoa_phuong.inbox()
    hoa_phuong.confirm(item.doc_id)
    for outcome in (Confirmation.FAIL, Confirmation.PROCESSING, Confirmation.DONE):
        hoa_phuong.confirm(item.doc_id, outcome)
    assert hoa_phuong.inbox() == []
    assert department.sent()[0].send_status == "done"


def test_a_lease_that_ran_out_is_open_again(department: Office, hoa_phuong: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    (item,) = hoa_phuong.inbox()
    hoa_phuong.fetch(item.doc_id)
    assert [waiting.status for waiting in hoa_phuong.inbox()] == ["processing"]
    Delivery.objects.update(lease_until=item.created_at)
    assert [waiting.status for waiting in hoa_phuong.inbox()] == ["initial"]


def test_many_clerks_at_once_send_each_document_once(department: Office, hoa_phuong: Office) -> None:
    raws = [packages.document(department.code, hoa_phuong.code, document_id=f"VB-{n}") for n in range(12)]
    receipts: list[tuple[int, str]] = []

    def send_all() -> None:
        receipts.extend((number, department.send(raw).doc_id) for number, raw in enumerate(raws))

    threads = [threading.Thread(target=send_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 48
    assert len(set(receipts)) == 12, "every copy got the first receipt"
    assert len(hoa_phuong.inbox()) == 12

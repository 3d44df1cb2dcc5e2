"""Recall (1) and take-back (13): asked per recipient, answered, cancelled, traced (specification 5.1, 5.2)."""

from __future__ import annotations

import hashlib

import pytest

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.exchange.models import Delivery, Document, Recipient, RecipientAsk, Report
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.submissions import Receipt
from lienthong.registry import services
from tests import packages
from tests.exchange import orders
from tests.exchange.conftest import Office, open_office
from tests.factories import make_agency, make_system

VB = "VB-1"


@pytest.fixture
def sent(department: Office, hoa_phuong: Office, hai_dang: Office) -> Receipt:
    return department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id=VB))


def state_of(office: Office, document_id: str = VB, business_type: str = "0") -> str:
    return Recipient.objects.get(
        code=office.code, document__document_id=document_id, document__business_type=business_type
    ).state


def refused(office: Office, raw: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        office.send(raw)
    return caught.value


def finding_ids(receipt: Receipt) -> list[str]:
    return [finding.id for finding in receipt.findings if finding.id.startswith("exchange.")]


# --- Which document it means ----------------------------------------------------------------------------------------


def test_a_recall_asks_every_recipient_it_is_addressed_to(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: Receipt
) -> None:
    receipt = department.send(orders.recall(department.code, hoa_phuong.code, hai_dang.code, target=VB))
    assert finding_ids(receipt) == []
    assert {state_of(hoa_phuong), state_of(hai_dang)} == {"recall_asked"}
    assert len(hoa_phuong.inbox()) == 2, "the recall is a document of its own"
    assert RecipientAsk.objects.filter(kind="recall", answered_at=None).count() == 2


@pytest.mark.parametrize("way", ["response", "own id"])
def test_the_recalled_document_is_found_in_the_order_of_the_specification(
    department: Office, hoa_phuong: Office, sent: Receipt, way: str
) -> None:
    if way == "response":
        raw = orders.recall_by_response(department.code, hoa_phuong.code, owner=department.code, target=VB)
    else:
        raw = orders.recall_by_own_id(department.code, hoa_phuong.code, target=VB)
    department.send(raw)
    assert state_of(hoa_phuong) == "recall_asked"


def test_only_those_addressed_are_asked_and_the_sender_learns_of_the_rest(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: Receipt
) -> None:
    receipt = department.send(orders.recall(department.code, hoa_phuong.code, target=VB))
    assert (state_of(hoa_phuong), state_of(hai_dang)) == ("recall_asked", "sent")
    assert finding_ids(receipt) == ["exchange.ask_incomplete"]
    assert hai_dang.code in receipt.findings[-1].message
    more = department.send(orders.recall(department.code, hai_dang.code, target=VB))
    assert finding_ids(more) == []


def test_an_addressee_that_never_had_the_document_is_named(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, document_id=VB))
    receipt = department.send(orders.recall(department.code, hoa_phuong.code, hai_dang.code, target=VB))
    assert finding_ids(receipt) == ["exchange.ask_not_recipient"]
    assert hai_dang.code in receipt.findings[-1].message
    assert RecipientAsk.objects.count() == 1


def test_a_document_from_before_the_axis_is_recalled_with_a_note(department: Office, hoa_phuong: Office) -> None:
    receipt = department.send(orders.recall(department.code, hoa_phuong.code, target="VB-CU-2018"))
    assert finding_ids(receipt) == ["exchange.target_unknown"]
    assert len(hoa_phuong.inbox()) == 1


@pytest.mark.parametrize("way", ["bussiness", "response"])
def test_nobody_recalls_the_document_of_another(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: Receipt, way: str
) -> None:
    if way == "bussiness":
        raw = orders.recall(hoa_phuong.code, hai_dang.code, target=VB)
    else:
        raw = orders.recall_by_response(hoa_phuong.code, hai_dang.code, owner=department.code, target=VB)
    assert refused(hoa_phuong, raw).reason is Reason.TARGET_FOREIGN
    assert state_of(hai_dang) == "sent"
    assert Document.objects.count() == 1


def test_a_resent_recall_asks_once(department: Office, hoa_phuong: Office, hai_dang: Office, sent: Receipt) -> None:
    raw = orders.recall(department.code, hoa_phuong.code, hai_dang.code, target=VB)
    first = department.send(raw)
    assert department.send(raw).doc_id == first.doc_id
    assert RecipientAsk.objects.count() == 2


def test_a_recall_resent_to_more_asks_those_too(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: Receipt
) -> None:
    first = orders.recall(department.code, hoa_phuong.code, target=VB, document_id="TH-1", number="1")
    more = orders.recall(department.code, hoa_phuong.code, hai_dang.code, target=VB, document_id="TH-1", number="1")
    assert department.send(first).doc_id == department.send(more).doc_id
    assert {state_of(hoa_phuong), state_of(hai_dang)} == {"recall_asked"}
    assert RecipientAsk.objects.count() == 2


# --- Answers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "answer", "state"),
    [
        ((), "15", "recalled"),
        (("01",), "15", "recalled"),
        (("01", "03"), "15", "recalled"),
        (("01", "03"), "03", "recalled"),
        (("01", "03", "06"), "15", "recalled"),
        (("01", "03", "06"), "03", "recalled"),
        (("01",), "16", "arrived"),
        (("01", "03"), "16", "accepted"),
        (("01", "03", "05"), "02", "in_progress"),
        (("01", "03", "06"), "16", "done"),
    ],
)
@pytest.mark.parametrize("named", ["recall", "document"])
def test_answers_by_either_identifier(
    department: Office, hoa_phuong: Office, sent: Receipt, before: tuple[str, ...], answer: str, state: str, named: str
) -> None:
    for minute, code in enumerate(before):
        hoa_phuong.report(department, VB, code, timestamp=f"2024/03/15 09:0{minute}:00")
    department.send(orders.recall(department.code, hoa_phuong.code, target=VB, document_id="TH-1"))
    assert state_of(hoa_phuong) == "recall_asked"
    answered = "TH-1" if named == "recall" else VB
    hoa_phuong.report(department, answered, answer, description="Trả lời (mẫu)", timestamp="2024/03/16 10:00:00")
    agreed = state == "recalled"
    assert state_of(hoa_phuong) == state
    assert state_of(hoa_phuong, "TH-1", "1") == ("agreed" if agreed else "declined")
    ask = RecipientAsk.objects.get()
    assert (ask.agreed, ask.answered_code, ask.answer) == (agreed, answer, "Trả lời (mẫu)")


def test_a_slow_clock_does_not_lose_an_answer(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    hoa_phuong.report(department, VB, "03")
    department.send(orders.recall(department.code, hoa_phuong.code, target=VB, document_id="TH-1"))
    hoa_phuong.report(department, "TH-1", "03", timestamp="2019/01/01 00:00:00")
    assert state_of(hoa_phuong) == "recalled"


def test_a_resent_acceptance_does_not_answer_a_recall(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    first = hoa_phuong.report(department, VB, "03", timestamp="2024/03/15 09:00:00")
    department.send(orders.recall(department.code, hoa_phuong.code, target=VB))
    again = hoa_phuong.report(department, VB, "03", timestamp="2024/03/15 09:00:00", description="Gửi lại (mẫu)")
    assert (again.doc_id, again.repeated) == (first.doc_id, True)
    assert state_of(hoa_phuong) == "recall_asked"


def test_an_acceptance_that_was_under_way_does_not_answer_a_recall(
    department: Office, hoa_phuong: Office, sent: Receipt
) -> None:
    department.send(orders.recall(department.code, hoa_phuong.code, target=VB))
    hoa_phuong.report(department, VB, "03", timestamp="2024/03/15 09:00:00")
    assert state_of(hoa_phuong) == "recall_asked"
    hoa_phuong.report(department, VB, "16", description="Đang giải quyết (mẫu)")
    assert state_of(hoa_phuong) == "accepted"


def test_a_recall_under_the_identifier_of_its_document(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    hoa_phuong.report(department, VB, "03")
    department.send(orders.recall_by_own_id(department.code, hoa_phuong.code, target=VB))
    hoa_phuong.report(department, VB, "03", timestamp="2024/03/16 09:00:00")
    assert state_of(hoa_phuong) == "recalled"
    assert state_of(hoa_phuong, VB, "1") == "agreed"


def test_reports_on_such_a_recall_by_those_who_never_had_the_document(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, document_id=VB))
    department.send(orders.recall_by_own_id(department.code, hoa_phuong.code, hai_dang.code, target=VB))
    hai_dang.report(department, VB, "01")
    assert state_of(hai_dang, VB, "1") == "arrived"


def test_a_declined_recall_may_be_asked_again(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    for attempt in ("TH-1", "TH-2"):
        department.send(orders.recall(department.code, hoa_phuong.code, target=VB, document_id=attempt))
        assert state_of(hoa_phuong) == "recall_asked"
        hoa_phuong.report(department, attempt, "16", description="Chưa thể (mẫu)")
        assert state_of(hoa_phuong) == "sent"
    assert RecipientAsk.objects.filter(agreed=False).count() == 2


def test_what_is_recalled_or_rejected_cannot_be_recalled(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    hoa_phuong.report(department, VB, "02", description="Nhầm nơi nhận (mẫu)")
    receipt = department.send(orders.recall(department.code, hoa_phuong.code, target=VB))
    assert "exchange.ask_not_applicable" in finding_ids(receipt)
    assert state_of(hoa_phuong) == "rejected"


def test_the_issuer_withdraws_its_recall(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    hoa_phuong.report(department, VB, "03")
    department.send(orders.recall(department.code, hoa_phuong.code, target=VB, document_id="TH-1"))
    department.report(hoa_phuong, "TH-1", "13", description="Thu hồi nhầm (mẫu)")
    hoa_phuong.report(department, "TH-1", "15")
    assert state_of(hoa_phuong, "TH-1", "1") == "taken_back"
    assert state_of(hoa_phuong) == "accepted"
    assert RecipientAsk.objects.get().agreed is False
    told = {row.receive_status_desc for row in department.sent(sent.doc_id) if row.to_code == hoa_phuong.code}
    assert told == {"Đã tiếp nhận: Bên gửi đã rút lại yêu cầu. Thu hồi: đã rút lại."}


def test_the_first_answer_counts_wherever_it_was_given(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    department.send(orders.recall(department.code, hoa_phuong.code, target=VB, document_id="TH-1"))
    hoa_phuong.report(department, VB, "16", description="Đang giải quyết (mẫu)")
    receipt = hoa_phuong.report(department, "TH-1", "15")
    assert finding_ids(receipt) == ["exchange.status_no_effect"]
    assert (state_of(hoa_phuong), state_of(hoa_phuong, "TH-1", "1")) == ("sent", "declined")


def test_an_answer_nobody_asked_for_is_kept_and_noted(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    receipt = hoa_phuong.report(department, VB, "15")
    assert finding_ids(receipt) == ["exchange.status_no_effect"]
    assert (state_of(hoa_phuong), Report.objects.count()) == ("sent", 1)
    assert len(department.inbox(PackageKind.STATUS)) == 1


# --- Cancelled ------------------------------------------------------------------------------------------------------


def test_a_recalled_document_leaves_the_list_and_keeps_its_trace(department: Office, hoa_phuong: Office) -> None:
    raw = packages.document(department.code, hoa_phuong.code, document_id=VB)
    receipt = department.send(raw)
    (item,) = hoa_phuong.inbox()
    department.send(orders.recall(department.code, hoa_phuong.code, target=VB, document_id="TH-1"))
    hoa_phuong.report(department, "TH-1", "15", description="Đã hủy (mẫu)")
    assert item.doc_id not in [waiting.doc_id for waiting in hoa_phuong.inbox()]
    with pytest.raises(Refusal) as caught:
        hoa_phuong.fetch(item.doc_id)
    assert caught.value.reason is Reason.CANCELLED
    assert department.fetch(receipt.doc_id) == raw, "the issuer still reads its own"
    document = Document.objects.get(business_type="0")
    assert bytes(document.sha256) == hashlib.sha256(raw).digest()
    assert Delivery.objects.get(id=item.doc_id).state == "cancelled"
    row = next(row for row in department.sent() if row.sender_doc_id == receipt.doc_id)
    assert (row.receive_status, row.receive_status_desc.split(":")[0]) == ("15", "Đã thu hồi")


def test_a_document_that_was_fetched_before_is_not_given_again(
    department: Office, hoa_phuong: Office, sent: Receipt
) -> None:
    (item,) = hoa_phuong.inbox()
    hoa_phuong.fetch(item.doc_id)
    hoa_phuong.confirm(item.doc_id)
    department.send(orders.recall(department.code, hoa_phuong.code, target=VB))
    hoa_phuong.report(department, VB, "15")
    with pytest.raises(Refusal):
        hoa_phuong.fetch(item.doc_id)
    assert Delivery.objects.get(id=item.doc_id).state == "delivered", "the bytes did get there"


def test_one_agency_of_two_behind_a_system_does_not_cancel_for_the_other(department: Office) -> None:
    first, second = (make_agency(f"H99.30.0{number}", f"Xã mẫu {number}") for number in (1, 2))
    shared = make_system(first, second).system.system_id
    one, two = Office(first_code := "H99.30.01", first, shared), Office("H99.30.02", second, shared)
    raw = packages.document(department.code, first_code, two.code, document_id=VB)
    department.send(raw)
    (item,) = one.inbox()
    department.send(orders.recall(department.code, one.code, two.code, target=VB, document_id="TH-1"))
    one.report(department, "TH-1", "15")
    assert (state_of(one), state_of(two)) == ("recalled", "recall_asked")
    assert two.fetch(item.doc_id) == raw
    two.report(department, "TH-1", "15")
    with pytest.raises(Refusal):
        two.fetch(item.doc_id)


# --- Take-back ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "answer", "state"),
    [((), "15", "taken_back"), (("01",), "15", "taken_back"), ((), "16", "sent"), (("01",), "16", "arrived")],
)
def test_take_back_before_acceptance(
    department: Office,
    hoa_phuong: Office,
    hai_dang: Office,
    sent: Receipt,
    before: tuple[str, ...],
    answer: str,
    state: str,
) -> None:
    for code in before:
        hoa_phuong.report(department, VB, code)
    department.report(hoa_phuong, VB, "13", description="Gửi nhầm (mẫu)")
    assert state_of(hoa_phuong) == "takeback_asked"
    hoa_phuong.report(department, VB, answer, description="Trả lời (mẫu)")
    assert state_of(hoa_phuong) == state


def test_a_document_taken_back_is_cancelled(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    (item,) = hoa_phuong.inbox()
    department.report(hoa_phuong, VB, "13", description="Gửi nhầm (mẫu)")
    hoa_phuong.report(department, VB, "15")
    assert hoa_phuong.inbox() == []
    with pytest.raises(Refusal) as caught:
        hoa_phuong.fetch(item.doc_id)
    assert caught.value.reason is Reason.CANCELLED


def test_after_acceptance_a_recall_is_needed(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    hoa_phuong.report(department, VB, "03")
    with pytest.raises(Refusal) as caught:
        department.report(hoa_phuong, VB, "13", description="Gửi nhầm (mẫu)")
    assert caught.value.reason is Reason.STATUS_TOO_LATE
    assert "thu hồi" in caught.value.detail
    assert hoa_phuong.inbox(PackageKind.STATUS) == []


def test_a_second_take_back_after_a_declined_one(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    for minute in ("01", "02"):
        department.report(hoa_phuong, VB, "13", description="Nhầm (mẫu)", timestamp=f"2024/03/15 10:{minute}:00")
        assert state_of(hoa_phuong) == "takeback_asked"
        hoa_phuong.report(department, VB, "16", description="Không (mẫu)", timestamp=f"2024/03/15 10:{minute}:30")
        assert state_of(hoa_phuong) == "sent"


def test_a_recipient_cannot_take_back(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    with pytest.raises(Refusal) as caught:
        hoa_phuong.report(department, VB, "13", description="Không phải của tôi (mẫu)")
    assert caught.value.reason is Reason.STATUS_NOT_ALLOWED
    assert "cơ quan ban hành" in caught.value.detail
    assert "QCVN 102:2016" in caught.value.detail


def test_the_issuer_cannot_report_for_a_recipient(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    with pytest.raises(Refusal) as caught:
        department.report(hoa_phuong, VB, "03")
    assert caught.value.reason is Reason.STATUS_NOT_ALLOWED
    assert state_of(hoa_phuong) == "sent"


# --- What the sender sees -------------------------------------------------------------------------------------------


def test_the_sender_sees_the_answer_of_each_recipient(department: Office, hoa_phuong: Office, hai_dang: Office) -> None:
    third = open_office("H99.32", "Quận Bến Nghiêng (mẫu)")
    offices = (hoa_phuong, hai_dang, third)
    receipt = department.send(packages.document(department.code, *(office.code for office in offices), document_id=VB))
    for office in offices:
        office.report(department, VB, "03")
    department.send(orders.recall(department.code, *(o.code for o in offices), target=VB, document_id="TH-1"))
    hoa_phuong.report(department, "TH-1", "15", description="Đã hủy (mẫu)")
    hai_dang.report(department, "TH-1", "16", description="Đã thi hành (mẫu)")
    rows = {row.to_code: row.receive_status_desc for row in department.sent() if row.sender_doc_id == receipt.doc_id}
    assert rows == {
        hoa_phuong.code: "Đã thu hồi: Đã hủy (mẫu). Thu hồi: đồng ý (15).",
        hai_dang.code: "Đã tiếp nhận: Đã thi hành (mẫu). Thu hồi: từ chối (16).",
        third.code: "Bên gửi thu hồi: Ban hành nhầm (mẫu). Thu hồi: chờ trả lời.",
    }


# --- Across a succession --------------------------------------------------------------------------------------------


def _close(closed: Office, successor: Office) -> None:
    services.close_agency(agency=closed.agency, on_date=clock.today(), successor=successor.agency, on_closed="refuse")


def test_a_successor_is_asked_for_all_it_took_over_and_answers_once(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: Receipt
) -> None:
    ward = open_office("H99.40", "UBND phường Bằng Lăng (mẫu)")
    hai_dang.report(department, VB, "03")
    for closed in (hoa_phuong, hai_dang):
        _close(closed, ward)
    ward.report(department, VB, "03", timestamp="2024/03/15 10:00:00")
    for answer, states in (("16", ("accepted", "accepted")), ("15", ("recalled", "recalled"))):
        receipt = department.send(orders.recall(department.code, ward.code, target=VB, document_id=f"TH-{answer}"))
        assert finding_ids(receipt) == []
        assert (state_of(hoa_phuong), state_of(hai_dang)) == ("recall_asked", "recall_asked")
        ward.report(department, f"TH-{answer}", answer, description="Trả lời (mẫu)")
        assert (state_of(hoa_phuong), state_of(hai_dang)) == states


def test_a_successor_recalls_what_its_predecessor_sent(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, document_id=VB))
    _close(department, hai_dang)
    hai_dang.send(orders.recall(hai_dang.code, hoa_phuong.code, target=VB, document_id="TH-1"))
    assert state_of(hoa_phuong) == "recall_asked"
    hoa_phuong.report(hai_dang, "TH-1", "15")
    assert state_of(hoa_phuong) == "recalled"


def test_an_agency_that_sends_to_itself_reports_to_itself(department: Office) -> None:
    department.send(packages.document(department.code, department.code, document_id=VB))
    department.report(department, VB, "03")
    assert state_of(department) == "accepted"

"""Replace (3): a new document; the old one is marked once a recipient accepted the new one."""

from __future__ import annotations

import pytest

from lienthong.exchange.models import Recipient, RecipientAsk
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.submissions import Receipt
from tests import packages
from tests.exchange import orders
from tests.exchange.conftest import Office

OLD, NEW = "VB-CU", "VB-MOI"


@pytest.fixture
def sent(department: Office, hoa_phuong: Office, hai_dang: Office) -> Receipt:
    return department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id=OLD))


def replace(department: Office, *offices: Office, holders: tuple[Office, ...] | None = None, new: str = NEW) -> Receipt:
    codes = tuple(office.code for office in offices)
    held = codes if holders is None else tuple(office.code for office in holders)
    return department.send(orders.replacement(department.code, *codes, replaced={OLD: held}, document_id=new))


def state_of(office: Office, document_id: str = OLD) -> str:
    return Recipient.objects.get(code=office.code, document__document_id=document_id).state


@pytest.mark.parametrize(
    ("reports", "old", "new"),
    [
        ((), "accepted", "sent"),
        (("01",), "accepted", "arrived"),
        (("01", "03"), "replaced", "accepted"),
        (("05",), "replaced", "in_progress"),
        (("01", "02"), "accepted", "rejected"),
    ],
)
def test_the_old_document_is_replaced_once_the_new_one_is_accepted(
    department: Office, hoa_phuong: Office, sent: Receipt, reports: tuple[str, ...], old: str, new: str
) -> None:
    hoa_phuong.report(department, OLD, "03")
    replace(department, hoa_phuong)
    for minute, code in enumerate(reports):
        hoa_phuong.report(department, NEW, code, description="Mẫu", timestamp=f"2024/03/16 09:0{minute}:00")
    assert (state_of(hoa_phuong), state_of(hoa_phuong, NEW)) == (old, new)


def test_the_old_document_goes_on_until_then(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    replace(department, hoa_phuong)
    hoa_phuong.report(department, OLD, "03")
    assert (state_of(hoa_phuong), state_of(hoa_phuong, NEW)) == ("accepted", "sent")


def test_each_recipient_replaces_for_itself_and_both_documents_are_bound(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: Receipt
) -> None:
    (old_item,) = hoa_phuong.inbox()
    receipt = replace(department, hoa_phuong, hai_dang)
    hoa_phuong.report(department, NEW, "03")
    assert (state_of(hoa_phuong), state_of(hai_dang)) == ("replaced", "sent")
    ask = RecipientAsk.objects.get(agreed=True)
    assert str(ask.asking.document_id) == receipt.doc_id
    assert hoa_phuong.fetch(old_item.doc_id), "what is replaced stays readable"
    rows = {row.to_code: row.receive_status_desc for row in department.sent() if row.sender_doc_id == sent.doc_id}
    assert rows[hoa_phuong.code] == "Đã được thay thế. Thay thế: đồng ý (03)."
    assert rows[hai_dang.code] == "Đã gửi. Thay thế: chờ trả lời."


def test_only_the_holders_named_replace(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: Receipt
) -> None:
    replace(department, hoa_phuong, hai_dang, holders=(hoa_phuong,))
    for office in (hoa_phuong, hai_dang):
        office.report(department, NEW, "03")
    assert (state_of(hoa_phuong), state_of(hai_dang)) == ("replaced", "sent")


def test_a_holder_without_the_document_is_named(department: Office, hoa_phuong: Office, hai_dang: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, document_id=OLD))
    receipt = replace(department, hoa_phuong, hai_dang)
    found = [finding for finding in receipt.findings if finding.id == "exchange.ask_not_recipient"]
    assert [hai_dang.code in finding.message for finding in found] == [True, True]


def test_one_document_replaces_several(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, document_id="VB-CU-2"))
    replaced = {OLD: (hoa_phuong.code,), "VB-CU-2": (hoa_phuong.code,)}
    department.send(orders.replacement(department.code, hoa_phuong.code, replaced=replaced, document_id=NEW))
    hoa_phuong.report(department, NEW, "03")
    assert {state_of(hoa_phuong), state_of(hoa_phuong, "VB-CU-2")} == {"replaced"}


def test_a_replacement_is_replaced_in_turn(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    replace(department, hoa_phuong)
    hoa_phuong.report(department, NEW, "03")
    third = orders.replacement(department.code, hoa_phuong.code, replaced={NEW: (hoa_phuong.code,)}, document_id="VB-3")
    department.send(third)
    hoa_phuong.report(department, "VB-3", "03")
    assert [state_of(hoa_phuong, one) for one in (OLD, NEW, "VB-3")] == ["replaced", "replaced", "accepted"]


def test_a_replacement_is_recalled_like_any_document(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    replace(department, hoa_phuong)
    hoa_phuong.report(department, NEW, "03")
    department.send(orders.recall(department.code, hoa_phuong.code, target=NEW, document_id="TH-1"))
    hoa_phuong.report(department, "TH-1", "15")
    assert (state_of(hoa_phuong, NEW), state_of(hoa_phuong)) == ("recalled", "replaced")


def test_a_recall_that_waits_survives_a_replacement(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    hoa_phuong.report(department, OLD, "03")
    department.send(orders.recall(department.code, hoa_phuong.code, target=OLD, document_id="TH-1"))
    replace(department, hoa_phuong)
    assert state_of(hoa_phuong) == "recall_asked"
    hoa_phuong.report(department, "TH-1", "16", description="Chưa thể (mẫu)")
    assert state_of(hoa_phuong) == "accepted"


def test_nobody_replaces_the_document_of_another(hoa_phuong: Office, hai_dang: Office, sent: Receipt) -> None:
    with pytest.raises(Refusal) as caught:
        hoa_phuong.send(orders.replacement(hoa_phuong.code, hai_dang.code, replaced={OLD: (hai_dang.code,)}))
    assert caught.value.reason is Reason.TARGET_FOREIGN

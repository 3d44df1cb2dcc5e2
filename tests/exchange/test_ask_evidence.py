"""Recalls, updates, replacements and take-backs in the story of the document they act on: asked, and answered."""

from __future__ import annotations

import pytest

from lienthong.exchange.submissions import Receipt
from lienthong.ledger import sequencer
from lienthong.ledger.audit import audit
from lienthong.ledger.models import LedgerEvent
from tests import packages
from tests.exchange import orders
from tests.exchange.conftest import Office

VB = "VB-1"


@pytest.fixture
def sent(department: Office, hoa_phuong: Office, hai_dang: Office) -> Receipt:
    return department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id=VB))


def turns(receipt: Receipt) -> list[tuple[str, str, str, str]]:
    """Kind, ask, result and who did it."""
    events = LedgerEvent.objects.filter(document=receipt.doc_id, subject_type="recipient").order_by("id")
    return [(one.kind, one.data["ask"], one.data.get("result", ""), one.agency) for one in events]


def test_a_recall_is_asked_of_each_recipient_and_each_answer_is_told(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: Receipt
) -> None:
    recall = department.send(orders.recall(department.code, hoa_phuong.code, hai_dang.code, target=VB))
    hoa_phuong.report(department, VB, "15")
    hai_dang.report(department, VB, "16")
    asked = ("RecipientAsked", "recall", "", department.code)
    assert turns(sent) == [
        asked,
        asked,
        ("RecipientAnswered", "recall", "agreed", hoa_phuong.code),
        ("RecipientAnswered", "recall", "declined", hai_dang.code),
    ]
    events = LedgerEvent.objects.filter(subject_type="recipient").order_by("id")
    assert {one.data["asking"] for one in events} == {recall.doc_id}
    assert bytes(events[0].sha256) == recall.sha256
    assert (events[0].data["to"], events[0].data["reason"]) == ([hoa_phuong.code], "Ban hành nhầm (mẫu)")
    sequencer.sequence_all()
    assert audit().is_sound


def test_a_repeated_recall_asks_nobody_twice(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    raw = orders.recall(department.code, hoa_phuong.code, target=VB)
    department.send(raw)
    department.send(raw)
    assert turns(sent) == [("RecipientAsked", "recall", "", department.code)]


def test_an_update_and_a_replacement_are_told_too(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    department.send(orders.update(department.code, hoa_phuong.code, target=VB))
    department.send(orders.replacement(department.code, hoa_phuong.code, replaced={VB: (hoa_phuong.code,)}))
    assert [(kind, ask) for kind, ask, _, _ in turns(sent)] == [
        ("RecipientAsked", "update"),
        ("RecipientAsked", "replace"),
    ]


def test_taking_back_is_asked_and_answered_by_reports(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    hoa_phuong.report(department, VB, "01")
    department.report(hoa_phuong, VB, "13", description="Gửi nhầm (mẫu)")
    hoa_phuong.report(department, VB, "16")
    assert turns(sent) == [
        ("RecipientAsked", "take_back", "", department.code),
        ("RecipientAnswered", "take_back", "declined", hoa_phuong.code),
    ]
    asked = LedgerEvent.objects.get(kind="RecipientAsked")
    assert (asked.data["to"], asked.data["status_code"]) == ([hoa_phuong.code], "13")
    assert "asking" not in asked.data

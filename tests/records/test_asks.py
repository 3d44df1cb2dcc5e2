"""Recall, update, replacement and take-back as the desk shows and answers them."""

from __future__ import annotations

import pytest

from lienthong.accounts.actors import Actor
from lienthong.exchange.models import Recipient
from lienthong.records import incoming as desk_work
from lienthong.records.answering import answer_ask
from lienthong.records.models import Book, IncomingDocument
from lienthong.records.refusals import Reason, RecordsRefusal
from tests.exchange import orders
from tests.exchange.conftest import Office
from tests.records.conftest import COMMUNE, Arrive, Deliver

VB = "VB-1"


@pytest.fixture
def letter(arrive: Arrive) -> IncomingDocument:
    return arrive(document_id=VB, number="1", subject="Trích yếu sai (mẫu)")


def state_on_axis(document_id: str = VB) -> str:
    return Recipient.objects.get(code=COMMUNE, document__document_id=document_id).state


def fresh(incoming: IncomingDocument) -> IncomingDocument:
    return IncomingDocument.objects.get(pk=incoming.pk)


def test_a_recall_waits_for_an_answer_and_cancels(
    letter: IncomingDocument, arrive: Arrive, deliver: Deliver, department: Office, hanh: Actor, book: Book
) -> None:
    desk_work.register(actor=hanh, incoming_id=letter.pk, book_id=book.pk)
    order = arrive(orders.recall(department.code, COMMUNE, target=VB))
    asked = fresh(letter)
    assert (asked.asked, asked.ask_reason, asked.asking) == ("recall", "Ban hành nhầm (mẫu)", order)
    with pytest.raises(RecordsRefusal) as refusal:
        desk_work.finish(actor=hanh, incoming_id=letter.pk)
    assert refusal.value.reason is Reason.ANSWER_FIRST

    answer_ask(actor=hanh, incoming_id=letter.pk, agreed=True)
    deliver()
    assert (fresh(letter).state, fresh(order).state) == ("cancelled", "answered")
    assert not fresh(letter).is_readable
    assert (fresh(letter).arrival_number, fresh(letter).subject) == (1, "Trích yếu sai (mẫu)")
    assert state_on_axis() == "recalled"


def test_declining_needs_a_reason_and_leaves_the_document(
    letter: IncomingDocument, arrive: Arrive, deliver: Deliver, department: Office, hanh: Actor
) -> None:
    arrive(orders.recall(department.code, COMMUNE, target=VB))
    with pytest.raises(RecordsRefusal) as refusal:
        answer_ask(actor=hanh, incoming_id=letter.pk, agreed=False)
    assert refusal.value.reason is Reason.REASON_MISSING
    answer_ask(actor=hanh, incoming_id=letter.pk, agreed=False, reason="Đã xử lý xong (mẫu)")
    deliver()
    assert (fresh(letter).state, fresh(letter).asked) == ("arrived", "")
    assert state_on_axis() == "arrived"


def test_an_update_changes_what_is_shown_and_keeps_what_was(
    letter: IncomingDocument, arrive: Arrive, deliver: Deliver, department: Office, hanh: Actor
) -> None:
    arrive(orders.update(department.code, COMMUNE, target=VB, subject="Trích yếu đúng (mẫu)"))
    answer_ask(actor=hanh, incoming_id=letter.pk, agreed=True)
    deliver()
    assert fresh(letter).subject == "Trích yếu đúng (mẫu)"
    assert fresh(letter).acts.get(kind="agree").data["before"]["subject"] == "Trích yếu sai (mẫu)"
    assert state_on_axis() == "arrived"


def test_accepting_a_replacement_ends_the_replaced(
    letter: IncomingDocument, arrive: Arrive, deliver: Deliver, department: Office, hanh: Actor, book: Book
) -> None:
    new = arrive(orders.replacement(department.code, COMMUNE, replaced={VB: (COMMUNE,)}))
    assert fresh(letter).state == "arrived"
    desk_work.register(actor=hanh, incoming_id=new.pk, book_id=book.pk)
    deliver()
    assert (fresh(letter).state, fresh(letter).replaced_by) == ("replaced", new)
    assert state_on_axis() == "replaced"


def test_a_take_back_comes_by_report_and_is_answered(
    letter: IncomingDocument, deliver: Deliver, department: Office, hanh: Actor
) -> None:
    department.report(Office(COMMUNE, letter.agency, "BAN.MAU"), VB, "13", description="Gửi nhầm (mẫu)")
    deliver()
    assert (fresh(letter).asked, fresh(letter).ask_reason) == ("take_back", "Gửi nhầm (mẫu)")
    answer_ask(actor=hanh, incoming_id=letter.pk, agreed=True)
    deliver()
    assert fresh(letter).state == "cancelled"
    assert state_on_axis() == "taken_back"


def test_a_recall_of_something_that_never_came_is_answered_itself(
    arrive: Arrive, deliver: Deliver, department: Office, hanh: Actor
) -> None:
    order = arrive(orders.recall(department.code, COMMUNE, target="VB-CU-2018"))
    assert order.asked == "recall"
    answer_ask(actor=hanh, incoming_id=order.pk, agreed=True)
    deliver()
    assert fresh(order).state == "answered"
    assert Recipient.objects.get(document=order.origin).state == "agreed"


def test_nothing_asked_is_nothing_to_answer(letter: IncomingDocument, hanh: Actor) -> None:
    with pytest.raises(RecordsRefusal) as refusal:
        answer_ask(actor=hanh, incoming_id=letter.pk, agreed=True)
    assert refusal.value.reason is Reason.NOTHING_ASKED

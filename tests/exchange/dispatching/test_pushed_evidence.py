"""What carrying and people's help leave in the ledger, in the story of the document."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lienthong.common import clock
from lienthong.exchange import attention
from lienthong.exchange.attention import Actor
from lienthong.exchange.connectors import Delivered
from lienthong.exchange.models import Channel, Delivery
from lienthong.exchange.submissions import Receipt
from lienthong.ledger.models import LedgerEvent
from tests import packages
from tests.exchange.conftest import Office, open_office
from tests.exchange.dispatching.carriers import (
    DOWN,
    REFUSED,
    ScriptedConnector,
    delivery_to,
    drain,
    state_at,
    time_passes,
)

HANH = Actor(name="Chị Hạnh (mẫu)")
WHY = "Đã gọi điện thống nhất (mẫu)"


def story(receipt: Receipt) -> list[str]:
    events = LedgerEvent.objects.filter(document=receipt.doc_id).order_by("id")
    return [event.kind for event in events][1:]  # after the acceptance


def last(receipt: Receipt) -> LedgerEvent:
    return LedgerEvent.objects.filter(document=receipt.doc_id).order_by("id").reverse()[0]


@pytest.fixture
def refused(department: Office, hoa_phuong: Office, connector: ScriptedConnector) -> Receipt:
    """A document that Hoa Phượng refused, so that it was given up."""
    receipt = department.send(packages.document(department.code, hoa_phuong.code))
    connector.say(hoa_phuong, REFUSED)
    drain(connector)
    return receipt


def test_a_carried_document_is_handed_over_by_the_word_of_its_receiver(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    receipt = department.send(packages.document(department.code, hoa_phuong.code))
    drain(connector)
    assert story(receipt) == ["ContentConsignment", "ContentHandover"]
    event = last(receipt)
    assert (event.system, event.agency) == (hoa_phuong.system_id, hoa_phuong.code)
    assert (event.subject_id, event.data) == (str(delivery_to(hoa_phuong).pk), {"remote_id": "VB-MAU-1"})
    assert bytes(event.sha256) == receipt.sha256


def test_tries_that_fail_are_no_acts_but_giving_up_is(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    receipt = department.send(packages.document(department.code, hoa_phuong.code))
    connector.say(hoa_phuong, DOWN)
    drain(connector)
    time_passes(timedelta(minutes=5))
    drain(connector)
    assert story(receipt) == ["ContentConsignment"]
    connector.say(hoa_phuong, REFUSED)
    time_passes(timedelta(hours=1))
    drain(connector)
    assert story(receipt) == ["ContentConsignment", "ContentHandoverFailure"]
    told = last(receipt).data
    assert (told["code"], told["attempts"], told["to"]) == ("test.refused", 3, [hoa_phuong.code])


def test_each_delivery_that_is_given_up_unheard_is_told_of_once(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    receipts = [department.send(packages.document(department.code, hoa_phuong.code)) for _ in range(3)]
    connector.say(hoa_phuong, DOWN)
    drain(connector)
    time_passes(timedelta(hours=100))
    Channel.objects.update(open_until=clock.now() + timedelta(minutes=1))
    drain(connector)
    drain(connector)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"given_up"}
    for receipt in receipts:
        assert story(receipt) == ["ContentConsignment", "ContentHandoverFailure"]
        assert last(receipt).data["code"] == "delivery.budget_spent"


def test_a_carried_report_stands_in_the_story_of_its_document(hoa_phuong: Office, connector: ScriptedConnector) -> None:
    ward = open_office("H99.30.02", "Phường Mẫu Đơn (mẫu)")
    receipt = hoa_phuong.send(packages.document(hoa_phuong.code, ward.code, document_id="VB-9"))
    ward.report(hoa_phuong, "VB-9", "01")
    drain(connector)
    assert story(receipt)[-2:] == ["ContentConsignment", "ContentHandover"]


def test_resending_names_who_and_why(refused: Receipt, hoa_phuong: Office, connector: ScriptedConnector) -> None:
    attention.resend(delivery_id=str(delivery_to(hoa_phuong).pk), actor=HANH, reason=WHY)
    connector.say(hoa_phuong, Delivered())
    drain(connector)
    assert story(refused)[1:] == ["ContentHandoverFailure", "DeliveryResent", "ContentHandover"]
    event = LedgerEvent.objects.get(kind="DeliveryResent")
    assert (event.user, event.data) == ("Chị Hạnh (mẫu)", {"reason": WHY})


def test_redirecting_is_told_with_the_new_delivery_that_stands_ready(
    refused: Receipt, hoa_phuong: Office, hai_dang: Office
) -> None:
    other = attention.redirect(
        delivery_id=str(delivery_to(hoa_phuong).pk), to_code=hai_dang.code, actor=HANH, reason=WHY
    )
    assert story(refused)[2:] == ["DeliveryRedirected", "ContentConsignment"]
    told = LedgerEvent.objects.get(kind="DeliveryRedirected").data
    assert told == {"reason": WHY, "to": [hai_dang.code], "to_delivery": other}
    assert (last(refused).subject_id, last(refused).data["to"]) == (other, [hai_dang.code])


def test_a_sender_that_reports_paper_is_named_with_its_system(
    refused: Receipt, department: Office, hoa_phuong: Office
) -> None:
    clerk = Actor(name="Anh Bình (mẫu)", system=department.access)
    attention.send_paper(delivery_id=str(delivery_to(hoa_phuong).pk), actor=clerk, reason=WHY)
    event = last(refused)
    assert (event.kind, event.user, event.system) == ("DeliveryOnPaper", "Anh Bình (mẫu)", department.system_id)


def test_a_package_that_is_redirected_there_and_back_is_carried_again(
    refused: Receipt, department: Office, hoa_phuong: Office, hai_dang: Office, connector: ScriptedConnector
) -> None:
    first = str(delivery_to(hoa_phuong).pk)
    connector.say(hai_dang, REFUSED)
    second = attention.redirect(delivery_id=first, to_code=hai_dang.code, actor=HANH, reason=WHY)
    drain(connector)
    assert attention.redirect(delivery_id=second, to_code=hoa_phuong.code, actor=HANH, reason=WHY) == first
    connector.say(hoa_phuong, Delivered())
    assert drain(connector) == 1
    assert state_at(hoa_phuong).value == "delivered"
    assert department.sent()[0].send_status == "done"
    assert story(refused)[-3:] == ["DeliveryRedirected", "ContentConsignment", "ContentHandover"]

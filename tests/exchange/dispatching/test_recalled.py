"""What was recalled is not carried, resent or given out by link any more."""

from __future__ import annotations

import pytest

from lienthong.exchange import attention
from lienthong.exchange.attention import Actor
from lienthong.exchange.connectors import Delivered
from lienthong.exchange.deliveries import delivered_package
from lienthong.exchange.dispatching.claim import claim_next
from lienthong.exchange.dispatching.finish import finish
from lienthong.exchange.dispatching.lanes import Ranks
from lienthong.exchange.models import Delivery
from lienthong.exchange.refusals import Reason, Refusal
from tests import packages
from tests.exchange import orders
from tests.exchange.conftest import Office
from tests.exchange.dispatching.carriers import REFUSED, ScriptedConnector, delivery_to, drain

VB = "VB-1"


@pytest.fixture
def sent(department: Office, hoa_phuong: Office) -> Delivery:
    department.send(packages.document(department.code, hoa_phuong.code, document_id=VB))
    return delivery_to(hoa_phuong)


def recall(department: Office, hoa_phuong: Office) -> None:
    department.send(orders.recall(department.code, hoa_phuong.code, target=VB, document_id="TH-1"))
    hoa_phuong.report(department, "TH-1", "15", description="Đã hủy (mẫu)")


def test_nobody_resends_what_was_given_up_and_then_recalled(
    department: Office, hoa_phuong: Office, sent: Delivery, connector: ScriptedConnector
) -> None:
    connector.say(hoa_phuong, REFUSED)
    drain(connector)
    recall(department, hoa_phuong)

    assert attention.list_given_up() == []
    with pytest.raises(Refusal) as caught:
        attention.resend(delivery_id=str(sent.pk), actor=Actor(name="Trực ban mẫu"), reason="Thử lại (mẫu)")
    assert caught.value.reason is Reason.DELIVERY_NOT_GIVEN_UP


def test_a_download_link_of_what_was_recalled_gives_nothing(
    department: Office, hoa_phuong: Office, sent: Delivery, connector: ScriptedConnector
) -> None:
    drain(connector)
    assert delivered_package(hoa_phuong.access, str(sent.pk)).size
    recall(department, hoa_phuong)

    with pytest.raises(Refusal) as caught:
        delivered_package(hoa_phuong.access, str(sent.pk))
    assert caught.value.reason is Reason.CANCELLED


def test_a_worker_that_comes_back_after_the_recall_changes_nothing(
    department: Office, hoa_phuong: Office, sent: Delivery
) -> None:
    claim = claim_next(["push"], Ranks(0, 9))
    assert claim is not None
    assert claim.id == sent.pk
    recall(department, hoa_phuong)

    assert not finish(claim, Delivered(), chance=lambda: 0.5)
    sent.refresh_from_db()
    assert (sent.state, sent.lease_token) == ("cancelled", None)

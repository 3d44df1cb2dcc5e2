"""Deliveries that were given up stay in view until somebody acts, and every act leaves its trace."""

from __future__ import annotations

import pytest

from lienthong.exchange import attention
from lienthong.exchange.attention import Actor
from lienthong.exchange.connectors import Delivered
from lienthong.exchange.deliveries import Confirmation, delivered_package
from lienthong.exchange.models import Delivery, DeliveryAction
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.states import DeliveryState
from lienthong.registry.models import Agency
from tests import packages
from tests.exchange.conftest import Office, open_office
from tests.exchange.dispatching.carriers import REFUSED, ScriptedConnector, delivery_to, drain, state_at

OPERATOR = Actor(name="Trực ban mẫu")


@pytest.fixture
def given_up(department: Office, hoa_phuong: Office, connector: ScriptedConnector) -> str:
    """The id of a delivery that Hoa Phượng refused."""
    department.send(packages.document(department.code, hoa_phuong.code, number="12", priority="1"))
    connector.say(hoa_phuong, REFUSED)
    drain(connector)
    return str(delivery_to(hoa_phuong).pk)


def test_the_operator_sees_what_was_given_up_and_why(given_up: str, department: Office, hoa_phuong: Office) -> None:
    (row,) = attention.list_given_up()
    assert (row.id, row.system_id, row.rank, row.notation) == (given_up, hoa_phuong.system_id, 1, "12/CV-MAU")
    assert (row.from_code, row.to_codes) == (department.code, (hoa_phuong.code,))
    assert (row.cause, row.error) == ("test.refused", "Nơi nhận từ chối: sai thể thức (mẫu).")
    assert (row.attempts, row.actions) == (1, ())


def test_a_sender_sees_its_own_only(given_up: str, department: Office, hoa_phuong: Office, hai_dang: Office) -> None:
    assert [row.id for row in attention.list_given_up(sender=department.access)] == [given_up]
    assert attention.list_given_up(sender=hai_dang.access) == []
    assert attention.list_given_up(sender=hoa_phuong.access) == []


def test_resending_tries_again_with_a_fresh_budget_and_the_same_id(
    given_up: str, department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    attention.resend(delivery_id=given_up, actor=OPERATOR, reason="Nơi nhận đã sửa  phần mềm (mẫu)")

    assert attention.list_given_up() == []
    told = department.sent()[0].send_status_desc
    assert told.startswith("Chờ nhận: Nơi nhận từ chối: sai thể thức (mẫu). Gửi lại lúc ")
    assert told.endswith("(Trực ban mẫu): Nơi nhận đã sửa phần mềm (mẫu).")

    connector.say(hoa_phuong, Delivered())
    assert drain(connector) == 1
    assert connector.ids == [given_up] * 2
    assert connector.carried[-1].attempt == 1
    assert state_at(hoa_phuong) is DeliveryState.DELIVERED


def test_redirecting_brings_it_to_another_agencys_system(
    given_up: str, department: Office, hoa_phuong: Office, hai_dang: Office, connector: ScriptedConnector
) -> None:
    other = attention.redirect(
        delivery_id=given_up, to_code=hai_dang.code, actor=OPERATOR, reason="Nhận thay trong thời gian sửa chữa (mẫu)"
    )

    assert drain(connector) == 1
    assert connector.ids[-1] == other != given_up
    assert connector.carried[-1].to_codes == (hoa_phuong.code,)
    assert state_at(hoa_phuong) is DeliveryState.REDIRECTED
    (row,) = department.sent()
    assert (row.to_code, row.receiver_doc_id, row.send_status) == (hoa_phuong.code, other, "done")
    assert "Đã chuyển hướng tới Quận Hải Đăng (mẫu) (H99.31)" in row.send_status_desc
    with pytest.raises(Refusal) as refused:
        delivered_package(hoa_phuong.access, given_up)
    assert refused.value.reason is Reason.PACKAGE_UNKNOWN


def test_the_agency_that_got_it_instead_reports_for_the_addressee(
    given_up: str, department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    attention.redirect(delivery_id=given_up, to_code=hai_dang.code, actor=OPERATOR, reason="Nhận thay (mẫu)")
    hai_dang.report(department, f"{department.code},2024/03/15,12/CV-MAU", "03")
    assert department.sent()[0].receive_status == "03"


def test_redirecting_to_who_has_it_already_delivers_nothing_twice(
    department: Office, hoa_phuong: Office, hai_dang: Office, connector: ScriptedConnector
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code))
    connector.say(hoa_phuong, REFUSED)
    drain(connector)
    given_up, had = str(delivery_to(hoa_phuong).pk), str(delivery_to(hai_dang).pk)

    assert attention.redirect(delivery_id=given_up, to_code=hai_dang.code, actor=OPERATOR, reason="Mẫu") == had

    assert drain(connector) == 0
    assert [row.send_status for row in department.sent()] == ["done", "done"]


def test_a_package_may_be_redirected_to_a_system_that_pulls(given_up: str, hoa_phuong: Office) -> None:
    ward = open_office("H99.30.02", "Phường Mẫu Đơn (mẫu)")
    other = attention.redirect(delivery_id=given_up, to_code=ward.code, actor=OPERATOR, reason="Mẫu")
    assert [row.doc_id for row in ward.inbox()] == [other]


def test_telling_that_paper_was_sent_closes_it_in_view_of_the_sender(
    given_up: str, department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    clerk = Actor(name="Văn thư mẫu", system=department.access)
    attention.send_paper(delivery_id=given_up, actor=clerk, reason="Gửi công văn giấy số 12 (mẫu)")

    assert state_at(hoa_phuong) is DeliveryState.ON_PAPER
    (row,) = department.sent()
    assert row.send_status == "fail"
    assert "Đã báo gửi bản giấy" in row.send_status_desc
    assert "(Văn thư mẫu): Gửi công văn giấy số 12 (mẫu)." in row.send_status_desc
    assert drain(connector) == 0
    (seen,) = attention.list_troubled()
    assert [(one.action.value, one.actor) for one in seen.actions] == [("paper", "Văn thư mẫu")]


def test_systems_that_pull_and_fail_are_in_view_too(department: Office, hoa_phuong: Office) -> None:
    hoa_phuong.send(packages.document(hoa_phuong.code, department.code))
    for _ in range(5):
        Delivery.objects.update(available_at=Delivery.objects.get().created_at)
        (waiting,) = department.inbox()
        department.confirm(waiting.doc_id, Confirmation.FAIL, "Ổ đĩa đầy (mẫu)")

    (row,) = attention.list_given_up(sender=hoa_phuong.access)
    attention.resend(delivery_id=row.id, actor=OPERATOR, reason="Đã thêm ổ đĩa (mẫu)")
    assert [one.doc_id for one in department.inbox()] == [row.id]


@pytest.mark.parametrize(
    ("to_code", "reason", "expected"),
    [
        ("H99.30", "Mẫu", Reason.REDIRECT_NOWHERE),  # the very system that fails
        ("H99.30.01", "Mẫu", Reason.REDIRECT_NOWHERE),  # not connected
        ("H99.77", "Mẫu", Reason.REDIRECT_NOWHERE),  # nobody's code
        ("H99.31", "  ", Reason.REASON_MISSING),
    ],
)
def test_a_redirection_that_leads_nowhere_is_refused(
    given_up: str, paper_commune: Agency, hoa_phuong: Office, to_code: str, reason: str, expected: Reason
) -> None:
    with pytest.raises(Refusal) as refused:
        attention.redirect(delivery_id=given_up, to_code=to_code, actor=OPERATOR, reason=reason)
    assert refused.value.reason is expected
    assert state_at(hoa_phuong) is DeliveryState.GIVEN_UP
    assert not DeliveryAction.objects.exists()


def test_nobody_acts_on_what_others_sent_or_on_what_is_not_given_up(
    given_up: str, department: Office, hoa_phuong: Office
) -> None:
    stranger = Actor(name="Người lạ mẫu", system=hoa_phuong.access)
    for delivery_id in (given_up, "không-phải-mã"):
        with pytest.raises(Refusal) as refused:
            attention.send_paper(delivery_id=delivery_id, actor=stranger, reason="Mẫu")
        assert refused.value.reason is Reason.DELIVERY_UNKNOWN
    attention.resend(delivery_id=given_up, actor=OPERATOR, reason="Mẫu")
    with pytest.raises(Refusal) as refused:
        attention.send_paper(delivery_id=given_up, actor=OPERATOR, reason="Mẫu")
    assert refused.value.reason is Reason.DELIVERY_NOT_GIVEN_UP

"""What follows from a connector's answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lienthong.common import clock
from lienthong.exchange.breaker import FAILURES_TO_OPEN, REST
from lienthong.exchange.connectors import Delivered, NotDelivered
from lienthong.exchange.deliveries import Confirmation
from lienthong.exchange.dispatching.finish import Answer, decide, finish
from lienthong.exchange.models import Channel, Delivery
from lienthong.exchange.retry import push_policy
from lienthong.exchange.states import DeliveryState
from tests import packages
from tests.exchange.conftest import Office
from tests.exchange.dispatching.carriers import (
    DOWN,
    REFUSED,
    ScriptedConnector,
    claim,
    delivery_to,
    drain,
    must_claim,
    state_at,
    time_passes,
)

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
WAITED = NotDelivered(permanent=False, cause="test.busy", detail="Đang bận (mẫu).", retry_after=90)


@pytest.mark.parametrize(
    ("answer", "attempt", "age", "state", "pause"),
    [
        (Delivered(), 1, 0 * SECOND, DeliveryState.DELIVERED, 0 * SECOND),
        (DOWN, 1, 0 * SECOND, DeliveryState.FAILED, 2 * SECOND),
        (DOWN, 2, 3 * SECOND, DeliveryState.FAILED, 5 * SECOND),
        (WAITED, 1, 0 * SECOND, DeliveryState.FAILED, 90 * SECOND),
        (DOWN, 150, 72 * HOUR, DeliveryState.GIVEN_UP, 0 * SECOND),
        (WAITED, 150, 72 * HOUR, DeliveryState.GIVEN_UP, 0 * SECOND),
        (REFUSED, 1, 0 * SECOND, DeliveryState.GIVEN_UP, 0 * SECOND),
    ],
)
def test_answers_decide(answer: Answer, attempt: int, age: timedelta, state: DeliveryState, pause: timedelta) -> None:
    change = decide(answer, attempt=attempt, age=age, policy=push_policy(0), chance=0.5)
    assert (change.state, change.pause) == (state, pause)


def test_giving_up_after_the_budget_says_how_often_it_was_tried() -> None:
    change = decide(DOWN, attempt=151, age=72 * HOUR, policy=push_policy(0), chance=0.5)
    assert change.error == "Máy chủ mẫu đang tắt. Đã thử 151 lần trong hết thời hạn cho phép."


def test_a_confirmed_package_is_delivered(department: Office, hoa_phuong: Office, connector: ScriptedConnector) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))

    assert drain(connector) == 1

    delivery = delivery_to(hoa_phuong)
    assert (delivery.state, delivery.remote_id, delivery.lease_token) == ("delivered", "VB-MAU-1", None)
    assert department.sent()[0].send_status == "done"
    assert drain(connector) == 0


def test_a_failure_is_tried_again_under_the_same_id(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    connector.say(hoa_phuong, DOWN)

    assert [drain(connector), drain(connector)] == [1, 0]
    (row,) = department.sent()
    assert (row.send_status, row.send_status_desc) == ("fail", "Nhận lỗi, sẽ thử lại: Máy chủ mẫu đang tắt.")

    connector.say(hoa_phuong, Delivered())
    time_passes(2 * SECOND)
    assert drain(connector) == 1
    assert len(set(connector.ids)) == 1
    assert [outgoing.attempt for outgoing in connector.carried] == [1, 2]
    assert department.sent()[0].send_status_desc == "Đã nhận"


def test_a_refusal_is_given_up_at_once_with_its_reason(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    connector.say(hoa_phuong, REFUSED)
    drain(connector)

    (row,) = department.sent()
    assert row.send_status == "fail"
    assert row.send_status_desc == (
        "Ngừng thử lại: Nơi nhận từ chối: sai thể thức (mẫu). Cần xử lý: gửi lại, chuyển hướng hoặc báo giấy."
    )
    assert delivery_to(hoa_phuong).cause == "test.refused"


def test_who_lost_the_lease_changes_nothing(department: Office, hoa_phuong: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    slow = must_claim()
    time_passes(REST)
    quick = must_claim()

    assert not finish(slow, REFUSED, chance=lambda: 0.5)
    assert state_at(hoa_phuong) is DeliveryState.LEASED
    assert finish(quick, Delivered(), chance=lambda: 0.5)
    assert not finish(slow, DOWN, chance=lambda: 0.5)
    assert not finish(quick, DOWN, chance=lambda: 0.5)
    assert state_at(hoa_phuong) is DeliveryState.DELIVERED
    assert Channel.objects.get().failures == 0


def test_a_system_that_confirms_by_itself_meanwhile_has_it(department: Office, hoa_phuong: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    pushed = must_claim()
    hoa_phuong.confirm(str(pushed.id), Confirmation.DONE)
    assert not finish(pushed, DOWN, chance=lambda: 0.5)
    assert state_at(hoa_phuong) is DeliveryState.DELIVERED


def test_a_connector_that_breaks_is_no_end_of_the_world(
    department: Office, hoa_phuong: Office, hai_dang: Office, connector: ScriptedConnector
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code))

    def broken(_: object) -> Answer:
        raise ZeroDivisionError

    connector.say(hoa_phuong, broken)
    assert drain(connector) == 2
    assert (delivery_to(hoa_phuong).state, delivery_to(hoa_phuong).cause) == ("failed", "delivery.internal_error")
    assert state_at(hai_dang) is DeliveryState.DELIVERED


def test_after_five_failures_a_system_is_left_alone_for_a_minute_then_tried_once(
    department: Office, hoa_phuong: Office, hai_dang: Office, connector: ScriptedConnector
) -> None:
    for _ in range(8):
        department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code))
    connector.say(hoa_phuong, DOWN)

    assert drain(connector) == FAILURES_TO_OPEN + 8  # the other district gets all of its own
    time_passes(REST - SECOND)
    assert drain(connector) == 0
    time_passes(SECOND)
    assert drain(connector) == 1
    time_passes(REST)
    connector.say(hoa_phuong, Delivered())
    assert drain(connector) == 8
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_while_one_tries_nobody_else_does(department: Office, hoa_phuong: Office, connector: ScriptedConnector) -> None:
    for _ in range(7):
        department.send(packages.document(department.code, hoa_phuong.code))
    connector.say(hoa_phuong, DOWN)
    drain(connector)
    time_passes(REST)
    trial = must_claim()
    assert claim() is None
    assert finish(trial, Delivered(), chance=lambda: 0.5)
    assert claim() is not None


def test_a_system_that_asks_for_time_is_left_alone_as_long(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    for _ in range(2):
        department.send(packages.document(department.code, hoa_phuong.code))
    connector.say(hoa_phuong, WAITED)
    assert drain(connector) == 1
    time_passes(89 * SECOND)
    assert claim() is None
    time_passes(SECOND)
    assert claim() is not None


def test_what_an_open_breaker_keeps_back_is_given_up_when_its_time_is_over(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    for priority in "0" * 6 + "3":
        department.send(packages.document(department.code, hoa_phuong.code, priority=priority))
    connector.say(hoa_phuong, DOWN)
    drain(connector)
    time_passes(HOUR)  # the express one is over time now; nobody has been trying
    drain(connector)

    Channel.objects.update(open_until=clock.now() + REST)
    assert drain(connector) == 0
    express = Delivery.objects.get(rank=3)
    assert (express.state, express.cause) == ("given_up", "test.down")

    time_passes(72 * HOUR)
    Channel.objects.update(open_until=clock.now() + REST)
    drain(connector)
    overdue = Delivery.objects.filter(cause="delivery.budget_spent")
    assert overdue.exists()
    assert not Delivery.objects.exclude(state="given_up").exists()
    assert overdue[0].last_error == (
        "Hệ thống nơi nhận không liên lạc được trong hết thời hạn cho phép. Máy chủ mẫu đang tắt."
    )


def test_nothing_is_given_up_for_want_of_workers(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    time_passes(100 * HOUR)
    assert drain(connector) == 1
    assert state_at(hoa_phuong) is DeliveryState.DELIVERED

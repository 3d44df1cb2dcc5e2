"""What the end of a carried delivery leaves in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lienthong.exchange.connectors import Delivered, NotDelivered
from lienthong.exchange.dispatching.evidence import kind_of_end
from lienthong.exchange.dispatching.finish import Answer, give_up_overdue
from lienthong.exchange.models import Delivery
from lienthong.ledger.kinds import EventKind
from lienthong.ledger.models import LedgerEvent
from tests import packages
from tests.exchange.conftest import Office
from tests.exchange.dispatching.carriers import DOWN, REFUSED, ScriptedConnector, drain, time_passes

DAMAGED = NotDelivered(permanent=True, cause="exchange.damaged", detail="Kho hỏng (mẫu).", ours=True)


@pytest.mark.parametrize(
    ("system_kind", "answer", "kind"),
    [
        ("upstream", Delivered(), EventKind.RELAY_ACCEPTANCE),
        ("upstream", REFUSED, EventKind.RELAY_REJECTION),
        ("upstream", DOWN, EventKind.RELAY_FAILURE),
        ("upstream", DAMAGED, EventKind.RELAY_FAILURE),
        ("push", Delivered(), EventKind.CONTENT_HANDOVER),
        ("push", REFUSED, EventKind.CONTENT_CONSIGNMENT_FAILURE),
        ("push", DOWN, EventKind.CONTENT_CONSIGNMENT_FAILURE),
        ("push", DAMAGED, EventKind.CONTENT_CONSIGNMENT_FAILURE),
    ],
)
def test_every_end_has_its_evidence(system_kind: str, answer: Answer, kind: EventKind) -> None:
    assert kind_of_end(system_kind, answer) is kind


def ends() -> list[LedgerEvent]:
    return list(LedgerEvent.objects.filter(subject_type="delivery").exclude(kind="ContentConsignment").order_by("id"))


def test_a_failure_that_is_tried_again_is_no_end(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    receipt = department.send(packages.document(department.code, hoa_phuong.code))
    connector.say(hoa_phuong, DOWN)
    drain(connector)
    assert ends() == []
    connector.say(hoa_phuong, Delivered(remote_id="VB-MAU-1", proof={"sent_sha256": "00"}))
    time_passes(timedelta(minutes=1))
    drain(connector)
    (event,) = ends()
    assert (event.kind, event.system, event.agency) == ("ContentHandover", hoa_phuong.system_id, hoa_phuong.code)
    assert (event.document, event.subject_id) == (receipt.doc_id, str(Delivery.objects.get().pk))
    assert (event.data["remote_id"], event.data["sent_sha256"]) == ("VB-MAU-1", "00")
    assert event.data["to"] == [hoa_phuong.code]


def test_a_refusal_is_the_word_of_the_other_side(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    connector.say(hoa_phuong, REFUSED)
    drain(connector)
    (event,) = ends()
    assert (event.kind, event.system) == ("ContentConsignmentFailure", hoa_phuong.system_id)
    assert (event.data["code"], event.data["reason"]) == (REFUSED.cause, REFUSED.detail)


def test_what_is_given_up_behind_an_open_breaker_leaves_its_event(
    department: Office, hoa_phuong: Office, connector: ScriptedConnector
) -> None:
    connector.say(hoa_phuong, DOWN)
    for _ in range(10):
        department.send(packages.document(department.code, hoa_phuong.code))
    drain(connector)
    Delivery.objects.update(tried_since="2000-01-01T00:00:00Z")
    given_up = give_up_overdue()
    assert given_up == len(ends()) == 10
    assert {(event.kind, event.system, event.data["code"]) for event in ends()} == {
        ("ContentConsignmentFailure", "", "delivery.budget_spent")
    }

"""What the end of handing a package on to another axis leaves in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lienthong.exchange.connectors import Delivered, NotDelivered
from lienthong.exchange.dispatching.finish import Answer, give_up_overdue
from lienthong.exchange.dispatching.worker import Worker
from lienthong.exchange.hubs.relaying import kind_of_end
from lienthong.exchange.models import Delivery
from lienthong.ledger.kinds import EventKind
from lienthong.ledger.models import LedgerEvent
from lienthong.registry.models import SystemKind
from tests import packages
from tests.exchange.conftest import Office
from tests.exchange.dispatching.carriers import DOWN, REFUSED, ScriptedConnector, time_passes
from tests.factories import make_agency, make_system

DAMAGED = NotDelivered(permanent=True, cause="exchange.damaged", detail="Kho hỏng (mẫu).", ours=True)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Delivered(), EventKind.RELAY_ACCEPTANCE),
        (REFUSED, EventKind.RELAY_REJECTION),
        (DOWN, EventKind.RELAY_FAILURE),
        (DAMAGED, EventKind.RELAY_FAILURE),
    ],
)
def test_every_end_has_its_evidence(answer: Answer, kind: EventKind) -> None:
    assert kind_of_end(answer) is kind


@pytest.fixture
def ministry(department: Office) -> Office:
    """Bộ Thử nghiệm (mẫu), behind another axis."""
    agency = make_agency("G99", "Bộ Thử nghiệm (mẫu)", level="central")
    made = make_system(agency, system_id="TRUC.QG", kind=SystemKind.UPSTREAM)
    return Office("G99", agency, made.system.system_id)


def send(connector: ScriptedConnector) -> int:
    return Worker({"upstream": connector}, chance=lambda: 0.5).drain()


def relays() -> list[LedgerEvent]:
    return list(LedgerEvent.objects.filter(kind__startswith="Relay").order_by("id"))


def test_a_failure_that_is_tried_again_is_no_end(department: Office, ministry: Office) -> None:
    connector = ScriptedConnector()
    receipt = department.send(packages.document(department.code, "G99"))
    connector.say(ministry, DOWN)
    assert send(connector) == 1
    assert relays() == []
    connector.say(ministry, Delivered(remote_id="VB-MAU-1", proof={"sent_sha256": "00"}))
    time_passes(timedelta(minutes=1))
    assert send(connector) == 1
    (event,) = relays()
    assert (event.kind, event.system, event.agency) == ("RelayAcceptance", "TRUC.QG", "")
    assert (event.document, event.subject_id) == (receipt.doc_id, str(Delivery.objects.get().pk))
    assert (event.data["to"], event.data["remote_id"], event.data["sent_sha256"]) == (["G99"], "VB-MAU-1", "00")


def test_a_refusal_is_the_word_of_the_other_axis(department: Office, ministry: Office) -> None:
    connector = ScriptedConnector()
    department.send(packages.document(department.code, "G99"))
    connector.say(ministry, REFUSED)
    send(connector)
    (event,) = relays()
    assert (event.kind, event.system) == ("RelayRejection", "TRUC.QG")
    assert (event.data["code"], event.data["reason"]) == (REFUSED.cause, REFUSED.detail)


def test_what_is_given_up_behind_an_open_breaker_leaves_its_event(department: Office, ministry: Office) -> None:
    connector = ScriptedConnector()
    connector.say(ministry, DOWN)
    for _ in range(10):
        department.send(packages.document(department.code, "G99"))
    send(connector)
    Delivery.objects.update(tried_since="2000-01-01T00:00:00Z")
    assert give_up_overdue() == len(relays()) == 10
    assert {(event.kind, event.system, event.data["code"]) for event in relays()} == {
        ("RelayFailure", "", "delivery.budget_spent")
    }

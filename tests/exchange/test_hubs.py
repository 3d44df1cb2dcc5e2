"""At the door: a hub below chooses addressees and gets none of its own back; an ordinary system is as before."""

from __future__ import annotations

import io

import pytest

from lienthong.exchange import intake
from lienthong.exchange.hubs.links import set_link
from lienthong.exchange.models import Recipient
from lienthong.exchange.reconcile import reconcile
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.routing import Outcome
from lienthong.exchange.submissions import Receipt, Sending
from lienthong.registry.models import System
from tests import packages
from tests.exchange.conftest import Office, open_office
from tests.factories import make_agency, make_system


@pytest.fixture
def ministry(transactional_db: None, data_dir: object) -> Office:
    return open_office("G99", "Bộ Thử nghiệm (mẫu)")


@pytest.fixture
def neighbour(ministry: Office) -> Office:
    return open_office("H98", "UBND Thành phố Láng Giềng (mẫu)")


@pytest.fixture
def city(ministry: Office) -> Office:
    """The city's axis: one system for the committee and all below."""
    committee = make_agency("H99", "UBND Thành phố Mẫu")
    for number in ("01", "02"):
        make_agency(f"H99.{number}", f"Sở mẫu số {number}", parent=committee)
    system = make_system(committee, include_subordinates=True)
    set_link(system=system.system, is_hub=True, adds_trace=False)
    return Office("H99", committee, system.system.system_id)


def send(office: Office, raw: bytes, *to: str) -> Receipt:
    sending = Sending(sender=office.access, remote="test", to_codes=to)
    return intake.accept_package(io.BytesIO(raw), sending=sending, length=len(raw))


def outcomes(receipt: Receipt) -> dict[str, Outcome]:
    return {recipient.code: recipient.outcome for recipient in receipt.recipients}


def test_what_a_hub_has_itself_never_comes_back_to_it(city: Office, ministry: Office) -> None:
    receipt = send(city, packages.document("H99.01", "G99", "H99.02"))
    assert outcomes(receipt) == {"G99": Outcome.ACCEPTED, "H99.02": Outcome.ALREADY_THERE}
    assert city.inbox() == []
    assert len(ministry.inbox()) == 1
    assert list(Recipient.objects.values_list("code", flat=True)) == ["G99"]
    assert reconcile().differences == ()


def test_a_hub_names_those_it_does_not_serve_itself(city: Office, ministry: Office, neighbour: Office) -> None:
    raw = packages.document("H99.01", "G99", "H98", document_id="VB-1")
    assert outcomes(send(city, raw, "G99")) == {"G99": Outcome.ACCEPTED, "H98": Outcome.ALREADY_THERE}
    assert neighbour.inbox() == []
    again = send(city, raw, "G99", "H98")
    assert [(one.code, one.already) for one in again.recipients] == [("G99", True), ("H98", False)]
    assert len(neighbour.inbox()) == 1
    assert len(ministry.inbox()) == 1


def test_a_hub_may_not_name_a_stranger(city: Office, neighbour: Office) -> None:
    with pytest.raises(Refusal, match="H98") as refused:
        send(city, packages.document("H99.01", "G99"), "G99", "H98")
    assert refused.value.reason is Reason.SELECTION_FOREIGN


def test_a_package_only_for_the_hubs_own_side_is_refused(city: Office) -> None:
    with pytest.raises(Refusal, match=r"H99\.02") as refused:
        send(city, packages.document("H99.01", "H99.02"))
    assert refused.value.reason is Reason.NO_RECIPIENT


def test_a_report_for_the_hubs_own_side_is_refused(city: Office) -> None:
    with pytest.raises(Refusal, match=r"H99\.02") as refused:
        send(city, packages.status("H99.01", "H99.02", "VB-9", "03"))
    assert refused.value.reason is Reason.NO_RECIPIENT


def test_an_ordinary_systems_leftover_list_decides_nothing(city: Office, ministry: Office, neighbour: Office) -> None:
    set_link(system=System.objects.get(system_id=city.system_id), is_hub=False, adds_trace=False)
    receipt = send(city, packages.document("H99.01", "G99", "H99.02"), "H98")
    assert outcomes(receipt) == {"G99": Outcome.ACCEPTED, "H99.02": Outcome.ACCEPTED}
    assert len(city.inbox()) == 1
    assert neighbour.inbox() == []

"""What goes to an upstream: once, with the addressees behind it, and with our hop where that may be written."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from pytest_django import Settings

from edxml102.trace import locate
from lienthong.common import clock, vxp
from lienthong.exchange.hubs.links import set_link
from lienthong.exchange.models import Channel, Delivery, Package
from lienthong.gateways.national.relays import track
from lienthong.gateways.national.upstreams import account_of, route_agency
from lienthong.ledger.models import LedgerEvent
from lienthong.registry.models import Agency
from tests import packages
from tests.exchange.conftest import Office
from tests.factories import make_agency
from tests.gateways.national.conftest import Link
from tests.gateways.national.hub import NONSENSE, Raw


@pytest.fixture
def inspectorate(link: Link) -> Agency:
    agency = make_agency("G97", "Thanh tra Thử nghiệm (mẫu)", level="central")
    route_agency(upstream=link.upstream, agency=agency)
    return agency


def due_again() -> None:
    """As if the pause after a failure were over."""
    Delivery.objects.filter(state="failed").update(available_at=clock.now() - timedelta(seconds=1))
    Channel.objects.all().delete()


def test_a_package_goes_once_with_all_addressees_behind_the_upstream(
    link: Link, ministry: Agency, inspectorate: Agency, department: Office, commune: Office
) -> None:
    raw = packages.document("H99.01", "G99", "H99.30.11", "G97")
    department.send(raw)
    assert link.send() == 1
    assert link.send() == 0
    (sent,) = link.hub.sent
    assert json.loads(sent["to"]) == ["G99", "G97"]
    assert (sent["from"], sent["messagetype"], "trace" in sent) == ("H99.01", "edoc", False)
    assert link.hub.bodies == [raw]
    assert len(commune.inbox()) == 1
    assert {row.to_code: row.send_status for row in department.sent()} == {
        "G99": "done", "G97": "done", "H99.30.11": "initial",
    }  # fmt: skip


def test_a_report_has_no_list_of_addressees(link: Link, ministry: Agency, department: Office) -> None:
    link.hub.offer("a", packages.document("G99", "H99.01", document_id="VB-9"))
    link.poll()
    raw = packages.status("H99.01", "G99", "VB-9", "03")
    department.send(raw)
    assert link.send() == 1
    (sent,) = link.hub.sent
    assert (sent["messagetype"], "to" in sent) == ("status", False)
    assert link.hub.bodies == [raw]


@pytest.mark.parametrize("wrong", NONSENSE, ids=lambda raw: repr((raw.body or b"dropped")[:30]))
def test_nonsense_instead_of_a_receipt_is_no_receipt(
    link: Link, ministry: Agency, department: Office, wrong: Raw
) -> None:
    department.send(packages.document("H99.01", "G99"))
    link.hub.wrong["sendEdoc"] = [wrong]
    assert link.send() == 1
    assert [row.send_status for row in department.sent()] == ["fail"]
    due_again()
    assert link.send() == 1
    assert [row.send_status for row in department.sent()] == ["done"]


def test_a_final_refusal_is_given_up_and_told(link: Link, ministry: Agency, department: Office) -> None:
    department.send(packages.document("H99.01", "G99"))
    answer = {"status": "FAIL", "ErrorCode": "18", "ErrorDesc": "Khong co don vi nhan", "DocId": ""}
    link.hub.wrong["sendEdoc"] = [Raw(json.dumps(answer).encode(), 422)]
    assert link.send() == 1
    (row,) = department.sent()
    assert row.send_status == "fail"
    assert row.send_status_desc == (
        "Ngừng thử lại: Trục phía trên không có nơi nhận này: 18 Khong co don vi nhan. "
        "Cần xử lý: gửi lại, chuyển hướng hoặc báo giấy."
    )


def test_a_locked_upstream_waits(link: Link, ministry: Agency, department: Office) -> None:
    from lienthong.gateways.national.upstreams import active_upstreams
    from lienthong.registry import services

    services.lock_system(system=link.upstream.system, reason="Bảo trì (mẫu)")
    assert active_upstreams() == []


# --- Trace headers ------------------------------------------------------------------------------------------------


@pytest.fixture
def tracing(link: Link, settings: Settings) -> Link:
    settings.HUB_CODES = ["H99", "000.00.00.H99"]
    set_link(system=link.upstream.system, is_hub=False, adds_trace=True)
    return link


def test_an_unsigned_package_gets_our_hop_and_keeps_every_other_byte(
    tracing: Link, ministry: Agency, department: Office
) -> None:
    raw = packages.document("H99.01", "G99")
    department.send(raw)
    tracing.send()
    place = locate([raw])
    assert place is not None
    arrived = clock.in_vietnam(Package.objects.get().received_at)
    hop = (
        f"{place.white.decode()}<edXML:TraceHeader><edXML:OrganId>H99</edXML:OrganId>"
        f"<edXML:Timestamp>{arrived:%Y/%m/%d %H:%M:%S}</edXML:Timestamp></edXML:TraceHeader>"
    ).encode()
    assert tracing.hub.bodies == [raw[: place.offset] + hop + raw[place.offset :]]
    assert vxp.matches_digest(tracing.hub.sent[0]["hash-file"], hashlib.sha256(tracing.hub.bodies[0]).digest())


def signed(raw: bytes) -> bytes:
    mark = b"</edXML:edXMLHeader>"
    signature = b"<Signature><SignedInfo/><SignatureValue>bWF1</SignatureValue></Signature>"
    return raw.replace(mark, signature + mark)


def test_a_signed_package_goes_as_it_is_with_its_hops_besides(
    tracing: Link, ministry: Agency, department: Office
) -> None:
    raw = signed(packages.document("H99.01", "G99"))
    department.send(raw)
    tracing.send()
    assert tracing.hub.bodies == [raw]
    ((code, _),) = json.loads(tracing.hub.sent[0]["trace"])
    assert code == "H99"


def test_trying_again_sends_the_same_bytes(tracing: Link, ministry: Agency, department: Office) -> None:
    department.send(packages.document("H99.01", "G99"))
    tracing.send()
    Delivery.objects.update(state="waiting")
    tracing.send()
    first, second = tracing.hub.bodies
    assert first == second


# --- Evidence -----------------------------------------------------------------------------------------------------


def relayed() -> list[LedgerEvent]:
    return list(LedgerEvent.objects.filter(kind__startswith="Relay").order_by("id"))


def test_what_the_upstream_took_is_proven_with_its_own_receipt(
    tracing: Link, ministry: Agency, department: Office
) -> None:
    tracing.hub.receipt["receipt"] = "eyJh.bWF1.Y2h1LWt5"
    raw = packages.document("H99.01", "G99")
    receipt = department.send(raw)
    tracing.send()
    (event,) = relayed()
    assert (event.kind, event.system, event.document) == ("RelayAcceptance", "TRUC.QG", receipt.doc_id)
    assert bytes(event.sha256) == hashlib.sha256(raw).digest()
    assert event.data["sent_sha256"] == hashlib.sha256(tracing.hub.bodies[0]).hexdigest()
    assert (event.data["to"], event.data["remote_id"]) == (["G99"], "5c6f00000000000000000001")
    assert event.data["their_receipt"] == "eyJh.bWF1.Y2h1LWt5"


def test_a_receipt_that_is_none_is_not_kept(link: Link, ministry: Agency, department: Office) -> None:
    link.hub.receipt["receipt"] = {"nonsense": ["<html>"]}
    department.send(packages.document("H99.01", "G99"))
    link.send()
    (event,) = relayed()
    assert not {"their_receipt", "sent_sha256"} & event.data.keys()


def test_a_refusal_of_the_upstream_is_proven(link: Link, ministry: Agency, department: Office) -> None:
    department.send(packages.document("H99.01", "G99"))
    answer = {"status": "FAIL", "ErrorCode": "22", "ErrorDesc": "Sai quy chuan", "DocId": ""}
    link.hub.wrong["sendEdoc"] = [Raw(json.dumps(answer).encode(), 422)]
    link.send()
    (event,) = relayed()
    assert (event.kind, event.system, event.data["code"]) == ("RelayRejection", "TRUC.QG", "national.not_conforming")


# --- What became of it beyond ---------------------------------------------------------------------------------------


def row(to_code: str, status: str, desc: str = "") -> dict[str, str]:
    return {
        "messageType": "edoc", "senderDocId": "5c6f00000000000000000001", "receiverDocId": "1", "fromCode": "H99.01",
        "toCode": to_code, "sendStatus": status, "sendStatusDesc": desc,
    }  # fmt: skip


def follow(link: Link) -> int:
    with account_of(link.upstream).client(timeout=5) as client:
        return track(link.upstream, client)


def standings(office: Office) -> dict[str, tuple[str, str]]:
    return {row.to_code: (row.send_status, row.send_status_desc) for row in office.sent()}


def test_the_sender_sees_whom_the_upstream_could_not_reach_and_later_did(
    link: Link, ministry: Agency, inspectorate: Agency, department: Office
) -> None:
    department.send(packages.document("H99.01", "G99", "G97"))
    link.send()
    link.hub.sent_rows = [row("G99", "done"), row("G97", "fail", "Hệ thống khóa")]
    assert [follow(link), follow(link)] == [0, 0]
    assert standings(department) == {
        "G99": ("done", "Đã nhận"),
        "G97": ("fail", "Trục phía trên không chuyển được tới nơi nhận: Hệ thống khóa"),
    }
    link.hub.sent_rows = [row("G99", "done"), row("G97", "done")]
    assert follow(link) == 1
    assert standings(department)["G97"] == ("done", "Đã nhận")
    assert follow(link) == 0
    accepted, lost = relayed()
    assert (accepted.kind, lost.kind, lost.data["to"]) == ("RelayAcceptance", "RelayFailure", ["G97"])
    assert (lost.document, lost.data["reason"]) == (accepted.document, "Hệ thống khóa")


def test_what_the_receipt_says_of_addressees_is_told_at_once(
    link: Link, ministry: Agency, inspectorate: Agency, department: Office
) -> None:
    link.hub.receipt["recipients"] = [
        {"code": "G99", "sent": True}, {"code": "G97", "sent": False, "reason": "Nơi nhận chưa kết nối trục"},
    ]  # fmt: skip
    department.send(packages.document("H99.01", "G99", "G97"))
    link.send()
    assert standings(department)["G97"][0] == "fail"


def test_a_report_from_beyond_still_counts_after_such_a_failure(
    link: Link, ministry: Agency, department: Office
) -> None:
    link.hub.receipt["recipients"] = [{"code": "G99", "sent": False, "reason": "Hệ thống khóa"}]
    department.send(packages.document("H99.01", "G99", document_id="VB-7"))
    link.send()
    link.hub.offer("s", packages.status("G99", "H99.01", "VB-7", "03"), kind="status")
    assert link.poll().taken == 1
    assert [sent.receive_status for sent in department.sent()] == ["03"]

"""What comes from an upstream arrives once and as it was, whatever the upstream answers in between."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from pytest_django import Settings

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.exchange.hubs.models import Hop
from lienthong.exchange.models import Package, Recipient
from lienthong.gateways.national.answers import VxpError
from lienthong.gateways.national.inward import Inward, Tally
from lienthong.gateways.national.link import is_due
from lienthong.gateways.national.locks import Purpose, held_alone
from lienthong.gateways.national.models import OnUnknownSender, Refused, Upstream
from lienthong.gateways.national.pace import Round
from lienthong.gateways.national.sync import synchronise
from lienthong.gateways.national.upstreams import account_of
from lienthong.registry.models import Agency
from tests import packages
from tests.exchange import orders
from tests.exchange.conftest import Office
from tests.factories import make_agency
from tests.gateways.national.conftest import Link, add
from tests.gateways.national.hub import NONSENSE, FakeHub, Raw


def test_documents_and_reports_are_taken_in_confirmed_and_stay_byte_for_byte(
    link: Link, ministry: Agency, department: Office, commune: Office
) -> None:
    raw = packages.document("G99", "H99.01", "H99.30.11", document_id="VB-1")
    link.hub.offer("a", raw)
    link.hub.offer("b", packages.status("G99", "H99.01", "VB-1", "13", description="Gửi nhầm"), kind="status")
    assert link.poll() == Tally(taken=2)
    assert link.hub.told == [("a", "done", ""), ("b", "done", "")]
    for office in (department, commune):
        (row,) = office.inbox()
        assert office.fetch(row.doc_id) == raw
    assert [row.from_code for row in department.inbox(PackageKind.STATUS)] == ["G99"]
    assert link.poll().went is Round.IDLE


def state_at(office: Office) -> str:
    return Recipient.objects.get(document__document_id="VB-1", code=office.code).state


def test_a_question_waits_while_the_document_it_is_about_may_still_come(
    link: Link, ministry: Agency, department: Office
) -> None:
    link.hub.offer("b", packages.status("G99", "H99.01", "VB-1", "13", description="Gửi nhầm"), kind="status")
    link.hub.offer("x", packages.document("G99", "H99.01"))
    assert link.poll() == Tally(taken=1, put_off=1)
    link.hub.offer("a", packages.document("G99", "H99.01", document_id="VB-1"))
    assert link.poll() == Tally(taken=2)
    assert state_at(department) == "takeback_asked"


def test_a_recall_listed_before_its_document_is_taken_after_it(
    link: Link, ministry: Agency, department: Office
) -> None:
    link.hub.offer("r", orders.recall("G99", "H99.01", target="VB-1"))
    link.hub.offer("a", packages.document("G99", "H99.01", document_id="VB-1"))
    assert link.poll() == Tally(taken=1, put_off=1)
    assert link.poll() == Tally(taken=1)
    assert state_at(department) == "recall_asked"


def test_what_speaks_of_a_document_that_never_comes_is_taken_all_the_same(
    link: Link, ministry: Agency, department: Office
) -> None:
    """Alone it has nothing to wait for; and a document that cannot be fetched does not keep it for ever."""
    report = packages.status("G99", "H99.01", "VB-CU", "13", description="Gửi nhầm")
    link.hub.offer("b", report, kind="status")
    assert link.poll() == Tally(taken=1)
    link.hub.offer("c", report.replace(b"VB-CU", b"VB-CUA"), kind="status")
    link.hub.offer("x", b"")  # never anything but an empty answer
    with link.inward() as inward:
        rounds = [inward.round() for _ in range(12)]
    assert [one.taken for one in rounds].count(1) == 1
    assert len(department.inbox(PackageKind.STATUS)) == 2


def test_a_large_package_streams_through_a_file(
    link: Link, ministry: Agency, department: Office, settings: Settings
) -> None:
    raw = packages.document("G99", "H99.01", content=random.Random(5).randbytes(3_000_000))
    link.hub.offer("a", raw)
    assert link.poll().taken == 1
    (row,) = department.inbox()
    assert department.fetch(row.doc_id) == raw
    assert list((settings.DATA_DIR / "link").iterdir()) == []


@pytest.mark.parametrize("wrong", NONSENSE, ids=lambda raw: repr((raw.body or b"dropped")[:30]))
def test_nonsense_instead_of_a_list_is_never_an_empty_list(link: Link, ministry: Agency, wrong: Raw) -> None:
    link.hub.wrong["getReceivedEdocList"] = [wrong]
    with pytest.raises(VxpError):
        link.poll()


@pytest.mark.parametrize("wrong", NONSENSE, ids=lambda raw: repr((raw.body or b"dropped")[:30]))
def test_nonsense_instead_of_a_package_leaves_it_in_the_list(
    link: Link, ministry: Agency, department: Office, wrong: Raw
) -> None:
    link.hub.offer("a", packages.document("G99", "H99.01"))
    link.hub.offer("b", packages.document("G99", "H99.01"))
    link.hub.wrong["getEdoc"] = [wrong] * (2 if wrong.body is None else 1)  # the client reconnects once by itself
    first = link.poll()
    second = link.poll()
    assert (first.left, first.taken + second.taken) == (1, 2)
    assert [told[1] for told in link.hub.told] == ["done", "done"]
    assert len(department.inbox()) == 2


def test_a_lost_confirmation_is_said_again_and_delivers_nothing_twice(
    link: Link, ministry: Agency, department: Office
) -> None:
    link.hub.offer("a", packages.document("G99", "H99.01"))
    link.hub.wrong["updateStatus"] = [Raw(b"<html>504</html>", 504)]
    assert link.poll() == Tally(taken=1, left=1)
    assert link.poll() == Tally(repeated=1)  # a new process, which remembers nothing
    assert len(department.inbox()) == 1
    assert link.hub.waiting == {}


def test_a_garbled_package_is_fetched_again_before_it_is_refused(
    link: Link, ministry: Agency, department: Office
) -> None:
    raw = packages.document("G99", "H99.01")
    link.hub.offer("a", raw)
    garbled = b'{"status":"OK","ErrorCode":"0","ErrorDesc":"Thanh cong","data":"PGh0bWw+"}'
    link.hub.wrong["getEdoc"] = [Raw(garbled)]
    assert link.poll() == Tally(taken=1)
    assert link.hub.told == [("a", "done", "")]


def test_a_poison_package_is_refused_with_its_reason_and_holds_nobody_up(
    link: Link, ministry: Agency, department: Office
) -> None:
    link.hub.offer("a", b"<edXML>khong dung chuan</edXML>")
    link.hub.offer("b", packages.document("G99", "H99.01"))
    assert link.poll() == Tally(taken=1, refused=1)
    told = {doc_id: (status, description) for doc_id, status, description in link.hub.told}
    assert told["b"] == ("done", "")
    assert told["a"] == ("fail", "exchange.not_conforming: goi tin khong dung chuan qcvn 102 2016")
    kept = Refused.objects.get()
    assert (kept.remote_id, kept.code, kept.times) == ("a", "exchange.not_conforming", 1)


def test_an_upstream_may_not_speak_for_our_own_agencies(link: Link, ministry: Agency, department: Office) -> None:
    link.hub.offer("a", packages.document("H99.01", "H99.01"))
    assert link.poll() == Tally(refused=1)
    assert Refused.objects.get().code == "exchange.sender_foreign"


def test_addressees_elsewhere_are_left_to_the_upstream(link: Link, ministry: Agency, department: Office) -> None:
    make_agency("H99.40", "Xã chưa nối mạng (mẫu)")
    link.hub.offer("a", packages.document("G99", "H99.01", "G99", "H98.05", "H99.40"))
    assert link.poll() == Tally(taken=1)
    assert sorted(Recipient.objects.values_list("code", "outcome")) == [
        ("H99.01", "accepted"),
        ("H99.40", "not_connected"),
    ]


def test_a_package_for_none_of_us_is_refused(link: Link, ministry: Agency) -> None:
    link.hub.offer("a", packages.document("G99", "G99.01", "H98.05"))
    assert link.poll() == Tally(refused=1)
    assert Refused.objects.get().code == "exchange.no_recipient"


def test_a_package_that_was_here_before_is_refused_as_a_loop(link: Link, ministry: Agency, settings: Settings) -> None:
    settings.HUB_CODES = ["H99", "000.00.00.H99"]
    link.hub.offer("a", packages.document("G99", "H99.01"))
    link.hub.trace = [["A99", "2024/03/15 08:00:00"], ["000.00.00.H99", "2024/03/15 08:01:00"]]
    assert link.poll() == Tally(refused=1)
    assert Refused.objects.get().code == "exchange.loop"


def test_the_hops_of_an_arrival_are_kept(link: Link, ministry: Agency, department: Office) -> None:
    link.hub.offer("a", packages.document("G99", "H99.01"))
    link.hub.trace = [["A99", "2024/03/15 08:05:00"]]
    link.poll()
    assert list(Hop.objects.order_by("position").values_list("organ_code", "timestamp", "beside")) == [
        ("G99", "2024/03/15 08:00:00", False),
        ("A99", "2024/03/15 08:05:00", True),
    ]


# --- Unknown senders ----------------------------------------------------------------------------------------------

NEW_MINISTRY = {
    "id": "7", "code": "G98", "name": "Bộ Mẫu Số Hai (mẫu)", "pid": "", "version": 1, "deleted": False,
    "isAgency": True, "level": 1,
}  # fmt: skip


def test_an_unknown_sender_is_looked_up_in_the_upstreams_directory(
    link: Link, ministry: Agency, department: Office
) -> None:
    link.hub.units = [NEW_MINISTRY]
    link.hub.offer("a", packages.document("G98", "H99.01"))
    assert link.poll() == Tally(taken=1)
    assert len(department.inbox()) == 1


@pytest.mark.parametrize(("policy", "syncs"), [(OnUnknownSender.SYNC, 1), (OnUnknownSender.FAIL, 0)])
def test_a_sender_nobody_knows_is_refused(link: Link, ministry: Agency, policy: OnUnknownSender, syncs: int) -> None:
    link.upstream.on_unknown_sender = policy
    link.upstream.save()
    link.hub.offer("a", packages.document("G97", "H99.01"))
    link.hub.offer("b", packages.document("G96", "H99.01"))
    assert link.poll() == Tally(refused=2)
    assert link.hub.calls.count("getSynchronizeUnit") == syncs  # once for both


def test_the_directory_is_not_fetched_for_every_stranger(link: Link, ministry: Agency, department: Office) -> None:
    """Bộ Mẫu Số Hai (mẫu) writes a minute after the directory was taken over, and may be registered only then."""
    just_now = clock.now() - timedelta(minutes=1)
    link.upstream.synced_at = just_now
    link.upstream.save()
    link.hub.offer("a", packages.document("G98", "H99.01"))
    link.hub.offer("b", packages.document("G99", "H99.01"))
    with account_of(link.upstream).client(timeout=5) as client:
        inward = Inward(link.upstream, client, lambda: synchronise(link.upstream))
        assert inward.round() == Tally(taken=1, postponed=1)
        assert inward.round() == Tally(postponed=1)
        assert link.hub.calls.count("getSynchronizeUnit") == 0
        assert link.hub.calls.count("getEdoc") == 2
        assert link.hub.told == [("b", "done", "")]
        link.hub.units = [NEW_MINISTRY]
        Upstream.objects.update(synced_at=just_now - timedelta(minutes=20))
        assert inward.round() == Tally(taken=1)
    assert len(department.inbox()) == 2


def test_a_directory_that_is_being_taken_over_elsewhere_is_waited_for(link: Link, ministry: Agency) -> None:
    link.hub.offer("a", packages.document("G97", "H99.01"))
    with held_alone(Purpose.SYNC, link.upstream.pk):
        assert link.poll() == Tally(left=1)
    assert link.hub.told == []


def test_a_directory_is_due_at_the_start_and_every_few_hours(link: Link, settings: Settings) -> None:
    settings.LINK_SYNC_HOURS = 6
    due = []
    for hours in (None, 5, 7):
        link.upstream.synced_at = hours and clock.now() - timedelta(hours=hours)
        due.append(is_due(link.upstream))
    assert due == [True, False, True]
    link.upstream.syncs_directory = False
    assert not is_due(link.upstream)


# --- Several upstreams --------------------------------------------------------------------------------------------


def test_nothing_passes_from_one_upstream_to_another(
    link: Link, ministry: Agency, department: Office, hub: FakeHub
) -> None:
    from lienthong.gateways.national.upstreams import route_agency

    neighbour = make_agency("H98", "UBND Thành phố Láng Giềng (mẫu)")
    other = add("TRUC.H98.TA", hub, syncs_directory=False)
    route_agency(upstream=other, agency=neighbour)
    link.hub.offer("a", packages.document("G99", "H99.01", "H98"))
    assert link.poll() == Tally(taken=1)
    assert Package.objects.get().deliveries.count() == 1


def test_an_agency_goes_by_one_upstream_from_its_day_on(
    link: Link, ministry: Agency, department: Office, hub: FakeHub
) -> None:
    from lienthong.gateways.national.upstreams import route_agency

    other = add("TRUC.BO.TA", hub, syncs_directory=False)
    route_agency(upstream=other, agency=ministry)
    open_ways = ministry.services.filter(valid_to=None)
    assert [way.system_id for way in open_ways] == [other.pk]
    link.hub.offer("a", packages.document("G99", "H99.01"))
    assert link.poll() == Tally(refused=1)  # only the ministry's own way may speak for it now


def test_one_poller_at_a_time(link: Link) -> None:
    with held_alone(Purpose.INWARD, link.upstream.pk) as first, held_alone(Purpose.INWARD, link.upstream.pk) as second:
        assert (first, second) == (True, False)
    with held_alone(Purpose.INWARD, link.upstream.pk) as again:
        assert again

"""Documents and reports across a closing: who may still speak, for whom, and where it arrives.

The department sends to Hoa Phượng, which is closed; Hải Đăng takes over. Days count from today.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from edxml102.model import PackageKind
from lienthong.common import clock
from lienthong.exchange.models import Recipient, Report
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.registry import services
from lienthong.registry.models import Agency
from tests import packages
from tests.exchange.conftest import Office, open_office

SENT = "VB-1"


def day(offset: int) -> date:
    return clock.today() + timedelta(days=offset)


@pytest.fixture
def sent(department: Office, hoa_phuong: Office) -> str:
    department.send(packages.document(department.code, hoa_phuong.code, document_id=SENT))
    return SENT


def close(closed: Office, successor: Office | None, *, on_closed: str = "refuse", on: int = 0) -> None:
    heir = successor.agency if successor else None
    services.close_agency(agency=closed.agency, on_date=day(on), successor=heir, on_closed=on_closed)


def state_of(code: str) -> str:
    return Recipient.objects.get(code=code).state


def refused(reason: Reason, office: Office, raw: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        office.send(raw)
    assert caught.value.reason is reason
    return caught.value


def test_a_successor_reports_on_what_its_predecessor_received(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: str
) -> None:
    close(hoa_phuong, hai_dang)

    hai_dang.report(department, sent, "06")

    assert state_of(hoa_phuong.code) == "done"
    assert len(department.inbox(PackageKind.STATUS)) == 1


def test_a_successor_of_a_successor_reports_too(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: str
) -> None:
    last = open_office("H99.40", "UBND phường Bằng Lăng (mẫu)")
    close(hoa_phuong, hai_dang, on=-1)
    close(hai_dang, last)

    last.report(department, sent, "03")

    assert state_of(hoa_phuong.code) == "accepted"


def test_its_report_is_repeated_like_any_other(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: str
) -> None:
    hoa_phuong.report(department, sent, "01")
    close(hoa_phuong, hai_dang)

    again = hai_dang.report(department, sent, "01")
    first = hai_dang.report(department, sent, "03")
    second = hai_dang.report(department, sent, "03")

    assert (again.repeated, second.doc_id, second.repeated) == (True, first.doc_id, True)
    assert Report.objects.count() == 2


def test_nobody_reports_before_the_day_of_succession(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: str
) -> None:
    close(hoa_phuong, hai_dang, on=1)

    refused(Reason.STATUS_NOT_RECIPIENT, hai_dang, packages.status(hai_dang.code, department.code, sent, "06"))
    hoa_phuong.report(department, sent, "06")

    assert state_of(hoa_phuong.code) == "done"


def test_who_received_itself_reports_for_itself_first(department: Office, hoa_phuong: Office, hai_dang: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id=SENT))
    close(hoa_phuong, hai_dang)

    hai_dang.report(department, SENT, "06")

    assert (state_of(hai_dang.code), state_of(hoa_phuong.code)) == ("done", "sent")


def test_who_became_several_addressees_of_one_document_speaks_for_all_of_them(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    """Two communes are merged; one had already taken the document in."""
    ward = open_office("H99.40", "UBND phường Bằng Lăng (mẫu)")
    department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id=SENT))
    hai_dang.report(department, SENT, "03")
    close(hoa_phuong, ward)
    close(hai_dang, ward)

    first = ward.report(department, SENT, "03")
    standing = state_of(hoa_phuong.code), state_of(hai_dang.code)
    again = ward.report(department, SENT, "03", timestamp="2024/03/15 09:30:00")
    ward.report(department, SENT, "06", timestamp="2024/03/15 10:00:00")

    assert standing == ("accepted", "accepted")
    assert (again.doc_id, again.repeated) == (first.doc_id, True)
    assert (state_of(hoa_phuong.code), state_of(hai_dang.code)) == ("done", "done")
    assert (Report.objects.count(), len(department.inbox(PackageKind.STATUS))) == (3, 3)


def test_a_document_sent_to_an_agency_and_redirected_to_it_too_has_one_answer(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    close(hoa_phuong, hai_dang, on_closed="redirect")
    department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id=SENT))

    hai_dang.report(department, SENT, "03")

    assert len(hai_dang.inbox()) == 1
    assert (state_of(hoa_phuong.code), state_of(hai_dang.code)) == ("accepted", "accepted")


def test_a_take_back_from_one_of_several_is_answered_for_that_one(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    ward = open_office("H99.40", "UBND phường Bằng Lăng (mẫu)")
    department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id=SENT))
    close(hoa_phuong, ward)
    close(hai_dang, ward)
    department.report(hai_dang, SENT, "13", description="Gửi nhầm (mẫu)")

    ward.report(department, SENT, "15")

    assert (state_of(hoa_phuong.code), state_of(hai_dang.code)) == ("sent", "taken_back")


def test_a_late_report_under_the_closed_code_names_exactly_its_recipient(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id=SENT))
    close(hoa_phuong, hai_dang)

    hai_dang.send(packages.status(hoa_phuong.code, department.code, SENT, "03"))  # the successor's software
    hoa_phuong.report(department, SENT, "06")  # the old software, not yet switched off

    assert (state_of(hoa_phuong.code), state_of(hai_dang.code)) == ("done", "sent")


def test_a_stranger_cannot_speak_under_a_closed_code(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: str
) -> None:
    close(hoa_phuong, hai_dang)
    stranger = open_office("H99.41", "UBND phường Ngọc Lan (mẫu)")

    refused(Reason.SENDER_FOREIGN, stranger, packages.status(hoa_phuong.code, department.code, sent, "06"))
    refused(Reason.STATUS_NOT_RECIPIENT, stranger, packages.status(stranger.code, department.code, sent, "06"))


@pytest.mark.parametrize("kind", ["system of then", "successor's system"])
def test_a_closed_code_sends_no_new_document_and_hears_who_succeeds(
    kind: str, department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    close(hoa_phuong, hai_dang)
    sender = hoa_phuong if kind == "system of then" else hai_dang

    refusal = refused(Reason.SENDER_CLOSED, sender, packages.document(hoa_phuong.code, department.code))

    assert hai_dang.code in refusal.detail


@pytest.mark.parametrize("closed", ["the sender", "the recipient", "both"])
def test_whoever_lost_a_receipt_before_the_day_still_gets_it_after(
    closed: str, department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    raw = packages.document(department.code, hoa_phuong.code, document_id=SENT, number="7")
    first = department.send(raw)
    for office in {"the sender": [department], "the recipient": [hoa_phuong], "both": [department, hoa_phuong]}[closed]:
        close(office, hai_dang)

    again = department.send(raw)

    assert (again.repeated, again.doc_id, again.sha256) == (True, first.doc_id, first.sha256)
    assert len(hoa_phuong.inbox()) == 1


def test_only_a_repeat_passes_under_a_closed_code(department: Office, hoa_phuong: Office, hai_dang: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, document_id=SENT, number="7"))
    close(department, hai_dang)

    for raw in (
        packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id=SENT, number="7"),
        packages.document(department.code, hai_dang.code, document_id=SENT, number="7"),
        packages.document(department.code, hoa_phuong.code, document_id=SENT, number="8"),
        packages.document(department.code, hoa_phuong.code),
    ):
        refused(Reason.SENDER_CLOSED, department, raw)
    assert hai_dang.inbox() == []


def test_an_addressee_nobody_reaches_is_no_repeat_of_another(department: Office, hoa_phuong: Office) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, document_id=SENT, number="7"))

    refused(Reason.NO_RECIPIENT, department, packages.document(department.code, "H99.98", document_id=SENT, number="7"))


def test_a_successor_takes_back_what_its_predecessor_sent(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: str
) -> None:
    close(department, hai_dang)

    hai_dang.report(hoa_phuong, sent, "13", description="Gửi nhầm (mẫu)")

    assert state_of(hoa_phuong.code) == "takeback_asked"
    assert len(hoa_phuong.inbox(PackageKind.STATUS)) == 1


@pytest.mark.parametrize("named", ["closed code", "successor's code"])
def test_a_report_on_a_closed_agencys_document_goes_to_its_successor(
    named: str, department: Office, hoa_phuong: Office, hai_dang: Office, sent: str
) -> None:
    close(department, hai_dang)

    hoa_phuong.report(department if named == "closed code" else hai_dang, sent, "06")

    assert state_of(hoa_phuong.code) == "done"
    assert len(hai_dang.inbox(PackageKind.STATUS)) == 1


@pytest.mark.parametrize("successor", ["nobody", "a paper commune"])
def test_where_no_successor_is_connected_the_old_system_still_gets_its_reports(
    successor: str, department: Office, hoa_phuong: Office, sent: str, paper_commune: Agency
) -> None:
    heir = paper_commune if successor == "a paper commune" else None
    services.close_agency(agency=department.agency, on_date=day(0), successor=heir)

    hoa_phuong.report(department, sent, "06")

    assert len(department.inbox(PackageKind.STATUS)) == 1
    refused(Reason.NO_RECIPIENT, hoa_phuong, packages.document(hoa_phuong.code, department.code))


def test_an_agency_named_by_its_closed_and_its_new_code_is_reached(department: Office, hoa_phuong: Office) -> None:
    ward = hoa_phuong.agency
    services.add_identifier(agency=ward, code="H99.61", valid_from=day(0))
    services.close_identifier(identifier=ward.identifiers.get(code="H99.30"), on_date=day(0), successor=ward)

    receipt = department.send(packages.document(department.code, "H99.30", "H99.61"))

    assert [(one.code, one.outcome.value) for one in receipt.recipients] == [("H99.61", "accepted")]
    assert len(hoa_phuong.inbox()) == 1


def test_a_mandated_district_sends_receives_and_reports_for_its_commune(
    department: Office, hai_dang: Office, paper_commune: Agency
) -> None:
    services.give_mandate(mandator=paper_commune, mandatary=hai_dang.agency, scope="both", valid_from=day(0))

    department.send(packages.document(department.code, "H99.30.01", document_id=SENT))
    hai_dang.send(packages.status("H99.30.01", department.code, SENT, "03"))
    hai_dang.send(packages.document("H99.30.01", department.code))

    assert state_of("H99.30.01") == "accepted"
    assert (len(hai_dang.inbox()), len(department.inbox())) == (1, 1)


def test_a_mandate_to_receive_is_none_to_send(department: Office, hai_dang: Office, paper_commune: Agency) -> None:
    services.give_mandate(mandator=paper_commune, mandatary=hai_dang.agency, scope="receive", valid_from=day(0))

    refused(Reason.SENDER_FOREIGN, hai_dang, packages.document("H99.30.01", department.code))

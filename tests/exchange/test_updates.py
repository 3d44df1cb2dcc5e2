"""Update (2): what is shown changes per recipient, after it agreed; the stored file and the old data stay."""

from __future__ import annotations

from datetime import date

import pytest

from lienthong.exchange.history import Version, list_versions
from lienthong.exchange.models import Package, Recipient
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.submissions import Receipt
from tests import packages
from tests.exchange import orders
from tests.exchange.conftest import Office

VB, OLD, NEW = "VB-1", "Về việc kiểm tra (mẫu)", "Về việc kiểm tra, đã sửa (mẫu)"


@pytest.fixture
def sent(department: Office, hoa_phuong: Office, hai_dang: Office) -> Receipt:
    raw = packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id=VB, subject=OLD)
    return department.send(raw)


def ask(
    department: Office, *offices: Office, document_id: str = "CN-1", subject: str = NEW, data: str = "1"
) -> Receipt:
    codes = [office.code for office in offices]
    return department.send(
        orders.update(department.code, *codes, target=VB, document_id=document_id, subject=subject, data=data)
    )


def state_of(office: Office) -> str:
    return Recipient.objects.get(code=office.code, document__document_id=VB).state


def shown(reader: Office, doc_id: str, recipient: Office) -> list[str]:
    versions: list[Version] = list_versions(reader.access, doc_id, code=recipient.code)
    return [version.metadata.subject for version in versions]


@pytest.mark.parametrize(
    ("before", "answer", "state"),
    [
        ((), "15", "sent"),
        (("01",), "15", "arrived"),
        (("01", "03"), "15", "accepted"),
        (("01", "03", "04"), "15", "assigned"),
        (("01", "03", "05"), "15", "in_progress"),
        (("01",), "16", "arrived"),
        (("01", "03", "05"), "16", "in_progress"),
    ],
)
@pytest.mark.parametrize("named", ["CN-1", VB])
def test_the_recipient_returns_to_where_it_was(
    department: Office, hoa_phuong: Office, sent: Receipt, before: tuple[str, ...], answer: str, state: str, named: str
) -> None:
    for minute, code in enumerate(before):
        hoa_phuong.report(department, VB, code, timestamp=f"2024/03/15 09:0{minute}:00")
    ask(department, hoa_phuong)
    assert state_of(hoa_phuong) == "update_asked"
    hoa_phuong.report(department, named, answer, description="Trả lời (mẫu)")
    assert state_of(hoa_phuong) == state
    assert shown(department, sent.doc_id, hoa_phuong) == ([OLD, NEW] if answer == "15" else [OLD])


def test_what_is_shown_changes_at_those_who_agreed(
    department: Office, hoa_phuong: Office, hai_dang: Office, sent: Receipt
) -> None:
    ask(department, hoa_phuong, hai_dang)
    hoa_phuong.report(department, "CN-1", "15")
    hai_dang.report(department, "CN-1", "16", description="Chưa rõ (mẫu)")
    titles = {row.to_code: row.title for row in department.sent() if row.sender_doc_id == sent.doc_id}
    assert titles == {hoa_phuong.code: NEW, hai_dang.code: OLD}


def test_every_version_stays_readable_for_both_sides(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    (item,) = hoa_phuong.inbox()
    for number, subject in (("CN-1", NEW), ("CN-2", f"{NEW} lần hai")):
        ask(department, hoa_phuong, document_id=number, subject=subject)
        hoa_phuong.report(department, number, "15")
    versions = list_versions(hoa_phuong.access, item.doc_id, code=hoa_phuong.code)
    assert [version.metadata.subject for version in versions] == [OLD, NEW, f"{NEW} lần hai"]
    assert versions == list_versions(department.access, sent.doc_id, code=hoa_phuong.code)
    assert [version.reason for version in versions] == ["", "Sửa trích yếu (mẫu)", "Sửa trích yếu (mẫu)"]
    assert versions[-1].metadata.promulgation_date == date(2024, 3, 16)
    assert [version.since for version in versions] == sorted(version.since for version in versions)


def test_an_outsider_reads_no_version(department: Office, hoa_phuong: Office, hai_dang: Office) -> None:
    receipt = department.send(packages.document(department.code, hoa_phuong.code, document_id=VB))
    for doc_id in (receipt.doc_id, hoa_phuong.inbox()[0].doc_id, "không phải mã"):
        with pytest.raises(Refusal) as caught:
            list_versions(hai_dang.access, doc_id, code=hoa_phuong.code)
        assert caught.value.reason is Reason.PACKAGE_UNKNOWN


def test_an_update_never_changes_a_stored_byte(department: Office, hoa_phuong: Office) -> None:
    raw = packages.document(department.code, hoa_phuong.code, document_id=VB)
    receipt = department.send(raw)
    (item,) = hoa_phuong.inbox()
    stored = Package.objects.filter(kind="edoc").order_by("id").values_list("segment", "offset", "length", "sha256")
    before = list(stored)
    ask(department, hoa_phuong)
    hoa_phuong.report(department, "CN-1", "15")
    assert hoa_phuong.fetch(item.doc_id) == department.fetch(receipt.doc_id) == raw
    after = list(
        Package.objects.filter(kind="edoc").order_by("id").values_list("segment", "offset", "length", "sha256")
    )
    assert after[: len(before)] == before


def test_an_update_of_addressees_only_changes_no_data(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    ask(department, hoa_phuong, data="0")
    hoa_phuong.report(department, "CN-1", "15")
    assert shown(department, sent.doc_id, hoa_phuong) == [OLD]


def test_a_finished_document_is_not_updated(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    hoa_phuong.report(department, VB, "06")
    receipt = ask(department, hoa_phuong)
    assert "exchange.ask_not_applicable" in [finding.id for finding in receipt.findings]
    assert state_of(hoa_phuong) == "done"


def test_a_recall_comes_before_an_update_that_waits(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    hoa_phuong.report(department, VB, "03")
    ask(department, hoa_phuong)
    department.send(orders.recall(department.code, hoa_phuong.code, target=VB, document_id="TH-1"))
    assert state_of(hoa_phuong) == "recall_asked"
    hoa_phuong.report(department, "CN-1", "15")
    assert state_of(hoa_phuong) == "recall_asked", "agreeing to the update does not answer the recall"
    hoa_phuong.report(department, "TH-1", "16", description="Chưa thể (mẫu)")
    assert state_of(hoa_phuong) == "accepted"


def test_nobody_updates_the_document_of_another(hoa_phuong: Office, hai_dang: Office, sent: Receipt) -> None:
    with pytest.raises(Refusal) as caught:
        hoa_phuong.send(orders.update(hoa_phuong.code, hai_dang.code, target=VB))
    assert caught.value.reason is Reason.TARGET_FOREIGN

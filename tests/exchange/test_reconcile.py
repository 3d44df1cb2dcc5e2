"""An attacker (or a mishap) changes what the axis keeps; the audit says which row, or which package."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from lienthong.cli import ledger
from lienthong.common import clock
from lienthong.exchange.comparing import Difference, Mismatch
from lienthong.exchange.intake import segments
from lienthong.exchange.models import Delivery, Document, Package, Recipient, Report
from lienthong.exchange.reconcile import reconcile
from lienthong.exchange.signatures.checking import check_due
from lienthong.exchange.signatures.models import SignatureCheck
from lienthong.exchange.submissions import Receipt
from lienthong.ledger import sequencer
from lienthong.ledger.audit import audit
from lienthong.ledger.models import LedgerLeaf
from tests import packages
from tests.exchange import orders
from tests.exchange.conftest import Office
from tests.ledger.conftest import sql, superuser

VB = "VB-1"


@pytest.fixture
def sent(department: Office, hoa_phuong: Office, hai_dang: Office) -> Receipt:
    """A document at two districts; Hoa Phượng fetched it and reported; signatures were checked; another one waits."""
    receipt = department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id=VB))
    department.send(packages.document(department.code, hai_dang.code, document_id="VB-2"))
    hoa_phuong.confirm(hoa_phuong.inbox()[0].doc_id)
    hoa_phuong.report(department, VB, "03")
    check_due(segments())
    sequencer.sequence_all()
    return receipt


def damaged(*, with_bytes: bool = False) -> Difference:
    """The one difference."""
    assert audit().is_sound, "the log itself was not touched"
    (only,) = reconcile(with_bytes=with_bytes).differences
    return only


def change(statement: str, *parameters: object) -> None:
    with superuser():
        sql(statement, *parameters)


def at_hoa_phuong(hoa_phuong: Office) -> Delivery:
    return Delivery.objects.get(recipients__code=hoa_phuong.code, kind="edoc")


def test_what_nobody_touched_agrees(sent: Receipt) -> None:
    found = reconcile(with_bytes=True)
    assert (found.differences, found.packages) == ((), 3)
    assert found.events == 3 + 4 + 1 + 2  # accepted or reported, ready, handed over, checked


def test_everything_that_asks_and_answers_agrees(department: Office, hoa_phuong: Office, sent: Receipt) -> None:
    department.send(orders.recall(department.code, hoa_phuong.code, target=VB))
    hoa_phuong.report(department, VB, "15")
    assert reconcile(with_bytes=True).is_sound


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("sha256", "sha256('x')", "mã băm"),
        ("length", "length + 1", "độ dài"),
        ("received_at", "received_at - interval '1 day'", "lúc nhận"),
    ],
)
def test_a_changed_package_row_is_named_with_the_event_that_tells_otherwise(
    sent: Receipt, column: str, value: str, told: str
) -> None:
    package = Package.objects.get(document=sent.doc_id)
    change(f"UPDATE exchange_package SET {column} = {value} WHERE id = %s", package.pk)
    found = reconcile().differences
    first = found[0]
    assert (first.mismatch, first.row) == (Mismatch.ROW_CHANGED, f"exchange_package id={package.pk}")
    assert told in first.detail
    assert first.position == LedgerLeaf.objects.get(event_id=first.event).position


def test_a_package_given_to_another_document_is_found(sent: Receipt) -> None:
    other = Document.objects.get(document_id="VB-2")
    change("UPDATE exchange_package SET document_id = %s WHERE document_id = %s", other.pk, UUID(sent.doc_id))
    assert {one.mismatch for one in reconcile().differences} == {Mismatch.ROW_CHANGED, Mismatch.ROW_UNTOLD}


@pytest.mark.parametrize("column", ["document_id", "from_code", "business_type"])
def test_a_changed_document_is_named(sent: Receipt, column: str) -> None:
    change(f"UPDATE exchange_document SET {column} = '9' WHERE id = %s", UUID(sent.doc_id))
    assert (damaged().mismatch, damaged().row) == (Mismatch.ROW_CHANGED, f"exchange_document id={sent.doc_id}")


def test_a_deleted_delivery_is_named(sent: Receipt, hoa_phuong: Office) -> None:
    delivery = at_hoa_phuong(hoa_phuong)
    change("DELETE FROM exchange_delivery WHERE id = %s", delivery.pk)
    assert (damaged().mismatch, damaged().row) == (Mismatch.ROW_DELETED, f"exchange_delivery id={delivery.pk}")


def test_a_delivery_that_was_never_fetched_but_says_so_is_named(sent: Receipt, hai_dang: Office) -> None:
    delivery = Delivery.objects.filter(recipients__code=hai_dang.code).order_by("id")[0]
    change(
        "UPDATE exchange_delivery SET state = 'delivered', delivered_at = %s WHERE id = %s", clock.now(), delivery.pk
    )
    found = damaged()
    assert (found.mismatch, found.row) == (Mismatch.ROW_UNTOLD, f"exchange_delivery id={delivery.pk}")
    assert "không có sự kiện bàn giao" in found.detail


def test_a_delivery_whose_fetching_is_denied_is_named(sent: Receipt, hoa_phuong: Office) -> None:
    delivery = at_hoa_phuong(hoa_phuong)
    change("UPDATE exchange_delivery SET state = 'waiting' WHERE id = %s", delivery.pk)
    assert (damaged().mismatch, damaged().row) == (Mismatch.ROW_CHANGED, f"exchange_delivery id={delivery.pk}")
    assert damaged().detail == "khác ở: tình trạng"


def test_a_changed_or_deleted_report_is_named(sent: Receipt) -> None:
    report = Report.objects.get()
    change("UPDATE exchange_report SET code = '06' WHERE id = %s", report.pk)
    assert damaged().row == f"exchange_report id={report.pk}"
    change("DELETE FROM exchange_report WHERE id = %s", report.pk)
    assert damaged().row == f"exchange_report package={report.package_id}"


def test_a_deleted_addressee_is_named(sent: Receipt, hai_dang: Office) -> None:
    change("DELETE FROM exchange_recipient WHERE document_id = %s AND code = %s", UUID(sent.doc_id), hai_dang.code)
    assert damaged().row == f"exchange_recipient document={sent.doc_id} code={hai_dang.code}"
    assert not Recipient.objects.filter(document=sent.doc_id, code=hai_dang.code).exists()


def test_rows_that_no_event_tells_of_are_named(sent: Receipt, department: Office) -> None:
    package = Package.objects.get(document=sent.doc_id)
    package.pk = forged = UUID("0190a000-0000-7000-8000-000000000001")
    package.sha256 = bytes(32)
    package.save(force_insert=True)
    found = reconcile().differences
    assert [(one.mismatch, one.row) for one in found] == [(Mismatch.ROW_UNTOLD, f"exchange_package id={forged}")]


def test_a_changed_signature_result_is_named(sent: Receipt) -> None:
    check = SignatureCheck.objects.filter(part="main").order_by("id")[0]
    change("UPDATE signatures_check SET result = 'valid' WHERE id = %s", check.pk)
    assert damaged().row == f"signatures_check package={check.package_id} round=1"


@pytest.mark.parametrize("hurt", ["flipped", "cut", "gone"])
def test_a_hurt_segment_names_the_packages_it_hurts(sent: Receipt, data_dir: Path, hurt: str) -> None:
    package = Package.objects.get(document=sent.doc_id)
    path = data_dir / "segments" / package.segment
    raw = bytearray(path.read_bytes())
    if hurt == "flipped":
        raw[package.offset + 100] ^= 1
        path.write_bytes(raw)
        found = damaged(with_bytes=True)
        assert (found.mismatch, found.row) == (Mismatch.BYTES_DAMAGED, f"exchange_package id={package.pk}")
        assert "văn bản VB-1 của H99.05" in found.detail
    else:
        path.write_bytes(raw[: package.offset + 10]) if hurt == "cut" else path.unlink()
        found_all = reconcile(with_bytes=True).differences
        assert {one.mismatch for one in found_all} == {Mismatch.BYTES_DAMAGED}
        assert len(found_all) == Package.objects.count()
    assert reconcile().is_sound, "rows alone do not show it"


def test_the_command_tells_clerks_words_and_programs_rows(sent: Receipt, hoa_phuong: Office) -> None:
    good = CliRunner().invoke(ledger.app, ["audit", "--bytes"], env={"COLUMNS": "200"})
    assert (good.exit_code, "Dữ liệu của trục khớp với nhật ký." in good.stdout) == (0, True)
    delivery = at_hoa_phuong(hoa_phuong)
    change("DELETE FROM exchange_delivery WHERE id = %s", delivery.pk)
    bad = CliRunner().invoke(ledger.app, ["audit"], env={"COLUMNS": "200"})
    assert bad.exit_code == 1
    assert f"Chỗ lệch đầu tiên: Dòng dữ liệu đã bị xóa, exchange_delivery id={delivery.pk}." in bad.stdout
    told = json.loads(CliRunner().invoke(ledger.app, ["audit", "--json"]).stdout)
    assert (told["sound"], told["breaks"]) == (False, [])
    assert told["differences"][0]["mismatch"] == "row_deleted"

"""What an exchange leaves in the ledger, and the evidence that comes out of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from pytest_django import Settings

from lienthong.exchange.deliveries import Confirmation
from lienthong.exchange.evidence import export_bundle, may_see, read_receipt
from lienthong.exchange.models import Delivery, Package
from lienthong.exchange.refusals import Reason, Refusal
from lienthong.exchange.submissions import Receipt
from lienthong.ledger import keys, sequencer
from lienthong.ledger.audit import audit
from lienthong.ledger.errors import LedgerError
from lienthong.ledger.events import Actor
from lienthong.ledger.models import LedgerEvent
from lienthong.ledger.receipts import open_receipt
from lienthong.ledger.status import gate
from lienthong.ledger.verifier import State, Verdict, verify_bundle
from lienthong.registry.models import Agency
from tests import packages
from tests.exchange.conftest import Office

OPERATOR = Actor(user="quan-tri-mau")


def story(document: str) -> list[tuple[str, str, str]]:
    """Kind, system and agency of every event of a document."""
    events = LedgerEvent.objects.filter(document=document).order_by("id")
    return [(event.kind, event.system, event.agency) for event in events]


def signed_by_us(receipt: Receipt) -> dict[str, object]:
    return open_receipt(receipt.signed, keys.public_keys())[0]


def exported(doc_id: str, folder: Path) -> Verdict:
    export_bundle(doc_id=doc_id, out=folder / "bundle.asice", actor=OPERATOR)
    return verify_bundle(folder / "bundle.asice", trusted=keys.public_keys())


def test_a_document_leaves_its_whole_story(department: Office, hoa_phuong: Office, hai_dang: Office) -> None:
    number = f"{department.code},2024/03/15,7/CV-MAU"
    receipt = department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id=number))
    (arrival,) = hoa_phuong.inbox()
    hoa_phuong.confirm(arrival.doc_id, Confirmation.PROCESSING)
    hoa_phuong.confirm(arrival.doc_id, Confirmation.FAIL, "hết chỗ")
    hoa_phuong.confirm(arrival.doc_id)
    hoa_phuong.confirm(arrival.doc_id)
    hoa_phuong.report(department, number, "03")
    assert story(receipt.doc_id) == [
        ("SubmissionAcceptance", department.system_id, department.code),
        ("ContentConsignment", "", ""),
        ("ContentConsignment", "", ""),
        ("ContentHandoverFailure", hoa_phuong.system_id, hoa_phuong.code),
        ("ContentHandover", hoa_phuong.system_id, hoa_phuong.code),
        ("StatusReported", hoa_phuong.system_id, hoa_phuong.code),
        ("ContentConsignment", "", ""),
    ]
    assert sequencer.sequence_all().events >= 7
    assert audit().is_sound


def test_the_receipt_is_signed_and_says_what_became_of_every_addressee(
    department: Office, hoa_phuong: Office, paper_commune: Agency
) -> None:
    raw = packages.document(department.code, hoa_phuong.code, "H99.30.01")
    receipt = department.send(raw)
    content = signed_by_us(receipt)
    assert content["doc_id"] == receipt.doc_id
    assert content["sha256"] == hashlib.sha256(raw).hexdigest()
    assert content["size"] == len(raw)
    assert (content["sender"], content["system"]) == (department.code, department.system_id)
    assert content["recipients"] == [
        {"code": hoa_phuong.code, "outcome": "accepted"},
        {"code": "H99.30.01", "outcome": "not_connected"},
    ]
    assert read_receipt(receipt.doc_id) == receipt.signed


def test_a_repeat_gets_the_receipt_that_was_signed_first(department: Office, hoa_phuong: Office) -> None:
    raw = packages.document(department.code, hoa_phuong.code)
    first = department.send(raw)
    keys.rotate()
    again = department.send(raw)
    assert again.repeated
    assert again.signed == first.signed
    assert len(story(first.doc_id)) == 2


def test_more_addressees_are_one_more_acceptance_of_the_same_document(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    document = {"number": "8", "document_id": "H99.05,2024/03/15,8/CV-MAU"}
    first = department.send(packages.document(department.code, hoa_phuong.code, **document))
    second = department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, **document))
    assert second.doc_id == first.doc_id
    assert [kind for kind, _, _ in story(first.doc_id)] == ["SubmissionAcceptance", "ContentConsignment"] * 2
    assert second.signed != first.signed


def test_a_status_report_is_receipted_too(department: Office, hoa_phuong: Office) -> None:
    number = f"{department.code},2024/03/15,9/CV-MAU"
    department.send(packages.document(department.code, hoa_phuong.code, document_id=number))
    content = signed_by_us(hoa_phuong.report(department, number, "01"))
    assert (content["status_code"], content["document_id"]) == ("01", number)


def test_a_refusal_keeps_hash_sender_and_reason_but_no_content(department: Office) -> None:
    raw = packages.document(department.code, "H99.99.99", subject="Nội dung không được giữ (mẫu)")
    with pytest.raises(Refusal):
        department.send(raw)
    event = LedgerEvent.objects.get(kind="SubmissionRejection")
    assert (event.system, event.remote) == (department.system_id, "test")
    assert bytes(event.sha256) == hashlib.sha256(raw).digest()
    assert event.data["code"] == Reason.NO_RECIPIENT.code
    assert "Nội dung" not in event.value().canonical().decode()


def test_what_is_not_accepted_leaves_no_acceptance(department: Office, hoa_phuong: Office) -> None:
    with pytest.raises(Refusal):
        department.send(b"<khong-phai-edxml/>")
    assert not LedgerEvent.objects.filter(kind="SubmissionAcceptance").exists()


def test_without_a_key_nothing_is_accepted(department: Office, hoa_phuong: Office, settings: Settings) -> None:
    settings.LEDGER_KEY_FILE = settings.DATA_DIR / "keys" / "ledger.key"
    keys.signing_key()
    settings.LEDGER_KEY_FILE.unlink()
    with pytest.raises(Refusal) as refused:
        department.send(packages.document(department.code, hoa_phuong.code))
    assert refused.value.reason is Reason.EVIDENCE_UNAVAILABLE
    assert Package.objects.count() == 0


def test_the_door_is_closed_when_time_stamps_are_away_too_long(
    department: Office, hoa_phuong: Office, settings: Settings
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code))
    settings.TSA_URL, settings.TSA_REFUSE, settings.TSA_BUDGET = "http://127.0.0.1:9/", True, -1
    gate.forget()
    with pytest.raises(Refusal) as refused:
        department.send(packages.document(department.code, hoa_phuong.code))
    assert refused.value.reason is Reason.EVIDENCE_UNAVAILABLE
    settings.TSA_REFUSE = False
    department.send(packages.document(department.code, hoa_phuong.code))


def test_a_document_is_proven_whole_with_its_package(
    department: Office, hoa_phuong: Office, hai_dang: Office, tmp_path: Path
) -> None:
    receipt = department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code))
    hoa_phuong.confirm(hoa_phuong.inbox()[0].doc_id)
    verdict = exported(receipt.doc_id, tmp_path)
    assert verdict.state is State.PROVEN
    assert [claim.state for claim in verdict.claims if claim.code == "inclusion"] == [State.PROVEN] * 4
    assert [claim.state for claim in verdict.claims if claim.code == "package"] == [State.PROVEN]
    assert [claim.state for claim in verdict.claims if claim.code == "receipt"] == [State.PROVEN]
    export = LedgerEvent.objects.get(kind="EvidenceExported")
    assert (export.user, export.subject_id) == ("quan-tri-mau", receipt.doc_id)


def test_the_evidence_of_a_delivery_says_nothing_of_other_recipients(
    department: Office, hoa_phuong: Office, hai_dang: Office, tmp_path: Path
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code))
    (arrival,) = hoa_phuong.inbox()
    hoa_phuong.confirm(arrival.doc_id)
    verdict = exported(arrival.doc_id, tmp_path)
    texts = [claim.text for claim in verdict.claims if claim.code == "inclusion"]
    assert verdict.state is State.PROVEN
    assert len(texts) == 3
    assert not any(f"nơi nhận {hai_dang.code}" in text for text in texts)


def test_a_stored_package_that_was_changed_is_not_exported_as_evidence(
    department: Office, hoa_phuong: Office, tmp_path: Path
) -> None:
    receipt = department.send(packages.document(department.code, hoa_phuong.code))
    (segment,) = (tmp_path / "segments" / "shared").iterdir()
    raw = bytearray(segment.read_bytes())
    raw[-10] ^= 1
    segment.write_bytes(raw)
    with pytest.raises(Refusal) as refused:
        exported(receipt.doc_id, tmp_path)
    assert refused.value.reason is Reason.PACKAGE_DAMAGED
    assert sorted(path.name for path in tmp_path.glob("*asice*")) == []


def test_only_the_sender_and_the_recipient_of_a_delivery_may_see(
    department: Office, hoa_phuong: Office, hai_dang: Office
) -> None:
    receipt = department.send(packages.document(department.code, hoa_phuong.code))
    delivery = str(Delivery.objects.get().pk)
    may_see(department.access, receipt.doc_id)
    may_see(hoa_phuong.access, delivery)
    for office, doc_id in (
        (hai_dang, receipt.doc_id),
        (hai_dang, delivery),
        (hoa_phuong, receipt.doc_id),
        (department, "khong-phai-ma"),
    ):
        with pytest.raises(Refusal) as refused:
            may_see(office.access, doc_id)
        assert refused.value.reason is Reason.PACKAGE_UNKNOWN


def test_what_never_happened_has_no_evidence(department: Office, tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as nothing:
        exported("0190a000-0000-7000-8000-000000000000", tmp_path)
    assert nothing.value.code == "ledger.evidence.none"

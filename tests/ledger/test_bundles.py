"""Evidence bundles: what they prove on another machine, and that no byte of one can change unseen."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography import x509
from pytest_django import Settings

from lienthong.ledger import bundles, keys, receipts, timestamps
from lienthong.ledger.bundles import PackageBytes
from lienthong.ledger.errors import LedgerError
from lienthong.ledger.events import Event
from lienthong.ledger.kinds import EventKind
from lienthong.ledger.models import LedgerEvent
from lienthong.ledger.notes import SigningKey
from lienthong.ledger.verifier import Claim, State, Verdict, verify_bundle
from tests.ledger.authority import Authority
from tests.ledger.conftest import acceptance, append, fill

PACKAGE = b"<edXML>" + bytes(range(256)) * 20 + b"</edXML>"


def accepted(document: str) -> Event:
    """The acceptance of a document with a signed receipt."""
    content = {"doc_id": document, "recipients": [{"code": "H99.30", "outcome": "accepted"}]}
    key = keys.signing_key()
    plain = acceptance(3, document=document)
    receipt = receipts.sign_receipt(content, key)
    data = {**plain.data, "receipt": content, "receipt_signature": receipts.kept(receipt, key)}
    return Event(
        kind=plain.kind,
        at=plain.at,
        actor=plain.actor,
        subject=plain.subject,
        sha256=hashlib.sha256(PACKAGE).digest(),
        data=data,
    )


def make_bundle(path: Path, *, document: str = "doc-mau", with_package: bool = True) -> Path:
    """The bundle of a document that was accepted and handed over, among other documents."""
    fill(5)
    append(accepted(document))
    bundles.bring_log_up_to_date()
    append(acceptance(8), acceptance(9, kind=EventKind.CONTENT_HANDOVER, document=document), acceptance(10))
    bundles.bring_log_up_to_date()
    events = list(LedgerEvent.objects.filter(document=document).order_by("id"))
    package = PackageBytes(hashlib.sha256(PACKAGE).digest(), len(PACKAGE), lambda: [PACKAGE[:100], PACKAGE[100:]])
    with path.open("wb") as out:
        bundles.write_bundle(out, events=events, packages=[package] if with_package else [])
    return path


def found(verdict: Verdict, code: str) -> list[Claim]:
    return [claim for claim in verdict.claims if claim.code == code]


def test_a_bundle_proves_every_event_of_its_document(log: Path) -> None:
    verdict = verify_bundle(make_bundle(log / "mau.asice"), trusted=keys.public_keys())
    assert verdict.state is State.PROVEN
    events = found(verdict, "inclusion")
    assert [claim.state for claim in events] == [State.PROVEN, State.PROVEN]
    assert "Trục đã nhận văn bản lúc 08:00:03 ngày 01/07/2025" in events[0].text
    assert "H99.05" in events[0].text
    assert "xác nhận đã lấy gói tin" in events[1].text
    assert found(verdict, "package")[0].state is State.PROVEN
    assert found(verdict, "receipt")[0].state is State.PROVEN
    assert found(verdict, "stamp")[0].state is State.NOT_PROVEN
    assert {claim.state for claim in verdict.claims if claim.code.startswith("limit.")} == {State.NOT_PROVEN}


def test_without_a_key_from_elsewhere_a_bundle_proves_nothing(log: Path) -> None:
    verdict = verify_bundle(make_bundle(log / "mau.asice"))
    assert verdict.state is State.NOT_PROVEN
    assert found(verdict, "key")[0].state is State.NOT_PROVEN


def test_a_bundle_signed_by_somebody_else_is_contradicted(log: Path) -> None:
    stranger = SigningKey("truc.mau.example/log", bytes(32)).public
    verdict = verify_bundle(make_bundle(log / "mau.asice"), trusted=[stranger])
    assert verdict.state is State.CONTRADICTED
    assert found(verdict, "signature")[0].state is State.CONTRADICTED


def test_a_bundle_outlives_its_key(log: Path) -> None:
    path = make_bundle(log / "mau.asice")
    keys.rotate()
    assert verify_bundle(path, trusted=keys.public_keys()).state is State.PROVEN


def test_without_the_package_its_hash_is_named(log: Path) -> None:
    verdict = verify_bundle(make_bundle(log / "mau.asice", with_package=False), trusted=keys.public_keys())
    assert verdict.state is State.PROVEN
    assert hashlib.sha256(PACKAGE).hexdigest() in found(verdict, "package")[0].text


def test_a_time_stamp_is_proven_by_a_certificate_from_elsewhere(stamping: Authority, tmp_path: Path) -> None:
    path = make_bundle(tmp_path / "mau.asice")
    root = x509.load_pem_x509_certificates(stamping.root.read_bytes())
    verdict = verify_bundle(path, trusted=keys.public_keys(), authorities=root)
    assert verdict.state is State.PROVEN
    for code in ("stamp", "export_stamp"):
        assert found(verdict, code)[0].state is State.PROVEN
    alone = verify_bundle(path, trusted=keys.public_keys())
    assert found(alone, "stamp")[0].state is State.NOT_PROVEN
    assert "--tsa" in found(alone, "stamp")[0].text


def test_a_bundle_is_made_while_the_authority_is_away(stamping: Authority, tmp_path: Path) -> None:
    stamping.is_up = False
    verdict = verify_bundle(make_bundle(tmp_path / "mau.asice"), trusted=keys.public_keys())
    assert verdict.state is State.PROVEN
    assert found(verdict, "stamp")[0].state is State.NOT_PROVEN


def test_the_container_is_one_that_others_read(stamping: Authority, tmp_path: Path) -> None:
    path = make_bundle(tmp_path / "mau.asice")
    assert path.read_bytes()[30:69] == b"mimetypeapplication/vnd.etsi.asic-e+zip"
    with zipfile.ZipFile(path) as container:
        assert container.testzip() is None
        manifest = container.read("META-INF/ASiCManifest.xml").decode()
        readme = container.read("README.txt").decode()
        proof = container.read("proofs/0001.tlog-proof").decode()
        (tmp_path / "data").write_bytes(container.read("META-INF/ASiCManifest.xml"))
        (tmp_path / "token").write_bytes(container.read("META-INF/timestamp.tst"))
    assert 'xmlns:asic="http://uri.etsi.org/02918/v1.2.1#"' in manifest
    assert '<asic:SigReference URI="META-INF/timestamp.tst"' in manifest
    assert "BẰNG CHỨNG TRAO ĐỔI VĂN BẢN" in readme
    assert "xác nhận đã lấy gói tin" in readme
    assert proof.startswith("c2sp.org/tlog-proof@v1\nindex 5\n")
    done = subprocess.run(
        ["openssl", "ts", "-verify", "-data", "data", "-in", "token", "-token_in", "-CAfile", str(stamping.root)],
        cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert "Verification: OK" in done.stdout + done.stderr


def test_the_same_story_gives_the_same_bundle(log: Path) -> None:
    make_bundle(log / "mau.asice")
    events = list(LedgerEvent.objects.filter(document="doc-mau").order_by("id"))
    first, second = io.BytesIO(), io.BytesIO()
    for out in (first, second):
        bundles.write_bundle(out, events=events)
    assert first.getvalue() == second.getvalue()


def test_no_bit_of_a_bundle_changes_unseen_and_each_change_is_located(stamping: Authority, tmp_path: Path) -> None:
    """Every byte of small parts, a sample of the rest; one bit each."""
    path = make_bundle(tmp_path / "mau.asice")
    raw = path.read_bytes()
    parts = spans(path)
    trusted, changed = keys.public_keys(), tmp_path / "hong.asice"
    chance = random.Random(7)
    places = {at for begin, end, _ in parts for at in (begin, (begin + end) // 2, end - 1)}
    places |= set(range(120)) | set(range(len(raw) - 120, len(raw))) | set(chance.sample(range(len(raw)), 250))
    for at in places:
        changed.write_bytes(raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :])
        verdict = verify_bundle(changed, trusted=trusted)
        wrong = [claim for claim in verdict.claims if claim.state is State.CONTRADICTED]
        assert wrong, at
        name = next((name for begin, end, name in parts if begin <= at < end), None)
        if name is not None and name != "mimetype":
            assert any(name in claim.where for claim in wrong), (at, name, wrong)


def spans(path: Path) -> list[tuple[int, int, str]]:
    """Where the contents of each file lie in the container."""
    with zipfile.ZipFile(path) as container:
        infos = container.infolist()
    starts = [(info.header_offset + 30 + len(info.filename), info) for info in infos]
    return [(start, start + info.file_size, info.filename) for start, info in starts]


def rewritten(path: Path, name: str, old: bytes, new: bytes) -> Path:
    """The container written again by somebody who changes one file and knows ZIP."""
    target = path.with_name("sua.asice")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for info in source.infolist():
            content = source.read(info)
            copy.writestr(info, content.replace(old, new) if info.filename == name else content)
    return target


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("events/0001.json", b'"agency":"H99.05"', b'"agency":"H99.06"'),
        ("events/0002.json", b"ContentHandover", b"ContentConsignment"),
        ("proofs/0001.tlog-proof", b"index 5", b"index 6"),
        ("checkpoint", b"\n9\n", b"\n8\n"),
        ("README.txt", b"H99.05", b"H99.06"),
        ("keys.txt", b"truc.mau", b"truc.gia"),
        ("META-INF/ASiCManifest.xml", b"README.txt", b"README.TXT"),
    ],
)
def test_a_part_that_was_edited_is_named(log: Path, name: str, old: bytes, new: bytes) -> None:
    path = make_bundle(log / "mau.asice")
    with zipfile.ZipFile(path) as container:
        assert old in container.read(name)
    verdict = verify_bundle(rewritten(path, name, old, new), trusted=keys.public_keys())
    assert verdict.state is State.CONTRADICTED
    assert any(claim.where == name for claim in verdict.claims if claim.state is State.CONTRADICTED)


def test_a_part_that_was_added_taken_or_compressed_is_found(log: Path) -> None:
    path = make_bundle(log / "mau.asice")
    added, taken, packed = (log / f"{name}.asice" for name in ("added", "taken", "packed"))
    added.write_bytes(path.read_bytes())
    with zipfile.ZipFile(added, "a") as container:
        container.writestr("events/0003.json", b"{}")
    with (
        zipfile.ZipFile(path) as source,
        zipfile.ZipFile(taken, "w") as copy,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as small,
    ):
        for info in source.infolist():
            small.writestr(info.filename, source.read(info))
            if info.filename != "events/0002.json":
                copy.writestr(info, source.read(info))
    for changed, where in ((added, "events/0003.json"), (taken, "events/0002.json"), (packed, "packed.asice")):
        verdict = verify_bundle(changed, trusted=keys.public_keys())
        assert verdict.state is State.CONTRADICTED
        assert where in {claim.where for claim in verdict.claims if claim.state is State.CONTRADICTED}


@pytest.mark.parametrize("content", [b"", b"PK", b"khong phai goi" * 50])
def test_what_is_no_bundle_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "la.asice"
    path.write_bytes(content)
    assert verify_bundle(path).state is State.CONTRADICTED


@pytest.mark.usefixtures("log")
def test_what_has_not_happened_or_is_not_yet_in_the_log_has_no_bundle() -> None:
    with pytest.raises(LedgerError) as nothing:
        bundles.write_bundle(io.BytesIO(), events=[])
    assert nothing.value.code == "ledger.evidence.none"
    append(acceptance(1))
    with pytest.raises(LedgerError) as early:
        bundles.write_bundle(io.BytesIO(), events=list(LedgerEvent.objects.all()))
    assert early.value.code == "ledger.evidence.waiting"


def run_verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``lienthong verify`` on a machine without database, network settings and Django settings: loading any would
    stop it, for the database's address is wrong."""
    environment = {"PATH": os.environ["PATH"], "LIENTHONG_DATABASE_URL": "mysql://khong-co", "HOME": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "lienthong", "verify", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_bundle_is_verified_on_another_machine(stamping: Authority, tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "may-khac"
    folder.mkdir()
    make_bundle(folder / "mau.asice")
    (folder / "khoa.txt").write_text("".join(f"{key}\n" for key in keys.public_keys()))
    (folder / "tsa.pem").write_bytes(stamping.root.read_bytes())
    good = run_verify(folder, "mau.asice", "--key", "khoa.txt", "--tsa", "tsa.pem")
    assert good.returncode == 0, good.stderr
    assert "Đã chứng minh: Vị trí 5 của nhật ký: Trục đã nhận văn bản" in good.stdout
    assert "Chưa chứng minh: Gói không chứng minh đã có người đọc văn bản" in good.stdout
    assert "Gói bằng chứng đúng" in good.stdout
    unsure = run_verify(folder, "mau.asice", "--json")
    assert unsure.returncode == 3
    assert json.loads(unsure.stdout)["state"] == "not_proven"
    rewritten(folder / "mau.asice", "events/0001.json", b"H99.05", b"H99.06")
    bad = run_verify(folder, "sua.asice", "--key", "khoa.txt")
    assert bad.returncode == 1
    assert "SAI: Tệp đã bị sửa: mã băm khác bản kê. (events/0001.json)" in bad.stdout
    wrong_key = run_verify(folder, "mau.asice", "--key", "mau.asice")
    assert wrong_key.returncode == 2


def test_the_verifier_needs_neither_django_nor_a_database() -> None:
    code = (
        "import sys, lienthong.ledger.verifier\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'django', 'psycopg', 'httpx'}, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_stamps_are_taken_when_a_bundle_is_asked_for(stamping: Authority) -> None:
    append(acceptance(1))
    bundles.bring_log_up_to_date()
    assert timestamps.coverage().since is None
    assert stamping.asked
